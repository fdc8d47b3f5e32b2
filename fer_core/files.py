"""Files read with care, since anybody may have damaged them, and files that no reader ever meets half written."""

import json
import math
import os
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import IO
from uuid import uuid4

import numpy as np

MAX_JSON_BYTES = 16_000_000
MAX_ARRAY_BYTES = 64_000_000
"""What one file of arrays may take in memory; the largest of ours takes 4 MB. A few packed megabytes can hold gigabytes."""
MAX_NUMBER = 2**53
FRESH = ".new-"
"""How the names of files begin that are being written."""


class FileError(ValueError):
    """A file cannot be used; the message continues a sentence that begins with its name ("is missing")."""


def read_json(file: Path) -> str:
    """Read a JSON object's text. Raises FileError on damage, NaN, numbers beyond MAX_NUMBER or float64, and text that is
    not plain, without quoting it: the message stands on pages, too."""
    if not os.path.isfile(file):
        raise FileError("is missing")
    try:
        if os.path.getsize(file) > MAX_JSON_BYTES:
            raise FileError("is too large to be what it should be")
        text = Path(file).read_text(encoding="utf-8")
        content = json.loads(text, parse_constant=_refuse, parse_float=_read_float, parse_int=_read_int)
        plain = all(map(is_plain, _list_texts(content)))
    except FileError:
        raise
    except (OSError, ValueError, RecursionError):
        raise FileError("is not valid JSON") from None
    if not isinstance(content, dict):
        raise FileError("is not a JSON object")
    if not plain:
        raise FileError("holds text with a picture, markup or control characters in it")
    return text


def is_plain(text: str) -> bool:
    """Say whether text is one line without markup. Pages print it as Markdown, in which a visitor's browser would fetch
    pictures from anywhere."""
    return "![" not in text and "<" not in text and text.isprintable()


def _list_texts(content) -> Iterator[str]:
    """Yield every text in parsed JSON, keys included."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, (dict, list)):
        parts = [*content, *content.values()] if isinstance(content, dict) else content
        for part in parts:
            yield from _list_texts(part)


def _refuse(constant: str):
    raise FileError(f"holds {constant}")


def _read_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise FileError("holds a number that is too large")
    return number


def _read_int(text: str) -> int:
    if len(text) > 17 or abs(number := int(text)) > MAX_NUMBER:
        raise FileError("holds a number that is too large")
    return number


def write_json(file: Path, content: Mapping) -> None:
    """Write a JSON object atomically; arrays become lists, other things text. Raises FileError on NaN and infinity."""

    def to_plain(value):
        return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else str(value)

    try:
        text = json.dumps(content, indent=1, allow_nan=False, default=to_plain) + "\n"
    except ValueError:
        raise FileError("would hold NaN or infinity") from None
    write_atomically(file, lambda stream: stream.write(text.encode()))


def read_arrays(
    file: Path, known: Collection[str] | None = None, limit: int = MAX_ARRAY_BYTES
) -> dict[str, np.ndarray]:
    """Read an .npz without pickles: all arrays, or those of the `known` names that are there.

    Raises FileError on damage, and before reading anything when the arrays would take more than `limit` bytes.
    """
    if not os.path.isfile(file):
        raise FileError("is missing")
    try:
        with zipfile.ZipFile(file) as archive:
            members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
            wanted = {name: member for name, member in members.items() if known is None or name in known}
            if sum(member.file_size for member in wanted.values()) > limit:
                raise FileError(f"would take more than {limit // 1_000_000} MB")
            return {name: _parse_array(archive.read(member)) for name, member in wanted.items()}
    except FileError:
        raise
    except Exception as error:  # noqa: BLE001 - zipfile, zlib, struct, tokenize and numpy each raise their own for damage
        raise FileError(f"is damaged ({type(error).__name__})") from None


def _parse_array(data: bytes) -> np.ndarray:
    """Parse one .npy, whose header must not promise more than there is: the promise would be taken from memory."""
    stream = BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_header(stream)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(data) - stream.tell():
        raise ValueError("a header that does not fit its array")
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to that becomes `path` once it is whole and on the disk, so that a reader meets
    the old file or the new one, never half of it. After an error the old one stays, and nothing else."""
    path = Path(path)
    fresh = path.with_name(f"{FRESH}{uuid4().hex[:8]}-{path.name}")  # two processes may write the same file
    try:
        yield fresh
        with fresh.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(fresh, path)
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file through `write`, all or nothing (`replacing`)."""
    with replacing(path) as fresh, fresh.open("wb") as stream:
        write(stream)
