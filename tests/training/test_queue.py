"""A queue's jobs: what is begun again keeps nothing of before, and only a run's own weights are packed with it."""

import json
from types import SimpleNamespace

import pytest
from sample_artifacts import write_sample_runs

from fer_core.training import work
from fer_core.training.checkpoint import STATE
from fer_core.training.queue import begin_again, make_jobs
from fer_core.training.settings import SETTINGS, read_precision


@pytest.fixture
def job(tmp_path):
    """A job of the compact network; its run folder is there, of two epochs and more."""
    write_sample_runs(tmp_path / "runs", {"compact-s0": 2.0})
    (job,) = make_jobs(["compact"], [0], tmp_path / "runs", tmp_path / "checkpoints")
    job.checkpoints.mkdir(parents=True)
    return job


def write_state(job, history) -> None:
    rows = [{"epoch": place, "val_accuracy": float(value)} for place, value in enumerate(history, 1)]
    state = {"epoch": len(rows), "best_epoch": 1, "history": rows, "plateau": None}
    (job.checkpoints / STATE).write_text(json.dumps(state))


def test_what_is_begun_again_chooses_its_precision_anew(job):
    (job.checkpoints / SETTINGS).write_text(json.dumps({"precision": "mixed_bfloat16"}))
    assert read_precision(job.checkpoints) == "mixed_bfloat16"
    begin_again([job])
    assert read_precision(job.checkpoints) is None


def test_a_run_that_is_trained_again_is_packed_without_the_new_weights(job, tmp_path, monkeypatch):
    from fer_core.runs import load_run

    packed = []
    monkeypatch.setattr(work, "write_packs", lambda folder, runs, weights: packed.append((runs, weights)))
    arguments = SimpleNamespace(pack=tmp_path / "packs", pack_weights=True)
    accuracy = load_run(job.path).history["val_accuracy"].tolist()
    write_state(job, accuracy)
    work.pack_finished([job], arguments)
    write_state(job, [0.9, 0.8])  # another training of that name
    work.pack_finished([job], arguments)
    write_state(job, [*accuracy, 0.7])  # or the same one, gone on
    work.pack_finished([job], arguments)
    assert packed == [([job.path], [job.checkpoints]), ([job.path], []), ([job.path], [])]
