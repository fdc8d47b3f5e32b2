"""The run folder: round trip, every way it can be broken, and the time it takes to read thirty."""

import json
import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fer_core.runs import run as run_module
from fer_core.runs.artifacts import ArtifactError, load_run, load_runs
from fer_core.runs.predictions import load_predictions
from fer_core.runs.writing import write_run


def test_round_trip(run, make_parts):
    config, history, metrics, predictions = make_parts()
    again = load_run(run.path)
    assert again.config.to_plain() == {"schema": 1, **config}
    assert again.metrics.to_plain() == metrics
    assert again.history.dtype == history.dtype
    np.testing.assert_array_equal(again.history, history)
    test = again.predictions("test")
    np.testing.assert_array_equal(test.file, predictions["test_file"])
    np.testing.assert_array_equal(test.label, predictions["test_label"])
    np.testing.assert_array_equal(test.probability, predictions["test_probability"].astype(np.float16))
    np.testing.assert_array_equal(test.twin, predictions["test_twin"])
    np.testing.assert_array_equal(test.ferplus, predictions["test_ferplus"])
    assert (test.probability.dtype, test.label.dtype, test.twin.dtype) == (np.float32, np.uint8, bool)
    assert test.tta_probability is None
    assert again.predictions("validation").twin is None


def test_what_a_run_says_of_itself(make_run):
    run = make_run("tiny-s7", seed=7, title="A tiny one")
    assert (run.name, run.experiment, run.seed, run.title) == ("tiny-s7", "tiny", 7, "A tiny one")
    assert not run.is_partial and not run.is_drawn and run.model_path is None
    assert run.best_epoch == 3  # the best val_accuracy, as the metrics name none
    partial = make_run("tiny-s8", epochs=5, ran=2, dataset={"drawn": True})
    assert partial.is_partial and partial.is_drawn and partial.title == "tiny-s8"
    (run.path / "model.onnx").write_bytes(b"model")
    assert run.model_path == run.path / "model.onnx"


def test_predicted_and_confidence(make_run):
    test = make_run(tta=True).predictions()
    assert len(test) == 90 and test.tta_probability.shape == (90, 7)
    np.testing.assert_array_equal(test.probability[np.arange(90), test.predicted], test.confidence)
    assert test.confidence.min() >= 1 / 7 - 1e-3
    assert test.correct.mean() == pytest.approx((test.predicted == test.label).mean())


def test_as_served_puts_the_averaged_answers_first(make_run):
    plain, averaged = make_run(), make_run("averaged-s0", tta=True)
    assert not plain.as_served().is_averaged and plain.as_served().test is plain.metrics.test
    served = averaged.as_served()
    assert served.is_averaged and served.test is averaged.metrics.test_tta is not averaged.test
    assert served.calibration is averaged.metrics.calibration_tta and served.metrics is averaged.metrics
    assert (
        averaged.calibration_as_served is (served.calibration or averaged.calibration)
        and plain.calibration_as_served is plain.calibration
    )
    assert np.array_equal(served.answers().probability, averaged.predictions().tta_probability)
    assert np.array_equal(averaged.answers().probability, averaged.predictions().probability)
    assert not averaged.is_averaged, "the run itself stays as it was"
    crops = replace(averaged, config=averaged.config.change(tta="ten-crop"))
    assert not crops.as_served().is_averaged, "ten crops are not what the dashboard answers"


def test_predictions_are_read_once_and_only_when_asked(run, monkeypatch):
    fresh = load_run(run.path)
    first = fresh.predictions("test")
    monkeypatch.setattr(run_module, "load_predictions", lambda *_: pytest.fail("read again"))
    assert fresh.predictions("test") is first


def test_unknown_split(run):
    with pytest.raises(ArtifactError, match="choose one of validation, test"):
        run.predictions("train")


def test_numpy_values_and_paths_can_be_written(tmp_path, make_parts):
    config, history, metrics, predictions = make_parts()
    config |= {"wall_seconds": np.float32(1.5), "seed": 3, "sizes": np.array([1, 2]), "data": tmp_path}
    predictions["test_file"] = predictions["test_file"].astype(object)
    run = write_run(tmp_path / "x-s3", config, history, metrics, predictions | {"test_tta_probability": None})
    assert run.config.wall_seconds == 1.5 and run.config.sizes == [1, 2]


def _edit_json(path, name, change):
    content = json.loads((path / name).read_text())
    change(content)
    (path / name).write_text(json.dumps(content))


def _edit_arrays(path, **changes):
    with np.load(path / "predictions.npz") as stored:
        arrays = {key: stored[key] for key in stored.files} | changes
    np.savez(path / "predictions.npz", **{key: value for key, value in arrays.items() if value is not None})


def _edit_history(path, change):
    change(pd.read_csv(path / "history.csv")).to_csv(path / "history.csv", index=False)


def _edit_text(path, *pairs):
    text = (path / "history.csv").read_text()
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    (path / "history.csv").write_text(text)


