"""The artifacts measured after training: written by a command, checked on reading, never about another network."""

import dataclasses
import json

import numpy as np
import pytest
from sample_artifacts import make_tiny_network
from sample_evaluations import write_sample_robustness

from fer_core.files import read_arrays
from fer_core.labels import LABELS
from fer_core.runs import disturbed, robustness, speed
from fer_core.runs.artifacts import load_run
from fer_core.runs.contract import ArtifactError
from fer_core.runs.corruptions import ALL, CORRUPTIONS, STRONGEST, TEN, UPSIDE_DOWN, corrupt
from fer_core.runs.disturbed import (
    ANSWERS,
    CLEAN,
    NONE,
    Answers,
    answer_disturbed,
    compare_disturbed,
    summarise,
    write_answers,
)
from fer_core.runs.metrics import compute_run_metrics
from fer_core.runs.paired import count_pair, estimate_mean
from fer_core.runs.robustness import choose_sample, load_disturbed, load_robustness
from fer_core.runs.speed import load_speed, write_speed
from fer_core.runs.verify import verify_run
from fer_core.runs.writing import write_run


@pytest.fixture
def measured(run):
    (run.path / "model.onnx").write_bytes(make_tiny_network())
    write_sample_robustness(run)
    return run


def edit(run, change, name=robustness.ROBUSTNESS):
    content = json.loads((run.path / name).read_text())
    change(content)
    (run.path / name).write_text(json.dumps(content))


def answer_by_brightness(images, labels):
    """A network that is right as long as a picture keeps its brightness."""
    bright = {image.tobytes(): None for image in images}
    assert len(bright) == len(images)
    means = images.mean(axis=(1, 2))

    def predict(pictures):
        right = np.abs(pictures.mean(axis=(1, 2)) - means) < 20
        return np.eye(len(LABELS))[np.where(right, labels, (labels + 1) % len(LABELS))]

    return predict


def test_counts_are_those_of_the_answers(drawn_dataset):
    images, labels = drawn_dataset.images, drawn_dataset.labels.astype(np.int64)
    empty = Answers(drawn_dataset.labels, np.where(labels == 3, NONE, labels).astype(np.uint8), {})
    *_, (_, answers) = answer_disturbed(
        answer_by_brightness(images, labels), images, np.arange(len(images)), empty, ALL
    )
    content = summarise(answers)
    assert content["clean"]["accuracy"] == 1 and content["clean"]["correct"] == content["support"]
    darkest = content["curves"]["brightness"][0]
    assert darkest["strength"] == -120 and darkest["accuracy"] < 0.2
    low, high = darkest["loss_ci95"]
    assert low <= 1 - darkest["accuracy"] <= high, "what is lost is counted on the same pictures"
    assert content["n_crowd"] == (labels != 3).sum() and darkest["crowd"]["accuracy"] < 0.3
    turned = content["curves"]["rotation"][-1]
    assert turned["accuracy"] == 1, "half a turn moves no grey level"
    assert {name: len(curve) for name, curve in content["curves"].items()} == {
        name: len(corruption.strengths) for name, corruption in CORRUPTIONS.items()
    }
    mean = np.mean([case["accuracy"] for case in content["ten"]])
    assert content["ten_mean"]["accuracy"] == pytest.approx(mean, abs=1e-4)
    assert content["ten_mean"]["loss_ci95"][0] <= 1 - mean <= content["ten_mean"]["loss_ci95"][1]


def test_the_ten_are_those_of_a_visitor_s_photo():
    keys = [case.key for case in TEN]
    assert keys == [
        "blur_1", "blur_2", "noise_10", "noise_20", "brightness_-120", "brightness_120", "contrast_0.2", "scale_20",
        "cover-lower_18", "cover-band_14",
    ]  # fmt: skip
    face = np.arange(48 * 48, dtype=np.uint8).reshape(1, 48, 48)
    for case, first, last in ((TEN[8], 30, 47), (TEN[9], 10, 23)):
        changed = np.flatnonzero((corrupt(face, case.name, case.strength) != face).any(axis=(0, 2)))
        assert (changed.min(), changed.max()) == (first, last), "the mouth, the eyes"
    assert ALL[:11] == (*TEN, UPSIDE_DOWN) and len({case.key for case in ALL}) == len(ALL)


