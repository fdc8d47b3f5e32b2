"""Layers that TensorFlow may train with quicker kernels on a processor; plain Keras unless `use_cpu_kernels` says so.

What they save on two cores is in docs/training.md. They are off by default because a reproduction must not depend on
another order of summation or another estimate of the variance.
"""

import keras
from keras import layers

from fer_core.training.backend import has_accelerator

SMALL = 6
"""Side of the feature map, in pixels, up to which a product gives the kernel's gradient faster than oneDNN."""

_in_use = False


def use_cpu_kernels(wanted: bool = True) -> None:
    """Train the networks through these kernels from now on, or no more. Changes nothing on a GPU or under JAX."""
    global _in_use
    _in_use = wanted


def in_use() -> bool:
    """Whether the quicker kernels compute."""
    return _in_use and keras.backend.backend() == "tensorflow" and not has_accelerator()


class BatchNormalization(layers.BatchNormalization):
    """Keras's layer over the channels of (n, h, w, c); trained, where asked, through TensorFlow's fused kernel.

    Keras's own is some twenty operations. Same weights, same formula; only the moving variance takes the unbiased
    estimate, n / (n - 1) larger, as TensorFlow's kernel gives it.
    """

    def call(self, inputs, training=None, mask=None):
        if not (training and in_use()):
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf

        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            inputs, self.gamma, self.beta, epsilon=self.epsilon, is_training=True
        )
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + batch * (1.0 - self.momentum))
        return outputs


class Convolution(layers.Conv2D):
    """Keras's layer with 3x3 kernels and "same" padding; the kernel's gradient, where asked, is one product of matrices.

    In bfloat16 oneDNN takes 17 ms for the kernel's gradient of 512 channels at 6x6 pixels, batch 32, where the forward
    pass takes 5 and the product of the unfolded input with the output's gradient 6 (two cores with AMX). Same formula,
    other order of summation.
    """

    def __init__(self, filters: int, **kwargs):
        super().__init__(filters, 3, padding="same", **kwargs)

    def convolution_op(self, inputs, kernel):
        if not (in_use() and self._is_slow(inputs)):
            return super().convolution_op(inputs, kernel)
        import tensorflow as tf

        @tf.custom_gradient
        def convolve(x, kernel):
            def differentiate(gradient):
                towards_input = tf.raw_ops.Conv2DBackpropInput(
                    input_sizes=tf.shape(x), filter=kernel, out_backprop=gradient, strides=[1] * 4, padding="SAME"
                )
                return towards_input, compute_kernel_gradient(x, gradient)

            return tf.nn.conv2d(x, kernel, 1, "SAME"), differentiate

        return convolve(inputs, tf.cast(tf.convert_to_tensor(kernel), inputs.dtype))

    def _is_slow(self, inputs) -> bool:
        small = self.strides == (1, 1) and inputs.shape[1] <= SMALL
        return small and keras.backend.standardize_dtype(inputs.dtype) == "bfloat16"


def compute_kernel_gradient(x, gradient):
    """Gradient of a 3x3 kernel, (3, 3, c, f), from the input (n, h, w, c) and the output's gradient (n, h, w, f)."""
    import tensorflow as tf

    height, width, channels, filters = *x.shape[1:], gradient.shape[-1]
    padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])
    shifts = [padded[:, row : row + height, column : column + width] for row in range(3) for column in range(3)]
    unfolded = tf.reshape(tf.concat(shifts, axis=-1), (-1, 9 * channels))
    product = tf.matmul(unfolded, tf.reshape(gradient, (-1, filters)), transpose_a=True)
    return tf.reshape(product, (3, 3, channels, filters))
