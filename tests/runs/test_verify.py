"""`train.py verify`: an honest run passes, and each kind of tampering is named."""

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from fer_core.preprocessing import to_network_input
from fer_core.runs import verify
from fer_core.runs.metrics import compute_run_metrics
from fer_core.runs.verify import predict_with_onnx, verify_run, verify_runs
from fer_core.runs.voice import write_voice
from fer_core.runs.writing import write_run


def _edit_metrics(run, change):
    metrics = json.loads((run.path / "metrics.json").read_text())
    change(metrics)
    (run.path / "metrics.json").write_text(json.dumps(metrics))


def test_an_honest_run_passes(make_run):
    run = make_run(tta=True)
    assert verify_run(run.path) == []
    other = make_run("other-s0", skill=1.0).metrics.to_plain()["test"]
    _edit_metrics(run, lambda m: m.update(train={"accuracy": 0.7}, last_epoch={"test": other}, best_epoch=2))
    assert verify_run(run.path) == []  # what cannot be recomputed is left alone


def test_the_last_epochs_numbers_agree_with_one_another(make_run):
    run = make_run()
    _edit_metrics(run, lambda m: m.update(last_epoch={"test": m["test"] | {"accuracy": 0.5}}, best_epoch=2))
    (problem,) = verify_run(run.path)
    assert "gives 0.5 for last_epoch test accuracy, its matrix gives" in problem
    other = make_run("other-s0", skill=1.0).metrics.to_plain()["test"]
    _edit_metrics(run, lambda m: m.update(last_epoch={"test": other}, best_epoch=3))
    (problem,) = verify_run(run.path)
    assert "another matrix, though the last epoch is the one kept" in problem


def test_what_was_measured_afterwards_is_checked_too(make_run):
    run = make_run(tta=True)
    content = json.loads(write_voice(run).read_text())
    assert verify_run(run.path) == []
    content["fused"][30] += 0.02
    (run.path / "voice.json").write_text(json.dumps(content))
    (problem,) = verify_run(run.path)
    assert "voice.json gives" in problem and "for fused 30, predictions.npz gives" in problem
    write_voice(run)
    for name in ("cell_faces.npz", "face_map.npz"):
        (run.path / name).write_bytes(b"damaged")
        assert any(f"{name} is damaged" in problem for problem in verify_run(run.path))
        (run.path / name).unlink()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m["test"].update(accuracy=0.99), "gives 0.99 for test accuracy, predictions.npz gives"),
        (
            lambda m: m["test"].update(accuracy=m["test"]["accuracy"] + 0.001),
            "for test accuracy, predictions.npz gives",
        ),
        (lambda m: m["test"].update(n=7178), "n is 7178 and the matrix counts 90"),
        (
            lambda m: m["test"]["confusion"][2].__setitem__(3, 50),
            "is wrong in test: it should count the same pictures everywhere",
        ),
        (lambda m: m["test"]["per_class"]["sad"].update(f1=0.001), "test per_class sad f1"),
        (lambda m: m["validation"].update(ece=0.5), "validation ece"),
        (lambda m: m["calibration"].update(temperature=3.0), "calibration temperature"),
        (
            lambda m: m["test"].pop("ferplus_agreement"),
            "has no test ferplus_agreement: `python train.py rewrite` adds it",
        ),
        (lambda m: m["test"].update(accuracy_ci95=[0.1, 0.9]), "test accuracy_ci95 0"),
    ],
)
def test_changed_numbers_are_named(run, change, words):
    _edit_metrics(run, change)
    problems = verify_run(run.path)
    assert problems and words in " ".join(problems)
    assert problems[0].startswith(("tiny-s0: ", "tiny-s0/metrics.json "))


def test_many_differences_are_summed_up(run, make_parts):
    _edit_metrics(run, lambda m: m.update(test=make_parts(seed=4, skill=0.5)[2]["test"]))
    problems = verify_run(run.path)
    assert len(problems) == 6 and "more numbers" in problems[-1]


def test_broken_runs_are_reported(make_run):
    root = make_run("tiny-s0").path.parent
    make_run("tiny-s1", seed=1).path.joinpath("predictions.npz").write_bytes(b"")
    make_run("tiny-s2", seed=2).path.joinpath("history.csv").unlink()
    (root / "dataset").mkdir()
    result = verify_runs(root)
    assert result["tiny-s0"] == []
    assert "predictions.npz is damaged" in result["tiny-s1"][0] and "history.csv is missing" in result["tiny-s2"][0]
    assert len(result) == 3


