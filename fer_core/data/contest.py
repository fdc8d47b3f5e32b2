"""The contest's csv: a row per picture with emotion (0..6), pixels (2,304 numbers) and Usage."""

import csv
import io
import warnings
from collections.abc import Iterator
from typing import IO

import numpy as np

from fer_core.data.dataset import MAX_PICTURES, DatasetError, FerDataset, Progress, make_dataset
from fer_core.labels import CSV_LABELS, LABELS
from fer_core.preprocessing import IMAGE_SIZE

COLUMNS = ("emotion", "pixels", "usage")
USAGES = ("Training", "PublicTest", "PrivateTest")
PIXELS = IMAGE_SIZE * IMAGE_SIZE
MAX_LINE = 100_000  # the real lines have about 9,000 characters

# The contest numbers the expressions differently from the alphabetical order used everywhere else.
_LABEL_OF_EMOTION = [LABELS.index(name) for name in CSV_LABELS]


def load_contest_csv(file: IO[bytes], size: int, source: str, progress: Progress | None = None) -> FerDataset | None:
    """Read fer2013.csv (or icml_face_data.csv) from an open file of `size` bytes.

    A picture is named after its Usage and its row, counted from 0: "PublicTest_028709.png".
    Returns None where there are no rows; raises DatasetError naming the first bad row.
    """
    images, labels, files = bytearray(), [], []
    done, size = 0, max(1, size)
    with io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="") as text:
        reader = csv.reader(_iterate_lines(text, source))
        try:
            position = _find_columns(next(reader, []), source)
            for row, fields in enumerate(reader):
                if not fields:
                    continue
                if row == MAX_PICTURES:
                    raise DatasetError(f"{source} has more than {MAX_PICTURES:,} rows, so it is not FER2013.")
                emotion, pixels, usage = _pick(fields, position, source, row)
                images += _parse_pixels(pixels, source, row)
                labels.append(_parse_emotion(emotion, source, row))
                files.append(f"{_parse_usage(usage, source, row)}_{row:06d}.png")
                done += len(pixels)
                if progress and row % 500 == 499:
                    progress(min(1.0, done / size), f"Reading rows: {row + 1:,}")
        except csv.Error as error:
            raise DatasetError(f"{source} is damaged near line {reader.line_num}: {error}.") from error
    if not files:
        return None
    pictures = np.frombuffer(images, np.uint8).reshape(-1, IMAGE_SIZE, IMAGE_SIZE)
    return make_dataset(pictures, labels, files, [not name.startswith("Training") for name in files], source)


def _iterate_lines(text: io.TextIOWrapper, source: str) -> Iterator[str]:
    # Without the cap, a file without line breaks would be read into memory whole.
    while line := text.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise DatasetError(f"{source} has a line of more than {MAX_LINE:,} characters, so it is not fer2013.csv.")
        yield line


def _find_columns(header: list[str], source: str) -> list[int]:
    names = [name.strip().lower() for name in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise DatasetError(
            f"{source} has no column {missing[0]!r}: the contest's fer2013.csv has emotion, pixels and Usage."
        )
    return [names.index(name) for name in COLUMNS]


def _pick(fields: list[str], position: list[int], source: str, row: int) -> list[str]:
    if len(fields) <= max(position):
        raise DatasetError(f"Row {row} of {source} has {len(fields)} columns: the file is cut off or damaged.")
    return [fields[column] for column in position]


def _parse_pixels(text: str, source: str, row: int) -> bytes:
    try:
        with warnings.catch_warnings():  # NumPy only warns when it meets something that is no number
            warnings.simplefilter("error", DeprecationWarning)
            pixels = np.fromstring(text, dtype=np.int64, sep=" ")
    except (DeprecationWarning, ValueError) as error:
        raise DatasetError(f"Row {row} of {source} holds a pixel that is not a number: get the file again.") from error
    if len(pixels) != PIXELS:
        raise DatasetError(
            f"Row {row} of {source} has {len(pixels):,} pixels, but a 48 x 48 picture has {PIXELS:,}: "
            "the file is cut off or damaged."
        )
    if pixels.min() < 0 or pixels.max() > 255:
        raise DatasetError(f"Row {row} of {source} has a pixel outside 0 to 255: get the file again.")
    return pixels.astype(np.uint8).tobytes()


def _parse_emotion(text: str, source: str, row: int) -> int:
    emotion = text.strip()
    if emotion not in tuple("0123456"):
        raise DatasetError(f"Row {row} of {source} has the emotion {emotion[:20]!r}, but FER2013 numbers them 0 to 6.")
    return _LABEL_OF_EMOTION[int(emotion)]


def _parse_usage(text: str, source: str, row: int) -> str:
    usage = text.strip()
    if usage not in USAGES:
        raise DatasetError(f"Row {row} of {source} has the Usage {usage[:20]!r}, but it must be {', '.join(USAGES)}.")
    return usage
