"""The artifact contract: one folder per run, read and written here and nowhere else.

artifacts/<experiment>-s<seed>/  config.json  history.csv  metrics.json  predictions.npz  [model.onnx]
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from fer_core.files import FileError, read_arrays, write_json
from fer_core.records import Record, read_record
from fer_core.runs.contract import (
    ARRAYS,
    CONFIG,
    HISTORY,
    METRICS,
    MODEL,
    PREDICTIONS,
    SCHEMA,
    SPLITS,
    ArtifactError,
    broken,
    check_arrays,
    check_best_epoch,
    check_history,
    check_sections,
)
from fer_core.runs.crowd import find_majority
from fer_core.runs.records import Calibration, Config, Metrics, Scores

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts"


@dataclass(frozen=True)
class Predictions:
    """The network's answers for one split, in file order.

    `file` (n,) str Kaggle base names; `label` (n,) uint8; `probability` (n, 7) float32 (stored as float16);
    `tta_probability` (n, 7) float32 or None; `votes` (n, 7) uint8 or None: FER+ votes for the seven classes.
    Test only, or None: `twin` (n,) bool; `ferplus` (n,) uint8 (255: no majority); `last_epochs` (k, n) uint8, the
    winning classes after each of the last k epochs, the last one last. `given_label` (n,) uint8: FER2013's, where the
    crowd's first choice stands as the label (`judge_by_crowd`).
    """

    file: np.ndarray
    label: np.ndarray
    probability: np.ndarray
    tta_probability: np.ndarray | None = None
    twin: np.ndarray | None = None
    ferplus: np.ndarray | None = None
    votes: np.ndarray | None = None
    last_epochs: np.ndarray | None = None
    given_label: np.ndarray | None = None

    @cached_property
    def predicted(self) -> np.ndarray:
        """Winning class per picture, uint8 (n,)."""
        return self.probability.argmax(axis=1).astype(np.uint8)

    @cached_property
    def confidence(self) -> np.ndarray:
        """Probability of the winning class before calibration, float32 (n,)."""
        return self.probability.max(axis=1)

    @cached_property
    def correct(self) -> np.ndarray:
        """True where the winning class is the label, bool (n,)."""
        return self.predicted == self.label

    def judge_by_crowd(self) -> "Predictions":
        """Return the answers to pictures with a unique first choice of the crowd, that choice as their label."""
        majority, unique = find_majority(self.votes)
        own = {name: array[unique] for name, array in self.list_arrays().items() if name != "last_epochs"}
        return Predictions(**own | {"label": majority[unique].astype(np.uint8), "given_label": own["label"]})

    @property
    def fer_label(self) -> np.ndarray:
        """FER2013's label, uint8 (n,): with the file's name it says which picture this is."""
        return self.label if self.given_label is None else self.given_label

    def list_arrays(self) -> dict[str, np.ndarray]:
        """The arrays that are there, by name."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: array for name, array in arrays.items() if array is not None}

    def __len__(self) -> int:
        return len(self.label)


