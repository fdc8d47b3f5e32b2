"""A run's answers to single pictures: `predictions.npz`, read a split at a time."""

from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np

from fer_core.files import FileError, read_arrays
from fer_core.runs.contract import ARRAYS, PREDICTIONS, SPLITS, ArtifactError, broken, check_arrays
from fer_core.runs.crowd import find_majority


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


def load_predictions(path, split: str = "test") -> Predictions:
    """Read one split of `<path>/predictions.npz`. Raises ArtifactError when it is damaged or inconsistent."""
    if split not in SPLITS:
        raise ArtifactError(f"There are no predictions for {split!r}: choose one of {', '.join(SPLITS)}.")
    arrays = select_split(load_arrays(path, f"{split}_"), split)
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


def select_split(arrays: dict[str, np.ndarray], split: str) -> dict[str, np.ndarray]:
    """Return the arrays of one split, named without it."""
    prefix = f"{split}_"
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
