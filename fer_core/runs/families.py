"""The four families that the study reviews, as `train.py train gan-alexnet ...` builds and trains them for 48x48 pictures.

Their plans are plain numbers, so that a page can draw them without Keras; tests/training/test_families.py holds them
against the networks of fer_core.training.classics.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import mean

import numpy as np

from fer_core.runs.ablation import compare_by_crowd, compare_groups, have_same_pictures
from fer_core.runs.leaderboard import Measure, choose_fresh, compute_measures, group_runs
from fer_core.runs.paired import Difference
from fer_core.runs.paper import PAPER_LAYERS
from fer_core.runs.run import Run

CONVOLUTION, DENSE = "convolution", "dense layer"
RECIPES = {"gan": "Gan's recipe", "sound": "a stronger recipe"}
"""How the four are trained, by the first word of an experiment's name: fer_core.training.experiments."""
ANNEALED = "sound"
"""The recipe whose last epoch is kept, because its rate ends at zero."""
CHAMPION = "alexnet"
"""The one that is said to be ahead of the other three."""


@dataclass(frozen=True)
class Step:
    """What a picture passes at one depth, layers side by side taken together.

    `side`: of the maps it makes, in pixels, 1 for units; `channels`: how many maps or units; `parameters`: with those of the
    batch normalisation behind it; `multiplications`: for one picture.
    """

    kind: str
    side: int
    channels: int
    parameters: int
    multiplications: int


@dataclass(frozen=True)
class Family:
    """One family's network: `key` as in the names of its experiments; `adapted`: what differs from its paper."""

    key: str
    title: str
    year: int
    url: str
    steps: tuple[Step, ...]
    adapted: str

    @cached_property
    def parameters(self) -> int:
        return sum(step.parameters for step in self.steps)

    @cached_property
    def multiplications(self) -> int:
        return sum(step.multiplications for step in self.steps)


def _convolve(side: int, *layers: tuple[int, int, int], bias: bool = True) -> Step:
    """Convolutions side by side, each (maps before, maps after, size of its kernel); without `bias`, normalised."""
    weights = sum(size**2 * before * after for before, after, size in layers)
    after = sum(after for _, after, _ in layers)
    return Step(CONVOLUTION, side, after, weights + after * (1 if bias else 4), weights * side**2)


def _connect(*units: int) -> tuple[Step, ...]:
    return tuple(Step(DENSE, 1, after, before * after + after, before * after) for before, after in pairwise(units))


def _plan_alexnet() -> tuple[Step, ...]:
    convolutions = (21, 1, 64, 11), (11, 64, 192, 5), (6, 192, 384, 3), (6, 384, 256, 3), (6, 256, 256, 3)
    return (
        *(_convolve(side, (before, after, size)) for side, before, after, size in convolutions),
        *_connect(3 * 3 * 256, 4096, 4096, 7),
    )


def _plan_vgg16() -> tuple[Step, ...]:
    steps, before = [], 1
    for side, filters, depth in ((48, 64, 2), (24, 128, 2), (12, 256, 3), (6, 512, 3), (3, 512, 3)):
        for _ in range(depth):
            steps.append(_convolve(side, (before, filters, 3)))
            before = filters
    return (*steps, *_connect(before, 4096, 4096, 7))


def _plan_googlenet() -> tuple[Step, ...]:
    steps = [_convolve(24, (1, 64, 7)), _convolve(12, (64, 64, 1)), _convolve(12, (64, 192, 3))]
    before = 192
    for side, modules in INCEPTIONS.items():
        for one, reduce_three, three, reduce_five, five, pool in modules:
            steps.append(_convolve(side, (before, reduce_three, 1), (before, reduce_five, 1)))
            kernels = (before, one, 1), (reduce_three, three, 3), (reduce_five, five, 5), (before, pool, 1)
            steps.append(_convolve(side, *kernels))
            before = one + three + five + pool
    return (*steps, *_connect(before, 7))


INCEPTIONS = {
    6: ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    3: (
        (192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64), (112, 144, 288, 32, 64, 64),
        (256, 160, 320, 32, 128, 128),
    ),
    2: ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)),
}  # fmt: skip
"""Its paper's table 1 by the maps' side here: 1x1; reduction and 3x3; reduction and 5x5; projection of the pool."""


