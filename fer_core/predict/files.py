"""Which files to answer, and what they are called in the table."""

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from fer_core.command import Failure
from fer_core.predict.table import looks_like_formula


def list_files(given: Iterable[str], but: Collection[Path] = ()) -> list[str]:
    """Return the paths of all files that are meant, each once: those given, and all in folders, by name.

    Hidden files in folders are left out, and so is what lies at one of the resolved paths `but`. Raises Failure for a
    path that leads nowhere, before anything is answered.
    """
    seen, files = set(), []
    for path in given:
        if not os.path.exists(path):
            raise Failure(f"{path}: there is no such file or folder.")
        for file in _walk(path, but) if os.path.isdir(path) else [path]:
            if (place := os.path.abspath(file)) not in seen:
                seen.add(place)
                files.append(file)
    return files


def _walk(folder: str, but: Collection[Path]) -> Iterator[str]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] != "." and Path(root, name).resolve() not in but)
        for name in sorted(names):
            file = os.path.join(root, name)
            if name[0] != "." and os.path.isfile(file) and Path(file).resolve() not in but:
                yield file


def name_in_table(path: str) -> str:
    """Return a path as text that UTF-8 can hold and no spreadsheet takes for a formula; it still leads to the file."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    text = text.replace("\r", "\\r")  # csv.writer leaves it unquoted, and csv.reader takes it for the end of a row
    return f"./{text}" if looks_like_formula(text) else text
