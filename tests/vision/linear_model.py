"""The smallest network of the right form: one matrix and a softmax."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper


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