PICTURE = "![x](http://example.org/x.png)"
BREAKAGES = {
    "config text": (lambda p: (p / "config.json").write_text("not json"), "config.json is not valid JSON"),
    "config list": (lambda p: (p / "config.json").write_text("[1]"), "config.json is not a JSON object"),
    "config bytes": (lambda p: (p / "config.json").write_bytes(b"\xff\xfe\x00{"), "config.json is not valid JSON"),
    "config deep": (lambda p: (p / "config.json").write_text("[" * 100_000), "config.json is not valid JSON"),
    "schema": (lambda p: _edit_json(p, "config.json", lambda c: c.update(schema=99)), "has schema 99 where .* reads 1"),
    "no seed": (lambda p: _edit_json(p, "config.json", lambda c: c.pop("seed")), "has no seed"),
    "true seed": (lambda p: _edit_json(p, "config.json", lambda c: c.update(seed=True)), "gives True for seed: it should be"),
    "parameters": (lambda p: _edit_json(p, "config.json", lambda c: c.update(parameters="x")), "gives 'x' for parameters"),
    "picture in the title": (lambda p: _edit_json(p, "config.json", lambda c: c.update(title=PICTURE)), "config.json holds text with a picture"),
    "picture in an unknown setting": (lambda p: _edit_json(p, "config.json", lambda c: c.update(new={"a": [1, PICTURE]})), "config.json holds text with"),
    "picture as a key": (lambda p: _edit_json(p, "config.json", lambda c: c.update({PICTURE: 1})), "config.json holds text with"),
    "control characters": (lambda p: _edit_json(p, "config.json", lambda c: c.update(device="a\nb")), "config.json holds text with"),
    "no metrics": (lambda p: (p / "metrics.json").unlink(), "metrics.json is missing"),
    "metrics empty": (lambda p: (p / "metrics.json").write_text(""), "metrics.json is not valid JSON"),
    "no test": (lambda p: _edit_json(p, "metrics.json", lambda m: m.pop("test")), "has no test"),
    "test text": (lambda p: _edit_json(p, "metrics.json", lambda m: m.update(test="x")), "gives 'x' for test: it should be an object"),
    "NaN": (lambda p: _edit_json(p, "metrics.json", lambda m: m["test"].update(ece=float("nan"))), "holds NaN"),
    "percent": (lambda p: _edit_json(p, "metrics.json", lambda m: m["test"].update(accuracy=66.3)), "gives 66.3 for test.accuracy: it should be less"),
    "public": (lambda p: _edit_json(p, "metrics.json", lambda m: m["test"].update(public_accuracy="?")), "for test.public_accuracy: it should be"),
    "interval": (lambda p: _edit_json(p, "metrics.json", lambda m: m["test"].update(accuracy_ci95=[1])), "has no test.accuracy_ci95.1"),
    "confusion": (lambda p: _edit_json(p, "metrics.json", lambda m: m["test"]["confusion"].pop()), "wrong in test.confusion: it should have at least 7"),
    "per class": (lambda p: _edit_json(p, "metrics.json", lambda m: m["test"]["per_class"].pop("sad")), "wrong in test.per_class: it should hold the seven classes"),
    "no f1": (lambda p: _edit_json(p, "metrics.json", lambda m: m["test"]["per_class"]["sad"].pop("f1")), "has no test.per_class.sad.f1"),
    "temperature": (
        lambda p: _edit_json(p, "metrics.json", lambda m: m["calibration"].update(temperature=0)), "greater than 0",
    ),
    "best epoch": (lambda p: _edit_json(p, "metrics.json", lambda m: m.update(best_epoch=9)), "gives 9 for best_epoch"),
    "no history": (lambda p: (p / "history.csv").unlink(), "history.csv is missing"),
    "history empty": (lambda p: (p / "history.csv").write_text(""), "history.csv is not a readable table"),
    "history too large": (lambda p: (p / "history.csv").write_text("0,\n" * 400_000), "history.csv is too large"),
    "history ragged": (lambda p: (p / "history.csv").write_text((p / "history.csv").read_text() + "4\n"), "history.csv is not a readable table"),
    "history with a long row": (lambda p: (p / "history.csv").write_text((p / "history.csv").read_text() + "4" + ",1" * 9), "history.csv is not a readable table"),
    "history of long text": (lambda p: (p / "history.csv").write_text("9" * 200_000), "history.csv is not a readable table"),
    "column twice": (lambda p: _edit_text(p, "accuracy,", "loss,"), "history.csv is not a readable table"),
    "column of another name": (lambda p: _edit_text(p, ",loss,", ",lo-ss,"), "has no column 'loss'"),
    "comment for a column": (lambda p: _edit_text(p, ",loss,", ",#loss,"), "has no column 'loss'"),
    "no number of seconds": (lambda p: _edit_text(p, ",1.5\n", ",\n"), "not a finite number in column 'seconds'"),
    "no whole number of seconds": (lambda p: _edit_text(p, "1.5\n2,", "\n2,", "1.5", "7"), "not a finite number in column 'seconds'"),
    "infinite loss": (lambda p: _edit_history(p, lambda h: h.assign(loss=np.inf)), "not a finite number in column 'loss'"),
    "complex loss": (lambda p: _edit_history(p, lambda h: h.assign(loss="1j")), "not a finite number in column 'loss'"),
    "history bytes": (lambda p: (p / "history.csv").write_bytes(b"\x80\x81\n"), "history.csv is not a readable table"),
    "no column": (lambda p: _edit_history(p, lambda h: h.drop(columns="seconds")), "has no column 'seconds'"),
    "no epochs": (lambda p: _edit_history(p, lambda h: h.iloc[:0]), "has no epochs"),
    "NaN loss": (lambda p: _edit_history(p, lambda h: h.assign(loss=np.nan)), "not a finite number in column 'loss'"),
    "text loss": (lambda p: _edit_history(p, lambda h: h.assign(loss="x")), "not a finite number in column 'loss'"),
    "epochs twice": (lambda p: _edit_history(p, lambda h: h.assign(epoch=1)), "do not run 1, 2, 3"),
    "no predictions": (lambda p: (p / "predictions.npz").unlink(), "predictions.npz is missing"),
}  # fmt: skip

