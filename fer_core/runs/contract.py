"""What a run folder must hold: its file names, its schema version, and the checks made on reading and writing."""

from pathlib import Path

import numpy as np
import pandas as pd

from fer_core.labels import LABELS
from fer_core.runs.metrics import NO_VOTE, check_predictions

SCHEMA = 1
CONFIG, HISTORY, METRICS = "config.json", "history.csv", "metrics.json"
PREDICTIONS, MODEL = "predictions.npz", "model.onnx"
SPLITS = ("validation", "test")
CONFIG_KEYS = {"experiment": str, "seed": int, "epochs": int}
HISTORY_COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds")
METRIC_KEYS = ("accuracy", "f1_macro", "f1_weighted", "precision_weighted", "recall_weighted", "ece")
OPTIONAL_METRIC_KEYS = ("public_accuracy", "private_accuracy", "deduplicated_accuracy", "ferplus_agreement")
SECTIONS = ("train", *SPLITS, "validation_tta", "test_tta", "last_epoch", "calibration", "calibration_tta", "quantised")
QUANTISED_KEYS = ("n", "bytes_before", "bytes", "accuracy_before", "accuracy", "agreement", "largest_difference")
ARRAY_NAMES = ("file", "label", "probability", "tta_probability", "twin", "ferplus", "votes")


class ArtifactError(ValueError):
    """A run folder is broken; the message names the file, what is wrong, and what to do."""


def broken(file: Path, what: str) -> ArtifactError:
    """Make the one-sentence error for `file`, for example broken(file, "is missing")."""
    name = f"{file.parent.name}/{file.name}"
    return ArtifactError(f"{name} {what}: run `python train.py train {_experiment_of(file)} --restart` to rewrite it.")


def _experiment_of(file: Path) -> str:
    """Read the experiment off the folder's name, <experiment>-s<seed>; any other name gives a placeholder."""
    experiment, dash, seed = file.parent.name.rpartition("-s")
    return experiment if dash and seed.isdigit() else "EXPERIMENT"


def check_config(config: dict, file: Path) -> None:
    """Raise ArtifactError unless the schema is ours and the keys that pages rely on have their types."""
    if config.get("schema") != SCHEMA:
        raise broken(file, f"has schema {config.get('schema')!r} where this version reads {SCHEMA}")
    for key, kind in CONFIG_KEYS.items():
        if not isinstance(config.get(key), kind) or isinstance(config[key], bool):
            raise broken(file, f"lacks a proper {key!r} ({kind.__name__})")
    for key in ("parameters", "wall_seconds"):
        if key in config and not _is_number(config[key]):
            raise broken(file, f"gives {config[key]!r} for {key!r}, which should be a number")


def check_metrics(metrics: dict, file: Path) -> None:
    """Raise ArtifactError unless every section that pages draw is complete and its shares lie from 0 to 1."""
    for split in SPLITS:
        if split not in metrics:
            raise broken(file, f"has no section {split!r}")
    for name, section in metrics.items():
        if name in SECTIONS and not isinstance(section, dict):
            raise broken(file, f"has no proper section {name!r}")
    for name in (*SPLITS, "test_tta"):
        if name in metrics:
            _check_section(metrics[name], name, file)
    if "quantised" in metrics and not all(_is_number(metrics["quantised"].get(key)) for key in QUANTISED_KEYS):
        raise broken(file, f"lacks a number of section 'quantised' ({', '.join(QUANTISED_KEYS)})")
    temperature = metrics.get("calibration", {}).get("temperature", 1.0)
    if not _is_number(temperature) or temperature <= 0:
        raise broken(file, f"gives {temperature!r} for the calibration temperature, which should be above 0")


def _check_section(section: dict, name: str, file: Path) -> None:
    for key in (*METRIC_KEYS, *(key for key in OPTIONAL_METRIC_KEYS if section.get(key) is not None)):
        if not _is_number(section.get(key)) or not 0 <= section[key] <= 1:
            raise broken(file, f"gives {section.get(key)!r} for {name} {key}, which should be from 0 to 1")
    if not _is_table([section.get("accuracy_ci95")], 1, 2):
        raise broken(file, f"has no interval [low, high] as {name} accuracy_ci95")
    if not _is_table(section.get("confusion"), len(LABELS), len(LABELS)):
        raise broken(file, f"has no 7 x 7 table as {name} confusion")
    per_class = section.get("per_class")
    scores = ("precision", "recall", "f1", "support")
    if not isinstance(per_class, dict) or not all(
        isinstance(per_class.get(label), dict) and all(_is_number(per_class[label].get(score)) for score in scores)
        for label in LABELS
    ):
        raise broken(file, f"lacks the scores of the seven classes as {name} per_class")


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_table(rows, height: int, width: int) -> bool:
    shape_fits = isinstance(rows, list) and [isinstance(r, list) and len(r) for r in rows] == [width] * height
    return shape_fits and all(_is_number(value) for row in rows for value in row)


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


def check_best_epoch(metrics: dict, epochs: int, file: Path) -> None:
    """Raise ArtifactError if `best_epoch` is given and is none of the epochs 1 to `epochs`."""
    best = metrics.get("best_epoch")
    if best is not None and not (isinstance(best, int) and 1 <= best <= epochs):
        raise broken(file, f"gives {best!r} for best_epoch, where the history has {epochs} epochs")


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
        if "votes" in arrays and arrays["votes"].shape != (len(arrays["label"]), len(LABELS)):
            raise ValueError(f"{len(arrays['label'])} labels but votes of shape {arrays['votes'].shape}")
        if arrays["file"].dtype.kind != "U":
            raise ValueError("file names are not text")
        if "ferplus" in arrays and not np.isin(arrays["ferplus"], [*range(len(LABELS)), NO_VOTE]).all():
            raise ValueError(f"ferplus holds something other than 0 to {len(LABELS) - 1} or {NO_VOTE}")
    except ValueError as error:
        raise broken(file, f"is inconsistent for {split} ({error})") from None
