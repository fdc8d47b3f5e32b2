"""An ensemble: the averaged answers of several runs, as a run folder without weights."""

import re
from pathlib import Path

import numpy as np

from fer_core.runs.contract import SPLITS
from fer_core.runs.history import make_history
from fer_core.runs.metrics import compute_run_metrics
from fer_core.runs.predictions import load_arrays
from fer_core.runs.run import Run
from fer_core.runs.writing import write_run

PROBABILITIES = ("probability", "tta_probability")
SUMMED = ("parameters", "trainable_parameters", "wall_seconds")
SHARED = ("dataset", "tta")
SAID = {"pretrained": ", ", "caveat": " ", "looked_at": " "}
"""What holds of an ensemble as soon as it does of a member, and what stands between two members' words."""
OF_PICTURES = ("file", "label", "votes", "twin", "ferplus")
"""Arrays that say something about the pictures, not about a member's answers."""
NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_.-]*")


class EnsembleError(ValueError):
    """The runs cannot be averaged: too few, or not about the same pictures; or the name is taken, or none for a folder."""


def write_ensemble(name: str, members: list[Run], root: Path, replace: bool = False) -> Run:
    """Average the probabilities of `members` and write the run folder `<root>/<name>-s0`.

    Its configuration names the members, its history is their mean, epoch by epoch, as far as all of them go; parameters
    and seconds are sums. It learned votes, learned from its validation pictures, is pre-trained or has a caveat if a member
    does, is or has. Raises EnsembleError unless there are two
    or more finished runs on the same pictures, and where there is a run of that name, unless `replace`.
    """
    path = Path(root) / f"{name}-s0"
    _check_name(name, path, members, replace)
    _check(members)
    config = {
        "experiment": name,
        "title": _name(members),
        "note": "mean answer of its members; the curves are the members' mean",
        "seed": 0,
        "members": [run.name for run in members],
        "learns": "votes" if any(run.learns_votes for run in members) else "labels",
        "split": "all" if any(run.config.split == "all" for run in members) else members[0].config.split,
        **{key: _join(members, key) for key in SAID},
        **{key: value for key, value in members[0].config.to_plain().items() if key in SHARED},
        **{key: sum(getattr(run.config, key) or 0 for run in members) for key in SUMMED},
    }
    history = compute_mean_history([run.history for run in members])
    predictions = average_predictions(members)
    metrics = compute_run_metrics(predictions) | {"best_epoch": len(history)}
    return write_run(path, config | {"epochs": len(history)}, history, metrics, predictions, anew=True)


def average_predictions(members: list[Run]) -> dict[str, np.ndarray]:
    """The arrays of `predictions.npz` with every member's probabilities averaged; flip averages where all have them.

    What else is known of the pictures stays; other answers of a member (`test_last_epochs`) are not the ensemble's.
    Raises EnsembleError when the members have answered other pictures.
    """
    arrays = [load_arrays(run.path) for run in members]
    averaged = {key: array for key, array in arrays[0].items() if key.partition("_")[2] in OF_PICTURES}
    for split in SPLITS:
        for run, other in zip(members, arrays, strict=True):
            for key in (f"{split}_file", f"{split}_label"):
                if not np.array_equal(other[key], averaged[key]):
                    raise EnsembleError(
                        f"{run.name} and {members[0].name} have other {split} pictures: they cannot be averaged."
                    )
        for key in (f"{split}_{probability}" for probability in PROBABILITIES):
            if all(key in other for other in arrays):
                averaged[key] = np.mean([other[key].astype(np.float32) for other in arrays], axis=0)
    return averaged


def compute_mean_history(histories: list[np.ndarray]) -> np.ndarray:
    """The mean of each column that all histories have, over the epochs that all reached (`make_history`)."""
    epochs = min(map(len, histories))
    columns = [name for name in histories[0].dtype.names if all(name in history.dtype.names for history in histories)]
    mean = {name: sum(history[name][:epochs] for history in histories) / len(histories) for name in columns}
    return make_history(mean | {"epoch": np.arange(1, epochs + 1)})


def _join(members: list[Run], key: str) -> str | None:
    said = dict.fromkeys(getattr(run.config, key) for run in members)
    return SAID[key].join(filter(None, said)) or None


def _name(members: list[Run]) -> str:
    titles = {run.title for run in members}
    return f"{titles.pop()}, {len(members)} averaged" if len(titles) == 1 else f"Ensemble of {len(members)}"


def _check_name(name: str, path: Path, members: list[Run], replace: bool) -> None:
    if not NAME.fullmatch(name):
        raise EnsembleError(f"{name!r} names no folder: use letters, digits, dots, hyphens and underscores.")
    if path.name in {run.name for run in members}:
        raise EnsembleError(f"{path.name} cannot take the place of its own member: choose another name.")
    if path.exists() and not replace:
        raise EnsembleError(
            f"{path} is there already: choose another name, or add --replace to put the ensemble there."
        )


def _check(members: list[Run]) -> None:
    if len({run.name for run in members}) < 2:
        raise EnsembleError("An ensemble needs two different runs or more.")
    for run in members:
        if run.is_partial:
            raise EnsembleError(f"{run.name} is unfinished ({len(run.history)} of {run.config.epochs} epochs).")
        if run.is_drawn != members[0].is_drawn or run.config.tta != members[0].config.tta:
            raise EnsembleError(
                f"{run.name} and {members[0].name} were tested in different ways: they cannot be averaged."
            )
