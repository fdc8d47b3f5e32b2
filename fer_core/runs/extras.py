"""Artifacts beside a run that its training does not write: found, checked and tied to the network they measure."""

import argparse
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from fer_core.files import FileError, write_json
from fer_core.records import Record, Text, read_record
from fer_core.runs.artifacts import ARTIFACTS, load_runs
from fer_core.runs.contract import MODEL, ArtifactError
from fer_core.runs.run import Run


class Extra(Record):
    """What every such file holds: the fingerprint of the network that it is about."""

    model_sha256: Text


Kind = TypeVar("Kind", bound=Extra)


def load_extra(path: Path, name: str, kind: type[Kind], schema: int | tuple[int, ...], command: str) -> Kind | None:
    """Read `<path>/<name>` as a record of `kind`; None when there is none.

    Raises ArtifactError with one sentence when it is damaged, of another schema, or about another network than the
    `model.onnx` beside it (which was exported again, say). `command` rewrites it.
    """
    file = Path(path) / name
    if not os.path.lexists(file):
        return None
    try:
        content = read_record(file, kind, schema)
        model = file.parent / MODEL
        if model.is_file() and compute_fingerprint(model) != content.model_sha256:
            raise FileError(f"is about another network than the {MODEL} beside it")
    except FileError as error:
        raise broken_extra(file, str(error), command) from None
    return content


def write_extra(path: Path, name: str, content: Mapping) -> Path:
    """Write `<path>/<name>` so that a reader meets the old file or the new one; returns where."""
    file = Path(path) / name
    try:
        write_json(file, content)
    except FileError as error:
        raise ArtifactError(f"{name} {error}.") from None
    return file


def broken_extra(file: Path, what: str, command: str) -> ArtifactError:
    """Make the one-sentence error: what is wrong with `file`, and the command that writes it again."""
    return ArtifactError(f"{file.parent.name}/{file.name} {what}: run `{command}` to write it again.")


def compute_fingerprint(model: str | Path) -> str:
    """SHA-256 of a network's file."""
    with open(model, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_parser(description: str, pictures: bool = True) -> argparse.ArgumentParser:
    """Begin the command line of what writes such a file: which runs, in which folder, and with `pictures` from which data."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="*", metavar="RUN", help="run folders (default: all with a model.onnx)")
    if pictures:
        parser.add_argument("--data", metavar="PATH", help="FER2013 (default: FER2013_PATH, data/, the Kaggle cache)")
    parser.add_argument("--artifacts", type=Path, default=ARTIFACTS, help="where the run folders are")
    return parser


def choose_runs(names: list[str], root: Path, load: Callable[[Run], object] | None = None) -> list[Run]:
    """Choose the runs to measure: those named, else all with a network; with `load` only those of which it finds nothing.

    Raises ArtifactError on an unknown name.
    """
    runs = {run.name: run for run in load_runs(root)[0]}
    unknown = [name for name in names if name not in runs]
    if unknown:
        raise ArtifactError(f"There is no run {unknown[0]!r} in {root}. Known: {', '.join(runs) or 'none'}.")
    chosen = [runs[name] for name in names] or [run for run in runs.values() if run.model_path]
    return chosen if load is None else [run for run in chosen if not _has(run, load)]


def _has(run: Run, load: Callable[[Run], object]) -> bool:
    try:
        return load(run) is not None
    except ArtifactError:
        return False
