"""The plans by which pages draw the four families are those of the networks that are trained."""

import keras
import numpy as np
import pytest

from fer_core.runs.families import CONVOLUTION, DENSE, FAMILIES, RECIPES, name_experiment
from fer_core.training.experiments import EXPERIMENTS
from fer_core.training.networks import NETWORKS

DEPTHS = {"alexnet": 8, "vgg16": 16, "googlenet": 22, "resnet18": 18}
"""Layers with weights from first to last, as the papers count them."""


def list_weighted(network: keras.Model) -> dict[str, list]:
    convolutions, dense = (
        [x for x in network.layers if isinstance(x, kind)] for kind in (keras.layers.Conv2D, keras.layers.Dense)
    )
    return {CONVOLUTION: convolutions, DENSE: dense}


def count_products(layer) -> int:
    """Every weight of a convolution meets every place of its maps once, one of a dense layer its input."""
    places = int(np.prod(layer.output.shape[1:-1]))
    return int(np.prod(layer.kernel.shape)) * places


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.key)
def test_plan_is_the_networks(family):
    network = NETWORKS[family.key]()
    assert family.parameters == network.count_params() and len(family.steps) == DEPTHS[family.key]
    for kind, layers in list_weighted(network).items():
        of_kind = [step for step in family.steps if step.kind == kind]
        assert sum(step.multiplications for step in of_kind) == sum(map(count_products, layers))
        sides = [layer.output.shape[1] if kind == CONVOLUTION else 1 for layer in layers]
        assert {step.side for step in of_kind} == set(sides)


def test_names_are_the_experiments():
    works = {experiment.name for experiment in EXPERIMENTS.values() if experiment.group == "works"}
    assert works == {name_experiment(recipe, family) for recipe in RECIPES for family in FAMILIES}