def _plan_resnet18() -> tuple[Step, ...]:
    steps, before = [_convolve(24, (1, 64, 7), bias=False)], 64
    for side, filters in ((12, 64), (6, 128), (3, 256), (2, 512)):
        for _ in range(2):
            steps.append(_convolve(side, (before, filters, 3), bias=False))
            shortcut = [(before, filters, 1)] if before != filters else []
            steps.append(_convolve(side, (filters, filters, 3), *shortcut, bias=False))
            before = filters
    return (*steps, *_connect(before, 7))


FAMILIES = (
    Family(
        "alexnet", "AlexNet", 2012, "https://arxiv.org/abs/1404.5997", _plan_alexnet(),
        "in its one-tower form of 2014, steps by 2 pixels at first, not 4, and pads its pooling: without that nothing would be left of so "
        "small a picture",
    ),
    Family(
        "vgg16", "VGG-16", 2014, "https://arxiv.org/abs/1409.1556", _plan_vgg16(),
        "ends in maps of 1×1 instead of 7×7, so its first dense layer is small",
    ),
    Family(
        "googlenet", "GoogLeNet", 2014, "https://arxiv.org/abs/1409.4842", _plan_googlenet(),
        "leaves out the two auxiliary classifiers, which serve training only, and local response normalisation",
    ),
    Family(
        "resnet18", "ResNet-18", 2015, "https://arxiv.org/abs/1512.03385", _plan_resnet18(), "is built as in its paper",
    ),
)  # fmt: skip


def list_study_steps() -> tuple[Step, ...]:
    """Return the study's own network in the same way."""
    kinds, steps = {"Conv2D": CONVOLUTION, "Dense": DENSE}, []
    for layer in PAPER_LAYERS:
        side = layer.shape[0] if len(layer.shape) == 3 else 1
        if layer.kind in kinds:
            steps.append(Step(kinds[layer.kind], side, layer.shape[-1], layer.parameters, layer.multiplications))
        elif layer.kind == "BatchNormalization":
            steps[-1] = replace(steps[-1], parameters=steps[-1].parameters + layer.parameters)
    return tuple(steps)


@dataclass(frozen=True)
class FamilyRow:
    """How one family did by one recipe: one look per face, mean over `seeds`.

    `measure`: accuracy on all test pictures by FER2013's labels; `ahead`: by how much it beats the CHAMPION on the same
    pictures, and `ahead_by_crowd` by what most people see; None for the champion, and where that was not trained.
    `floor`: what always naming the largest class gets; `unfinished`: whether, at a constant rate, validation was best in the last tenth of its epochs.
    """

    family: Family
    recipe: str
    measure: Measure
    validation: float
    ahead: Difference | None
    ahead_by_crowd: Difference | None
    floor: float
    unfinished: bool
    seeds: int
    epochs: int


def name_experiment(recipe: str, family: Family) -> str:
    """Return what train.py calls it; `recipe` is one of RECIPES."""
    return f"{recipe}-{family.key}"


def compare_families(runs: Sequence[Run]) -> dict[str, list[FamilyRow]]:
    """Compare what was trained, by recipe, in the order of FAMILIES; recipes that nothing was trained by are left out, and runs
    with other test pictures.
    """
    groups, found = group_runs(runs, variants=True), {}
    for recipe in RECIPES:
        trained = {family: groups.get(name_experiment(recipe, family), []) for family in FAMILIES}
        fresh = {family: choose_fresh(group) for family, group in trained.items() if group}
        if fresh:
            found[recipe] = _compare(recipe, _select_alike(fresh))
    return found


def _select_alike(trained: Mapping[Family, list[Run]]) -> dict[Family, list[Run]]:
    """Those with the test pictures of the first, the CHAMPION where it was trained; others cannot be compared."""
    first = next(iter(trained.values()))
    return {family: group for family, group in trained.items() if have_same_pictures([*first, *group])}


def _compare(recipe: str, trained: Mapping[Family, list[Run]]) -> list[FamilyRow]:
    champion = next((group for family, group in trained.items() if family.key == CHAMPION), None)
    rows = []
    for family, group in trained.items():
        others = champion if champion and family.key != CHAMPION else None
        epochs = group[0].config.epochs
        rows.append(
            FamilyRow(
                family, recipe, compute_measures(group, averaged=False)[0],
                mean(run.metrics.validation.accuracy for run in group),
                compare_groups(group, others) if others else None,
                compare_by_crowd(group, others) if others else None,
                _compute_floor(group[0].predictions("test").label),
                recipe != ANNEALED and mean(run.best_epoch for run in group) > 0.9 * epochs, len(group), epochs,
            )
        )  # fmt: skip
    return rows


def _compute_floor(label: np.ndarray) -> float:
    return float(np.bincount(label).max() / len(label))
