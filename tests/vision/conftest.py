"""The bundled example photo, free pictures without faces, the real detector, a tiny network."""

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from fer_core.vision import MtcnnDetector, Predictor

EXAMPLE = Path(__file__).resolve().parents[2] / "fer_core/app/assets/example.jpg"


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """The bundled example: Eileen Collins, photo by NASA, public domain; one smiling face, (512, 512, 3)."""
    return np.asarray(Image.open(EXAMPLE).convert("RGB"))


@pytest.fixture(scope="session")
def load_free_picture():
    """Return a function that loads one of scikit-image's free pictures, reduced to 640 pixels."""
    skimage = pytest.importorskip("skimage", reason="scikit-image brings the pictures without faces")

    def load(name: str) -> np.ndarray:
        picture = Image.open(Path(skimage.__file__).parent / "data" / name).convert("RGB")
        picture.thumbnail((640, 640))
        return np.asarray(picture)

    return load


@pytest.fixture(scope="session")
def detector() -> MtcnnDetector:
    return MtcnnDetector()


def make_linear_model(weights: np.ndarray, input_shape=("n", 48, 48, 1)) -> bytes:
    """ONNX bytes of softmax(image / 255 . weights), weights (2304, k)."""
    nodes = [
        helper.make_node("Flatten", ["image"], ["flat"]),
        helper.make_node("Div", ["flat", "full"], ["scaled"]),
        helper.make_node("MatMul", ["scaled", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probability"], axis=1),
    ]
    constants = [
        numpy_helper.from_array(np.float32(255), "full"),
        numpy_helper.from_array(weights.astype(np.float32), "weights"),
    ]
    inputs = [helper.make_tensor_value_info("image", TensorProto.FLOAT, list(input_shape))]
    outputs = [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["n", weights.shape[1]])]
    graph = helper.make_graph(nodes, "linear", inputs, outputs, constants)
    opset = [helper.make_opsetid("", 13)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()


@pytest.fixture(scope="session")
def linear_weights() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.05, (2304, 7)).astype(np.float32)


@pytest.fixture(scope="session")
def linear_model(linear_weights) -> bytes:
    return make_linear_model(linear_weights)


@pytest.fixture(scope="session")
def predictor(linear_model) -> Predictor:
    return Predictor(linear_model, threshold=0.3)
