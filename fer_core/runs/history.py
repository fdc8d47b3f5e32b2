"""The training log of a run: a structured array with a row per epoch, and `history.csv`, which holds the same."""

import csv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from fer_core.files import FileError
from fer_core.runs.contract import broken, check_history

MAX_BYTES = 1_000_000
"""Of a history.csv: thousands of epochs; a hundred of them take 20 kB."""


def make_history(columns: Mapping[str, ArrayLike]) -> np.ndarray:
    """Make a history from its columns, in their order: a structured array (n epochs,), a field for each column.

    Each of `columns` holds n values; its field is of their dtype: int64 of whole numbers, float64 of others. So
    `history["loss"]` is a float64 array (n,), `history[0]` the first epoch. Raises ValueError unless all hold equally many.
    """
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    lengths = {len(array) for array in arrays.values()}
    if len(lengths) != 1:
        raise ValueError(f"columns of {sorted(lengths)} epochs")
    history = np.empty(lengths.pop(), [(name, array.dtype) for name, array in arrays.items()])
    for name, array in arrays.items():
        history[name] = array
    return history


def read_history(file: Path) -> np.ndarray:
    """Read and check a run's `history.csv` (`make_history`): columns of whole numbers as int64, others as float64.

    A column that the contract does not ask for may lack values, which are NaN, or hold text. Raises ArtifactError with
    one sentence unless epochs run 1, 2, 3, ... and the required columns are there and finite.
    """
    if not file.is_file():
        raise broken(file, "is missing")
    try:
        if file.stat().st_size > MAX_BYTES:
            raise FileError("is too large to be what it should be")
        history = _parse(file)
    except FileError as error:
        raise broken(file, str(error)) from None
    except (OSError, ValueError, csv.Error) as error:
        raise broken(file, f"is not a readable table ({type(error).__name__})") from None
    check_history(history, file)
    return history


def _parse(file: Path) -> np.ndarray:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        names, *rows = filter(None, csv.reader(stream))  # as everywhere, an empty line is none
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    if len(set(names)) < len(names):
        raise ValueError("two columns of one name")
    return make_history({name: _parse_column(column) for name, column in zip(names, columns, strict=True)})


def _parse_column(column: Sequence[str]) -> np.ndarray:
    """Whole numbers as int64, others as float64, NaN where nothing stands; what is no number as text (object)."""
    with suppress(ValueError, OverflowError):
        return np.array([int(text) for text in column], np.int64)
    with suppress(ValueError):
        return np.array([float(text or "nan") for text in column], np.float64)
    return np.array(column, object)


def write_history(file: Path, history: np.ndarray) -> None:
    """Write a history (`make_history`) as `history.csv`: a line with the columns' names, then one per epoch.

    Numbers have as many digits as it takes to read back the same ones.
    """
    with file.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream, lineterminator="\n")
        lines.writerow(history.dtype.names)
        lines.writerows(history.tolist())
