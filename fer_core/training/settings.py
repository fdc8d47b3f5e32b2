"""What a run was begun with, kept beside its checkpoints: it goes on with the same recipe, data and precision only."""

import dataclasses
import hashlib
import json
from pathlib import Path

import keras

from fer_core.data import FerDataset
from fer_core.training import cpu_kernels
from fer_core.training.checkpoint import damaged, saving
from fer_core.training.experiments import Experiment, get_defaults

SETTINGS = "experiment.json"
FREE = {"name", "title", "note", "paper_experiment", "factor", "ablation_of", "deploy", "quantise", "tta"}
"""Settings that training does not depend on: they may change while a run is unfinished, or one becomes another."""


class ResumeError(ValueError):
    """The checkpoints belong to a run with other settings or other data."""


def compute_fingerprint(dataset: FerDataset, votes: bool) -> str:
    """Sixteen hexadecimal digits that change with any picture, label or name of `dataset`, with their order and, where
    they are learned from, with the votes."""
    found = hashlib.sha256()
    for array in (dataset.images, dataset.labels, dataset.is_test, *([dataset.votes] if votes else [])):
        found.update(array.tobytes())
    found.update("\n".join(dataset.files).encode())
    return found.hexdigest()[:16]


def begin_or_go_on(experiment: Experiment, dataset: FerDataset, folder: Path, resume: bool) -> None:
    """Remember what a run is begun with; refuse to go on with anything else. More epochs are fine without a fixed
    schedule. What was not recorded yet when the run was begun is taken to be the same, a new setting at its default.

    Raises ResumeError, and CheckpointError when the record is damaged.
    """
    file = folder / SETTINGS
    settings = {
        **_to_plain(dataclasses.asdict(experiment)),
        "data": compute_fingerprint(dataset, votes=experiment.learns == "votes" and dataset.votes is not None),
        "precision": keras.mixed_precision.global_policy().name,
        "cpu_kernels": cpu_kernels.in_use(),
    }
    if resume and file.exists():
        before = settings | _to_plain(get_defaults()) | _read(file)
        for key in settings.keys() - FREE - {"epochs" if experiment.schedule == "plateau" else None}:
            if before[key] != settings[key]:
                raise ResumeError(_explain(folder, key, before[key], settings[key]))
    with saving(file) as fresh:
        fresh.write_text(json.dumps(settings))


def read_settings(checkpoints: Path) -> Experiment | None:
    """The experiment that a run was begun with, None without such a record; settings that exist no more are left out."""
    file = checkpoints / SETTINGS
    if not file.is_file():
        return None
    known = {field.name for field in dataclasses.fields(Experiment)}
    return Experiment(**{key: value for key, value in _read(file).items() if key in known})


def read_precision(checkpoints: Path) -> str | None:
    """Keras's name of the precision that a run was begun in, None where that was not recorded."""
    file = checkpoints / SETTINGS
    return _read(file).get("precision") if file.is_file() else None


def _explain(folder: Path, key: str, before, now) -> str:
    if key == "data":
        return f"{folder} was begun with other pictures or labels: bring the same data, or start over with --restart."
    if key == "cpu_kernels":
        return f"{folder} was begun {'with' if before else 'without'} --cpu-kernels: go on so, or start over with --restart."
    return f"{folder} was begun with {key} = {before}, not {now}: give the same settings, or start over with --restart."


def _read(file: Path) -> dict:
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError):
        raise damaged(file) from None
    if not isinstance(content, dict):
        raise damaged(file)
    return content


def _to_plain(settings: dict) -> dict:
    """The settings as JSON gives them back."""
    return json.loads(json.dumps(settings))