def test_two_networks_are_compared_on_the_pictures_that_both_answered():
    rng = np.random.default_rng(0)
    label = rng.integers(0, 7, 4000).astype(np.uint8)
    majority = np.where(rng.random(4000) < 0.2, NONE, label).astype(np.uint8)

    def answer(clean, spoiled, asked=4000):
        right = {CLEAN: clean} | {case.key: spoiled for case in TEN}
        given = {key: np.where(rng.random(4000) < share, label, (label + 1) % 7) for key, share in right.items()}
        return Answers(
            label, majority, {k: np.where(np.arange(4000) < asked, v, NONE).astype(np.uint8) for k, v in given.items()}
        )

    weak, strong = answer(0.6, 0.5, asked=1500), answer(0.7, 0.55)
    gap = compare_disturbed(weak, strong, TEN[0])
    assert gap.n == 1500, "never a sample against all"
    mine, theirs = (found.mark_right(TEN[0].key)[:1500] for found in (weak, strong))
    pair = count_pair(mine, theirs)
    assert gap.accuracy == pytest.approx(pair.difference) and gap.accuracy_ci95 == pytest.approx(pair.ci95, abs=0.01)
    lost = [found.mark_right(CLEAN)[:1500].mean() - right.mean() for found, right in ((weak, mine), (strong, theirs))]
    assert gap.loss == pytest.approx(lost[1] - lost[0]), "each against its own answers to the untouched pictures"
    assert gap.loss_ci95[0] < gap.loss < gap.loss_ci95[1]
    assert compare_disturbed(weak, strong, TEN[0], by_crowd=True).n == (majority[:1500] != NONE).sum()
    mean = compare_disturbed(weak, strong, None)
    assert mean.accuracy == pytest.approx(np.mean([compare_disturbed(weak, strong, case).accuracy for case in TEN]))
    assert np.ptp(mean.accuracy_ci95) < np.ptp(gap.accuracy_ci95), "ten cases say more than one"
    with pytest.raises(ValueError, match="other test pictures"):
        compare_disturbed(weak, Answers(label[::-1], majority, strong.given), TEN[0])


def test_the_interval_of_a_mean_is_that_of_its_pictures():
    values = np.repeat([0.0, 0.5, 1.0], [300, 400, 300])
    mean, (low, high) = estimate_mean(values)
    error = 1.96 * values.std() / np.sqrt(1000)
    assert mean == 0.5 and low == pytest.approx(0.5 - error, abs=2e-3) and high == pytest.approx(0.5 + error, abs=2e-3)


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


def test_a_sample_keeps_the_classes_in_proportion_and_is_always_the_same():
    labels = np.repeat(np.arange(7), [10, 2, 10, 40, 20, 15, 3])
    chosen = choose_sample(labels, 50)
    assert np.bincount(labels[chosen]).tolist() == [5, 1, 5, 20, 10, 8, 2]
    assert np.array_equal(chosen, choose_sample(labels, 50)) and (np.diff(chosen) > 0).all()
    assert np.array_equal(choose_sample(labels, None), np.arange(100))
    assert np.array_equal(choose_sample(labels, 1000), np.arange(100))


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
    assert found.is_complete and not found.ten and answers is None
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


