"""What a run folder must hold: its file names, its schema version, and the checks made on reading and writing."""

from pathlib import Path

import numpy as np
import pandas as pd

from fer_core.labels import LABELS
from fer_core.runs.metrics import check_predictions

SCHEMA = 1
CONFIG, HISTORY, METRICS = "config.json", "history.csv", "metrics.json"
PREDICTIONS, MODEL = "predictions.npz", "model.onnx"
SPLITS = ("validation", "test")
CONFIG_KEYS = {"experiment": str, "seed": int, "epochs": int}
HISTORY_COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds")
METRIC_KEYS = ("accuracy", "f1_macro", "f1_weighted", "precision_weighted", "recall_weighted", "ece")
ARRAY_NAMES = ("file", "label", "probability", "tta_probability", "twin", "ferplus")


class ArtifactError(ValueError):
    """A run folder is broken; the message names the file, what is wrong, and what to do."""


def broken(file: Path, what: str) -> ArtifactError:
    """Make the one-sentence error for `file`, for example broken(file, "is missing")."""
    return ArtifactError(f"{file} {what}: run `python train.py {_experiment_of(file)}` again to rewrite it.")


def _experiment_of(file: Path) -> str:
    """Read the experiment off the folder's name, <experiment>-s<seed>; any other name gives a placeholder."""
    experiment, dash, seed = file.parent.name.rpartition("-s")
    return experiment if dash and seed.isdigit() else "EXPERIMENT"


def check_config(config: dict, file: Path) -> None:
    """Raise ArtifactError unless the schema is ours and the required keys have their types."""
    if config.get("schema") != SCHEMA:
        raise broken(file, f"has schema {config.get('schema')!r} where this version reads {SCHEMA}")
    for key, kind in CONFIG_KEYS.items():
        if not isinstance(config.get(key), kind) or isinstance(config[key], bool):
            raise broken(file, f"lacks a proper {key!r} ({kind.__name__})")


def check_metrics(metrics: dict, file: Path) -> None:
    """Raise ArtifactError unless validation and test hold the required numbers, each a share from 0 to 1."""
    for split in SPLITS:
        section = metrics.get(split)
        if not isinstance(section, dict):
            raise broken(file, f"has no section {split!r}")
        for key in METRIC_KEYS:
            value = section.get(key)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
                raise broken(file, f"gives {value!r} for {split} {key}, which should be from 0 to 1")
        _check_shapes(section, split, file)


def _check_shapes(section: dict, split: str, file: Path) -> None:
    """The parts of a section that pages draw: interval, per-class scores, confusion matrix."""
    interval = section.get("accuracy_ci95")
    if not (isinstance(interval, list) and len(interval) == 2 and all(isinstance(v, (int, float)) for v in interval)):
        raise broken(file, f"has no interval [low, high] as {split} accuracy_ci95")
    per_class = section.get("per_class")
    if not isinstance(per_class, dict) or set(per_class) != set(LABELS):
        raise broken(file, f"lacks the seven classes in {split} per_class")
    rows = section.get("confusion")
    widths = [isinstance(row, list) and len(row) for row in rows] if isinstance(rows, list) else []
    if widths != [len(LABELS)] * len(LABELS):
        raise broken(file, f"has no 7 x 7 table as {split} confusion")


def check_history(history: pd.DataFrame, file: Path) -> None:
    """Raise ArtifactError unless epochs run 1, 2, 3, ... and the required columns are finite numbers."""
    missing = [column for column in HISTORY_COLUMNS if column not in history.columns]
    if missing:
        raise broken(file, f"has no column {missing[0]!r}")
    if history.empty:
        raise broken(file, "has no epochs")
    for column in HISTORY_COLUMNS:
        if not pd.api.types.is_numeric_dtype(history[column]) or not np.isfinite(history[column]).all():
            raise broken(file, f"has something that is not a finite number in column {column!r}")
    if history["epoch"].tolist() != list(range(1, len(history) + 1)):
        raise broken(file, "has epochs that do not run 1, 2, 3, ...")


def check_arrays(arrays: dict[str, np.ndarray], split: str, file: Path) -> None:
    """Raise ArtifactError unless one split's arrays (named without the split) agree in length, type and range."""
    missing = [key for key in ("file", "label", "probability") if key not in arrays]
    if missing:
        raise broken(file, f"has no {split}_{missing[0]}")
    try:
        for key in ("probability", "tta_probability"):
            if key in arrays:
                check_predictions(arrays["label"], arrays[key])
        for key in ("file", "twin", "ferplus"):
            if key in arrays and arrays[key].shape != arrays["label"].shape:
                raise ValueError(f"{len(arrays['label'])} labels but {key} of shape {arrays[key].shape}")
        if arrays["file"].dtype.kind != "U":
            raise ValueError("file names are not text")
    except ValueError as error:
        raise broken(file, f"is inconsistent for {split} ({error})") from None
