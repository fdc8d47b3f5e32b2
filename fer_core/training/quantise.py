"""A smaller model.onnx: dense layers in blocks of 4 bits, convolutions in 8 bits per output channel.

Only weights are rounded; everything is still computed in float32. ONNX Runtime multiplies by 4-bit blocks as they are
stored (its operator MatMulNBits, also in the plain CPU wheel) and expands the convolutions once, on loading.
"""

from pathlib import Path

import numpy as np

from fer_core.data import FerDataset
from fer_core.files import replacing
from fer_core.runs import Run, load_run, write_run
from fer_core.runs.extras import compute_fingerprint
from fer_core.runs.predictions import load_arrays
from fer_core.runs.rewrite import find_test_rows, rewrite_run
from fer_core.runs.verify import predict_with_onnx

BLOCK = 64
"""Weights of a column that share a scale: 0.5 + 4 / 64 bytes each."""
SMALL = 4096
"""Layers with fewer weights stay as they are: they would save little, and the first convolution counts most."""
CUSTOM = "com.microsoft"


def quantise_run(path: Path, dataset: FerDataset) -> Run:
    """Store the run's model.onnx in 4 and 8 bits and write what that costs into metrics.json, section `quantised`.

    Both models answer all test pictures first: `accuracy_before`, `accuracy`, `agreement` (same answer), and
    `largest_difference` of a probability from those of the run, by which `verify_run` judges the file afterwards. The
    run's averaged answers are then those of the small file, as photos get them; those of one look stay the network's.
    Raises ArtifactError, before anything is written, where the dataset lacks pictures that the run was tested on.
    """
    path = Path(path)
    run, model = load_run(path), path / "model.onnx"
    answers = run.predictions("test")
    arrays = load_arrays(path)
    images = dataset.images[find_test_rows(run, dataset)]
    with replacing(model) as small:
        quantise_onnx(model, small)
        probability = predict_with_onnx(small, images)
        found = {
            "n": len(images),
            "bytes_before": model.stat().st_size,
            "bytes": small.stat().st_size,
            "accuracy_before": float(answers.correct.mean()),
            "accuracy": float((probability.argmax(axis=1) == answers.label).mean()),
            "agreement": float((probability.argmax(axis=1) == answers.predicted).mean()),
            "largest_difference": float(np.abs(probability - answers.probability).max()),
        }
    metrics = run.metrics.to_plain() | {"quantised": found, "model_sha256": compute_fingerprint(model)}
    run = write_run(path, run.config, run.history, metrics, arrays)
    rewrite_run(run, dataset)
    return load_run(path)


def quantise_onnx(source: Path, target: Path) -> None:
    """Write `source` to `target` with the weights of its large dense layers and convolutions rounded."""
    import onnx
    from onnx import helper

    model = onnx.load(source)
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    nodes, expanded = [], set()
    for node in model.graph.node:
        tensor = weights.get(node.input[1]) if node.op_type in ("MatMul", "Conv") else None
        if tensor is None or np.prod(tensor.dims) < SMALL:
            nodes.append(node)
        elif node.op_type == "MatMul":
            nodes.append(_make_blocked_product(model.graph, node, onnx.numpy_helper.to_array(tensor)))
        else:
            if tensor.name not in expanded:
                nodes += _make_expansion(model.graph, tensor)
                expanded.add(tensor.name)
            nodes.append(node)
            node.input[1] = f"{tensor.name}_expanded"
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    _drop_unused_weights(model.graph)
    model.opset_import.append(helper.make_opsetid(CUSTOM, 1))
    onnx.save(model, target)


def quantise_blocks(weight: np.ndarray, block: int = BLOCK) -> tuple[np.ndarray, np.ndarray]:
    """Round float32 (k, n) to 4 bits: packed uint8 (n, blocks, block / 2), low half first, and scales (n * blocks,).

    A weight is (q - 8) * scale with q from 0 to 15; the largest of a block, sign included, becomes q = 0. These are the
    bytes that ONNX Runtime's own `MatMulNBitsQuantizer` writes; it would bring onnx_ir and SymPy (80 MB) with it, and on
    import turns on the log messages of every library.
    """
    k, n = weight.shape
    blocks = -(-k // block)
    columns = np.zeros((n, blocks * block), "float32")
    columns[:, :k] = weight.T
    columns = columns.reshape(n, blocks, block)
    extreme = np.take_along_axis(columns, np.abs(columns).argmax(axis=2)[..., None], axis=2)
    scale = extreme / -8
    quotient = np.divide(columns, scale, out=np.zeros_like(columns), where=scale != 0)
    q = np.clip(np.round(quotient) + 8, 0, 15).astype("uint8")
    return q[..., 0::2] | (q[..., 1::2] << 4), scale.reshape(-1).astype("float32")


def _make_blocked_product(graph, node, weight: np.ndarray):
    """The node that multiplies by the 4-bit form of `weight` (k, n)."""
    from onnx import helper, numpy_helper

    packed, scale = quantise_blocks(weight)
    name = node.input[1]
    graph.initializer.append(numpy_helper.from_array(packed, f"{name}_4bit"))
    graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
    return helper.make_node(
        "MatMulNBits", [node.input[0], f"{name}_4bit", f"{name}_scale"], list(node.output), name=node.name,
        domain=CUSTOM, K=weight.shape[0], N=weight.shape[1], bits=4, block_size=BLOCK,
    )  # fmt: skip


def _make_expansion(graph, tensor) -> list:
    """Nodes that expand a convolution's int8 weights; of constants, so ONNX Runtime runs them once, on loading."""
    from onnx import TensorProto, helper, numpy_helper

    weight, name = numpy_helper.to_array(tensor), tensor.name
    scale = np.maximum(np.abs(weight).max(axis=(1, 2, 3), keepdims=True), 1e-12) / 127
    graph.initializer.append(numpy_helper.from_array(np.round(weight / scale).astype("int8"), f"{name}_8bit"))
    graph.initializer.append(numpy_helper.from_array(scale.astype("float32"), f"{name}_scale"))
    return [
        helper.make_node("Cast", [f"{name}_8bit"], [f"{name}_float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{name}_float", f"{name}_scale"], [f"{name}_expanded"]),
    ]


def _drop_unused_weights(graph) -> None:
    used = {name for node in graph.node for name in node.input} | {output.name for output in graph.output}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
