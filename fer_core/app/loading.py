"""Cached loaders of the dashboard. A new or changed run folder shows up on the next rerun by itself."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import streamlit as st

from fer_core.app import shell
from fer_core.app.looks import Look, assign_looks
from fer_core.app.turns import FairLock
from fer_core.app.wording import Wording
from fer_core.runs.artifacts import find_artifacts as artifacts_root
from fer_core.runs.artifacts import load_runs as read_runs
from fer_core.runs.contract import ArtifactError
from fer_core.runs.naming import name_runs
from fer_core.runs.records import Calibration
from fer_core.runs.run import Run

Signature = str
TURN = FairLock()
"""One photo at a time, whoever brought it and whichever network answers: it bounds time and memory."""


@dataclass(frozen=True)
class Runs:
    """What artifacts/ holds: `runs` sorted by name, and one sentence per broken run folder in `problems`."""

    runs: tuple[Run, ...]
    problems: tuple[str, ...]

    def __iter__(self):
        return iter(self.runs)

    def __len__(self) -> int:
        return len(self.runs)

    @cached_property
    def names(self) -> dict[str, str]:
        """What each run is called where people read, by its folder's name."""
        return name_runs(self.runs)

    @cached_property
    def looks(self) -> dict[str, Look]:
        """Colour and mark of each run, by its folder's name and by what it is called."""
        return assign_looks(self.runs)

    def find(self, name: str | None) -> Run | None:
        """Return the run called `name` (the folder's name), or None."""
        return next((run for run in self.runs if run.name == name), None)


@dataclass(frozen=True)
class Measured:
    """What was measured after training, by name of the run, and one sentence per file that cannot be used."""

    by_run: dict
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Engine:
    """What turns a photo into answers. Take `lock` around the work: one photo at a time keeps two cores responsive."""

    run: Run
    detector: object
    predictor: object
    threshold: float
    signature: tuple
    lock: FairLock

    @property
    def wording(self) -> Wording:
        """How its answers are put into words."""
        return Wording(self.run.learns_votes, self.threshold)


def load_runs() -> Runs:
    """Return every run under artifacts_root(). Reads the disk again only when a file there changed."""
    root = artifacts_root()
    return _load_runs(str(root), _signature(root))


def load_default_run() -> Run | None:
    """Return the run that the dashboard predicts with, or None when no run has brought a model."""
    from fer_core.runs.comparison import choose_default_run

    return choose_default_run(list(load_runs()))


def load_label_run() -> Run | None:
    """Return the network for pages about FER2013's labels and the study, or None when there is no run.

    The best on validation pictures of those that learned labels, finished ones on real pictures first, then those with
    a model; networks that the crowd taught do not count.
    """
    runs = [run.as_judged(by_crowd=False) for run in load_runs() if not run.learns_votes]
    return max(
        runs,
        key=lambda run: (not run.is_drawn, not run.is_partial, bool(run.model_path), run.validation.accuracy),
        default=None,
    )


def load_pretrained_run() -> Run | None:
    """Return the run that began with another network's weights: one that answers photos before others, then the best on
    validation pictures; None without one.
    """
    runs = [run for run in load_runs() if run.config.pretrained and not run.is_drawn]
    return max(runs, key=lambda run: (bool(run.model_path), run.validation.accuracy), default=None)


def load_disturbed() -> Measured:
    """Return how every run's network bears spoiled pictures, as far as it was measured: (Robustness, answers or None)."""
    from fer_core.runs.robustness import load_disturbed as read

    return _load_measured(read)


def load_robustness() -> Measured:
    """Return the Robustness of every run whose network met every way of spoiling, not the ten disturbances alone."""
    found = load_disturbed()
    return Measured({name: told for name, (told, _) in found.by_run.items() if told.has_curves}, found.problems)


def load_speeds() -> Measured:
    """Return what an answer of every run's network costs (fer_core.runs.speed), as far as it was measured."""
    from fer_core.runs.speed import load_speed as read

    return _load_measured(read)


def load_voices() -> Measured:
    """Return what an imagined voice adds to every run's answers (fer_core.runs.voice), as far as it was computed."""
    from fer_core.runs.voice import load_voice as read

    return _load_measured(read)


def load_doubts() -> Measured:
    """Return what every run's network sees beside the expression (fer_core.runs.doubts), as far as it was fitted."""
    from fer_core.runs.doubts import load_doubts as read

    return _load_measured(read)


def load_ferc():
    """Return FERC's perceptron and answers (fer_core.ferc.report.FercReport), or None when it was not trained.

    Raises ArtifactError with one sentence when the file is damaged.
    """
    root = artifacts_root()
    return _load_ferc(str(root), _signature(root))