def test_a_picture_in_both_splits_is_found(tmp_path, make_parts):
    config, history, _, predictions = make_parts()
    predictions["test_file"][5] = predictions["validation_file"][0]
    run = write_run(tmp_path / "tiny-s0", config, history, compute_run_metrics(predictions), predictions)
    (problem,) = verify_run(run.path)
    assert problem == "tiny-s0: 1 pictures are in validation and in test, for example Training_0.jpg."


def _write_model(path, weights):
    onnx = pytest.importorskip("onnx")
    nodes = [
        onnx.helper.make_node("Flatten", ["image"], ["flat"]),
        onnx.helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        onnx.helper.make_node("Softmax", ["logits"], ["probability"], axis=1),
    ]
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        nodes, "tiny",
        [value("image", onnx.TensorProto.FLOAT, ["n", 48, 48, 1])], [value("probability", onnx.TensorProto.FLOAT, ["n", 7])],
        [onnx.numpy_helper.from_array(weights, "weights")],
    )  # fmt: skip
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, path)


@pytest.fixture
def run_with_model(tmp_path, make_parts):
    """A run whose model really gives its test probabilities, and the pictures it was asked about."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (300, 48, 48), dtype=np.uint8)  # more than one batch
    weights = rng.normal(0, 2e-4, (48 * 48, 7)).astype(np.float32)
    logits = to_network_input(images).reshape(len(images), -1) @ weights
    power = np.exp(logits - logits.max(axis=1, keepdims=True))
    config, history, _, predictions = make_parts()
    files = np.array([f"PrivateTest_{i}.jpg" for i in range(300)])
    labels = rng.integers(0, 7, 300).astype(np.uint8)
    order = rng.permutation(300)
    predictions = {key: value for key, value in predictions.items() if key.startswith("validation")} | {
        "test_file": files[order],
        "test_label": labels[order],
        "test_probability": (power / power.sum(axis=1, keepdims=True))[order],
    }
    run = write_run(tmp_path / "tiny-s0", config, history, compute_run_metrics(predictions), predictions)
    _write_model(run.path / "model.onnx", weights)
    dataset = SimpleNamespace(images=images, labels=labels, files=files, is_test=np.ones(300, bool))
    return run, dataset, weights


def test_model_that_gives_the_stored_probabilities_passes(run_with_model):
    run, dataset, _ = run_with_model
    assert predict_with_onnx(run.model_path, dataset.images).shape == (300, 7)
    assert verify_run(run.path, dataset) == []
    assert verify_runs(run.path.parent, dataset) == {"tiny-s0": []}


def test_another_model_is_found_out(run_with_model):
    run, dataset, weights = run_with_model
    _write_model(run.path / "model.onnx", weights[:, ::-1].copy())
    (problem,) = verify_run(run.path, dataset)
    assert "model.onnx differs from predictions.npz by up to 0." in problem
    _write_model(run.path / "model.onnx", weights * np.float32(1.05))
    assert "model.onnx differs from predictions.npz by up to 0.0" in verify_run(run.path, dataset)[0], "a little, too"
    assert verify_run(run.path) == []  # cannot be seen without the pictures
    _write_model(run.path / "model.onnx", weights[:, :6].copy())
    assert "answers with shape (300, 6)" in verify_run(run.path, dataset)[0]
    (run.path / "model.onnx").write_bytes(b"no model")
    assert "cannot be run" in verify_run(run.path, dataset)[0]


def test_another_dataset_is_found_out(run_with_model):
    run, dataset, _ = run_with_model
    dataset.labels = dataset.labels.copy()
    dataset.labels[7] = (dataset.labels[7] + 1) % 7
    assert verify_run(run.path, dataset) == ["tiny-s0: 1 test labels differ from the dataset's."]
    dataset.files = np.char.add("x", dataset.files)
    assert "300 of its test pictures are not in this dataset" in verify_run(run.path, dataset)[0]


def test_commits_that_cannot_be_looked_up_are_noted_and_no_problem(make_run, monkeypatch):
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    head = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    if not head:
        pytest.skip("not in a git repository")
    root = make_run("good-s0", git_commit=head).path.parent
    make_run("lost-s0", git_commit="0123abc")
    make_run("odd-s0", git_commit="--help")
    make_run("changed-s0", git_commit=f"{head}+")
    make_run("silent-s0")
    notes = verify.note_commits(root)
    assert "good-s0" not in notes and notes["lost-s0"].endswith("0123abc, which is not in this repository.")
    assert "not in this repository" in notes["odd-s0"] and "changes on top of commit" in notes["changed-s0"]
    assert "names no commit" in notes["silent-s0"] and not any(verify_runs(root).values())
    monkeypatch.setenv("PATH", "")
    assert verify.note_commits(root) == {}, "nothing to ask without git"
