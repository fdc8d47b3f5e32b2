"""The networks. Each takes grey levels 0 to 255, float (n, 48, 48, 1), and gives seven probabilities."""

from functools import partial

import keras
from keras import layers

from fer_core.preprocessing import IMAGE_SIZE
from fer_core.training.classics import build_alexnet, build_googlenet, build_resnet18, build_vgg16
from fer_core.training.classifier import classify_seven
from fer_core.training.cpu_kernels import BatchNormalization, Convolution
from fer_core.training.pretrained import Enlarge, build_face_trunk

FEATURES = "features"
"""Name of the last feature map in networks that end in global average pooling."""


def build_vgg_study(width: float = 1.0, extra: int = 0, normalise: bool = True, dropout: float = 0.5) -> keras.Model:
    """The study's VGG variant (section 5 and the code of section 8): 43,333,319 parameters.

    3x3 same convolutions with ReLU, each followed by batch normalisation: 2x64, 2x128, 3x256, 3x512; 2x2 max pooling
    after each block; dense 4096 twice with dropout .5; dense 7 softmax. For its ablation: `width` scales filters and
    dense units, `extra` adds convolutions to every block or, below zero, takes them away; `normalise`: after each.
    """
    image = x = layers.Input((IMAGE_SIZE, IMAGE_SIZE, 1), name="image")
    x = layers.Rescaling(1 / 255)(x)
    for filters, depth in ((64, 2), (128, 2), (256, 3), (512, 3)):
        for _ in range(depth + extra):
            x = Convolution(int(filters * width), activation="relu")(x)
            x = BatchNormalization()(x) if normalise else x
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(int(4096 * width), activation="relu")(x)
        x = layers.Dropout(dropout)(x)
    return keras.Model(image, classify_seven(x), name="vgg_study")


def build_vgg_narrow(dropout: float = 0.2, squeeze: bool = False) -> keras.Model:
    """A narrower VGG with dropout after every block: 4.7 M parameters, 386 M multiplications a picture.

    3x3 convolutions with batch normalisation: 2x64, 2x128, 2x256, 2x256, 2x2 max pooling after each block; dense 1024
    with batch normalisation and dropout. After orientino's network for FER2013; `squeeze` adds squeeze-and-excitation
    (Hu et al. 2018, arXiv:1709.01507) to each block.
    """
    image = x = layers.Input((IMAGE_SIZE, IMAGE_SIZE, 1), name="image")
    x = _centre(x)
    for filters in (64, 128, 256, 256):
        x = _convolve(_convolve(x, filters), filters)
        x = _excite(x) if squeeze else x
        x = layers.MaxPooling2D()(x)
        x = layers.Dropout(dropout)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(1024, use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Dropout(2 * dropout)(x)
    return keras.Model(image, classify_seven(x), name="vgg_narrow_se" if squeeze else "vgg_narrow")


def build_compact(dropout: float = 0.2, width: int = 1) -> keras.Model:
    """A residual network for two CPU cores: 1.17 M parameters, 95.5 M multiplications a picture; `width` widens it.

    A 3x3 stem of stride 2 (the study's network spends half its time at full resolution), then three stages of one
    plain and one residual convolution with 64, 128, 256 filters at 24, 12 and 6 pixels; global average pooling.
    """
    image = x = layers.Input((IMAGE_SIZE, IMAGE_SIZE, 1), name="image")
    x = _centre(x)
    x = _convolve(x, 32 * width, strides=2)
    for filters, strides in ((64, 1), (128, 2), (256, 2)):
        x = _convolve(x, filters * width, strides)
        x = layers.Add()([x, _convolve(x, filters * width)])
    x = layers.Activation("linear", name=FEATURES)(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(dropout)(x)
    return keras.Model(image, classify_seven(x), name="compact" if width == 1 else f"compact_{width}")


def build_residual(dropout: float = 0.1) -> keras.Model:
    """A residual network that keeps full resolution in its stem: 1.94 M parameters, 224 M multiplications a picture.

    A 3x3 stem of 32 and 2x2 max pooling, then three stages of 64, 128, 256 filters at 24, 12 and 6 pixels: a convolution,
    pooling but in the first, two more beside a shortcut, dropout; global average pooling.
    """
    image = x = layers.Input((IMAGE_SIZE, IMAGE_SIZE, 1), name="image")
    x = layers.MaxPooling2D()(_convolve(_centre(x), 32))
    for filters in (64, 128, 256):
        x = _convolve(x, filters)
        x = x if filters == 64 else layers.MaxPooling2D()(x)
        x = layers.Add()([x, _convolve(_convolve(x, filters), filters)])
        x = layers.Dropout(dropout)(x)
    x = layers.Activation("linear", name=FEATURES)(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(3 * dropout)(x)
    return keras.Model(image, classify_seven(x), name="residual")


def build_face_resnet(dropout: float = 0.2, side: int = 96) -> keras.Model:
    """dlib's face recognition ResNet, 29 layers, on grey faces enlarged to 96 pixels, with a classifier for seven.

    5.6 M parameters, 98 M multiplications a picture. dlib's network learned from faces about as large, in pictures of
    150 pixels. Without the experiment's `pretrained` its weights are random.
    """
    image = x = layers.Input((IMAGE_SIZE, IMAGE_SIZE, 1), name="image")
    x = Enlarge(side, dtype="float32")(x)
    x = build_face_trunk(layers.Rescaling(1 / 256)(x))
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(dropout)(x)
    return keras.Model(image, classify_seven(x), name="face_resnet")


def _centre(x):
    """Grey levels to about zero mean, unit variance over FER2013."""
    return layers.Rescaling(1 / 64, offset=-2.0)(x)


def _convolve(x, filters: int, strides: int = 1):
    """3x3 convolution, batch normalisation, ReLU."""
    x = Convolution(filters, strides=strides, use_bias=False)(x)
    x = BatchNormalization()(x)
    return layers.ReLU()(x)


def _excite(x, ratio: int = 16):
    """Scale each channel by what the channels' means say about it."""
    channels = x.shape[-1]
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.Dense(channels // ratio, activation="relu")(gate)
    return layers.Multiply()([x, layers.Dense(channels, activation="sigmoid")(gate)])


build_quarter = partial(build_vgg_study, width=1 / 4)
NETWORKS = {
    "vgg_study": build_vgg_study,
    "vgg_quarter": build_quarter,
    "vgg_quarter_shallow": partial(build_quarter, extra=-1),
    "vgg_quarter_deep": partial(build_quarter, extra=1),
    "vgg_quarter_plain": partial(build_quarter, normalise=False),
    "vgg_quarter_dropout_0.3": partial(build_quarter, dropout=0.3),
    "vgg_quarter_dropout_0.7": partial(build_quarter, dropout=0.7),
    "vgg_narrow": build_vgg_narrow,
    "vgg_narrow_se": partial(build_vgg_narrow, squeeze=True),
    "compact": build_compact,
    "residual": build_residual,
    "face_resnet": build_face_resnet,
    "alexnet": build_alexnet,
    "vgg16": build_vgg16,
    "googlenet": build_googlenet,
    "resnet18": build_resnet18,
    "student": partial(build_compact, width=2),
}
