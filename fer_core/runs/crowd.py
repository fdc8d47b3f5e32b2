"""A network's answers against what people see: FER+'s votes for the seven classes (Barsoum et al. 2016).

`votes`: uint8 (n, 7) in the order of LABELS, of at most ten for each picture; the rest went to contempt, "unknown" and
"not a face". Zeros where nobody voted for any of the seven.
"""

import numpy as np

from fer_core.labels import LABELS
from fer_core.probability import compute_log

UNITED = 8
"""Votes out of ten for one class from which the crowd counts as united."""
HALF = 0.5
"""Share of the votes below which people are divided about a face."""
ENOUGH = 5
"""Votes for the seven classes from which their shares say something."""


def find_majority(votes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the class with the most votes: (class (n,) int, is_unique (n,) bool: it has more votes than any other)."""
    ranked = np.sort(votes, axis=1)
    return votes.argmax(axis=1), ranked[:, -1] > ranked[:, -2]


def find_united(votes: np.ndarray) -> np.ndarray:
    """Mark the pictures on which at least UNITED of ten people agree, bool (n,)."""
    return votes.max(axis=1) >= UNITED


def find_shares(votes: np.ndarray) -> np.ndarray:
    """The shares of the votes (n, 7) float; NaN for pictures for which nobody voted."""
    votes = np.asarray(votes, float)
    with np.errstate(invalid="ignore"):
        return votes / votes.sum(axis=1, keepdims=True)


def compute_crowd_losses(votes: np.ndarray, probability: np.ndarray) -> np.ndarray:
    """Cross-entropy of probabilities (n, 7) against the shares of the votes, in nats: a number for each picture that counts."""
    rows = votes.sum(axis=1, dtype=np.int64) >= ENOUGH
    return -(find_shares(votes[rows]) * compute_log(probability[rows])).sum(axis=1)


def compute_crowd_loss(votes: np.ndarray, probability: np.ndarray) -> tuple[float | None, int]:
    """Mean cross-entropy of probabilities (n, 7) against the shares of the votes, in nats; and how many pictures count.

    Only pictures with ENOUGH votes for the seven classes count. A perfect answer still has the votes' own entropy.
    """
    losses = compute_crowd_losses(votes, probability)
    return (float(losses.mean()) if len(losses) else None), len(losses)


def compute_crowd_recall(votes: np.ndarray, predicted: np.ndarray) -> dict[str, float | None]:
    """Share of each class's unique majorities that the answers (n,) name; None for a class that has none."""
    majority, unique = find_majority(votes)
    classes = (unique & (majority == index) for index in range(len(LABELS)))
    return {
        label: float((predicted[rows] == majority[rows]).mean()) if rows.any() else None
        for label, rows in zip(LABELS, classes, strict=True)
    }
