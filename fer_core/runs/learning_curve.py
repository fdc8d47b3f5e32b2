"""Accuracy against the number of training pictures.

A run on fewer pictures says so in its `config.json`: `ablation_of` names the experiment that it belongs to, and
`train_share`, from 0 to 1, how much of the training pictures it had.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from fer_core.runs.leaderboard import group_runs
from fer_core.runs.metrics import compute_wilson_interval
from fer_core.runs.run import Run


@dataclass(frozen=True)
class CurvePoint:
    """Test accuracy after training on `pictures` pictures, `share` of all: mean over seeds, 95 % interval."""

    share: float
    pictures: int | None
    accuracies: tuple[float, ...]
    interval: tuple[float, float]

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
    by_share: dict[float, list[Run]] = {}
    for group in _list_variants(runs):
        if group[0].config.ablation_of == base and get_share(group[0]) < 1:
            by_share.setdefault(get_share(group[0]), []).extend(group)
    if base in (own := group_runs(runs)):
        by_share[1.0] = own[base]
    return [_make_point(share, by_share[share]) for share in sorted(by_share)]


def _make_point(share: float, group: list[Run]) -> CurvePoint:
    accuracies = tuple(run.metrics.test.accuracy for run in group)
    interval = compute_wilson_interval(mean(accuracies), group[0].metrics.test.n)
    return CurvePoint(share, _count_training(group[0]), accuracies, interval)


def _count_training(run: Run) -> int | None:
    dataset = run.config.dataset
    return dataset.train.total if dataset and dataset.train else None


def _list_variants(runs: Sequence[Run]) -> list[list[Run]]:
    return [group for group in group_runs(runs, variants=True).values() if group[0].config.ablation_of]
