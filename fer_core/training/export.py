"""ONNX export: what the dashboard predicts with, checked against Keras on the spot."""

from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from fer_core.files import replacing
from fer_core.preprocessing import IMAGE_SIZE
from fer_core.training.classifier import PROBABILITY
from fer_core.training.networks import FEATURES

TOLERANCE = 1e-4
CLASS_MAP = "class_map"


class ExportError(RuntimeError):
    """The model could not be exported, or answers differently after the export."""


class ClassMap(layers.Layer):
    """Class activation maps: feature maps (n, h, w, c) times the classifier's weights (c, 7) give (n, h, w, 7).

    Their mean over h and w, plus the bias, is the logit (Zhou et al. 2016, arXiv:1512.04150).
    """

    def __init__(self, classifier: layers.Dense, **kwargs):
        super().__init__(**kwargs)
        self.classifier = classifier

    def call(self, features):
        return ops.matmul(features, self.classifier.kernel)


def make_serving_model(network: keras.Model) -> keras.Model:
    """Input `image` float32 (n, 48, 48, 1) of 0 to 255; outputs `probability` (n, 7) and, for a network that ends in
    global average pooling, `class_map` (n, h, w, 7): why it says so, at no extra cost."""
    outputs = {PROBABILITY: network.output}
    if FEATURES in {layer.name for layer in network.layers}:
        features = network.get_layer(FEATURES).output
        outputs[CLASS_MAP] = ClassMap(network.get_layer("logits"), name=CLASS_MAP, dtype="float32")(features)
    return keras.Model(network.input, outputs, name=f"{network.name}_serving")


def export_onnx(network: keras.Model, path: Path) -> float:
    """Write `network` as ONNX and return the largest difference of a probability from Keras's own.

    Needs the TensorFlow backend with tf2onnx and onnx; ExportError where that is missing, or when the difference
    exceeds 1e-4. The file appears only after the check.
    """
    if keras.backend.backend() != "tensorflow":
        raise ExportError(
            "ONNX export needs KERAS_BACKEND=tensorflow: run `KERAS_BACKEND=tensorflow python train.py export EXPERIMENT`."
        )
    serving = make_serving_model(network)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (8, IMAGE_SIZE, IMAGE_SIZE, 1)).astype("float32")
    expected = serving(images)[PROBABILITY].numpy()
    with replacing(path) as fresh:
        _convert(serving, fresh)
        difference = float(np.abs(_run_onnx(fresh, images) - expected).max())
        if not difference <= TOLERANCE:
            raise ExportError(f"The exported model differs from Keras by {difference:.2g}, more than {TOLERANCE:g}.")
    return difference


def _convert(serving: keras.Model, path: Path) -> None:
    """Convert through tf2onnx, with named outputs and a free batch size."""
    try:
        import onnx
        import tensorflow as tf
        import tf2onnx
    except ImportError as error:
        raise ExportError(f"ONNX export needs the package {error.name}: pip install tf2onnx onnx.") from None
    names = list(serving.output)
    signature = [tf.TensorSpec((None, IMAGE_SIZE, IMAGE_SIZE, 1), tf.float32, name="image")]
    function = tf.function(lambda image: tuple(serving(image, training=False)[name] for name in names))
    model, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=17)
    _rename_outputs(model, names)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _rename_outputs(model, names: list[str]) -> None:
    """Give the graph's outputs, which tf2onnx numbers, their names."""
    renamed = {output.name: name for output, name in zip(model.graph.output, names, strict=True)}
    for output in model.graph.output:
        output.name = renamed[output.name]
    for node in model.graph.node:
        node.output[:] = [renamed.get(name, name) for name in node.output]
        node.input[:] = [renamed.get(name, name) for name in node.input]


def _run_onnx(path: Path, images: np.ndarray) -> np.ndarray:
    from fer_core.sessions import make_session

    session = make_session(path, threads=0, alone=True)
    return session.run([PROBABILITY], {"image": images})[0]
