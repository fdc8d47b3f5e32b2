"""Our batch normalisation is Keras's, computed by another kernel."""

import keras
import numpy as np
import pytest

from fer_core.training.normalization import BatchNormalization


@pytest.fixture
def layers():
    pair = keras.layers.BatchNormalization(), BatchNormalization()
    for layer in pair:
        layer.build((16, 6, 6, 5))
        layer.gamma.assign([1.0, 2.0, 3.0, 0.5, 1.0])
        layer.beta.assign([0.0, 1.0, -1.0, 0.5, 2.0])
    return pair


@pytest.fixture
def images():
    return np.random.default_rng(0).normal(1, 3, (16, 6, 6, 5)).astype("float32")


def to_numpy(value):
    return keras.ops.convert_to_numpy(value)


def test_training_gives_the_same_outputs_and_averages(layers, images):
    expected, found = (to_numpy(layer(images, training=True)) for layer in layers)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    theirs, ours = layers
    np.testing.assert_allclose(to_numpy(ours.moving_mean), to_numpy(theirs.moving_mean), atol=1e-6)
    # ours takes the unbiased variance: at most one part in n = 16 * 6 * 6 of the batch's share
    np.testing.assert_allclose(to_numpy(ours.moving_variance), to_numpy(theirs.moving_variance), rtol=2e-3)


def test_answers_use_the_moving_averages(layers, images):
    expected, found = (to_numpy(layer(images, training=False)) for layer in layers)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="gradients are taken with TensorFlow's tape")
def test_gradients_are_keras_s(layers, images):
    import tensorflow as tf

    gradients = []
    for layer in layers:
        x = tf.constant(images)
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(tf.sin(layer(x, training=True)))
        gradients.append(tape.gradient(loss, [x, layer.gamma.value, layer.beta.value]))
    for expected, found in zip(*gradients, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-3)
