"""The study's network is the study's, layer by layer; ours is as small as it says."""

import keras
import numpy as np

from fer_core.app.training.settings import SETTINGS
from fer_core.runs.paper import PAPER_LAYERS
from fer_core.training.experiments import EXPERIMENTS
from fer_core.training.networks import NETWORKS, build_compact, build_vgg_study

# What the study does outside the network (rescaling) or inside its last dense layer (softmax).
OURS_ALONE = ("InputLayer", "Rescaling", "Softmax")


def name_kind(layer) -> str:
    """The name of Keras's class: our convolution is one of its own."""
    return "Conv2D" if isinstance(layer, keras.layers.Conv2D) else type(layer).__name__


def test_study_network_has_the_papers_parameters():
    network = build_vgg_study()
    trainable = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    assert network.count_params() == 43_333_319
    assert trainable == 43_327_943


def test_study_network_has_the_papers_layers():
    layers = [layer for layer in build_vgg_study().layers if type(layer).__name__ not in OURS_ALONE]
    table = [(name_kind(layer), layer.output.shape[1:], layer.count_params()) for layer in layers]
    assert table == [(layer.kind, layer.shape, layer.parameters) for layer in PAPER_LAYERS]
    assert [layer.rate for layer in layers if isinstance(layer, keras.layers.Dropout)] == [0.5, 0.5]
    assert all(layer.activation is keras.activations.relu for layer in layers if isinstance(layer, keras.layers.Conv2D))


def test_compact_network_is_compact():
    assert 1_000_000 < build_compact().count_params() < 2_000_000


def test_every_network_gives_probabilities_for_grey_levels():
    images = np.random.default_rng(0).integers(0, 256, (3, 48, 48, 1)).astype("float32")
    for build in NETWORKS.values():
        probability = keras.ops.convert_to_numpy(build()(images, training=False))
        assert probability.shape == (3, 7) and np.allclose(probability.sum(axis=1), 1, atol=1e-5)


def test_every_experiment_names_a_network_and_the_studys_differ_only_as_stated():
    assert all(experiment.network in NETWORKS for experiment in EXPERIMENTS.values())
    study = [experiment for experiment in EXPERIMENTS.values() if experiment.paper_experiment in (1, 2, 3)]
    assert [(e.epochs, e.batch_size) for e in study[:3]] == [(50, 32), (100, 32), (100, 64)]
    for e in study[:3]:
        assert (e.learning_rate, e.momentum, e.nesterov, e.weight_decay) == (0.001, 0.9, False, 0)
        assert (e.network, e.split, e.augmentation, e.schedule) == ("vgg_study", "study", "study", "plateau")


def test_every_network_has_a_name_for_readers():
    (shown,) = (setting for setting in SETTINGS if setting.keys == ("network",))
    assert [name for name in NETWORKS if shown.write(name) == name] == []
