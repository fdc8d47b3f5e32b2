"""FER+: ten crowd votes per picture (Barsoum et al. 2016, https://arxiv.org/abs/1608.01041)."""

import csv
from pathlib import Path

import numpy as np

from fer_core.data.dataset import DatasetError, FerDataset
from fer_core.labels import LABELS

VOTE_COLUMNS = (
    "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF",
)  # fmt: skip
"""Columns of the vote arrays, in Microsoft's order; NF means "not a face"."""

NO_MAJORITY = 255

_COLUMN_OF_LABEL = [
    VOTE_COLUMNS.index(name) for name in ("anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise")
]


def compute_vote_shares(votes: np.ndarray) -> np.ndarray:
    """Give the crowd's choice among the seven classes as shares: 1 for the winner, halves and thirds in a tie.

    `votes`: uint8 (n, 10). Returns float32 (n, 7); a row of zeros where nobody voted for any of the seven.
    """
    seven = count_seven_votes(votes)
    winner = (seven == seven.max(axis=1, keepdims=True)) & (seven > 0)
    return (winner / np.maximum(winner.sum(axis=1, keepdims=True), 1)).astype(np.float32)


def count_seven_votes(votes: np.ndarray) -> np.ndarray:
    """Count the votes for the seven classes: uint8 (n, 10) -> uint8 (n, 7), in the order of LABELS."""
    return votes[:, _COLUMN_OF_LABEL]


def spread_seven_votes(seven: np.ndarray) -> np.ndarray:
    """Put votes for the seven classes, uint8 (n, 7), into the columns of FER+, uint8 (n, 10); the other three are 0."""
    votes = np.zeros((len(seven), len(VOTE_COLUMNS)), np.uint8)
    votes[:, _COLUMN_OF_LABEL] = seven
    return votes


def compute_vote_majority(votes: np.ndarray) -> np.ndarray:
    """Find the crowd's choice among the seven classes.

    `votes`: uint8 (n, 10). Returns uint8 (n,): index into LABELS, 255 = no vote for any of the seven.
    One picture in twenty is a tie; the winner is then picked by a fixed mix of its votes, so that no class is
    favoured and the same votes always give the same answer.
    """
    winner = compute_vote_shares(votes) > 0
    mix = votes @ np.arange(1, len(VOTE_COLUMNS) + 1)
    place = mix % np.maximum(winner.sum(axis=1), 1) + 1
    majority = (winner & (winner.cumsum(axis=1) == place[:, None])).argmax(axis=1)
    return np.where(winner.any(axis=1), majority, NO_MAJORITY).astype(np.uint8)


def compute_vote_agreement(votes: np.ndarray) -> np.ndarray:
    """Measure how united the crowd is: the majority label's share of all votes of a picture.

    `votes`: uint8 (n, 10). Returns float32 (n,) in 0..1, nan where no majority exists.
    """
    top = count_seven_votes(votes).max(axis=1).astype(np.float32)
    total = votes.sum(axis=1, dtype=np.float32)
    return np.divide(top, total, out=np.full(len(votes), np.nan, np.float32), where=top > 0)


def load_votes(path: str | Path, dataset: FerDataset) -> np.ndarray:
    """Read FER+ votes for the pictures of a dataset.

    `path`: a csv with the columns split, label and file (joined by Kaggle's folder and name), or Microsoft's
    fer2013new.csv (joined by row number, so the dataset must come from the contest's csv).
    Returns uint8 (n, 10) in the order of VOTE_COLUMNS. Raises DatasetError.
    """
    path, keys, rows = Path(path), [], []
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = set(reader.fieldnames or ())
            missing = [name for name in VOTE_COLUMNS if name not in columns]
            if missing:
                raise DatasetError(f"{path.name} is not a file of FER+ votes: it has no column {missing[0]!r}.")
            for row in reader:
                keys.append(tuple(row.get(name) for name in ("split", "label", "file")))
                rows.append([int(row[name] or 0) for name in VOTE_COLUMNS])
        table = np.array(rows, np.uint8).reshape(-1, len(VOTE_COLUMNS))
    except DatasetError:
        raise
    except OSError as error:
        raise DatasetError(f"The FER+ votes {path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, OverflowError, csv.Error) as error:
        raise DatasetError(
            f"{path.name} is damaged near line {len(keys) + 1}: a vote is not a small number."
        ) from error
    if {"split", "label", "file"} <= columns:
        return _join_by_name(path, dataset, keys, table)
    return _join_by_row(path, dataset, table)


def _join_by_name(path: Path, dataset: FerDataset, keys: list[tuple], table: np.ndarray) -> np.ndarray:
    # A name alone is not enough: two of Kaggle's names stand in two folders.
    row_of = {key: row for row, key in enumerate(keys)}
    folders = np.where(dataset.is_test, "test", "train").tolist()
    labels = [LABELS[label] for label in dataset.labels]
    rows = np.array([row_of.get(key, -1) for key in zip(folders, labels, dataset.files.tolist())])
    if (rows < 0).all():
        raise DatasetError(
            f"{path.name} names none of the pictures of {dataset.source}: for the contest's csv use fer2013new.csv."
        )
    return np.where(rows[:, None] >= 0, table[rows], 0).astype(np.uint8)


def _join_by_row(path: Path, dataset: FerDataset, table: np.ndarray) -> np.ndarray:
    numbers = [name.rpartition("_")[2].partition(".")[0] for name in dataset.files.tolist()]
    rows = np.array([int(number) if number.isdecimal() else len(table) for number in numbers])
    if len(table) != len(dataset) or not np.array_equal(np.sort(rows), np.arange(len(table))):
        raise DatasetError(
            f"{path.name} follows the rows of the contest's fer2013.csv and does not fit {dataset.source}: "
            "use a votes file with Kaggle's file names."
        )
    return table[rows]
