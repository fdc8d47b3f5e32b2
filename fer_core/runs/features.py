"""What a network's last layer gets of a picture: its own description of a face, from `model.onnx`."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from fer_core.preprocessing import to_network_input
from fer_core.runs.contract import ArtifactError
from fer_core.runs.network import BATCH, PROBABILITY

LAST_LAYERS = ("MatMul", "Gemm", "MatMulNBits", "MatMulInteger", "QGemm")


def load_features(model_path: str | Path) -> Callable[[np.ndarray], np.ndarray]:
    """Open `model.onnx`; returns a function from uint8 (n, 48, 48) to what its last layer gets, float32 (n, d).

    Raises ArtifactError when the graph has no such layer.
    """
    import onnx

    from fer_core.sessions import make_session

    model = onnx.load(str(model_path))
    name = find_tensor(model_path, model.graph)
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
    session = make_session(model.SerializeToString(), 0)
    entry = session.get_inputs()[0].name

    def compute(images: np.ndarray) -> np.ndarray:
        batches = (images[i : i + BATCH] for i in range(0, len(images), BATCH))
        parts = [session.run([name], {entry: to_network_input(batch)})[0] for batch in batches]
        return np.concatenate([part.reshape(len(part), -1) for part in parts])

    return compute


def find_tensor(model_path: str | Path, graph=None) -> str:
    """Name what the last layer of `model.onnx` gets; `graph`, where it has been read. Raises ArtifactError without one."""
    import onnx

    name = _find_last_input(graph or onnx.load(str(model_path)).graph)
    if name is None:
        raise ArtifactError(f"{model_path} has no last layer that could be looked into: export it again.")
    return name


def _find_last_input(graph) -> str | None:
    """Name the tensor that enters the last layer before the probabilities, going back from them; None without one."""
    makers = {output: node for node in graph.node for output in node.output}
    names = [output.name for output in graph.output]
    name = PROBABILITY if PROBABILITY in names else names[0]
    while name in makers:
        node = makers[name]
        name = node.input[0]
        if node.op_type in LAST_LAYERS:
            return name
    return None
