"""Keras for all training tests, and a network and an experiment that fit in a second."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import pytest

from fer_core.training import fit as fit_module
from fer_core.training import networks
from fer_core.training.experiments import Experiment


def build_tiny() -> keras.Model:
    """A network of the same form as the real ones: grey levels in, `logits`, probabilities out."""
    image = x = keras.layers.Input((48, 48, 1), name="image")
    x = keras.layers.Rescaling(1 / 64, offset=-2.0)(x)
    x = keras.layers.Conv2D(8, 5, strides=4, activation="relu")(x)
    x = keras.layers.BatchNormalization(momentum=0.8)(x)  # few steps: the averages must catch up
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dropout(0.1)(x)
    return keras.Model(image, networks.classify_seven(x), name="tiny")


@pytest.fixture
def tiny_network(monkeypatch):
    """Register the tiny network as "tiny"."""
    monkeypatch.setitem(fit_module.NETWORKS, "tiny", build_tiny)
    return build_tiny


@pytest.fixture
def tiny_experiment(tiny_network):
    """Cosine schedule, moving average, augmentation: everything that a resume has to restore."""
    return Experiment(
        "tiny", "Tiny", "a second", network="tiny", epochs=4, batch_size=16, augmentation="compact",
        learning_rate=0.01, nesterov=True, weight_decay=1e-4, label_smoothing=0.1, schedule="cosine",
        warmup_epochs=1, ema=0.9,
    )  # fmt: skip
