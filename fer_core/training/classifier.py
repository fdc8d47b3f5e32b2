"""What every network ends with: seven probabilities."""

from keras import layers

from fer_core.labels import LABELS

PROBABILITY = "probability"
"""Name of the last layer and of what model.onnx gives."""


def classify_seven(x):
    """Seven logits and their softmax, in float32 under mixed precision too."""
    x = layers.Dense(len(LABELS), dtype="float32", name="logits")(x)
    return layers.Softmax(dtype="float32", name=PROBABILITY)(x)