@pytest.fixture
def tested(make_parts, drawn_dataset, tmp_path, monkeypatch):
    """A run that was tested on the drawn dataset, which the command finds in place of FER2013."""
    import fer_core.data

    monkeypatch.setattr(fer_core.data, "find_dataset", lambda path: None)
    monkeypatch.setattr(fer_core.data, "load_dataset", lambda *path, **options: drawn_dataset)
    rows = np.flatnonzero(drawn_dataset.is_test)
    config, history, _, arrays = make_parts()
    arrays = {name: a[: len(rows)] if name.startswith("test_") else a for name, a in arrays.items()}
    arrays |= {"test_file": np.asarray(drawn_dataset.files)[rows], "test_label": drawn_dataset.labels[rows]}
    run = write_run(tmp_path / "tiny-s0", config, history, compute_run_metrics(arrays), arrays)
    (run.path / "model.onnx").write_bytes(make_tiny_network())
    monkeypatch.setattr(robustness, "CLEAN_TOLERANCE", 1.0)  # the tiny network did not write these answers
    return load_run(run.path)


def measure(tmp_path, *arguments) -> int:
    return robustness.main([*arguments, "--artifacts", str(tmp_path)])


def test_the_command_measures_what_has_not_been(tested, tmp_path, capsys):
    assert measure(tmp_path, "--pictures", "14") == 0
    content = json.loads((tested.path / robustness.ROBUSTNESS).read_text())
    assert content["n"] == 14 and content["n_test"] == 28 and content["source"]
    assert "blur_1: " in capsys.readouterr().out
    assert load_robustness(load_run(tested.path)).n == 14
    first = [(tested.path / name).read_bytes() for name in (robustness.ROBUSTNESS, ANSWERS)]
    assert measure(tmp_path, "--pictures", "14") == 0
    assert "Nothing to do" in capsys.readouterr().out
    assert measure(tmp_path, "tiny-s0", "--again", "--pictures", "14") == 0
    again = [(tested.path / name).read_bytes() for name in (robustness.ROBUSTNESS, ANSWERS)]
    assert again == first, "the same network gives the same files"


def test_ten_come_first_and_the_rest_goes_on_where_it_stopped(tested, tmp_path, monkeypatch, capsys):
    assert measure(tmp_path, "--ten") == 0
    found, answers = load_disturbed(load_run(tested.path))
    assert len(found.ten) == 10 and not found.is_complete and len(answers.given) == 11
    assert measure(tmp_path, "--ten") == 0 and "Nothing to do" in capsys.readouterr().out
    assert measure(tmp_path, "--minutes", "0") == robustness.UNFINISHED, "time is over: nothing is begun"
    asked = []
    monkeypatch.setattr(
        disturbed, "corrupt", lambda images, name, *rest: asked.append(name) or corrupt(images, name, *rest)
    )
    assert measure(tmp_path) == 0
    assert len(asked) == len(ALL) - 10, "nothing is answered twice"
    assert load_robustness(load_run(tested.path)).is_complete


def test_a_sample_grows_to_all_and_is_then_the_same(tested, tmp_path):
    assert measure(tmp_path, "--ten", "--pictures", "14") == 0
    assert load_robustness(load_run(tested.path)).n == 14
    assert measure(tmp_path, "--ten") == 0
    grown = [(tested.path / name).read_bytes() for name in (robustness.ROBUSTNESS, ANSWERS)]
    assert load_robustness(load_run(tested.path)).n == 28
    assert measure(tmp_path, "tiny-s0", "--ten", "--again") == 0
    assert grown == [(tested.path / name).read_bytes() for name in (robustness.ROBUSTNESS, ANSWERS)], "noise included"


def test_curves_are_shown_with_the_strengths_that_were_measured(run):
    write_sample_robustness(run, cases=(*TEN, *STRONGEST))
    found = load_robustness(run)
    assert found.has_curves and not found.is_complete and [p.strength for p in found.curves["blur"]] == [1, 2, 3]
    write_sample_robustness(run, cases=TEN)
    assert not load_robustness(run).has_curves


