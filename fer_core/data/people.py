"""How well people predict one another: the yardstick beside which a network that predicts the crowd is read."""

import numpy as np

from fer_core.data.votes import count_seven_votes
from fer_core.labels import LABELS

SHUFFLES = 20
"""Random halvings of each picture's ten votes; their mean is stable to a tenth of a point on 4,000 pictures."""


def compute_people(votes: np.ndarray) -> dict[str, float | int | None]:
    """How often people agree about pictures, from FER+'s votes uint8 (n, 10).

    `one`: the share of single votes that name what most of the other voters named, over `one_n` pictures; `five`: how
    often five people's first choice is that of the other five, over the `five_n` pictures with ten votes for the seven
    classes. Both count votes for the seven classes only, and leave ties out. None where no picture can say.
    """
    seven = count_seven_votes(votes).astype(np.int64)
    one, one_n = _compare_one_with_the_rest(seven)
    five, five_n = _compare_halves(seven[seven.sum(axis=1) == 10])
    return {"one": one, "one_n": one_n, "five": five, "five_n": five_n}


def find_unique(counts: np.ndarray) -> np.ndarray:
    """True where one class has more votes than any other, for int counts (n, 7)."""
    top = counts.max(axis=1, keepdims=True)
    return ((counts == top).sum(axis=1) == 1) & (top[:, 0] > 0)


def _compare_one_with_the_rest(seven: np.ndarray) -> tuple[float | None, int]:
    hits = votes = 0
    asked = np.zeros(len(seven), bool)
    for label in range(len(LABELS)):
        rest = seven.copy()
        rest[:, label] -= 1
        counts = (seven[:, label] > 0) & find_unique(rest)
        votes += seven[counts, label].sum()
        hits += seven[counts & (rest.argmax(axis=1) == label), label].sum()
        asked |= counts
    return (float(hits / votes) if votes else None), int(asked.sum())


def _compare_halves(seven: np.ndarray, seed: int = 0) -> tuple[float | None, int]:
    if not len(seven):
        return None, 0
    rng = np.random.default_rng(seed)
    votes = np.repeat(np.tile(np.arange(len(LABELS)), len(seven)), seven.ravel()).reshape(len(seven), 10)
    shares = []
    for _ in range(SHUFFLES):
        shuffled = rng.permuted(votes, axis=1)
        first, second = (
            (half[:, :, None] == np.arange(len(LABELS))).sum(axis=1) for half in (shuffled[:, :5], shuffled[:, 5:])
        )
        decided = find_unique(first) & find_unique(second)
        shares.append(np.mean(first[decided].argmax(axis=1) == second[decided].argmax(axis=1)))
    return float(np.mean(shares)), len(seven)
