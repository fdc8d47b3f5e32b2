"""Acting a round of seven expressions, and how three seconds of it are scored. No Streamlit."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from fer_core.labels import LABELS

SECONDS = 3.0
PATIENCE = 9.0
"""Seconds after which a try without any answer from the camera is given up."""
MOST = 10
"""Points for one expression: votes of ten, or tenths of the probability."""
BOARD_SIZE = 10
LARGEST = 1e12
"""No second and no share comes near it; sums of such numbers stay numbers."""


@dataclass(eq=False)
class Round:
    """One player's round: `order` of the expressions, `points` of those acted so far; `started`: the try that runs now.

    `missed`: whether the last try saw no face; `is_written`: whether the round stands on the score board.
    """

    order: Sequence[str]
    points: dict[str, float] = field(default_factory=dict)
    started: float | None = None
    missed: bool = False
    is_written: bool = False

    @property
    def wanted(self) -> str | None:
        """The expression to show now; None at the end."""
        return next((label for label in self.order if label not in self.points), None)

    @property
    def total(self) -> float:
        return sum(self.points.values())

    def begin(self, now: float) -> None:
        """Start three seconds."""
        self.started, self.missed = now, False

    def score(self, share: float) -> None:
        """Write the points for the expression that stands there."""
        self.points[self.wanted] = round(MOST * share, 1)
        self.started = None

    def give_up(self) -> None:
        """Take the try back: no face was seen."""
        self.started, self.missed = None, True


def make_round(number: int) -> Round:
    """Return round `number`: the seven expressions in random order, the same for everybody."""
    return Round([LABELS[place] for place in np.random.default_rng(number).permutation(len(LABELS))])


def compute_share(points: Sequence[Sequence[float]], label: str, start: float, end: float) -> float | None:
    """Return the mean share of `label` from `start` to `end`, for the face seen most often; None without any.

    `points`: rows of (face, seconds, seven shares), as the camera's page reports them, whatever they hold.
    """
    seen = defaultdict(list)
    for row in points:
        if _is_complete(row) and start <= row[1] <= end:
            seen[row[0]].append(row[2 + LABELS.index(label)])
    if not seen:
        return None
    return float(np.clip(np.mean(max(seen.values(), key=len)), 0, 1))


def _is_complete(row: object) -> bool:
    """Whether a row is one: so many ordinary numbers, and nothing else. Browsers send None for what is no number."""
    if not isinstance(row, list | tuple) or len(row) != 2 + len(LABELS):
        return False
    return all(isinstance(value, int | float) and -LARGEST < value < LARGEST for value in row)


def add_to_board(board: list[tuple[str, float]], name: str, total: float) -> list[tuple[str, float]]:
    """Return the score board with one more line, the best ones first."""
    name = "".join(sign for sign in name.strip()[:20] if sign.isalnum() or sign in " -'.") or "Somebody"
    return sorted([*board, (name, total)], key=lambda line: -line[1])[:BOARD_SIZE]
