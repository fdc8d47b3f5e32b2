"""The artifacts measured after training: written by a command, checked on reading, never about another network."""

import dataclasses
import json

import numpy as np
import pytest
from sample_artifacts import make_tiny_network
from sample_evaluations import write_sample_robustness

from fer_core.labels import LABELS
from fer_core.runs import robustness, speed
from fer_core.runs.artifacts import load_run
from fer_core.runs.contract import ArtifactError
from fer_core.runs.corruptions import CORRUPTIONS
from fer_core.runs.robustness import choose_sample, compute_robustness, load_robustness
from fer_core.runs.speed import load_speed, write_speed
from fer_core.runs.verify import verify_run


@pytest.fixture
def measured(run):
    (run.path / "model.onnx").write_bytes(make_tiny_network())
    write_sample_robustness(run)
    return run


def edit(run, change, name=robustness.ROBUSTNESS):
    content = json.loads((run.path / name).read_text())
    change(content)
    (run.path / name).write_text(json.dumps(content))


def test_counts_are_those_of_the_answers(drawn_dataset):
    images, labels = drawn_dataset.images, drawn_dataset.labels.astype(np.int64)
    bright = images.mean(axis=(1, 2))

    def predict(pictures):  # right as long as a picture keeps its brightness
        right = np.abs(pictures.mean(axis=(1, 2)) - bright) < 20
        return np.eye(len(LABELS))[np.where(right, labels, (labels + 1) % len(LABELS))]

    content = compute_robustness(predict, images, labels, report=lambda line: None)
    assert content["clean"]["accuracy"] == 1 and content["clean"]["correct"] == content["support"]
    darkest = content["curves"]["brightness"][0]
    assert darkest["strength"] == -120 and darkest["accuracy"] < 0.2
    turned = content["curves"]["rotation"][-1]
    assert turned["accuracy"] == 1, "half a turn moves no grey level"
    assert {name: len(curve) for name, curve in content["curves"].items()} == {
        name: len(corruption.strengths) for name, corruption in CORRUPTIONS.items()
    }


def test_what_is_written_is_read(measured):
    found = load_robustness(measured)
    assert found.n == found.n_test == len(measured.predictions("test"))
    assert found.clean.accuracy == pytest.approx(measured.metrics.test.accuracy, abs=1e-4)
    point = found.curves["noise"][-1]
    assert found.compute_loss(point) == found.clean.accuracy - point.accuracy > 0
    lost = [loss * n for loss, n in zip(found.compute_class_losses(point), found.support, strict=True)]
    assert sum(lost) == pytest.approx(found.compute_loss(point) * found.n, abs=0.01)
    assert verify_run(measured.path) == []


