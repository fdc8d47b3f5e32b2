"""What a run folder must hold: its file names, its schema version, and the checks made on reading and writing."""

from pathlib import Path

import numpy as np

from fer_core.files import is_plain
from fer_core.labels import LABELS
from fer_core.probability import check_predictions
from fer_core.runs.records import Metrics
from fer_core.runs.registry import NO_VOTE

SCHEMA = 1
CONFIG, HISTORY, METRICS = "config.json", "history.csv", "metrics.json"
PREDICTIONS, MODEL = "predictions.npz", "model.onnx"
SPLITS = ("validation", "test")
MOST_VOTES = 10
HISTORY_COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds")
ARRAYS = {
    "file": str, "label": np.uint8, "probability": np.float32, "tta_probability": np.float32, "votes": np.uint8,
    "twin": bool, "ferplus": np.uint8, "last_epochs": np.uint8,
}  # fmt: skip
"""Arrays of `predictions.npz`, named without their split, with the type in which they are read."""


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


def check_history(history: np.ndarray, file: Path) -> None:
    """Raise ArtifactError unless epochs run 1, 2, 3, ... and the required columns are finite numbers."""
    missing = [column for column in HISTORY_COLUMNS if column not in history.dtype.names]
    if missing:
        raise broken(file, f"has no column {missing[0]!r}")
    if not len(history):
        raise broken(file, "has no epochs")
    for column in HISTORY_COLUMNS:
        if history[column].dtype.kind not in "iuf" or not np.isfinite(history[column]).all():
            raise broken(file, f"has something that is not a finite number in column {column!r}")
    if history["epoch"].tolist() != list(range(1, len(history) + 1)):
        raise broken(file, "has epochs that do not run 1, 2, 3, ...")


def check_best_epoch(best: int | None, epochs: int, file: Path) -> None:
    """Raise ArtifactError if `best_epoch` is given and is none of the epochs 1 to `epochs`."""
    if best is not None and best > epochs:
        raise broken(file, f"gives {best!r} for best_epoch, where the history has {epochs} epochs")


def check_sections(metrics: Metrics, arrays: dict[str, np.ndarray], file: Path) -> None:
    """Raise ArtifactError unless the predictions hold the answers that the metrics count."""
    for split in SPLITS:
        for suffix in ("", "_tta"):
            section, name = getattr(metrics, f"{split}{suffix}"), f"{split}{suffix}_probability"
            if section is None:
                continue
            if name not in arrays:
                raise broken(file, f"has no {name}, which {METRICS} counts")
            if len(arrays[name]) != section.n:
                raise broken(file, f"has {len(arrays[name])} answers as {name} where {METRICS} counts {section.n}")


def check_arrays(arrays: dict[str, np.ndarray], split: str, file: Path) -> None:
    """Raise ArtifactError unless one split's arrays (named without the split) agree in length, type and range."""
    missing = [key for key in ("file", "label", "probability") if key not in arrays]
    if missing:
        raise broken(file, f"has no {split}_{missing[0]}")
    try:
        for key in ("probability", "tta_probability"):
            if key in arrays:
                check_predictions(arrays["label"], arrays[key])
        _check_optional(arrays, len(arrays["label"]))
    except (ValueError, TypeError) as error:
        raise broken(file, f"is inconsistent for {split} ({error})") from None


def _check_optional(arrays: dict[str, np.ndarray], n: int) -> None:
    for key in ("file", "twin", "ferplus"):
        if key in arrays and arrays[key].shape != (n,):
            raise ValueError(f"{n} labels but {key} of shape {arrays[key].shape}")
    if arrays["file"].dtype.kind != "U":
        raise ValueError("file names are not text")
    if not is_plain("".join(arrays["file"].tolist())):
        raise ValueError("file names are not plain text")
    classes = range(len(LABELS))
    if "ferplus" in arrays and not np.isin(arrays["ferplus"], [*classes, NO_VOTE]).all():
        raise ValueError(f"ferplus holds something other than 0 to {len(LABELS) - 1} or {NO_VOTE}")
    if "votes" in arrays:
        votes = arrays["votes"]
        if votes.shape != (n, len(LABELS)) or votes.dtype != np.uint8 or votes.sum(axis=1).max() > MOST_VOTES:
            raise ValueError(f"votes are not uint8 ({n}, {len(LABELS)}) of at most {MOST_VOTES} a picture")
    if "last_epochs" in arrays:
        last = arrays["last_epochs"]
        if last.ndim != 2 or last.shape[1] != n or last.dtype != np.uint8 or not np.isin(last, classes).all():
            raise ValueError(f"last_epochs are not uint8 (k, {n}) from 0 to {len(LABELS) - 1}")
