"""What is found before an hour of training is spent: places that cannot be written, finished runs, second trainings."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import filelock
import numpy as np

from fer_core.runs import Run, load_run
from fer_core.training.checkpoint import load_state

MAY_REPLACE = "may-replace"
"""A file beside the checkpoints: this training was begun with --restart, so it may replace the finished run."""


class GuardError(ValueError):
    """Training must not begin; the message says why, and what to do."""


def check_writable(folder: Path, option: str) -> None:
    """Make `folder` and a file in it. Raises GuardError, which names the command's `option` for another place."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder, prefix=".writing-") as file:
            file.write(bytes(1 << 20))
    except OSError as error:
        raise GuardError(f"Nothing can be written to {folder} ({error.strerror}): {option}.") from None


def check_places(out: Path, checkpoints: Path, pack: Path | None) -> None:
    """Find out now, not after hours, that something cannot be written. Raises GuardError."""
    check_writable(out, "choose another place with --out")
    check_writable(checkpoints, "checkpoints need a place")
    if pack:
        check_writable(pack, "choose another place with --pack")


def check_space(folder: Path, needed: int) -> None:
    """Raises GuardError unless the disk of `folder` has `needed` bytes free, besides what the folder holds already."""
    held = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    free = shutil.disk_usage(folder).free + held
    if free < needed:
        raise GuardError(
            f"The checkpoints of this run take up to {needed / 1e6:,.0f} MB and {folder} has {free / 1e6:,.0f} MB left: "
            "make room first."
        )


@contextmanager
def lock(folder: Path):
    """Keep every other process from training into `folder`. Raises GuardError where one does; ends with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(folder / "lock", blocking=False):
            yield
    except filelock.Timeout:
        raise GuardError(f"{folder} is being trained by another process: wait for it, or stop it first.") from None


def needs_training(path: Path, checkpoints: Path, epochs: int, resume: bool = False, restart: bool = False) -> bool:
    """Whether the run whose folder is `path` is still to be trained or written; False when it is there with `epochs`.

    Raises GuardError where training would throw away a finished run or an unfinished one unasked, ArtifactError and
    CheckpointError where what is there cannot be read.
    """
    if restart:
        return True
    state = load_state(checkpoints)
    run = load_run(path) if path.exists() else None
    if not resume:
        _refuse_to_begin(path, checkpoints, run, state)
        return True
    if run is None:
        return True
    may_replace = (checkpoints / MAY_REPLACE).exists()
    if state is None and may_replace:
        return True
    if state is None:
        if len(run.history) < epochs:
            raise GuardError(
                f"{path} ends after epoch {len(run.history)} of {epochs} and {checkpoints} holds nothing to go on from: "
                "--restart trains it again and replaces it."
            )
        return False
    if _is_of(run, state):
        return len(run.history) < epochs
    if not may_replace:
        raise GuardError(
            f"{path} was not trained from what is in {checkpoints}: --restart begins anew and replaces it at the end."
        )
    return True


def allow_to_replace(checkpoints: Path) -> None:
    """Remember that the training about to begin there may replace a finished run."""
    checkpoints.mkdir(parents=True, exist_ok=True)
    (checkpoints / MAY_REPLACE).touch()


def _refuse_to_begin(path: Path, checkpoints: Path, run: Run | None, state: dict | None) -> None:
    if run:
        raise GuardError(
            f"{path} is a finished run ({len(run.history)} epochs): add --resume to leave it and go on with the others, or "
            "--restart to train it again and replace it."
        )
    if state:
        raise GuardError(
            f"{checkpoints} holds a run that was not finished (epoch {state['epoch']}): add --resume to go on, or "
            "--restart to begin again."
        )


def check_same(path: Path, checkpoints: Path, state: dict) -> None:
    """Raises GuardError unless `state`, of `checkpoints`, ends where the run in the folder `path` does: the checkpoints go
    by the run's name alone, and one of that name may have been trained into another place."""
    run = load_run(path)
    if len(run.history) != state["epoch"] or not _is_of(run, state):
        raise GuardError(
            f"{path} was not trained to what is in {checkpoints} (epoch {state['epoch']}): weights and answers would be "
            "those of two runs. Train it again with --restart."
        )


def _is_of(run: Run, state: dict) -> bool:
    """Whether the run's history is how the one in the checkpoints began."""
    found = [row["val_accuracy"] for row in state["history"][: len(run.history)]]
    return len(found) == len(run.history) and np.allclose(found, run.history["val_accuracy"], atol=1e-6)
