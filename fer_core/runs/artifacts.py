"""The artifact contract: one folder per run, read and written here and nowhere else.

artifacts/<experiment>-s<seed>/  config.json  history.csv  metrics.json  predictions.npz  [model.onnx]
"""

import json
import os
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from fer_core.runs.contract import (
    ARRAY_NAMES,
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
    check_config,
    check_history,
    check_metrics,
)

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts"


@dataclass(frozen=True)
class Predictions:
    """The network's answers for one split, in file order.

    `file` (n,) str Kaggle base names; `label` (n,) uint8; `probability` (n, 7) float32 (stored as float16);
    `tta_probability` (n, 7) float32 or None; `votes` (n, 7) uint8 or None, FER+'s for the seven classes; test only: `twin` (n,) bool or None, `ferplus` (n,) uint8 (255: no
    majority) or None.
    """

    file: np.ndarray
    label: np.ndarray
    probability: np.ndarray
    tta_probability: np.ndarray | None = None
    twin: np.ndarray | None = None
    ferplus: np.ndarray | None = None
    votes: np.ndarray | None = None

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

    def __len__(self) -> int:
        return len(self.label)


@dataclass
class Run:
    """One finished run: `history` has a row per epoch; `predictions(split)` reads the big arrays when asked."""

    name: str
    path: Path
    config: dict
    history: pd.DataFrame
    metrics: dict
    _predictions: dict = field(default_factory=dict, repr=False)

    def predictions(self, split: str = "test") -> Predictions:
        """Return the answers for `split`, "validation" or "test". Raises ArtifactError if the file is broken."""
        if split not in self._predictions:
            self._predictions[split] = load_predictions(self.path, split)
        return self._predictions[split]

    @property
    def model_path(self) -> Path | None:
        path = self.path / MODEL
        return path if path.is_file() else None

    @property
    def title(self) -> str:
        """`title` of the configuration, else the folder's name."""
        return self.config.get("title") or self.name

    @property
    def experiment(self) -> str:
        return self.config["experiment"]

    @property
    def seed(self) -> int:
        return self.config["seed"]

    @property
    def is_partial(self) -> bool:
        """True when fewer epochs were run than planned."""
        return len(self.history) < self.config["epochs"]

    @property
    def is_drawn(self) -> bool:
        """True when the run was trained on drawn stand-in pictures (`dataset.drawn` of the configuration)."""
        dataset = self.config.get("dataset")
        return isinstance(dataset, dict) and bool(dataset.get("drawn"))

    @property
    def is_averaged(self) -> bool:
        """True for what `as_served` returns: `test` is about answers averaged over a face and its mirror image."""
        return self.metrics.get("test") is not None and self.metrics["test"] is self.metrics.get("test_tta")

    def as_served(self) -> "Run":
        """Return the run with `test` and `calibration` as the dashboard answers: averaged over a face and its mirror
        image. A run that has no such numbers is returned as it is."""
        if "test_tta" not in self.metrics or self.config.get("tta", "flip") != "flip":
            return self
        served = {"test": self.metrics["test_tta"], "calibration": self.metrics.get("calibration_tta", {})}
        return replace(self, metrics=self.metrics | served)

    @property
    def best_epoch(self) -> int:
        """Epoch, counted from 1, whose weights were kept: `best_epoch` of the metrics, else the best val_accuracy."""
        best = self.metrics.get("best_epoch") or self.history["epoch"].iloc[self.history["val_accuracy"].argmax()]
        return int(best)


def load_run(path) -> Run:
    """Read the run folder `path`, all but its predictions. Raises ArtifactError with one sentence."""
    path = Path(path)
    if not path.is_dir():
        raise ArtifactError(f"{path} is not a folder: run `python train.py train EXPERIMENT` to make it.")
    config = _read_json(path / CONFIG)
    check_config(config, path / CONFIG)
    metrics = _read_json(path / METRICS)
    check_metrics(metrics, path / METRICS)
    history = _read_history(path / HISTORY)
    check_best_epoch(metrics, len(history), path / METRICS)
    if not (path / PREDICTIONS).is_file():
        raise broken(path / PREDICTIONS, "is missing")
    return Run(path.name, path, config, history, metrics)


