"""Writing a run folder: what is replaced, what stays, and every moment at which the writing can end."""

import os

import numpy as np
import pytest

from fer_core import folders
from fer_core.runs import writing
from fer_core.runs.artifacts import ArtifactError, load_run, load_runs
from fer_core.runs.writing import write_run


def test_rewriting_replaces_and_keeps_other_files(run, make_parts):
    (run.path / "model.onnx").write_bytes(b"model")
    (run.path / "logs").mkdir()
    (run.path / "logs" / "a.txt").write_text("kept")
    again = write_run(run.path, *make_parts(epochs=5))
    assert len(again.history) == 5 and again.model_path.read_bytes() == b"model"
    assert (run.path / "logs" / "a.txt").read_text() == "kept"
    assert [path.name for path in run.path.parent.iterdir()] == ["tiny-s0"]


def test_a_new_network_brings_nothing_of_the_old_one(run, make_parts):
    for name in ("model.onnx", "robustness.json", "doubts.json"):
        (run.path / name).write_bytes(b"of the old network")
    write_run(run.path, *make_parts(epochs=5), anew=True)
    assert {path.name for path in run.path.iterdir()} == {
        "config.json",
        "history.csv",
        "metrics.json",
        "predictions.npz",
    }


@pytest.mark.parametrize("rename", [1, 2])
def test_interrupted_write_leaves_the_old_run(run, make_parts, monkeypatch, rename):
    """Fail the first, then the second of the two renames that replace a folder."""
    calls, replace = [], os.replace

    def failing(source, target):
        if os.path.isdir(source):
            calls.append(source)
            if len(calls) == rename:
                raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(folders.os, "replace", failing)
    with pytest.raises(KeyboardInterrupt):
        write_run(run.path, *make_parts(epochs=5))
    monkeypatch.undo()
    assert len(calls) >= rename and len(load_run(run.path).history) == 3
    assert [path.name for path in run.path.parent.iterdir()] == ["tiny-s0"]


@pytest.mark.parametrize("load", [load_run, lambda path: load_runs(path.parent)[0][0]])
def test_a_run_survives_a_kill_between_the_two_renames(run, make_parts, load):
    """A process that ends there, without a word, leaves both runs in hiding: the next reader meets the new one."""
    (run.path / "model.onnx").write_bytes(b"model")
    hidden = run.path.parent / ".writing-abc"
    write_run(hidden / "tiny-s0", *make_parts(epochs=5))
    run.path.rename(hidden / "tiny-s0.old")
    assert len(load(run.path).history) == 5
    assert [path.name for path in run.path.parent.iterdir()] == ["tiny-s0"]


def test_a_reader_between_the_two_renames_does_not_disturb_the_writer(run, make_parts, monkeypatch):
    replace = os.replace

    def read_after_the_first(source, target):
        replace(source, target)
        if str(target).endswith(".old"):
            assert len(load_run(run.path).history) == 5

    monkeypatch.setattr(folders.os, "replace", read_after_the_first)
    assert len(write_run(run.path, *make_parts(epochs=5)).history) == 5


def test_write_interrupted_while_files_are_written(run, make_parts, monkeypatch):
    def fail(*_, **__):
        raise OSError("No space left on device")

    monkeypatch.setattr(writing.np, "savez_compressed", fail)
    with pytest.raises(OSError, match="No space"):
        write_run(run.path, *make_parts(epochs=5))
    monkeypatch.undo()
    assert len(load_run(run.path).history) == 3
    assert load_runs(run.path.parent)[1] == []


def test_content_that_breaks_the_contract_is_not_written(run, make_parts):
    config, history, metrics, predictions = make_parts()
    broken_history = history.copy()
    broken_history["val_loss"] = np.nan
    longer = predictions | {"test_twin": np.zeros(3, bool)}
    for parts, words in (
        ((config, broken_history, metrics, predictions), "tiny-s0/history.csv.*val_loss"),
        ((config, history, metrics | {"best_epoch": 4}, predictions), "best_epoch"),
        ((config, history, metrics | {"train": {"loss": float("nan")}}, predictions), "metrics.json would hold NaN"),
        ((config, history, metrics, longer), "90 labels but twin of shape"),
    ):
        with pytest.raises(ArtifactError, match=words):
            write_run(run.path, *parts)
    assert load_run(run.path).metrics.to_plain() == metrics
