"""3x3 convolution whose kernel learns through one product of matrices where oneDNN's own gradient is the bottleneck."""

import keras
from keras import layers

SMALL = 6
"""Side of the feature map, in pixels, up to which the product is the faster one."""


class Convolution(layers.Conv2D):
    """Keras's layer with 3x3 kernels and "same" padding; only the kernel's gradient may be computed in another way.

    Under TensorFlow in bfloat16 on a processor, oneDNN takes 17 ms for the kernel's gradient of 512 channels at 6x6
    pixels, batch 32, where the forward pass takes 5 and the product of the unfolded input with the output's gradient 6
    (two cores with AMX). Same formula, other order of summation.
    """

    def __init__(self, filters: int, **kwargs):
        super().__init__(filters, 3, padding="same", **kwargs)

    def convolution_op(self, inputs, kernel):
        if not self._is_slow(inputs):
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
        from fer_core.training.model import has_accelerator

        small = self.strides == (1, 1) and inputs.shape[1] <= SMALL
        bfloat16 = keras.backend.standardize_dtype(inputs.dtype) == "bfloat16"
        return small and bfloat16 and keras.backend.backend() == "tensorflow" and not has_accelerator()


def compute_kernel_gradient(x, gradient):
    """Gradient of a 3x3 kernel, (3, 3, c, f), from the input (n, h, w, c) and the output's gradient (n, h, w, f)."""
    import tensorflow as tf

    height, width, channels, filters = *x.shape[1:], gradient.shape[-1]
    padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])
    shifts = [padded[:, row : row + height, column : column + width] for row in range(3) for column in range(3)]
    unfolded = tf.reshape(tf.concat(shifts, axis=-1), (-1, 9 * channels))
    product = tf.matmul(unfolded, tf.reshape(gradient, (-1, filters)), transpose_a=True)
    return tf.reshape(product, (3, 3, channels, filters))
