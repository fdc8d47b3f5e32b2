"""Robustness beside a run: checked on reading, never about another network, and it follows from the answers."""

import dataclasses
import json

import numpy as np
import pytest
from sample_artifacts import make_tiny_network
from sample_evaluations import is_complete, write_sample_robustness

from fer_core.files import read_arrays
from fer_core.runs import robustness
from fer_core.runs.contract import ArtifactError
from fer_core.runs.corruptions import STRONGEST, TEN
from fer_core.runs.disturbed import (
    ANSWERS,
    Answers,
    write_answers,
)
from fer_core.runs.robustness import load_disturbed, load_robustness
from fer_core.runs.verify import verify_run


@pytest.fixture
def measured(run):
    (run.path / "model.onnx").write_bytes(make_tiny_network())
    write_sample_robustness(run)
    return run


def edit(run, change):
    file = run.path / robustness.ROBUSTNESS
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


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
    assert load_robustness(run) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.update(schema=99), "has schema 99 where this version reads 1 or 2"),
        (lambda c: c.pop("model_sha256"), "has no model_sha256"),
        (lambda c: c.update(model_sha256="0"), "is about another network than the model.onnx beside it"),
        (lambda c: c["clean"].update(accuracy=0.99), "is wrong in clean: it should lie within its interval"),
        (lambda c: c["clean"].update(correct=[0] * 7), "is wrong: it should count and divide"),
        (lambda c: c["curves"]["blur"][0].update(accuracy="high"), "gives 'high' for curves.blur.0.accuracy"),
        (lambda c: c["curves"]["blur"][0].update(correct=[1, 2]), "is wrong in curves.blur.0.correct"),
        (lambda c: c["curves"]["blur"][0]["correct"].__setitem__(0, -3), "gives -3 for curves.blur.0.correct.0"),
        (lambda c: c.update(curves=[1]), "is wrong in curves"),
        (lambda c: c.update(support=[0] * 7), "should count its pictures as it says"),
        (lambda c: c["curves"].update(fog=c["curves"]["blur"]), "has other corruptions or strengths than this version"),
        (lambda c: c["ten"].pop(), "has other corruptions or strengths than this version"),
        (lambda c: c.pop("ten_mean"), "should give the mean of the ten"),
        (lambda c: c["ten_mean"].update(accuracy=0.999), "should lie within its interval"),
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
    found = {
        "n": 90,
        "bytes_before": 9,
        "bytes": 1,
        "accuracy_before": 0.5,
        "agreement": 1.0,
        "largest_difference": 0.0,
    }
    stored = measured.metrics.change(test=lower, quantised=found | {"accuracy": measured.metrics.test.accuracy})
    assert load_robustness(dataclasses.replace(measured, metrics=stored)), "what was quantised is what was measured"


def test_a_file_of_the_first_schema_is_still_read(measured):
    """It had neither answers nor the crowd nor the ten disturbances."""

    def forget(content):
        content.update(schema=1)
        for key in ("ten", "ten_mean", "n_crowd"):
            content.pop(key)
        for point in (content["clean"], *(point for curve in content["curves"].values() for point in curve)):
            del point["crowd"], point["loss_ci95"]

    (measured.path / ANSWERS).unlink()
    edit(measured, forget)
    found, answers = load_disturbed(measured)
    assert is_complete(found) and not found.ten and answers is None
    with pytest.raises(ValueError, match="crowd did not judge"):
        found.as_judged(by_crowd=True)


def test_numbers_that_do_not_follow_from_the_answers_are_noticed(measured):
    found, answers = load_disturbed(measured)
    turned = answers.given | {"blur_1": (answers.given["blur_1"] + 1) % 7}
    write_answers(measured, Answers(answers.label, answers.majority, turned), found.model_sha256)
    with pytest.raises(ArtifactError, match="does not follow from the answers beside it"):
        load_disturbed(measured)
    assert any("does not follow" in problem for problem in verify_run(measured.path))


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"model_sha256": np.array("another")}, "is about another network"),
        ({"label": np.zeros(90, np.uint8)}, "is about other pictures"),
        ({"blur_1": np.zeros(3, np.uint8)}, "should hold answers to 90 pictures"),
        ({"blur_1": np.zeros(90)}, "should hold answers to 90 pictures"),
    ],
)
def test_damaged_answers_are_named(arrays, words, measured):
    file = measured.path / ANSWERS
    np.savez_compressed(file, **read_arrays(file) | arrays)
    with pytest.raises(ArtifactError, match=f"robustness.npz {words}.*--again"):
        load_disturbed(measured)
    file.write_bytes(b"PK")
    with pytest.raises(ArtifactError, match="robustness.npz is damaged"):
        load_disturbed(measured)


def test_curves_are_shown_with_the_strengths_that_were_measured(run):
    write_sample_robustness(run, cases=(*TEN, *STRONGEST))
    found = load_robustness(run)
    assert found.has_curves and not is_complete(found) and [p.strength for p in found.curves["blur"]] == [1, 2, 3]
    write_sample_robustness(run, cases=TEN)
    assert not load_robustness(run).has_curves
