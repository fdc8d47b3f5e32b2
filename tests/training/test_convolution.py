"""The convolution with the quick gradient learns what Keras's own does."""

import keras
import numpy as np
import pytest

from fer_core.training.convolution import SMALL, Convolution


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
    rng = np.random.default_rng(size)
    images, direction = (rng.normal(size=(4, size, size, channels)) for channels in (8, 16))
    quick = Convolution(16, dtype="mixed_bfloat16")
    exact = keras.layers.Conv2D(16, 3, padding="same")
    for layer in (quick, exact):
        layer.build(images.shape)
    exact.set_weights([keras.ops.convert_to_numpy(keras.ops.cast(w, "bfloat16")) for w in quick.get_weights()])
    for found, expected in zip(*(compute_gradients(layer, images, direction) for layer in (quick, exact))):
        assert np.abs(found - expected).max() < 0.01 * np.abs(expected).max()  # bfloat16 has eight bits
