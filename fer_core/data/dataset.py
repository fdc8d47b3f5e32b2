"""The dataset as everything else sees it, and its one kind of error."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fer_core.labels import LABELS

REAL_COUNTS = {
    "train": dict(zip(LABELS, (3995, 436, 4097, 7215, 4965, 4830, 3171))),
    "test": dict(zip(LABELS, (958, 111, 1024, 1774, 1233, 1247, 831))),
}
"""Pictures per Kaggle folder and class of the real FER2013: 28,709 + 7,178."""

MAX_PICTURES = 200_000  # a guard against archives made to fill the memory

Progress = Callable[[float, str], None]
"""Called with the share that is done, 0..1, and a text."""


class DatasetError(ValueError):
    """The data cannot be used; the message is one sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class FerDataset:
    """Pictures and labels, training folder first, class by class in LABELS order, files sorted by name.

    This is the order in which Keras' `flow_from_directory` reads the Kaggle folders.
    """

    images: np.ndarray  # uint8 (n, 48, 48)
    labels: np.ndarray  # uint8 (n,), index into LABELS
    files: np.ndarray  # str (n,), base names such as "Training_3908.jpg"
    is_test: np.ndarray  # bool (n,)
    votes: np.ndarray | None = None  # uint8 (n, 10), columns VOTE_COLUMNS; a row of zeros means no votes
    source: str = ""
    drawn: bool = False

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Pictures per folder ("train", "test") and class."""
        folders = {"train": ~self.is_test, "test": self.is_test}
        return {
            folder: dict(zip(LABELS, np.bincount(self.labels[rows], minlength=len(LABELS)).tolist()))
            for folder, rows in folders.items()
        }


def make_dataset(images, labels, files, is_test, source: str, drawn: bool = False) -> FerDataset:
    """Put pictures in whatever order into the order of FerDataset. Returns it without votes."""
    labels, files, is_test = np.asarray(labels, np.uint8), np.asarray(files, str), np.asarray(is_test, bool)
    order = np.lexsort((files, labels, is_test))
    return FerDataset(np.asarray(images)[order], labels[order], files[order], is_test[order], None, source, drawn)


def check_classes(dataset: FerDataset) -> None:
    """Raise DatasetError naming every folder and class that holds no picture."""
    counts = dataset.counts
    missing = [f"{folder}/{label}" for folder in counts for label in LABELS if not counts[folder][label]]
    if missing:
        raise DatasetError(
            f"{dataset.source} has no pictures in {', '.join(missing)}: FER2013 has pictures of all seven classes "
            f"({', '.join(LABELS)}) for training and for testing."
        )


def check_real_counts(dataset: FerDataset) -> None:
    """Raise DatasetError naming the first class whose count is not the real FER2013's."""
    counts = dataset.counts
    for folder, expected in REAL_COUNTS.items():
        for label, count in expected.items():
            found = counts[folder][label]
            if found != count:
                raise DatasetError(
                    f"{dataset.source or 'The dataset'} has {found:,} pictures in {folder}/{label}, FER2013 has "
                    f"{count:,}: the copy is incomplete or changed; get it again."
                )