def load_facts():
    """Return the dataset's facts (fer_core.data.DatasetFacts), or None when artifacts/dataset/ holds none.

    Raises DatasetError with one sentence when the folder is broken.
    """
    folder = artifacts_root() / "dataset"
    return _load_facts(str(folder), _signature(folder)) if os.path.lexists(folder / "facts.json") else None


def load_engine(run_name: str | None = None) -> Engine | None:
    """Return detector and predictor of the run `run_name` (default: load_default_run()), or None without a model."""
    run = load_runs().find(run_name) if run_name else load_default_run()
    if run is None or run.model_path is None:
        return None
    return _load_engine(run.name, sign_network(run), run)


def read_network(run: Run) -> bytes:
    """Return a run's network as it answers photos; load_doubts says what is wrong with damaged doubts."""
    from fer_core.runs.doubts import read_served

    return read_served(run)[0]


def sign_network(run: Run) -> tuple:
    """Return what changes when the network does, its doubts, or the numbers by which its answers are put."""
    calibration = find_calibration(run)
    return (
        _file_signature(run.model_path),
        _file_signature(run.path / "doubts.json"),
        calibration and calibration.model_dump_json(),
    )


def find_calibration(run: Run) -> Calibration | None:
    """Return temperature, threshold and what they do, for answers to a photo and its mirror image, else to one."""
    return run.calibration_as_served


def find_dataset_path() -> Path | None:
    """Return where FER2013 lies on this machine, or None."""
    from fer_core.data import find_dataset

    return find_dataset()


def load_pictures():
    """Return FER2013 itself (fer_core.data.FerDataset) when it is on this machine, else None. About 90 MB, shared."""
    path = find_dataset_path()
    return None if path is None else _load_pictures(str(path), _file_signature(path))


def _signature(folder: Path) -> Signature:
    """A digest of names, times and sizes two levels deep: changes when a run is added, replaced or damaged.

    The parts of one page ask the disk once: a page that is drawn from two states of it would contradict itself.
    """
    seen = getattr(shell.RUN, "signatures", {})
    if folder not in seen:
        files = (file for child in _children(folder) for file in (_children(child) or [child]))
        # One short text: Streamlit's caches take milliseconds to hash a tuple of hundreds, on each of a page's questions.
        seen[folder] = hashlib.sha256(repr([_file_signature(file) for file in files]).encode()).hexdigest()
    return seen[folder]


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # a file, a link that leads nowhere or in a circle, a folder that may not be read
        return []


def _file_signature(file: Path) -> tuple:
    """Name, time and size; the name in bytes, since it need not be UTF-8. Without the last two where a link is broken."""
    try:
        status = file.stat()
    except OSError:
        return (os.fsencode(file),)
    return (os.fsencode(file), status.st_mtime_ns, status.st_size)


# cache_resource, not cache_data: the objects are shared and never changed, so that a rerun copies nothing.
@st.cache_resource(show_spinner=False, max_entries=2)
def _load_runs(root: str, signature: Signature) -> Runs:
    runs, problems = read_runs(root)
    return Runs(tuple(runs), tuple(problems))


def _load_measured(read: Callable[[Run], object]) -> Measured:
    root = artifacts_root()
    return _read_measured(read.__module__, str(root), _signature(root), load_runs(), read)


@st.cache_resource(show_spinner=False, max_entries=8)
def _read_measured(kind: str, root: str, signature: Signature, _runs: Runs, _read) -> Measured:
    found, problems = {}, []
    for run in _runs:
        try:
            found[run.name] = _read(run)
        except ArtifactError as error:
            problems.append(str(error))
    return Measured({name: value for name, value in found.items() if value is not None}, tuple(problems))


@st.cache_resource(show_spinner=False, max_entries=2)
def _load_ferc(root: str, signature: Signature):
    from fer_core.ferc.report import load_report

    return load_report(root)


@st.cache_resource(show_spinner=False, max_entries=2)
def _load_facts(folder: str, signature: Signature):
    from fer_core.data import load_dataset_facts

    return load_dataset_facts(folder)


@st.cache_resource(show_spinner="Loading the network", max_entries=3)
def _load_engine(name: str, signature: tuple, _run: Run) -> Engine:
    from fer_core.vision import Predictor

    calibration = find_calibration(_run)
    threshold = calibration.not_sure_threshold if calibration else 0.0
    temperature = calibration.temperature if calibration else 1.0
    predictor = Predictor(read_network(_run), temperature, threshold, run=name)
    return Engine(_run, load_detector(), predictor, threshold, signature, TURN)


@st.cache_resource(show_spinner=False)
def load_detector():
    """Return the face detector that all networks share."""
    from fer_core.vision.in_use import DETECTOR

    return DETECTOR()


@st.cache_resource(show_spinner="Reading FER2013", max_entries=1)
def _load_pictures(path: str, signature: tuple):
    from fer_core.data import load_dataset

    return load_dataset(path)
