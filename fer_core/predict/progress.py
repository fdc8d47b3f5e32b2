"""How far the work is, and how long it will take: one line that renews itself, or a line now and then in a log."""

import sys
import time
from typing import TextIO

from fer_core.command import format_duration
from fer_core.predict.answer import FileAnswer

ON_SCREEN, IN_LOG = 0.2, 30.0
"""Seconds between two signs of progress."""


class Progress:
    """Counts the answers of `total` files, and says so on `stream`."""

    def __init__(self, total: int, stream: TextIO = sys.stderr):
        self.total, self.stream = total, stream
        self.files = self.faces = self.empty = self.unreadable = 0
        self._start = self._said = time.monotonic()
        self._pause = ON_SCREEN if stream.isatty() else IN_LOG

    def count(self, answer: FileAnswer) -> None:
        """Take one more answer."""
        self.files += 1
        self.faces += answer.n_faces
        self.unreadable += bool(answer.problem)
        self.empty += not answer.n_faces and not answer.problem
        now = time.monotonic()
        if now - self._said >= self._pause:
            self._said = now
            self._say(f"{self.describe()}, {format_duration(self._estimate(now))} left")

    def finish(self) -> None:
        """Say what became of all files."""
        took = time.monotonic() - self._start
        rate = f"{self.files / max(took, 1e-3):.1f} files a second"
        self._say(f"{self.describe()}, in {format_duration(took)} ({rate})")
        if self.stream.isatty():
            print(file=self.stream)

    def describe(self) -> str:
        """Return "12 of 3,000 files: 20 faces, 3 without a face, 1 unreadable"."""
        return (
            f"{self.files:,} of {self.total:,} files: {self.faces:,} faces, {self.empty:,} without a face, "
            f"{self.unreadable:,} unreadable"
        )

    def _estimate(self, now: float) -> float:
        return (now - self._start) / self.files * (self.total - self.files)

    def _say(self, text: str) -> None:
        if self.stream.isatty():
            print(f"\r\033[K{text}", end="", file=self.stream, flush=True)
        else:
            print(text, file=self.stream, flush=True)
