"""The four families are those of their papers: their published numbers of parameters, at their own size."""

import keras
import numpy as np
import pytest

from fer_core.training.classics import build_alexnet, build_googlenet, build_resnet18, build_vgg16
from fer_core.training.experiments import EXPERIMENTS
from fer_core.training.networks import NETWORKS, build_residual

PUBLISHED = {  # trainable parameters for 224 x 224 x 3 and 1,000 classes
    build_alexnet: 61_100_840,
    build_vgg16: 138_357_544,
    build_googlenet: 6_998_552,
    build_resnet18: 11_689_512,
}


def count_trainable(network: keras.Model) -> int:
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)


@pytest.mark.parametrize("build", PUBLISHED, ids=lambda build: build.__name__)
def test_parameters_are_the_published_ones(build):
    assert count_trainable(build(224, 3, keras.layers.Dense(1000))) == PUBLISHED[build]


def test_at_48_pixels_only_the_edges_differ():
    expected = {
        "resnet18": PUBLISHED[build_resnet18] - 2 * 49 * 64 - 513 * 993,  # one colour, seven classes
        "googlenet": PUBLISHED[build_googlenet] - 2 * 49 * 64 - 1025 * 993,
        "vgg16": PUBLISHED[build_vgg16] - 2 * 9 * 64 - 48 * 512 * 4096 - 4097 * 993,  # one place instead of 49
    }
    assert {name: count_trainable(NETWORKS[name]()) for name in expected} == expected


def test_every_family_is_trained_by_both_recipes_and_nothing_else_differs():
    works = [experiment for experiment in EXPERIMENTS.values() if experiment.group == "works"]
    assert len(works) == 8 and len({experiment.title for experiment in works}) == 8
    for recipe in ("gan", "sound"):
        same = [{**vars(e), "name": 0, "title": 0, "network": 0} for e in works if e.name.startswith(recipe)]
        assert len(same) == 4 and all(settings == same[0] for settings in same)
        assert same[0]["epochs"] == 20 and same[0]["split"] == "study"


def test_the_residual_network_has_the_size_it_says():
    assert round(build_residual().count_params() / 1e6, 2) == 1.94
