"""Training on time that somebody else takes away: what still fits, and when to stop."""

import math
import time

import keras

MARGIN = 1.2
"""What was measured may take this much longer the next time."""


class OutOfTime(Exception):
    """The time limit came; everything committed up to `epoch` can be resumed."""

    def __init__(self, epoch: int = 0):
        super().__init__(f"stopped by the time limit after epoch {epoch}")
        self.epoch = epoch


class TimeLimit:
    """So many seconds from `started`, a reading of `time.monotonic`; without `seconds` there is no limit.

    It also remembers how long steps took (`note`), so that none begins that would not end in time (`leaves_room_for`).
    """

    def __init__(self, seconds: float = math.inf, started: float | None = None):
        self.end = (time.monotonic() if started is None else started) + seconds
        self.longest = {}

    @property
    def left(self) -> float:
        """Seconds that are left, infinite without a limit."""
        return self.end - time.monotonic()

    def allows(self, seconds: float) -> bool:
        """Whether something that took `seconds` before would surely end in time."""
        return self.left > MARGIN * seconds

    def note(self, step: str, seconds: float) -> None:
        """Remember how long a step took."""
        self.longest[step] = max(self.longest.get(step, 0), seconds)

    def leaves_room_for(self, step: str) -> bool:
        """Whether a step of this name ends in time, going by the longest one so far."""
        return self.allows(self.longest.get(step, 0))


class StopInTime(keras.callbacks.Callback):
    """Leave an epoch that the limit cuts off; what was committed before stays."""

    def __init__(self, limit: TimeLimit):
        super().__init__()
        self.limit = limit

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.limit.left <= 0:
            raise OutOfTime(self.epoch)