def test_a_run_without_is_no_error(run):
    assert load_robustness(run) is None and load_speed(run) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.update(schema=99), "has schema 99 where this version reads 1"),
        (lambda c: c.pop("model_sha256"), "has no model_sha256"),
        (lambda c: c.update(model_sha256="0"), "is about another network than the model.onnx beside it"),
        (lambda c: c["clean"].update(accuracy=0.99), "is wrong: it should count and divide"),
        (lambda c: c["curves"]["blur"][0].update(accuracy="high"), "gives 'high' for curves.blur.0.accuracy"),
        (lambda c: c["curves"]["blur"][0].update(correct=[1, 2]), "is wrong in curves.blur.0.correct"),
        (lambda c: c["curves"]["blur"][0]["correct"].__setitem__(0, -3), "gives -3 for curves.blur.0.correct.0"),
        (lambda c: c.update(curves=[1]), "is wrong in curves"),
        (lambda c: c.update(support=[0] * 7), "should count its pictures as it says"),
        (lambda c: c["curves"].pop("blur"), "has other corruptions or strengths than this version"),
        (lambda c: c["curves"]["blur"][0].update(strength=7), "has other corruptions or strengths"),
    ],
)
def test_tampering_is_named_with_the_command(change, words, measured):
    edit(measured, change)
    with pytest.raises(ArtifactError, match=words) as caught:
        load_robustness(measured)
    assert "run `python -m fer_core.runs.robustness tiny-s0` to write it again." in str(caught.value)
    assert verify_run(measured.path) == [f"tiny-s0: {caught.value}"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\x00"])
def test_a_file_that_is_no_object_is_damaged(text, measured):
    (measured.path / robustness.ROBUSTNESS).write_text(text)
    with pytest.raises(ArtifactError, match="robustness.json is not (valid JSON|a JSON object)"):
        load_robustness(measured)


def test_numbers_of_another_training_are_noticed(measured):
    (measured.path / "model.onnx").unlink()  # nothing left to compare with but the accuracy
    lower = measured.metrics.test.change(accuracy=0.123)
    other = dataclasses.replace(measured, metrics=measured.metrics.change(test=lower))
    with pytest.raises(ArtifactError, match="where the run reached 0.1230"):
        load_robustness(other)
    found = {"n": 90, "bytes_before": 9, "bytes": 1, "accuracy_before": 0.5, "agreement": 1.0, "largest_difference": 0.0}
    stored = measured.metrics.change(test=lower, quantised=found | {"accuracy": measured.metrics.test.accuracy})
    assert load_robustness(dataclasses.replace(measured, metrics=stored)), "what was quantised is what was measured"


def test_a_sample_keeps_the_classes_in_proportion_and_is_always_the_same():
    labels = np.repeat(np.arange(7), [10, 2, 10, 40, 20, 15, 3])
    chosen = choose_sample(labels, 50)
    assert np.bincount(labels[chosen]).tolist() == [5, 1, 5, 20, 10, 8, 2]
    assert np.array_equal(chosen, choose_sample(labels, 50)) and (np.diff(chosen) > 0).all()
    assert np.array_equal(choose_sample(labels, None), np.arange(100))
    assert np.array_equal(choose_sample(labels, 1000), np.arange(100))


@pytest.fixture
def dataset_of(monkeypatch, drawn_dataset):
    """Let the command find the drawn dataset in place of FER2013."""
    import fer_core.data

    monkeypatch.setattr(fer_core.data, "find_dataset", lambda path: None)
    monkeypatch.setattr(fer_core.data, "load_dataset", lambda *path, **options: drawn_dataset)


def test_the_command_measures_what_has_not_been(run, tmp_path, dataset_of, capsys):
    (run.path / "model.onnx").write_bytes(make_tiny_network())
    assert robustness.main(["--artifacts", str(tmp_path), "--pictures", "14"]) == 0
    content = json.loads((run.path / robustness.ROBUSTNESS).read_text())
    assert content["n"] == 14 and content["n_test"] == 28 and content["source"]
    assert "Blur: down to" in capsys.readouterr().out
    assert load_robustness(load_run(run.path)).n == 14
    first = (run.path / robustness.ROBUSTNESS).read_bytes()
    assert robustness.main(["--artifacts", str(tmp_path)]) == 0
    assert "Nothing to do" in capsys.readouterr().out
    assert robustness.main(["tiny-s0", "--again", "--artifacts", str(tmp_path), "--pictures", "14"]) == 0
    assert (run.path / robustness.ROBUSTNESS).read_bytes() == first, "the same network gives the same file"


def test_the_command_names_what_it_cannot_do(run, tmp_path, dataset_of, capsys):
    assert robustness.main(["nobody-s0", "--artifacts", str(tmp_path)]) == 2
    assert "There is no run 'nobody-s0'" in capsys.readouterr().err
    assert robustness.main(["tiny-s0", "--artifacts", str(tmp_path)]) == 2
    assert "has no model.onnx: export it, or name the file with --model" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        robustness.main(["--pictures", "0"])


def test_speed_is_measured_and_checked(run):
    with pytest.raises(ArtifactError, match="has no model.onnx to measure"):
        write_speed(run)
    (run.path / "model.onnx").write_bytes(make_tiny_network())
    write_speed(run, seconds=0.05)
    found = load_speed(run)
    assert set(found.milliseconds) == {1, 2, 64} and found.per_face == found.milliseconds[1] > 0
    assert found.model_bytes == (run.path / "model.onnx").stat().st_size
    assert "cores" in found.device
    edit(run, lambda content: content["milliseconds"].update({"1": -1}), speed.SPEED)
    with pytest.raises(ArtifactError, match="speed.json gives -1 for milliseconds.1.*: run `python -m fer_core.runs.speed tiny-s0`"):
        load_speed(run)


def test_the_speed_command_says_what_it_found(run, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(speed, "SECONDS", 0.05)
    (run.path / "model.onnx").write_bytes(make_tiny_network())
    assert speed.main(["--artifacts", str(tmp_path)]) == 0
    assert "milliseconds" in capsys.readouterr().out
    assert speed.main(["nobody", "--artifacts", str(tmp_path)]) == 2
    assert "There is no run 'nobody'" in capsys.readouterr().err