PREDICTION_BREAKAGES = {
    "text": (lambda p: (p / "predictions.npz").write_text("text"), "is damaged"),
    "empty": (lambda p: (p / "predictions.npz").write_bytes(b""), "is damaged"),
    "cut": (lambda p: os.truncate(p / "predictions.npz", 1500), "is damaged"),
    "flipped bytes": (lambda p: _flip_bytes(p / "predictions.npz"), "is damaged"),
    "pickled": (lambda p: _edit_arrays(p, test_file=np.array(["a", None], object)), "is damaged"),
    "no labels": (lambda p: _edit_arrays(p, test_label=None), "has no test_label"),
    "picture as a file name": (
        lambda p: _edit_arrays(p, test_file=np.array([PICTURE] * 90)),
        "names are not plain text",
    ),
    "too few labels": (lambda p: _edit_arrays(p, test_label=np.zeros(3, np.uint8)), "is inconsistent for test"),
    "too few names": (lambda p: _edit_arrays(p, test_file=np.array(["a"])), "90 labels but file of shape"),
    "too few twins": (lambda p: _edit_arrays(p, test_twin=np.zeros(4, bool)), "90 labels but twin of shape"),
    "numbers as names": (lambda p: _edit_arrays(p, test_file=np.arange(90)), "file names are not text"),
    "eighth class": (lambda p: _edit_arrays(p, test_label=np.full(90, 7)), "from 0 to 6"),
    "ferplus": (lambda p: _edit_arrays(p, test_ferplus=np.full(90, 9)), "ferplus holds something other"),
    "sum": (lambda p: _edit_arrays(p, test_probability=np.full((90, 7), 0.2)), "sum to 1"),
    "NaN": (lambda p: _edit_arrays(p, test_probability=np.full((90, 7), np.nan)), "NaN"),
    "tta": (lambda p: _edit_arrays(p, test_tta_probability=np.full((90, 6), 1 / 6)), "shape"),
    "text as probability": (lambda p: _edit_arrays(p, test_probability=np.full((90, 7), "x")), "inconsistent"),
}


def _flip_bytes(path):
    data = bytearray(path.read_bytes())
    for at in range(200, len(data) * 3 // 4, 50):  # in every member, before the directory at the end
        data[at] ^= 255
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("name", BREAKAGES)
def test_broken_folder_is_one_clear_sentence(run, name):
    break_it, words = BREAKAGES[name]
    break_it(run.path)
    with pytest.raises(ArtifactError, match=words) as caught:
        load_run(run.path)
    _check_sentence(str(caught.value))
    assert PICTURE not in str(caught.value), "pages print the sentence, too"


@pytest.mark.parametrize("name", PREDICTION_BREAKAGES)
def test_broken_predictions_are_one_clear_sentence(run, name):
    break_it, words = PREDICTION_BREAKAGES[name]
    break_it(run.path)
    for read in (load_run, load_predictions):
        with pytest.raises(ArtifactError, match=words) as caught:
            read(run.path)
        _check_sentence(str(caught.value))


def _check_sentence(message):
    assert message.startswith("tiny-s0/") and "\n" not in message
    assert message.endswith("run `python train.py train tiny --restart` to rewrite it.")


def test_one_broken_run_never_hides_the_others(make_run):
    root = make_run("tiny-s0").path.parent
    make_run("tiny-s1", seed=1)
    (make_run("tiny-s2", seed=2).path / "metrics.json").write_text("{")
    (root / "dataset").mkdir()
    (root / ".writing-abc").mkdir()
    (root / "note.txt").write_text("not a folder")
    runs, problems = load_runs(root)
    assert [run.name for run in runs] == ["tiny-s0", "tiny-s1"]
    assert len(problems) == 1 and problems[0].startswith("tiny-s2/metrics.json")


def test_no_artifacts_at_all(tmp_path):
    assert load_runs(tmp_path) == ([], [])
    assert load_runs(tmp_path / "nowhere") == ([], [])
    with pytest.raises(ArtifactError, match="is not a folder"):
        load_run(tmp_path / "nowhere")
    with pytest.raises(ArtifactError, match="predictions.npz is missing"):
        load_predictions(tmp_path)
