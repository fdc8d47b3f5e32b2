"""The four families that the study reviews, from their papers, for any picture: on FER2013's, and at their own size.

At 224 pixels in three colours and with 1,000 classes each has the published number of parameters (tests/training). What
differs for 48 x 48 grey pictures and seven classes is said in each docstring. None of them centres pictures itself, so all
get grey levels scaled as our own networks do.
"""

from collections.abc import Callable

import keras
from keras import layers

from fer_core.training.classifier import classify_seven
from fer_core.training.cpu_kernels import BatchNormalization

CENTRE = {"scale": 1 / 64, "offset": -2.0}
"""Grey levels to about zero mean and unit variance over FER2013."""


def build_alexnet(side: int = 48, channels: int = 1, classify: Callable | None = None) -> keras.Model:
    """AlexNet on one tower (Krizhevsky 2014, arXiv:1404.5997), 61.1 M parameters at 224 pixels.

    At 48 pixels the first convolution steps by 2 pixels instead of 4, and pooling keeps the border: without that nothing
    would be left of so small a picture. No local response normalisation, as in that paper's one-tower network.
    """
    small = side < 100
    edge = "same" if small else "valid"
    image, x = _start(side, channels)
    x = layers.ZeroPadding2D(2)(x)
    x = layers.Conv2D(64, 11, strides=2 if small else 4, activation="relu")(x)
    x = layers.MaxPooling2D(3, 2, padding=edge)(x)
    x = layers.Conv2D(192, 5, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, 2, padding=edge)(x)
    for filters in (384, 256, 256):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, 2, padding=edge)(x)
    return _finish("alexnet", image, _add_dense(x), classify)


def build_vgg16(side: int = 48, channels: int = 1, classify: Callable | None = None) -> keras.Model:
    """VGG-16 (Simonyan and Zisserman 2015, arXiv:1409.1556, table 1, column D), 138.4 M parameters at 224 pixels.

    Nothing differs at 48 pixels but the first dense layer, which sees one place instead of 49.
    """
    image, x = _start(side, channels)
    for filters, depth in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(depth):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    return _finish("vgg16", image, _add_dense(x), classify)


INCEPTIONS = (
    (64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64), None,
    (192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64), (112, 144, 288, 32, 64, 64),
    (256, 160, 320, 32, 128, 128), None,
    (256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128),
)  # fmt: skip
"""GoogLeNet's table 1: 1x1; reduction and 3x3; reduction and 5x5; projection of the pool. None: max pooling between."""


def build_googlenet(side: int = 48, channels: int = 1, classify: Callable | None = None) -> keras.Model:
    """GoogLeNet (Szegedy et al. 2015, arXiv:1409.4842, table 1), 7.0 M parameters in its main branch.

    Without the two auxiliary classifiers, which are thrown away after training, and without local response normalisation.
    Nothing else differs at 48 pixels: its last maps are 2 x 2 instead of 7 x 7.
    """
    image, x = _start(side, channels)
    x = layers.Conv2D(64, 7, strides=2, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    x = layers.Conv2D(64, 1, activation="relu")(x)
    x = layers.Conv2D(192, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    for filters in INCEPTIONS:
        x = _add_inception(x, *filters) if filters else layers.MaxPooling2D(3, 2, padding="same")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return _finish("googlenet", image, layers.Dropout(0.4)(x), classify)


def _add_inception(x, one, reduce_three, three, reduce_five, five, pool):
    def convolve(x, filters, size):
        return layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    branches = [
        convolve(x, one, 1),
        convolve(convolve(x, reduce_three, 1), three, 3),
        convolve(convolve(x, reduce_five, 1), five, 5),
        convolve(layers.MaxPooling2D(3, 1, padding="same")(x), pool, 1),
    ]
    return layers.Concatenate()(branches)


def build_resnet18(side: int = 48, channels: int = 1, classify: Callable | None = None) -> keras.Model:
    """ResNet-18 (He et al. 2016, arXiv:1512.03385, table 1), 11.7 M trainable parameters; nothing differs at 48 pixels."""
    image, x = _start(side, channels)
    x = _normalise(layers.Conv2D(64, 7, strides=2, padding="same", use_bias=False)(x))
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    for filters in (64, 128, 256, 512):
        for block in range(2):
            x = _add_residual(x, filters, 2 if block == 0 and filters > 64 else 1)
    return _finish("resnet18", image, layers.GlobalAveragePooling2D()(x), classify)


def _add_residual(x, filters: int, strides: int):
    """Two 3x3 convolutions beside a shortcut, which a 1x1 convolution fits where the shape changes (option B)."""
    y = _normalise(layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x))
    y = BatchNormalization()(layers.Conv2D(filters, 3, padding="same", use_bias=False)(y))
    if strides > 1:
        x = BatchNormalization()(layers.Conv2D(filters, 1, strides=strides, use_bias=False)(x))
    return layers.ReLU()(layers.Add()([x, y]))


def _normalise(x):
    return layers.ReLU()(BatchNormalization()(x))


def _start(side: int, channels: int):
    image = layers.Input((side, side, channels), name="image")
    return image, layers.Rescaling(**CENTRE)(image)


def _add_dense(x):
    """The two dense layers of AlexNet and VGG, with dropout on both."""
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(4096, activation="relu")(x)
        x = layers.Dropout(0.5)(x)
    return x


def _finish(name: str, image, features, classify: Callable | None) -> keras.Model:
    return keras.Model(image, (classify or classify_seven)(features), name=name)