@dataclass(frozen=True)
class Run:
    """One finished run: `history` has a row per epoch; `predictions(split)` reads the big arrays when asked.

    `metrics` are all numbers there are. `test`, `validation`, `calibration` and `answers` are those of one way of
    answering: a single look per face or, with `is_averaged`, the mean over a face and its mirror image. And of one judge:
    FER2013's labels or, with `by_crowd`, what most people chose. A run that learned votes is judged by the crowd unless
    somebody asks otherwise.
    """

    name: str
    path: Path
    config: Config
    history: pd.DataFrame
    metrics: Metrics
    is_averaged: bool = False
    by_crowd: bool = False
    _predictions: dict = field(default_factory=dict, repr=False)

    def predictions(self, split: str = "test") -> Predictions:
        """Return the answers for `split`, "validation" or "test". Raises ArtifactError if the file is broken."""
        if split not in self._predictions:
            self._predictions[split] = load_predictions(self.path, split)
        return self._predictions[split]

    def answers(self, split: str = "test") -> Predictions:
        """Return `predictions(split)` whose `probability` is that of this way of answering, for this judge.

        The crowd judges only pictures on which it has a first choice, which then stands as their label.
        """
        answers = self.predictions(split)
        if self.is_averaged:
            answers = replace(answers, probability=answers.tta_probability)
        return answers.judge_by_crowd() if self.by_crowd else answers

    @property
    def test(self) -> Scores:
        return self._find("test")

    @property
    def validation(self) -> Scores:
        return self._find("validation")

    @property
    def calibration(self) -> Calibration | None:
        return self._find("calibration")

    def _find(self, section: str):
        return getattr(self.metrics, f"{'crowd_' * self.by_crowd}{section}{'_tta' * self.is_averaged}")

    @property
    def learns_votes(self) -> bool:
        """True when it was taught by the crowd's votes, not by FER2013's labels."""
        return self.config.learns == "votes"

    def as_judged(self, by_crowd: bool) -> "Run":
        """Return the run as the crowd judges it, or the labels. The crowd's judgement needs votes: else the labels'."""
        return replace(self, by_crowd=by_crowd and self.metrics.crowd_test is not None)

    @property
    def can_average(self) -> bool:
        """True when the run also answered every test picture together with its mirror image, as the dashboard does."""
        return self.metrics.test_tta is not None and self.config.tta == "flip"

    def as_served(self) -> "Run":
        """Return the run as the dashboard answers: averaged over a face and its mirror image, where it can."""
        return replace(self, is_averaged=self.can_average)

    @property
    def model_path(self) -> Path | None:
        path = self.path / MODEL
        return path if path.is_file() else None

    @property
    def title(self) -> str:
        """`title` of the configuration, else the folder's name."""
        return self.config.title or self.name

    @property
    def experiment(self) -> str:
        return self.config.experiment

    @property
    def seed(self) -> int:
        return self.config.seed

    @property
    def is_partial(self) -> bool:
        """True when fewer epochs were run than planned."""
        return len(self.history) < self.config.epochs

    @property
    def is_drawn(self) -> bool:
        """True when the run was trained on drawn stand-in pictures (`dataset.drawn` of the configuration)."""
        return self.config.dataset is not None and self.config.dataset.drawn

    @property
    def best_epoch(self) -> int:
        """Epoch, counted from 1, whose weights were kept: `best_epoch` of the metrics, else the best val_accuracy."""
        best = self.metrics.best_epoch or self.history["epoch"].iloc[self.history["val_accuracy"].argmax()]
        return int(best)


def load_run(path) -> Run:
    """Read and check the run folder `path`. Raises ArtifactError with one sentence.

    The predictions are checked, too, but not kept: whoever has the run can rely on them.
    """
    path = Path(path)
    if not path.is_dir():
        raise ArtifactError(f"{path} is not a folder: run `python train.py train EXPERIMENT` to make it.")
    config = _read(path / CONFIG, Config, SCHEMA)
    metrics = _read(path / METRICS, Metrics)
    history = _read_history(path / HISTORY)
    check_best_epoch(metrics.best_epoch, len(history), path / METRICS)
    arrays = load_arrays(path)
    for split in SPLITS:
        check_arrays(_select(arrays, split), split, path / PREDICTIONS)
    check_sections(metrics, arrays, path / PREDICTIONS)
    run = Run(path.name, path, config, history, metrics)
    return run.as_judged(by_crowd=run.learns_votes)


def load_runs(root=ARTIFACTS) -> tuple[list[Run], list[str]]:
    """Read every run folder under `root`, sorted by name; returns (runs, problems), one sentence per broken run.

    Folders without a `config.json` are no runs and are passed over, as are hidden ones.
    """
    runs, problems = [], []
    try:
        folders = sorted(Path(root).iterdir()) if os.path.isdir(root) else []
    except OSError as error:
        return [], [f"{root} cannot be read ({error.strerror}): allow the dashboard to read it."]
    for path in folders:
        if path.name.startswith(".") or not os.path.lexists(path / CONFIG):
            continue
        try:
            path.name.encode()
        except UnicodeEncodeError:
            shown = os.fsencode(path.name).decode("ascii", "backslashreplace")
            problems.append(f"The folder {shown} has a name that is not UTF-8: rename it.")
            continue
        try:
            runs.append(load_run(path))
        except ArtifactError as error:
            problems.append(str(error))
    return runs, problems


