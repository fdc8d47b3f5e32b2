"""Writing a run folder so that nobody ever meets half of one."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from fer_core.files import FileError, read_json, write_json
from fer_core.folders import staging, swap
from fer_core.records import Record
from fer_core.runs.artifacts import load_run
from fer_core.runs.contract import CONFIG, HISTORY, METRICS, MODEL, PREDICTIONS, SCHEMA, broken
from fer_core.runs.extras import compute_fingerprint
from fer_core.runs.history import write_history
from fer_core.runs.records import Config, Metrics
from fer_core.runs.run import Run


def write_run(
    path,
    config: Mapping | Config,
    history: np.ndarray,
    metrics: Mapping | Metrics,
    predictions: Mapping,
    anew: bool = False,
) -> Run:
    """Write a run folder so that a reader, or a crash, only ever meets the old run or the new one.

    `predictions` maps the names of the contract (`validation_file`, ..., `test_ferplus`) to arrays; probabilities are
    stored as float16. Other files of an existing folder, such as `model.onnx`, stay, unless `anew` says that the answers
    are another network's: nothing that was measured of the old one is about them. `schema` is added to `config`.
    Returns the run as read back. Raises ArtifactError, leaving the old run alone, when the content breaks the contract.
    """
    path = Path(path)
    with staging(path.parent) as folder:
        stage = folder / path.name  # the final name, so that messages read right
        stage.mkdir()
        _write(stage / CONFIG, {**_to_plain(config), "schema": SCHEMA})
        write_history(stage / HISTORY, history)
        _write(stage / METRICS, _to_plain(metrics))
        stored: dict = _to_stored(predictions)
        np.savez_compressed(stage / PREDICTIONS, **stored)
        load_run(stage)
        if path.exists() and not anew:
            _bring_over(path, stage)
        swap(stage, path)
    return load_run(path)


def record_model(path: Path) -> None:
    """Write into the run's metrics.json which `model.onnx` is its network, so that another one in its place is found."""
    metrics = json.loads(read_json(path / METRICS))
    _write(path / METRICS, metrics | {"model_sha256": compute_fingerprint(path / MODEL)})


def _bring_over(path: Path, stage: Path) -> None:
    """Copy the files to `stage` that only the folder `path` has."""
    for old in path.iterdir():
        if not (stage / old.name).exists():
            if old.is_dir() and not old.is_symlink():
                shutil.copytree(old, stage / old.name, symlinks=True)
            else:
                shutil.copy2(old, stage / old.name, follow_symlinks=False)


def _to_stored(predictions: Mapping) -> dict[str, np.ndarray]:
    stored = {}
    for key, value in predictions.items():
        if value is None:
            continue
        array = np.asarray(value)
        if key.endswith("probability"):
            array = array.astype(np.float16)
        elif key.endswith("_file"):
            array = array.astype(str)  # an object array would need pickle to be read
        stored[key] = array
    return stored


def _to_plain(content: Mapping | Record) -> Mapping:
    return content.to_plain() if isinstance(content, Record) else content


def _write(file: Path, content: Mapping) -> None:
    try:
        write_json(file, content)
    except FileError as error:
        raise broken(file, str(error)) from None
