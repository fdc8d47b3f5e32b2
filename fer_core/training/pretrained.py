"""A network that starts from another one's weights: dlib's face recognition ResNet, on faces enlarged to 96 pixels."""

import keras
import numpy as np
from keras import layers, ops

from fer_core.preprocessing import to_network_input
from fer_core.training.cpu_kernels import BatchNormalization
from fer_core.training.dlib_weights import PretrainedError, load_dlib_weights

MEANS = np.array([122.782, 117.001, 104.298], "float32")
"""Red, green and blue that dlib's network subtracts before it divides by 256."""
STAGES = ((32, 3, False), (64, 4, True), (128, 3, True), (256, 3, True), (256, 1, True))
"""Filters, residual blocks, and whether the first of them halves the picture."""
STATISTICS_FROM = 512
"""Training pictures from which the statistics of the normalisation are taken."""


class Enlarge(layers.Layer):
    """Bilinear enlargement of grey pictures (n, h, h, 1) to (n, side, side, 1), as two products of matrices.

    Not Keras's `Resizing`: tf2onnx 1.17 exports it wrongly before a convolution with batch normalisation.
    """

    def __init__(self, side: int, **kwargs):
        super().__init__(**kwargs)
        self.side = side

    def build(self, shape):
        place = np.clip((np.arange(self.side) + 0.5) * shape[1] / self.side - 0.5, 0, shape[1] - 1)
        self.matrix = np.clip(1 - np.abs(place[:, None] - np.arange(shape[1])), 0, None).astype("float32")

    def call(self, images):
        rows = ops.matmul(ops.cast(self.matrix, images.dtype), images[..., 0])
        return ops.matmul(rows, ops.cast(self.matrix.T, images.dtype))[..., None]


def build_face_trunk(x, exact: bool = False):
    """The convolutions of dlib's `anet_type` on grey levels divided by 256, (n, h, w, channels) -> (n, h', w', 256).

    Its affine layers become batch normalisation. Convolutions of stride 2 have no padding there, and the smaller map is
    filled with zeros where it meets the pooled one; here (unless `exact`) the input is padded by one pixel at the right
    and bottom instead, so that 96 pixels last to the end.
    """
    x = _normalise(layers.Conv2D(32, 7, strides=2, use_bias=False)(x))
    x = layers.MaxPooling2D(3, strides=2)(x)
    for filters, blocks, halves in STAGES:
        for block in range(blocks):
            x = _block(x, filters, halves and block == 0, exact)
    return x


def _block(x, filters: int, halves: bool, exact: bool):
    short = layers.AveragePooling2D(2)(x) if halves else x
    if halves and not exact and x.shape[1] % 2 == 0:
        x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
    step = {"strides": 2} if halves else {"padding": "same"}
    x = layers.Conv2D(filters, 3, use_bias=False, **step)(x)
    x = layers.Conv2D(filters, 3, use_bias=False, padding="same")(_normalise(x))
    x = _normalise(x, activate=False)
    missing = short.shape[1] - x.shape[1]
    if missing:
        x = layers.ZeroPadding2D(((0, missing), (0, missing)))(x)
    if short.shape[-1] < filters:  # dlib adds what is there
        short = ops.pad(short, ((0, 0), (0, 0), (0, 0), (0, filters - short.shape[-1])))
    return layers.ReLU()(layers.Add()([x, short]))


def _normalise(x, activate: bool = True):
    x = BatchNormalization()(x)
    return layers.ReLU()(x) if activate else x


def load_pretrained(network: keras.Model, source: str, images: np.ndarray) -> None:
    """Give `network`, built on `build_face_trunk`, the weights of `source` ("dlib").

    Batch normalisation with dlib's factors would normalise twice, so it gets the mean and variance that 512 of the
    training pictures `images`, uint8 (n, 48, 48), have there, and factors that make it equal to dlib's affine layer.
    Raises PretrainedError.
    """
    if source != "dlib":
        raise PretrainedError(f"There are no weights from {source!r}: only from 'dlib'.")
    rows = np.random.default_rng(0).permutation(len(images))[:STATISTICS_FROM]
    assign_weights(network, load_dlib_weights(), to_network_input(images[rows]))


def assign_weights(network: keras.Model, pairs: list[tuple[np.ndarray, np.ndarray]], pictures: np.ndarray) -> None:
    """Put (convolution, affine) pairs into the network's convolutions and normalisations, in order.

    `pictures` are inputs of the network from which the statistics are taken. Raises PretrainedError if they do not fit.
    """
    convolutions = [layer for layer in network.layers if isinstance(layer, layers.Conv2D)]
    normalisations = [layer for layer in network.layers if isinstance(layer, layers.BatchNormalization)]
    if not len(pairs) == len(convolutions) == len(normalisations):
        raise PretrainedError(f"{network.name} has {len(convolutions)} convolutions, not {len(pairs)}.")
    biases = [_assign_convolution(layer, flat) for layer, (flat, _) in zip(convolutions, pairs, strict=True)]
    for layer, bias, (_, affine) in zip(normalisations, biases, pairs, strict=True):
        factor, offset = np.split(affine, 2)
        seen = keras.Model(network.input, layer.input).predict_on_batch(pictures).astype("float32")
        mean, variance = seen.mean(axis=(0, 1, 2)), seen.var(axis=(0, 1, 2))
        layer.set_weights([factor * np.sqrt(variance + layer.epsilon), offset + factor * (mean + bias), mean, variance])


def _assign_convolution(layer: layers.Conv2D, flat: np.ndarray) -> np.ndarray:
    """Set the kernel; returns the bias (filters,), which belongs to the normalisation that follows.

    dlib stores (filters, channels, rows, columns) and the biases. A grey picture is three equal colours, so a first
    layer that sees one channel gets their sum, and the colours' means move into the bias.
    """
    kernel, bias = np.split(flat, [-layer.filters])
    kernel = kernel.reshape(layer.filters, -1, *layer.kernel_size).transpose(2, 3, 1, 0)
    if layer.kernel.shape[2] == 1 and kernel.shape[2] == 3:
        bias = bias - np.einsum("rscf,c->f", kernel, MEANS) / 256
        kernel = kernel.sum(axis=2, keepdims=True)
    layer.set_weights([kernel])
    return bias
