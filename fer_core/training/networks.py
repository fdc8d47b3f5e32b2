"""The networks. Each takes grey levels 0 to 255, float (n, 48, 48, 1), and gives seven probabilities."""

import keras
from keras import layers

from fer_core.labels import LABELS
from fer_core.preprocessing import IMAGE_SIZE

FEATURES = "features"
"""Name of the last feature map in networks that end in global average pooling."""
PROBABILITY = "probability"


def build_vgg_study() -> keras.Model:
    """The study's VGG variant (section 5 and the code of section 8): 43,333,319 parameters.

    3x3 same convolutions with ReLU, each followed by batch normalisation: 2x64, 2x128, 3x256, 3x512; 2x2 max pooling
    after each block; dense 4096 twice with dropout .5; dense 7 softmax.
    """
    image = x = layers.Input((IMAGE_SIZE, IMAGE_SIZE, 1), name="image")
    x = layers.Rescaling(1 / 255)(x)
    for filters, depth in ((64, 2), (128, 2), (256, 3), (512, 3)):
        for _ in range(depth):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
            x = layers.BatchNormalization()(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(4096, activation="relu")(x)
        x = layers.Dropout(0.5)(x)
    return keras.Model(image, _classify(x), name="vgg_study")


def build_compact(dropout: float = 0.2) -> keras.Model:
    """A residual network for two CPU cores: 1.17 M parameters, 31 M multiplications a picture.

    A 3x3 stem of stride 2 (the study's network spends half its time at full resolution), then three stages of one
    plain and one residual convolution with 64, 128, 256 filters at 24, 12 and 6 pixels; global average pooling.
    """
    image = x = layers.Input((IMAGE_SIZE, IMAGE_SIZE, 1), name="image")
    x = layers.Rescaling(1 / 64, offset=-2.0)(x)  # about zero mean, unit variance over FER2013
    x = _convolve(x, 32, strides=2)
    for filters, strides in ((64, 1), (128, 2), (256, 2)):
        x = _convolve(x, filters, strides)
        x = layers.Add()([x, _convolve(x, filters)])
    x = layers.Activation("linear", name=FEATURES)(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(dropout)(x)
    return keras.Model(image, _classify(x), name="compact")


def _convolve(x, filters: int, strides: int = 1):
    """3x3 convolution, batch normalisation, ReLU."""
    x = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(x)


def _classify(x):
    """Seven logits and their softmax, in float32 under mixed precision too."""
    x = layers.Dense(len(LABELS), dtype="float32", name="logits")(x)
    return layers.Softmax(dtype="float32", name=PROBABILITY)(x)


NETWORKS = {"vgg_study": build_vgg_study, "compact": build_compact}
