"""The exported model answers as Keras does, explains itself, and does so whatever precision it was trained in."""

import keras
import numpy as np
import onnxruntime
import pytest

from fer_core.training import export
from fer_core.training.experiments import EXPERIMENTS
from fer_core.training.export import ExportError, export_onnx
from fer_core.training.networks import build_compact
from fer_core.training.weights import load_network


@pytest.fixture(params=["float32", "mixed_bfloat16"])
def policy(request):
    keras.mixed_precision.set_global_policy(request.param)
    yield request.param
    keras.mixed_precision.set_global_policy("float32")


def test_compact_network_survives_the_export(policy, tmp_path):
    build_compact().save_weights(tmp_path / "some.weights.h5")
    network = load_network(EXPERIMENTS["compact"], tmp_path / "some.weights.h5")
    assert export_onnx(network, tmp_path / "model.onnx") < 1e-4
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    images = np.random.default_rng(0).integers(0, 256, (5, 48, 48, 1)).astype("float32")
    probability, class_map = session.run(["probability", "class_map"], {"image": images})
    assert np.allclose(probability, network.predict(images, verbose=0), atol=1e-4)
    logits = class_map.mean(axis=(1, 2)) + keras.ops.convert_to_numpy(network.get_layer("logits").bias)
    power = np.exp(logits - logits.max(axis=1, keepdims=True))
    assert np.allclose(power / power.sum(axis=1, keepdims=True), probability, atol=1e-4), "maps explain the logits"


def test_an_export_that_answers_differently_is_refused(tmp_path, monkeypatch):
    run = export._run_onnx
    monkeypatch.setattr(export, "_run_onnx", lambda *arguments: run(*arguments) + np.float32(0.001))
    with pytest.raises(ExportError, match="differs from Keras"):
        export_onnx(build_compact(), tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_a_failed_export_leaves_the_old_model_alone(tmp_path, monkeypatch):
    (tmp_path / "model.onnx").write_bytes(b"old")
    monkeypatch.setattr("fer_core.training.export.TOLERANCE", -1.0)
    with pytest.raises(ExportError, match="differs from Keras"):
        export_onnx(build_compact(), tmp_path / "model.onnx")
    assert (tmp_path / "model.onnx").read_bytes() == b"old" and len(list(tmp_path.iterdir())) == 1
