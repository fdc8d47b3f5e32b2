"""What test pictures that also stand in the training folder are worth to a network that saw them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fer_core.runs.leaderboard import group_runs
from fer_core.runs.paired import resample_mean
from fer_core.runs.run import Run


@dataclass(frozen=True)
class Leak:
    """`seen` learned from twins of test pictures, `unseen` never did; both answered the same pictures, one look each.

    Accuracies of either on the `twins` and on the rest. `worth`: accuracy on all pictures that seeing them brought, a
    share, with its paired interval of 95 %.
    """

    seen: str
    unseen: str
    twins: int
    seen_twins: float
    seen_rest: float
    unseen_twins: float
    unseen_rest: float
    worth: float
    interval: tuple[float, float]


def compute_leak(runs: Sequence[Run]) -> Leak | None:
    """Compare a run of the study's split, which keeps twins in training, with one that keeps them out.

    Twins may be easier for anybody, so what seeing them brings is how much better the first network does on them than the
    second, beyond how much better it does on the rest. None without two such runs on the same pictures.
    """
    first = [group[0] for group in group_runs(runs).values() if not group[0].learns_votes]
    seen, unseen = (next((run for run in first if run.config.split == split), None) for split in ("study", "grouped"))
    if seen is None or unseen is None:
        return None
    a, b = seen.predictions("test"), unseen.predictions("test")
    if a.twin is None or not a.twin.any() or not (np.array_equal(a.file, b.file) and np.array_equal(a.label, b.label)):
        return None
    twin = np.asarray(a.twin, bool)
    gain = a.correct.astype(float) - b.correct
    worth = twin.mean() * (gain[twin].mean() - gain[~twin].mean())
    drawn = resample_mean(gain[twin]) - resample_mean(gain[~twin], seed=1)  # the two sets are drawn independently
    low, high = twin.mean() * np.percentile(drawn, [2.5, 97.5])
    a_twins, a_rest, b_twins, b_rest = (float(x.correct[rows].mean()) for x in (a, b) for rows in (twin, ~twin))
    return Leak(
        seen.name,
        unseen.name,
        int(twin.sum()),
        a_twins,
        a_rest,
        b_twins,
        b_rest,
        float(worth),
        (float(low), float(high)),
    )