def load_runs(root=ARTIFACTS) -> tuple[list[Run], list[str]]:
    """Read every run folder under `root`, sorted by name; returns (runs, problems), one sentence per broken run.

    Folders without a `config.json` are no runs and are passed over, as are hidden ones.
    """
    runs, problems = [], []
    root = Path(root)
    folders = sorted(root.iterdir()) if root.is_dir() else []
    for path in folders:
        if path.name.startswith(".") or not (path / CONFIG).is_file():
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
    prefix = f"{split}_"
    arrays = {key.removeprefix(prefix): value for key, value in load_arrays(path, prefix).items()}
    check_arrays(arrays, split, Path(path) / PREDICTIONS)
    for key in ("probability", "tta_probability"):
        if key in arrays:
            arrays[key] = arrays[key].astype(np.float32)
    for key, kind in (("label", np.uint8), ("twin", bool), ("ferplus", np.uint8)):
        if key in arrays:
            arrays[key] = arrays[key].astype(kind)
    return Predictions(**arrays)


def load_arrays(path, prefix: str = "") -> dict[str, np.ndarray]:
    """Read the raw arrays of `<path>/predictions.npz` whose names start with `prefix`, unchecked."""
    file = Path(path) / PREDICTIONS
    known = {f"{split}_{name}" for split in SPLITS for name in ARRAY_NAMES}
    if not file.is_file():
        raise broken(file, "is missing")
    try:
        with np.load(file, allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files if key in known and key.startswith(prefix)}
    except Exception as error:  # noqa: BLE001 - zipfile, zlib, struct and numpy each raise their own for damage
        raise broken(file, f"is damaged ({type(error).__name__})") from None


def write_run(path, config: dict, history: pd.DataFrame, metrics: dict, predictions: dict) -> Run:
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
        _write_json(stage / CONFIG, {**config, "schema": SCHEMA})
        history.to_csv(stage / HISTORY, index=False)
        _write_json(stage / METRICS, metrics)
        np.savez_compressed(stage / PREDICTIONS, **_to_stored(predictions))
        load_run(stage)
        for split in SPLITS:
            load_predictions(stage, split)
        _swap(stage, path)
    return load_run(path)


def _swap(stage: Path, path: Path) -> None:
    """Put `stage` in the place of `path`, bringing over the files that only the old folder has."""
    if not path.exists():
        os.replace(stage, path)
        return
    for old in path.iterdir():
        if not (stage / old.name).exists():
            (shutil.copytree if old.is_dir() else shutil.copy2)(old, stage / old.name)
    backup = stage.with_name(f"{path.name}.old")  # removed with the temporary folder around it
    os.replace(path, backup)
    try:
        os.replace(stage, path)
    except BaseException:
        os.replace(backup, path)
        raise


def _to_stored(predictions: dict) -> dict[str, np.ndarray]:
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


def _write_json(file: Path, content: dict) -> None:
    def to_plain(value):
        if isinstance(value, (np.ndarray, np.generic)):
            return value.tolist()
        return str(value)

    try:
        text = json.dumps(content, indent=1, allow_nan=False, default=to_plain)
    except ValueError:
        raise broken(file, "would hold NaN or infinity") from None
    file.write_text(text + "\n", encoding="utf-8")


def _read_json(file: Path) -> dict:
    def refuse(constant):
        raise ValueError(f"holds {constant}")

    if not file.is_file():
        raise broken(file, "is missing")
    try:
        content = json.loads(file.read_text(encoding="utf-8"), parse_constant=refuse)
    except (OSError, ValueError, RecursionError) as error:
        reason = str(error) if str(error).startswith("holds ") else "is not valid JSON"
        raise broken(file, reason) from None
    if not isinstance(content, dict):
        raise broken(file, "is not a JSON object")
    return content


def _read_history(file: Path) -> pd.DataFrame:
    if not file.is_file():
        raise broken(file, "is missing")
    try:
        history = pd.read_csv(file)
    except (OSError, ValueError) as error:  # pandas' parser errors are ValueErrors
        raise broken(file, f"is not a readable table ({type(error).__name__})") from None
    check_history(history, file)
    return history