def load_predictions(path, split: str = "test") -> Predictions:
    """Read one split of `<path>/predictions.npz`. Raises ArtifactError when it is damaged or inconsistent."""
    if split not in SPLITS:
        raise ArtifactError(f"There are no predictions for {split!r}: choose one of {', '.join(SPLITS)}.")
    arrays = _select(load_arrays(path, f"{split}_"), split)
    check_arrays(arrays, split, Path(path) / PREDICTIONS)
    return Predictions(**{name: array.astype(ARRAYS[name]) for name, array in arrays.items()})


def load_arrays(path, prefix: str = "") -> dict[str, np.ndarray]:
    """Read the raw arrays of `<path>/predictions.npz` whose names start with `prefix`, unchecked."""
    file = Path(path) / PREDICTIONS
    known = {f"{split}_{name}" for split in SPLITS for name in ARRAYS}
    try:
        return read_arrays(file, {name for name in known if name.startswith(prefix)})
    except FileError as error:
        raise broken(file, str(error)) from None


def _select(arrays: dict[str, np.ndarray], split: str) -> dict[str, np.ndarray]:
    """The arrays of one split, named without it."""
    prefix = f"{split}_"
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def write_run(
    path, config: Mapping | Config, history: pd.DataFrame, metrics: Mapping | Metrics, predictions: Mapping
) -> Run:
    """Write a run folder so that a reader, or a crash, only ever meets the old run or the new one.

    `predictions` maps the names of the contract (`validation_file`, ..., `test_ferplus`) to arrays; probabilities are
    stored as float16. Other files of an existing folder, such as `model.onnx`, stay. `schema` is added to `config`.
    Returns the run as read back. Raises ArtifactError, leaving the old run alone, when the content breaks the contract.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=path.parent, ignore_cleanup_errors=True) as temporary:
        stage = Path(temporary) / path.name  # the final name, so that messages read right
        stage.mkdir()
        _write(stage / CONFIG, {**_to_plain(config), "schema": SCHEMA})
        history.to_csv(stage / HISTORY, index=False)
        _write(stage / METRICS, _to_plain(metrics))
        np.savez_compressed(stage / PREDICTIONS, **_to_stored(predictions))
        load_run(stage)
        _swap(stage, path)
    return load_run(path)


def _swap(stage: Path, path: Path) -> None:
    """Put `stage` in the place of `path`, bringing over the files that only the old folder has."""
    if not path.exists():
        os.replace(stage, path)
        return
    for old in path.iterdir():
        if not (stage / old.name).exists():
            if old.is_dir() and not old.is_symlink():
                shutil.copytree(old, stage / old.name, symlinks=True)
            else:
                shutil.copy2(old, stage / old.name, follow_symlinks=False)
    backup = stage.with_name(f"{path.name}.old")  # removed with the temporary folder around it
    os.replace(path, backup)
    try:
        os.replace(stage, path)
    except BaseException:
        os.replace(backup, path)
        raise


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


def _read(file: Path, kind: type, schema: int | None = None):
    try:
        return read_record(file, kind, schema)
    except FileError as error:
        raise broken(file, str(error)) from None


def _read_history(file: Path) -> pd.DataFrame:
    if not file.is_file():
        raise broken(file, "is missing")
    try:
        history = pd.read_csv(file)
    except (OSError, ValueError) as error:  # pandas' parser errors are ValueErrors
        raise broken(file, f"is not a readable table ({type(error).__name__})") from None
    check_history(history, file)
    return history
