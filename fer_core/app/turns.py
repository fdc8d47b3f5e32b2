"""Whose turn it is: visitors share two cores."""

import threading
from collections import deque
from typing import Self


class FairLock:
    """A lock that lets threads in by the order in which they came; use it in a with statement.

    threading.Lock lets in whoever happens to wake first, which is often the one that has just left: a visitor with a
    hundred photos would keep all others waiting.
    """

    def __init__(self):
        self._guard, self._waiting, self._taken = threading.Lock(), deque(), False

    def __enter__(self) -> Self:
        with self._guard:
            if not self._taken:
                self._taken = True
                return self
            gate = threading.Lock()
            gate.acquire()
            self._waiting.append(gate)
        gate.acquire()  # opened by whoever leaves before us
        return self

    def __exit__(self, *_) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def locked(self) -> bool:
        """Say whether somebody is in."""
        return self._taken
