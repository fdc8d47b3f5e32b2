"""The artifact contract: one folder per run, read here and written by fer_core.runs.writing, nowhere else.

artifacts/<experiment>-s<seed>/  config.json  history.csv  metrics.json  predictions.npz  [model.onnx]
"""

import os
from pathlib import Path

from fer_core.files import FileError, is_plain
from fer_core.folders import finish_swaps
from fer_core.records import read_record
from fer_core.runs.contract import (
    CONFIG,
    HISTORY,
    METRICS,
    PREDICTIONS,
    SCHEMA,
    SPLITS,
    ArtifactError,
    broken,
    check_arrays,
    check_best_epoch,
    check_sections,
)
from fer_core.runs.history import read_history
from fer_core.runs.predictions import load_arrays, select_split
from fer_core.runs.records import Config, Metrics
from fer_core.runs.run import Run

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts"


def find_artifacts() -> Path:
    """Return the folder of the artifacts: FER_ARTIFACTS from the environment, else artifacts/ of the repository."""
    return Path(os.environ.get("FER_ARTIFACTS") or ARTIFACTS)


def load_run(path) -> Run:
    """Read and check the run folder `path`. Raises ArtifactError with one sentence.

    The predictions are checked, too, but not kept: whoever has the run can rely on them.
    """
    path = Path(path)
    if not path.is_dir():
        finish_swaps(path.parent)
    if not path.is_dir():
        raise ArtifactError(f"{path} is not a folder: run `python train.py train EXPERIMENT` to make it.")
    config = _read(path / CONFIG, Config, SCHEMA)
    metrics = _read(path / METRICS, Metrics)
    history = read_history(path / HISTORY)
    check_best_epoch(metrics.best_epoch, len(history), path / METRICS)
    arrays = load_arrays(path)
    for split in SPLITS:
        check_arrays(select_split(arrays, split), split, path / PREDICTIONS)
    check_sections(metrics, arrays, path / PREDICTIONS)
    run = Run(path.name, path, config, history, metrics)
    return run.as_judged(by_crowd=run.learns_votes)


def load_runs(root=ARTIFACTS) -> tuple[list[Run], list[str]]:
    """Read every run folder under `root`, sorted by name; returns (runs, problems), one sentence per broken run.

    Folders without a `config.json` are no runs and are passed over, as are hidden ones. What a kill kept a writer from
    putting in place is put there first (`finish_swaps`).
    """
    runs, problems = [], []
    finish_swaps(root)
    try:
        folders = sorted(Path(root).iterdir()) if os.path.isdir(root) else []
    except OSError as error:
        return [], [f"{root} cannot be read ({error.strerror}): allow the dashboard to read it."]
    for path in folders:
        if path.name.startswith(".") or not os.path.lexists(path / CONFIG):
            continue
        if not is_plain(path.name):  # lone surrogates of a name that is not UTF-8 are not printable either
            shown = os.fsencode(path.name).decode("ascii", "backslashreplace").replace("![", "")
            problems.append(f"The folder {shown} has a name that is no plain text in UTF-8: rename it.")
            continue
        try:
            runs.append(load_run(path))
        except ArtifactError as error:
            problems.append(str(error))
    return runs, problems


def _read(file: Path, kind: type, schema: int | None = None):
    try:
        return read_record(file, kind, schema)
    except FileError as error:
        raise broken(file, str(error)) from None
