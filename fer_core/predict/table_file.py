"""The table on the disk: it grows by whole files, whatever ends the work, and a second call goes on where it ended."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import filelock

from fer_core.command import Failure
from fer_core.predict.answer import FILE_COLUMNS, FileAnswer

HEADER = (",".join(FILE_COLUMNS) + "\n").encode()


@dataclass
class TableFile:
    """A table being written. `done`: names of the files that it answers; `last`: the highest number among them."""

    path: Path
    stream: BinaryIO
    done: set[str] = field(default_factory=set)
    last: int = 0

    def add(self, answers: list[FileAnswer]) -> None:
        """Append whole files; where anything comes in between, the table ends as before. Raises OSError."""
        end = self.stream.tell()
        data = memoryview("".join(answer.text for answer in answers).encode())
        try:
            while data:
                data = data[self.stream.write(data) :]
        except BaseException:
            self.stream.seek(end)
            self.stream.truncate()
            raise


def get_marker(path: Path) -> Path:
    """Return the file that lies beside a table while it is written: who finds it knows that the work was cut short."""
    return path.with_name(f"{path.name}.unfinished")


@contextmanager
def open_table(path: Path, network: str, restart: bool = False) -> Iterator[TableFile]:
    """Open the table at `path` to go on with it, or begin it; `restart` throws away what it holds.

    Raises Failure for a file that is no such table, one that another network answered, a place that cannot be written
    to, and while another process writes to it.
    """
    marker = get_marker(path)
    try:
        cut_short = marker.exists()
        with filelock.FileLock(marker, blocking=False):
            trusted = False
            try:
                with path.open("r+b" if path.exists() else "x+b", buffering=0) as stream:
                    table = _read_back(path, stream, network, cut_short, restart)
                    trusted = True
                    yield table
            finally:
                if trusted or not cut_short:
                    marker.unlink(missing_ok=True)
    except filelock.Timeout:
        raise Failure(f"{path} is being written by another process: wait for it, or stop it first.") from None
    except OSError as error:
        raise Failure(f"{path} cannot be written ({error.strerror}): the same command goes on once it can.") from None


def _read_back(path: Path, stream: BinaryIO, network: str, cut_short: bool, restart: bool) -> TableFile:
    """Find out what is answered already, and stand at the end of it.

    Of work that was cut short the last file is not trusted: the end may have come between two of its rows.
    """
    head = stream.read(len(HEADER))
    if not HEADER.startswith(head):
        raise Failure(f"{path} is not a table of this command: name another file with --csv.")
    table, start, end, last_name = TableFile(path, stream), len(HEADER), len(HEADER), None
    if not restart and head == HEADER:
        for row, position in _read_rows(path):
            if row[1] != last_name:
                start, last_name = end, row[1]
                table.last += 1
            if row[3] not in ("", network):
                raise Failure(
                    f"{path} holds answers of {row[3]}: name another file, or --restart answers everything again."
                )
            table.done.add(row[1])
            end = position
        if last_name and (cut_short or end < path.stat().st_size):
            table.done.discard(last_name)
            table.last, end = table.last - 1, start
    stream.seek(0)
    stream.write(HEADER)
    stream.seek(end)
    stream.truncate()
    return table


def _read_rows(path: Path) -> Iterator[tuple[list[str], int]]:
    """Yield each whole row after the header, with the place in the file where it ends; ends where damage begins."""
    position = 0

    def read_lines() -> Iterator[str]:
        nonlocal position
        for line in file:
            if line.endswith(b"\n"):
                position += len(line)
                yield line.decode("utf-8", "replace")

    with path.open("rb") as file:
        rows = csv.reader(read_lines())
        while True:
            try:
                row = next(rows, [])
            except csv.Error:
                return
            if len(row) != len(FILE_COLUMNS):
                return
            if position > len(HEADER):
                yield row, position
