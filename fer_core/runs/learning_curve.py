"""Accuracy against the number of training pictures.

A run on fewer pictures says so in its `config.json`: `ablation_of` names the experiment that it belongs to, and
`train_share`, from 0 to 1, how much of the training pictures it had.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from statistics import mean

import numpy as np

from fer_core.runs.leaderboard import choose_fresh, group_runs
from fer_core.runs.metrics import compute_wilson_interval
from fer_core.runs.paired import estimate_mean
from fer_core.runs.run import Run

SAME_STEPS = 0.05
"""Share by which the numbers of steps may differ and still count as equal: whole epochs of whole batches."""


@dataclass(frozen=True)
class CurvePoint:
    """Test accuracy after training on `pictures` pictures, `share` of all: mean over seeds, 95 % interval.

    `steps` of training; `gain`: paired 95 % interval of what it gained on the point before it, over the test pictures and
    not the seeds; None for the first point and where other pictures were answered.
    """

    share: float
    pictures: int | None
    accuracies: tuple[float, ...]
    interval: tuple[float, float]
    steps: int | None = None
    gain: tuple[float, float] | None = None

    @property
    def accuracy(self) -> float:
        return mean(self.accuracies)


def get_share(run: Run) -> float:
    """Share of the training pictures that the run had; 1 unless its configuration says less."""
    return run.config.train_share


def list_curve_bases(runs: Sequence[Run]) -> list[str]:
    """Experiments that have runs on fewer pictures."""
    found = {run.config.ablation_of for group in _list_variants(runs) for run in group if get_share(run) < 1}
    return sorted(found)


def compute_learning_curve(runs: Sequence[Run], base: str) -> list[CurvePoint]:
    """Collect test accuracy by share of the training pictures, from few to all: variants of `base`, and it itself."""
    by_size: dict[tuple[float, int], list[Run]] = {}
    for run in (run for group in _list_variants(runs) for run in group):
        if run.config.ablation_of == base and get_share(run) < 1:
            # Seeds that were trained for longer than others are no seeds of one point.
            by_size.setdefault((get_share(run), _count_steps(run) or 0), []).append(run)
    groups = [by_size[size] for size in sorted(by_size)]
    if base in (own := group_runs(runs)):
        groups.append(choose_fresh(own[base]))
    points = [_make_point(group) for group in groups]
    gains = [None, *(_compute_gain(a, b) for a, b in pairwise(groups))]
    return [replace(point, gain=gain) for point, gain in zip(points, gains, strict=False)]


def have_equal_steps(points: Sequence[CurvePoint]) -> bool:
    """Whether all points took as many steps of training, so that only the pictures differ."""
    steps = [point.steps for point in points]
    return None not in steps and max(steps) <= (1 + SAME_STEPS) * min(steps)


def list_apart(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    """Points known to have taken other numbers of steps than the last one, so that not only their pictures differ."""
    return [point for point in points if point.steps and points[-1].steps and not have_equal_steps([point, points[-1]])]


def _compute_gain(before: list[Run], after: list[Run]) -> tuple[float, float] | None:
    """Paired interval of the change in accuracy, each side averaged over its seeds."""
    answers = [[run.predictions("test") for run in group] for group in (before, after)]
    first = answers[0][0]
    if any(len(a) != len(first) or not np.array_equal(a.file, first.file) for group in answers for a in group):
        return None
    right = [np.mean([a.correct for a in group], axis=0) for group in answers]
    return estimate_mean(right[1] - right[0])[1]


def _make_point(group: list[Run]) -> CurvePoint:
    accuracies = tuple(run.metrics.test.accuracy for run in group)
    interval = compute_wilson_interval(mean(accuracies), group[0].metrics.test.n)
    return CurvePoint(get_share(group[0]), _count_training(group[0]), accuracies, interval, _count_steps(group[0]))


def _count_training(run: Run) -> int | None:
    dataset = run.config.dataset
    return dataset.train.total if dataset and dataset.train else None


def _count_steps(run: Run) -> int | None:
    pictures, batch = _count_training(run), run.config.batch_size
    return ceil(pictures / batch) * run.config.epochs if pictures and batch else None


def _list_variants(runs: Sequence[Run]) -> list[list[Run]]:
    return [group for group in group_runs(runs, variants=True).values() if group[0].config.ablation_of]
