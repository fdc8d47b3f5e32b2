"""A network stored in fewer bits: the numbers that visitors read are those of the file that answers them."""

import numpy as np
import pytest

from fer_core.app.summary import describe_caveats
from fer_core.data.dataset import FerDataset
from fer_core.runs import load_run, verify_run
from fer_core.runs.metrics import compute_run_metrics
from fer_core.runs.rewrite import rewrite_runs
from fer_core.runs.verify import predict_with_onnx
from fer_core.runs.writing import write_run


def write_model(path):
    from onnx import TensorProto, helper, numpy_helper, save

    weights = np.random.default_rng(5).normal(0, 2e-4, (48 * 48, 7)).astype(np.float32)
    nodes = [
        helper.make_node("Flatten", ["image"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probability"], axis=1),
    ]
    inputs = [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 48, 48, 1])]
    outputs = [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["n", 7])]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, [numpy_helper.from_array(weights, "weights")])
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)


@pytest.fixture
def stored(tmp_path, make_parts):
    """A run whose averaged answers were given before its file was made smaller, and its pictures."""
    config, history, _, predictions = make_parts(tta=True)
    predictions["validation_tta_probability"] = predictions["validation_probability"]
    labels, files = (
        np.concatenate([predictions[f"{split}_{name}"] for split in ("validation", "test")])
        for name in ("label", "file")
    )
    images = np.random.default_rng(6).integers(0, 256, (len(labels), 48, 48), dtype=np.uint8)
    dataset = FerDataset(images, labels, files, np.arange(len(labels)) >= 60)
    run = write_run(tmp_path / "tiny-s0", config, history, compute_run_metrics(predictions), predictions)
    write_model(run.path / "model.onnx")
    one_look = predict_with_onnx(run.path / "model.onnx", images[60:])
    quantised = {
        "n": 90, "bytes_before": 400, "bytes": 100, "accuracy_before": run.metrics.test.accuracy, "agreement": 0.97,
        "accuracy": float((one_look.argmax(axis=1) == labels[60:]).mean()), "largest_difference": 1.0,
    }  # fmt: skip
    metrics = run.metrics.to_plain() | {"quantised": quantised}
    return write_run(run.path, config, history, metrics, predictions), dataset


def test_the_file_gives_the_averaged_answers_itself(stored):
    run, dataset = stored
    assert "before its weights were stored in fewer bits" in describe_caveats(run) and "97.0" in describe_caveats(run)
    assert rewrite_runs(run.path.parent, dataset)[0].changed
    again = load_run(run.path)
    for split, images in (("validation", dataset.images[:60]), ("test", dataset.images[60:])):
        views = [predict_with_onnx(run.path / "model.onnx", view) for view in (images, images[:, :, ::-1])]
        answers = again.predictions(split)
        assert np.allclose(answers.tta_probability, np.mean(views, axis=0), atol=1e-3)
        assert np.array_equal(answers.probability, run.predictions(split).probability), "one look stays the network's"
    served = again.as_served()
    assert served.test.accuracy == np.mean(served.answers().correct) != run.as_served().test.accuracy
    assert again.metrics.quantised.served and not describe_caveats(again)
    assert verify_run(run.path, dataset) == []
    assert not rewrite_runs(run.path.parent, dataset)[0].changed, "it is asked once"


def test_other_averaged_answers_than_those_of_the_file_are_found_out(stored):
    run, dataset = stored
    assert verify_run(run.path, dataset) == [], "nothing is said of answers that do not claim to be the file's"
    plain = run.metrics.to_plain()
    plain["quantised"]["served"] = True
    with np.load(run.path / "predictions.npz") as arrays:
        write_run(run.path, run.config, run.history, plain, dict(arrays))
    (problem,) = verify_run(run.path, dataset)
    assert problem.endswith("in an averaged probability.")


def test_without_all_pictures_nothing_is_asked(stored):
    run, dataset = stored
    dataset.files[70] = "PublicTest_unknown.jpg"
    assert not rewrite_runs(run.path.parent, dataset)[0].changed