def test_a_call_that_was_cut_off_between_its_files_is_mended(tested, tmp_path):
    assert measure(tmp_path, "--ten", "--pictures", "14") == 0
    before = (tested.path / robustness.ROBUSTNESS).read_bytes()
    assert measure(tmp_path, "--ten") == 0
    after = (tested.path / robustness.ROBUSTNESS).read_bytes()
    (tested.path / robustness.ROBUSTNESS).write_bytes(before)
    with pytest.raises(ArtifactError, match="does not follow"):
        load_disturbed(load_run(tested.path))
    assert measure(tmp_path, "--ten") == 0 and (tested.path / robustness.ROBUSTNESS).read_bytes() == after


def test_no_pass_begins_that_would_not_end_in_time(drawn_dataset, monkeypatch):
    clock = iter(np.arange(0, 100, 0.5))
    monkeypatch.setattr(disturbed.time, "monotonic", lambda: next(clock))
    empty = Answers(drawn_dataset.labels, drawn_dataset.labels, {})
    rows, predict = np.arange(len(drawn_dataset.labels)), lambda images: np.eye(7)[np.zeros(len(images), int)]
    grown = list(answer_disturbed(predict, drawn_dataset.images, rows, empty, ALL, until=3.0))
    assert 1 <= len(grown) <= 3, "half a second each, and each asks the time twice"


def test_answers_of_another_network_are_not_continued(tested, tmp_path, monkeypatch):
    import onnx

    assert measure(tmp_path, "--ten") == 0
    model = onnx.load_model_from_string(make_tiny_network())
    model.producer_name = "trained again"
    (tested.path / "model.onnx").write_bytes(model.SerializeToString())
    asked = []
    monkeypatch.setattr(
        disturbed, "corrupt", lambda images, name, *rest: asked.append(name) or corrupt(images, name, *rest)
    )
    assert measure(tmp_path, "--ten") == 0 and len(asked) == 10
    assert load_disturbed(load_run(tested.path))[1] is not None


def test_pictures_of_another_dataset_are_refused(tested, tmp_path, drawn_dataset, monkeypatch, capsys):
    other = dataclasses.replace(drawn_dataset, labels=(drawn_dataset.labels + 1) % 7)
    monkeypatch.setattr("fer_core.data.load_dataset", lambda *path, **options: other)
    assert measure(tmp_path) == 2
    assert "tiny-s0 was tested on other pictures than this dataset's" in capsys.readouterr().err


def test_the_command_names_what_it_cannot_do(tested, tmp_path, capsys):
    assert measure(tmp_path, "nobody-s0") == 2
    assert "There is no run 'nobody-s0'" in capsys.readouterr().err
    (tested.path / "model.onnx").unlink()
    assert measure(tmp_path, "tiny-s0") == 2
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
    with pytest.raises(
        ArtifactError, match="speed.json gives -1 for milliseconds.1.*: run `python -m fer_core.runs.speed tiny-s0`"
    ):
        load_speed(run)


def test_all_networks_are_timed_in_one_run(make_run, tmp_path, monkeypatch):
    """Times of different moments are no ranking, so one network that lacks its time brings all of them in."""
    monkeypatch.setattr(speed, "SECONDS", 0.05)
    runs = [make_run(f"tiny-s{seed}", seed=seed) for seed in (0, 1)]
    for run in runs:
        (run.path / "model.onnx").write_bytes(make_tiny_network())
    write_speed(runs[0], seconds=0.05, session="before")
    assert speed.main(["--artifacts", str(tmp_path)]) == 0
    sessions = {load_speed(run).session for run in runs}
    assert len(sessions) == 1 and "before" not in sessions


def test_the_speed_command_says_what_it_found(run, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(speed, "SECONDS", 0.05)
    (run.path / "model.onnx").write_bytes(make_tiny_network())
    assert speed.main(["--artifacts", str(tmp_path)]) == 0
    assert "milliseconds" in capsys.readouterr().out
    assert speed.main(["nobody", "--artifacts", str(tmp_path)]) == 2
    assert "There is no run 'nobody'" in capsys.readouterr().err
