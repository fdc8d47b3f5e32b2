"""Weights in 4 and 8 bits: rounded as far as stated, run by ONNX Runtime, written down and verified."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.data import make_drawn_dataset
from fer_core.runs import verify_run
from fer_core.runs.verify import predict_with_onnx
from fer_core.training.evaluate import export_kept, write_finished_run
from fer_core.training.fit import fit
from fer_core.training.quantise import BLOCK, quantise_blocks, quantise_onnx, quantise_run


def expand_blocks(packed, scale, k):
    q = np.stack([packed & 15, packed >> 4], axis=-1).reshape(*packed.shape[:2], BLOCK).astype("float32")
    return ((q - 8) * scale.reshape(*packed.shape[:2], 1)).reshape(len(packed), -1)[:, :k].T


def test_blocks_round_to_half_a_step():
    weight = np.random.default_rng(0).normal(size=(150, 5)).astype("float32")  # 150: the last block is not full
    packed, scale = quantise_blocks(weight)
    assert packed.shape == (5, 3, BLOCK // 2) and packed.dtype == np.uint8
    step = np.repeat(np.abs(scale).reshape(5, 3), BLOCK, axis=1)[:, :150].T
    assert (np.abs(expand_blocks(packed, scale, 150) - weight) <= step * 1.001).all()
    assert np.abs(expand_blocks(packed, scale, 150) - weight).mean() < 0.3 * step.mean()
    largest = np.abs(weight[:BLOCK]).argmax(axis=0), np.arange(5)
    assert np.allclose(expand_blocks(packed, scale, 150)[largest], weight[largest]), "a block's largest weight is exact"
    assert not np.isnan(quantise_blocks(np.zeros((64, 2), "float32"))[1]).any()


def test_blocks_are_those_of_onnx_runtime():
    kernel = getattr(pytest.importorskip("onnxruntime.capi._pybind_state"), "quantize_matmul_4bits", None)
    if kernel is None:
        pytest.skip("this ONNX Runtime keeps its kernel elsewhere")
    weight = np.random.default_rng(0).normal(size=(3 * BLOCK, 5)).astype("float32")
    packed, scale, zero = np.zeros((5, 3, BLOCK // 2), "uint8"), np.zeros(15, "float32"), np.zeros((5, 2), "uint8")
    kernel(packed, weight, scale, zero, BLOCK, 5, 3 * BLOCK, True)
    ours = quantise_blocks(weight)
    assert np.array_equal(ours[0], packed) and np.array_equal(ours[1], scale)


def write_model(path):
    """A convolution of 32 x 32 x 3 x 3 and a dense layer of 4608 x 7, one after the other."""
    from onnx import TensorProto, helper, numpy_helper, save

    rng = np.random.default_rng(0)
    arrays = {
        "first": rng.normal(size=(32, 1, 3, 3)) / 30, "kernel": rng.normal(size=(32, 32, 3, 3)) / 17,
        "dense": rng.normal(size=(4608, 7)) / 2000,
    }  # fmt: skip
    nodes = [
        helper.make_node("Transpose", ["image"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["planes", "first"], ["a"], strides=[2, 2], pads=[1, 1, 1, 1]),
        helper.make_node("Conv", ["a", "kernel"], ["b"], strides=[2, 2], pads=[1, 1, 1, 1]),
        helper.make_node("Flatten", ["b"], ["flat"]),
        helper.make_node("MatMul", ["flat", "dense"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probability"], axis=1),
    ]
    graph = helper.make_graph(
        nodes, "small",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 48, 48, 1])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["n", 7])],
        [numpy_helper.from_array(array.astype("float32"), name) for name, array in arrays.items()],
    )  # fmt: skip
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    return arrays


def test_the_small_model_is_the_rounded_network(tmp_path):
    import onnx

    arrays = write_model(tmp_path / "model.onnx")
    quantise_onnx(tmp_path / "model.onnx", tmp_path / "small.onnx")
    model = onnx.load(tmp_path / "small.onnx")
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    assert stored["kernel_8bit"].dtype == np.int8 and "first" in stored and not {"kernel", "dense"} & set(stored)
    kernel = arrays["kernel"].astype("float32")
    step = np.abs(kernel).max(axis=(1, 2, 3), keepdims=True) / 127
    assert (np.abs(stored["kernel_8bit"] * stored["kernel_scale"] - kernel) <= 0.501 * step).all()
    # The same rounding done in NumPy and put into the plain model gives the same answers.
    plain = onnx.load(tmp_path / "model.onnx")
    rounded = {
        "kernel": stored["kernel_8bit"] * stored["kernel_scale"],
        "dense": expand_blocks(stored["dense_4bit"], stored["dense_scale"], len(arrays["dense"])),
    }
    for tensor in plain.graph.initializer:
        if tensor.name in rounded:
            tensor.CopyFrom(onnx.numpy_helper.from_array(rounded[tensor.name].astype("float32"), tensor.name))
    onnx.save(plain, tmp_path / "rounded.onnx")
    images = np.random.default_rng(1).integers(0, 256, (20, 48, 48)).astype("uint8")
    full, expected, found = (predict_with_onnx(tmp_path / f"{n}.onnx", images) for n in ("model", "rounded", "small"))
    assert np.abs(found - expected).max() < 1e-3 < np.abs(found - full).max() < 0.2
    assert (tmp_path / "small.onnx").stat().st_size < 0.3 * (tmp_path / "model.onnx").stat().st_size


def test_a_quantised_run_says_what_it_lost_and_verifies(tiny_experiment, tmp_path):
    dataset = make_drawn_dataset(70, 28, seed=2)
    experiment = replace(tiny_experiment, epochs=2, quantise=True)
    state = fit(experiment, dataset, 0, tmp_path / "weights")
    run = write_finished_run(experiment, dataset, 0, state, tmp_path / "weights", tmp_path / "tiny-s0", 2)
    export_kept(experiment, tmp_path / "weights", run.path)
    found = quantise_run(run.path, dataset).metrics.quantised
    assert found.bytes < found.bytes_before and found.n == 28 and found.agreement > 0.5
    assert found.accuracy_before == pytest.approx(run.metrics.test.accuracy)
    assert verify_run(run.path, dataset) == []
    (run.path / "model.onnx").unlink()
    write_model(run.path / "model.onnx")
    assert any("model.onnx" in problem for problem in verify_run(run.path, dataset))
