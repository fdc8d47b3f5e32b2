"""MTCNN's three networks as ONNX graphs, built in memory from the weights that the `mtcnn` wheel carries.

Networks: Zhang et al., "Joint Face Detection and Alignment Using Multitask Cascaded Convolutional Networks", 2016
(https://arxiv.org/abs/1604.02878). Weights: the data files of https://pypi.org/project/mtcnn/1.0.0/ (MIT licence,
Iván de Paz Centeno). The package is never imported, because its code needs TensorFlow; its data files do not.

Two rewrites make the graphs twice as fast and change nothing but the rounding (a test compares them with the
original). Channels are padded with zeros to multiples of 16, and PReLU(x) = a x + (1 - a) ReLU(x) is written with
1x1 depthwise convolutions, so that ONNX Runtime keeps its blocked memory layout from end to end. WebAssembly has no
such layout: there the networks as they were published (`blocked=False`) are two to three times as fast.
"""

import hashlib
import importlib.metadata
import io
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
IR_VERSION = 7  # the opset's own, so that every ONNX Runtime of these years reads it
BLOCK = 16  # channels that one AVX-512 register holds

WEIGHTS_SHA256 = {
    "pnet": "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5",
    "rnet": "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee",
    "onet": "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3",
}


class DetectorError(RuntimeError):
    """The face detector cannot be set up; the message says what to install."""


def load_weights(name: str) -> list[np.ndarray]:
    """Read the weights of "pnet", "rnet" or "onet", float32 arrays in Keras' order. Raises DetectorError.

    The files are pickles, so nothing is unpickled but the very bytes that were published.
    """
    try:
        path = Path(str(importlib.metadata.distribution("mtcnn").locate_file(f"mtcnn/assets/weights/{name}.lz4")))
        data = path.read_bytes()
    except (importlib.metadata.PackageNotFoundError, OSError):
        raise DetectorError("The face detector's weights are missing: run pip install mtcnn==1.0.0") from None
    if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256[name]:
        raise DetectorError("The face detector's weights are not those of mtcnn 1.0.0: run pip install mtcnn==1.0.0")
    import joblib  # only these three files need them
    import lz4.frame

    # Unpacked here: where joblib does it, Python 3.13 complains of a file that was closed.
    return joblib.load(io.BytesIO(lz4.frame.decompress(data)))


def make_pnet(blocked: bool = True) -> bytes:
    """Proposals: "image" uint8 (1, h, w, 3) -> "offset" (1, 4, h', w') and "score" (1, 2, h', w')."""
    graph = _Graph("pnet", ["n", "height", "width", 3], blocked)
    graph.convolution()
    graph.pool(2)
    graph.convolution()
    body = graph.convolution()
    for name in ("offset", "score"):
        graph.top = body
        graph.convolution(prelu=False)
        graph.output(name)
    return graph.to_bytes()


def make_rnet(blocked: bool = True) -> bytes:
    """Refinement: "image" uint8 (n, 24, 24, 3) -> "offset" (n, 4) and "score" (n, 2)."""
    graph = _Graph("rnet", ["n", 24, 24, 3], blocked)
    graph.convolution()
    graph.pool(3)
    graph.convolution()
    graph.pool(3, pad="VALID")
    graph.convolution()
    graph.dense_outputs("offset", "score")
    return graph.to_bytes()


def make_onet(blocked: bool = True) -> bytes:
    """Output: "image" uint8 (n, 48, 48, 3) -> "offset" (n, 4), "landmarks" (n, 10: five x, five y), "score" (n, 2)."""
    graph = _Graph("onet", ["n", 48, 48, 3], blocked)
    graph.convolution()
    graph.pool(3)
    graph.convolution()
    graph.pool(3, pad="VALID")
    graph.convolution()
    graph.pool(2)
    graph.convolution()
    graph.dense_outputs("offset", "landmarks", "score")
    return graph.to_bytes()


class _Graph:
    """A chain of layers in the making. `top` names the newest tensor; each layer takes the next weights."""

    def __init__(self, name: str, shape: list, blocked: bool):
        self.name, self.weights, self.blocked = name, iter(load_weights(name)), blocked
        self.nodes, self.constants, self.outputs = [], [], []
        self.inputs = [helper.make_tensor_value_info("image", TensorProto.UINT8, shape)]
        self.top, self.channels = "image", 3
        self.add("Transpose", perm=[0, 3, 1, 2])
        self.add("Cast", to=TensorProto.FLOAT)

    def add(self, op: str, *inputs: np.ndarray | str, **attributes) -> str:
        """Append a node that takes `top` and then `inputs`: constants, or names of other tensors."""
        inputs = [self.top, *(i if isinstance(i, str) else self.constant(i) for i in inputs)]
        self.top = f"{op}{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [self.top], **attributes))
        return self.top

    def constant(self, value: np.ndarray) -> str:
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def convolution(self, prelu: bool = True) -> str:
        kernel, bias = next(self.weights), next(self.weights)
        if self.top.startswith("Cast"):  # the first layer also maps 0..255 to -1..1: (x - 127.5) / 128
            kernel, bias = kernel / 128, bias - kernel.sum((0, 1, 2)) * (127.5 / 128)
        new = -kernel.shape[3] % BLOCK if prelu and self.blocked else 0
        kernel = np.pad(kernel, ((0, 0), (0, 0), (0, self.channels - kernel.shape[2]), (0, new)))
        self.add("Conv", kernel.transpose(3, 2, 0, 1), np.pad(bias, (0, new)))
        if prelu:
            self.channels = kernel.shape[3]
            self._prelu(np.pad(next(self.weights).ravel(), (0, new)))
        return self.top

    def _prelu(self, slope: np.ndarray) -> None:
        if not self.blocked:
            self.add("PRelu", slope.reshape(-1, 1, 1))
            return
        line, slope = self.top, slope.reshape(-1, 1, 1, 1)
        linear = self.add("Conv", slope, group=len(slope))
        self.top = line
        self.add("Relu")
        self.add("Conv", 1 - slope, group=len(slope))
        self.add("Add", linear)

    def pool(self, size: int, pad: str = "SAME_UPPER") -> None:
        self.add("MaxPool", kernel_shape=[size, size], strides=[2, 2], auto_pad=pad)

    def dense_outputs(self, *names: str) -> None:
        """Flatten, dense, PReLU, then one dense layer for each name.

        The first one's weights expect (width, height, channels); ours come as (channels, height, width).
        """
        kernel, bias = next(self.weights), next(self.weights)
        side = round((len(kernel) / self.channels) ** 0.5)
        kernel = kernel.reshape(side, side, self.channels, -1).transpose(2, 1, 0, 3).reshape(kernel.shape)
        self.add("Flatten")
        self.add("Gemm", kernel, bias)
        body = self.add("PRelu", next(self.weights))
        for name in names:
            self.top = body
            self.add("Gemm", next(self.weights), next(self.weights))
            self.output(name)

    def output(self, name: str) -> None:
        """Give the newest tensor, after a softmax if it is the score, its public name."""
        if name == "score":
            self.add("Softmax", axis=1)
        self.nodes[-1].output[0] = name
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))

    def to_bytes(self) -> bytes:
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.constants)
        opset = [helper.make_opsetid("", OPSET)]
        return helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION).SerializeToString()
