"""Runs made to be compared with another experiment: one ingredient changed, or fewer training pictures.

Such a run says so in its `config.json`: `ablation_of` names the experiment it is compared with, `factor` says in words
what is different ("no mirror images"), and `train_share`, from 0 to 1, how much of the training pictures it had.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean

import numpy as np

from fer_core.runs.artifacts import Run
from fer_core.runs.leaderboard import compute_spread, group_runs
from fer_core.runs.metrics import Z95, compute_wilson_interval


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


@dataclass(frozen=True)
class Ingredient:
    """What one change to an experiment does to its test accuracy; `difference` and `interval` are shares.

    The interval covers which pictures are tested, not which seeds were drawn: few seeds are compared.
    """

    factor: str
    experiment: str
    accuracies: tuple[float, ...]
    difference: float
    interval: tuple[float, float]

    @property
    def accuracy(self) -> float:
        return mean(self.accuracies)

    @property
    def spread(self) -> float | None:
        """Standard deviation over seeds, None for one."""
        return compute_spread(self.accuracies)


def get_share(run: Run) -> float:
    """Share of the training pictures that the run had; 1 unless its configuration says less."""
    share = run.config.get("train_share")
    return float(share) if isinstance(share, (int, float)) and 0 < share <= 1 else 1.0


def list_curve_bases(runs: Sequence[Run]) -> list[str]:
    """Experiments that have runs on fewer pictures."""
    found = {run.config["ablation_of"] for group in _list_variants(runs) for run in group if get_share(run) < 1}
    return sorted(found)


def list_ingredient_bases(runs: Sequence[Run]) -> list[str]:
    """Experiments that have runs with an ingredient changed, and runs of their own to compare with."""
    groups = group_runs(runs)
    found = {group[0].config["ablation_of"] for group in _list_variants(runs) if get_share(group[0]) == 1}
    return sorted(base for base in found if base in groups)


def compute_learning_curve(runs: Sequence[Run], base: str) -> list[CurvePoint]:
    """Collect test accuracy by share of the training pictures, from few to all: variants of `base`, and it itself."""
    by_share: dict[float, list[Run]] = {}
    for group in _list_variants(runs):
        if group[0].config["ablation_of"] == base and get_share(group[0]) < 1:
            by_share.setdefault(get_share(group[0]), []).extend(group)
    if base in (own := group_runs(runs)):
        by_share[1.0] = own[base]
    return [_make_point(share, by_share[share]) for share in sorted(by_share)]


def _make_point(share: float, group: list[Run]) -> CurvePoint:
    accuracies = tuple(run.metrics["test"]["accuracy"] for run in group)
    interval = compute_wilson_interval(mean(accuracies), group[0].metrics["test"]["n"])
    return CurvePoint(share, _count_training(group[0]), accuracies, interval)


def _count_training(run: Run) -> int | None:
    dataset = run.config.get("dataset")
    train = dataset.get("train") if isinstance(dataset, dict) else None
    total = train.get("total") if isinstance(train, dict) else train
    return total if isinstance(total, int) else None


def compute_ingredients(runs: Sequence[Run], base: str) -> list[Ingredient]:
    """Compare each variant of `base` with it on the same test pictures, the most harmful change first.

    Averaged over seeds picture by picture; the interval is the normal approximation of that paired difference.
    """
    own = group_runs(runs).get(base, [])
    ingredients = []
    for group in _list_variants(runs):
        if not own or group[0].config["ablation_of"] != base or get_share(group[0]) < 1:
            continue
        change = _average_correct(group, own[0]) - _average_correct(own, own[0])
        half = Z95 * float(change.std()) / sqrt(len(change))
        difference = float(change.mean())
        ingredients.append(Ingredient(
            str(group[0].config.get("factor") or group[0].title), group[0].experiment,
            tuple(run.metrics["test"]["accuracy"] for run in group), difference, (difference - half, difference + half),
        ))  # fmt: skip
    return sorted(ingredients, key=lambda ingredient: ingredient.difference)


def _list_variants(runs: Sequence[Run]) -> list[list[Run]]:
    return [group for group in group_runs(runs, variants=True).values() if group[0].config.get("ablation_of")]


def _average_correct(group: list[Run], reference: Run) -> np.ndarray:
    """How many of the group's runs are right about each test picture, a share, in the order of `reference`."""
    order = {key: row for row, key in enumerate(_list_keys(reference))}
    total = np.zeros(len(order))
    for run in group:
        rows = [order.get(key) for key in _list_keys(run)]
        if None in rows or len(rows) != len(order):
            raise ValueError(f"{run.name} and {reference.name} were tested on different pictures.")
        total[rows] += run.predictions("test").correct
    return total / len(group)


def _list_keys(run: Run) -> list[tuple]:
    answers = run.predictions("test")
    return list(zip(answers.label.tolist(), answers.file.tolist(), strict=True))
