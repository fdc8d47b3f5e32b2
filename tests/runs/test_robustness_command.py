"""The command that measures robustness: it goes on where it stopped, and names what it cannot do."""

import dataclasses
import json

import numpy as np
import pytest
from sample_artifacts import make_tiny_network
from sample_evaluations import is_complete

from fer_core.runs import disturbed, robustness
from fer_core.runs.artifacts import load_run
from fer_core.runs.contract import ArtifactError
from fer_core.runs.corruptions import ALL, corrupt
from fer_core.runs.disturbed import (
    ANSWERS,
)
from fer_core.runs.metrics import compute_run_metrics
from fer_core.runs.robustness import choose_sample, load_disturbed, load_robustness
from fer_core.runs.writing import write_run


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
    assert len(found.ten) == 10 and not is_complete(found) and len(answers.given) == 11
    assert measure(tmp_path, "--ten") == 0 and "Nothing to do" in capsys.readouterr().out
    assert measure(tmp_path, "--minutes", "0") == robustness.UNFINISHED, "time is over: nothing is begun"
    asked = []
    monkeypatch.setattr(
        disturbed, "corrupt", lambda images, name, *rest: asked.append(name) or corrupt(images, name, *rest)
    )
    assert measure(tmp_path) == 0
    assert len(asked) == len(ALL) - 10, "nothing is answered twice"
    assert is_complete(load_robustness(load_run(tested.path)))


def test_a_sample_grows_to_all_and_is_then_the_same(tested, tmp_path):
    assert measure(tmp_path, "--ten", "--pictures", "14") == 0
    assert load_robustness(load_run(tested.path)).n == 14
    assert measure(tmp_path, "--ten") == 0
    grown = [(tested.path / name).read_bytes() for name in (robustness.ROBUSTNESS, ANSWERS)]
    assert load_robustness(load_run(tested.path)).n == 28
    assert measure(tmp_path, "tiny-s0", "--ten", "--again") == 0
    assert grown == [(tested.path / name).read_bytes() for name in (robustness.ROBUSTNESS, ANSWERS)], "noise included"


def test_a_call_that_was_cut_off_between_its_files_is_mended(tested, tmp_path):
    assert measure(tmp_path, "--ten", "--pictures", "14") == 0
    before = (tested.path / robustness.ROBUSTNESS).read_bytes()
    assert measure(tmp_path, "--ten") == 0
    after = (tested.path / robustness.ROBUSTNESS).read_bytes()
    (tested.path / robustness.ROBUSTNESS).write_bytes(before)
    with pytest.raises(ArtifactError, match="does not follow"):
        load_disturbed(load_run(tested.path))
    assert measure(tmp_path, "--ten") == 0 and (tested.path / robustness.ROBUSTNESS).read_bytes() == after


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


def test_a_sample_keeps_the_classes_in_proportion_and_is_always_the_same():
    labels = np.repeat(np.arange(7), [10, 2, 10, 40, 20, 15, 3])
    chosen = choose_sample(labels, 50)
    assert np.bincount(labels[chosen]).tolist() == [5, 1, 5, 20, 10, 8, 2]
    assert np.array_equal(chosen, choose_sample(labels, 50)) and (np.diff(chosen) > 0).all()
    assert np.array_equal(choose_sample(labels, None), np.arange(100))
    assert np.array_equal(choose_sample(labels, 1000), np.arange(100))
