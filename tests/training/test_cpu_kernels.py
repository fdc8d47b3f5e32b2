"""The quicker kernels learn what Keras's own do, and nothing uses them unasked."""

import keras
import numpy as np
import pytest

from fer_core.machine import has_bfloat16
from fer_core.training.cpu_kernels import SMALL, BatchNormalization, Convolution, use_cpu_kernels


@pytest.fixture(autouse=True)
def quick_kernels():
    use_cpu_kernels()
    yield
    use_cpu_kernels(False)


def compute_gradients(layer, images, direction):
    """Gradients of <layer(images), direction> by the kernel and the images, float32."""
    import tensorflow as tf

    images, direction = (tf.cast(tf.cast(array, "bfloat16"), layer.compute_dtype) for array in (images, direction))
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(tf.cast(layer(images) * direction, "float32"))
    return [np.asarray(tf.cast(found, "float32")) for found in tape.gradient(total, [layer.kernel.value, images])]


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the quick gradient is TensorFlow's")
@pytest.mark.parametrize("size", [3, SMALL, 2 * SMALL])
def test_bfloat16_gradients_agree_with_keras(size):
    keras.utils.set_random_seed(size)
    rng = np.random.default_rng(size)
    images, direction = (rng.normal(size=(4, size, size, channels)) for channels in (8, 16))
    quick = Convolution(16, dtype="mixed_bfloat16")
    exact = keras.layers.Conv2D(16, 3, padding="same")
    for layer in (quick, exact):
        layer.build(images.shape)
    exact.set_weights([keras.ops.convert_to_numpy(keras.ops.cast(w, "bfloat16")) for w in quick.get_weights()])
    # bfloat16 has eight bits. The images' gradient, and beyond SMALL the kernel's too, is TensorFlow's own: it also adds up
    # in bfloat16 where the processor has no instructions for it, and is up to 4 % off there.
    own, tensorflow = 0.01, 0.01 if has_bfloat16() else 0.06
    near = own if size <= SMALL else tensorflow, tensorflow
    found, expected = (compute_gradients(layer, images, direction) for layer in (quick, exact))
    for one, other, share in zip(found, expected, near):
        assert np.abs(one - other).max() < share * np.abs(other).max()


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


def test_unasked_both_layers_are_plain_keras(layers, images):
    use_cpu_kernels(False)
    for layer in layers:
        layer(images, training=True)
    theirs, ours = (to_numpy(layer.moving_variance) for layer in layers)
    np.testing.assert_array_equal(ours, theirs)
    convolution = Convolution(4, dtype="mixed_bfloat16")
    convolution._is_slow = lambda inputs: pytest.fail("the quick gradient was asked for")
    convolution(images, training=True)
