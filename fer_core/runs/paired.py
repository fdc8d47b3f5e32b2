"""Two runs on the same pictures: what separates them in FER2013's labels, and what in the eyes of the crowd."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fer_core.runs.crowd import compute_crowd_losses, find_majority
from fer_core.runs.metrics import Z95
from fer_core.runs.predictions import Predictions
from fer_core.runs.run import Run

N_BOOTSTRAP = 2000


@dataclass(frozen=True)
class Pair:
    """Answers of two networks, a and b, to the same pictures, counted by who is right.

    `ci95`: paired percentile bootstrap interval of `difference`, which is b's share of right answers minus a's (Efron
    1979). It says how far other pictures could move the difference, not other seeds.
    """

    both: int
    only_a: int
    only_b: int
    neither: int
    ci95: tuple[float, float]

    @property
    def n(self) -> int:
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def accuracy_a(self) -> float:
        return (self.both + self.only_a) / self.n

    @property
    def accuracy_b(self) -> float:
        return (self.both + self.only_b) / self.n

    @property
    def difference(self) -> float:
        return (self.only_b - self.only_a) / self.n

    @property
    def is_clear(self) -> bool:
        """True when the interval leaves zero out."""
        return self.ci95[0] > 0 or self.ci95[1] < 0


class Difference(NamedTuple):
    """Of two means over the same pictures, with its 95 % interval over them."""

    value: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class LossPair:
    """Mean cross-entropy of two networks, a and b, against the shares of the votes, in nats; `difference`: b's minus a's."""

    a: float
    b: float
    difference: Difference


@dataclass(frozen=True)
class Comparison:
    """`label`: right means FER2013's label. `crowd`: it means the unique majority of FER+'s votes for the seven classes,
    on the pictures that have one. `loss`: against the shares of the votes. The last two are None where no votes are stored.
    """

    label: Pair
    crowd: Pair | None
    loss: LossPair | None = None


def compare_runs(a: Run, b: Run, split: str = "test", n_bootstrap: int = N_BOOTSTRAP, seed: int = 0) -> Comparison:
    """Compare two runs, each in its way of answering (averaged or not), on the pictures of `split` that both answered.

    Raises ValueError when they share no picture or disagree about labels or votes.
    """
    ours, theirs = (run.as_judged(by_crowd=False).answers(split) for run in (a, b))
    in_a, in_b = _match(ours, theirs)
    shared = len(in_a) if len(in_a) == len(ours.file) else len(np.intersect1d(ours.file, theirs.file))
    if shared == 0:
        raise ValueError(f"{a.name} and {b.name} have no {split} picture in common, so they cannot be compared.")
    if len(in_a) < shared:
        raise ValueError(f"{a.name} and {b.name} disagree about the labels of their {split} pictures.")
    label = ours.label[in_a]
    answers = ours.predicted[in_a], theirs.predicted[in_b]
    votes = [found.votes[rows] for found, rows in ((ours, in_a), (theirs, in_b)) if found.votes is not None]
    if len(votes) == 2 and not np.array_equal(*votes):
        raise ValueError(f"{a.name} and {b.name} disagree about the votes for their {split} pictures.")
    crowd = loss = None
    if votes:
        loss = _compare_losses(votes[0], ours.probability[in_a], theirs.probability[in_b])
        majority, unique = find_majority(votes[0])
        right_a, right_b = ((found == majority)[unique] for found in answers)
        crowd = count_pair(right_a, right_b, n_bootstrap, seed) if unique.any() else None
    return Comparison(count_pair(answers[0] == label, answers[1] == label, n_bootstrap, seed), crowd, loss)


def _compare_losses(votes: np.ndarray, a: np.ndarray, b: np.ndarray) -> LossPair | None:
    """With the normal interval of a mean: thousands of pictures, none of which weighs much."""
    losses = [compute_crowd_losses(votes, probability) for probability in (a, b)]
    if len(losses[0]) < 2:
        return None
    change = losses[1] - losses[0]
    mean, reach = float(change.mean()), float(Z95 * change.std(ddof=1) / len(change) ** 0.5)
    a_loss, b_loss = (float(each.mean()) for each in losses)
    return LossPair(a_loss, b_loss, Difference(mean, (mean - reach, mean + reach)))


def _match(a: Predictions, b: Predictions) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the pictures that both have; two of Kaggle's names stand in two folders, so the key is class and name."""
    if np.array_equal(a.file, b.file) and np.array_equal(a.label, b.label):  # two runs of one split
        return np.arange(len(a.file)), np.arange(len(b.file))
    keys_a, keys_b = (np.char.add(np.char.mod("%d/", answers.label), answers.file) for answers in (a, b))
    return np.intersect1d(keys_a, keys_b, return_indices=True)[1:]


def count_pair(right_a: np.ndarray, right_b: np.ndarray, n_bootstrap: int = N_BOOTSTRAP, seed: int = 0) -> Pair:
    """Count who is right, bool (n,) each, n > 0, with the interval of the difference."""
    n, only_a, only_b = len(right_a), int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    # Only the pictures where just one is right move the difference, so resampling three counts is the paired bootstrap.
    shares = np.array([only_a, only_b, n - only_a - only_b]) / n
    draws = np.random.default_rng(seed).multinomial(n, shares, n_bootstrap)
    low, high = np.percentile((draws[:, 1] - draws[:, 0]) / n, [2.5, 97.5])
    both = int((right_a & right_b).sum())
    return Pair(both, only_a, only_b, n - both - only_a - only_b, (float(low), float(high)))


def estimate_mean(
    values: np.ndarray, n_bootstrap: int = N_BOOTSTRAP, seed: int = 0
) -> tuple[float, tuple[float, float]]:
    """Mean of numbers (n,), n > 0, one for each picture, with its percentile bootstrap interval of 95 % (Efron 1979)."""
    low, high = np.percentile(resample_mean(values, n_bootstrap, seed), [2.5, 97.5])
    return float(np.mean(values)), (float(low), float(high))


def resample_mean(values: np.ndarray, n_bootstrap: int = N_BOOTSTRAP, seed: int = 0) -> np.ndarray:
    """Draw the mean of numbers (n,), n > 0, from as many pictures drawn anew, `n_bootstrap` times: float (n_bootstrap,)."""
    steps, counts = np.unique(values, return_counts=True)  # few steps: drawing their counts is drawing the pictures
    draws = np.random.default_rng(seed).multinomial(len(values), counts / len(values), n_bootstrap)
    return draws @ steps / len(values)
