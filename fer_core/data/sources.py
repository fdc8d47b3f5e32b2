"""Folders, zips and tars behind one face: a stream of named members."""

import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO


@dataclass(frozen=True)
class Member:
    """One file inside a folder or archive."""

    name: str  # with forward slashes, relative to the folder or archive
    size: int  # bytes, as declared
    open: Callable[[], IO[bytes]]
    done: float  # share of the source that lies before this member, 0..1


ARCHIVE_MAGIC = {
    "zip": (b"PK\x03\x04", b"PK\x05\x06"),
    "tar": (b"\xfd7zXZ\x00", b"\x1f\x8b", b"BZh"),
}


def compute_kind(path: Path) -> str:
    """Tell "folder", "zip", "tar", "csv", "empty" or "unknown" from the first bytes, not from the name."""
    if path.is_dir():
        return "folder"
    with open(path, "rb") as file:
        head = file.read(512)
    if not head:
        return "empty"
    for kind, magics in ARCHIVE_MAGIC.items():
        if head.startswith(magics):
            return kind
    if head[257:262] == b"ustar":
        return "tar"
    return "csv" if path.suffix.lower() in (".csv", ".txt") and b"\x00" not in head else "unknown"


@contextmanager
def open_source(path: Path, kind: str) -> Iterator[Iterator[Member]]:
    """Open a folder, zip or tar and give the iterator of its files, junk of operating systems left out."""
    if kind == "folder":
        yield _iterate_folder(path)
    elif kind == "zip":
        with zipfile.ZipFile(path) as archive:
            yield _iterate_zip(archive)
    else:
        with open(path, "rb") as file, tarfile.open(fileobj=file) as archive:
            yield _iterate_tar(archive, file, max(1, path.stat().st_size))


def _is_junk(name: str) -> bool:
    parts = name.split("/")
    return "__MACOSX" in parts or parts[-1].startswith(".") or not parts[-1]


def list_files(path: Path, depth: int = 2) -> list[os.DirEntry]:
    """List the files of a folder down to train/<class>/*, sorted by path; links to folders are followed."""
    with os.scandir(path) as entries:
        children = sorted(entries, key=lambda entry: entry.name)
    files = []
    for child in children:
        if not child.is_dir():
            files.append(child)
        elif depth:
            files += list_files(Path(child.path), depth - 1)
    return files


def _open(path: str) -> IO[bytes]:
    return open(path, "rb")


def _iterate_folder(path: Path) -> Iterator[Member]:
    files = list_files(path)
    for number, file in enumerate(files):
        name = Path(file.path).relative_to(path).as_posix()
        if not _is_junk(name):
            yield Member(name, file.stat().st_size, partial(_open, file.path), number / len(files))


def _iterate_zip(archive: zipfile.ZipFile) -> Iterator[Member]:
    infos = archive.infolist()
    for number, info in enumerate(infos):
        if not info.is_dir() and not _is_junk(info.filename):
            yield Member(info.filename, info.file_size, partial(archive.open, info), number / len(infos))


def _iterate_tar(archive: tarfile.TarFile, file: BinaryIO, size: int) -> Iterator[Member]:
    for info in archive:
        if info.isfile() and not _is_junk(info.name):
            yield Member(info.name, info.size, partial(archive.extractfile, info), min(1.0, file.tell() / size))
