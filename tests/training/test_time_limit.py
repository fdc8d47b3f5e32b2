"""What still fits into the time, what precision suits a device, and whose checkpoints a run may go on from."""

import time

import pytest

from fer_core.runs.history import make_history
from fer_core.training import backend, guards
from fer_core.training.checkpoint import write_state
from fer_core.training.guards import GuardError, allow_to_replace, needs_training
from fer_core.training.time_limit import MARGIN, TimeLimit


def test_a_step_begins_only_if_its_longest_so_far_would_end_in_time():
    limit = TimeLimit(100, started=time.monotonic() - 40)
    assert limit.left == pytest.approx(60, abs=1) and limit.leaves_room_for("evaluation")
    assert limit.allows(45) and not limit.allows(55), "what took nearly as long before may take longer"
    limit.note("evaluation", 55 / MARGIN)
    limit.note("evaluation", 3)
    assert limit.leaves_room_for("evaluation") and limit.allows(55 / MARGIN)
    limit.note("evaluation", 65 / MARGIN)
    assert not limit.leaves_room_for("evaluation") and limit.leaves_room_for("beginning")
    assert TimeLimit().allows(1e12) and not TimeLimit(10, time.monotonic() - 11).leaves_room_for("beginning")


@pytest.mark.parametrize(
    ("accelerator", "capability", "processor", "expected"),
    [
        (True, 9.0, False, "mixed_bfloat16"), (True, 7.5, True, "float32"),
        (False, 0, True, "mixed_bfloat16"), (False, 0, False, "float32"),
    ],
)  # fmt: skip
def test_bfloat16_is_chosen_where_the_device_multiplies_in_it(
    accelerator, capability, processor, expected, monkeypatch
):
    monkeypatch.setattr(backend.keras.backend, "backend", lambda: "tensorflow")
    monkeypatch.setattr(backend, "has_accelerator", lambda: accelerator)
    monkeypatch.setattr(backend, "_get_capability", lambda: capability)
    monkeypatch.setattr(backend, "has_bfloat16", lambda unknown: processor)
    assert backend.choose_precision() == expected


@pytest.fixture
def finished(monkeypatch, tmp_path):
    """A run of two epochs in `run`; `write(*accuracies)` writes the state of checkpoints beside it."""
    run = type("Run", (), {"history": make_history({"val_accuracy": [0.4, 0.5]})})
    monkeypatch.setattr(guards, "load_run", lambda path: run)
    (tmp_path / "run").mkdir()

    def write(*accuracies):
        history = [{"epoch": i, "val_accuracy": value} for i, value in enumerate(accuracies, 1)]
        (tmp_path / "checkpoints").mkdir(exist_ok=True)
        write_state(tmp_path / "checkpoints", {"epoch": len(history), "best_epoch": 1, "history": history})

    return tmp_path / "run", tmp_path / "checkpoints", write


def test_a_run_is_finished_goes_on_or_is_protected(finished):
    path, checkpoints, write = finished
    assert not needs_training(path, checkpoints, 2, resume=True)
    assert needs_training(path, checkpoints, 2, restart=True)
    with pytest.raises(GuardError, match="ends after epoch 2 of 3 and .* holds nothing to go on from"):
        needs_training(path, checkpoints, 3, resume=True)
    write(0.4, 0.5)
    assert not needs_training(path, checkpoints, 2, resume=True) and needs_training(path, checkpoints, 3, resume=True)
    write(0.4, 0.5, 0.6)
    assert needs_training(path, checkpoints, 4, resume=True)
    for other in ((0.4, 0.6, 0.6), (0.4,)):
        write(*other)
        with pytest.raises(GuardError, match="was not trained from what is in"):
            needs_training(path, checkpoints, 3, resume=True)
    allow_to_replace(checkpoints)
    assert needs_training(path, checkpoints, 3, resume=True)
    (checkpoints / "state.json").unlink()
    assert needs_training(path, checkpoints, 2, resume=True), "a restart that was killed before its first epoch"
    with pytest.raises(GuardError, match="is a finished run"):
        needs_training(path, checkpoints, 2)
