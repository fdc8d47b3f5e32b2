"""How long an answer takes, measured beside a run."""

import json

import pytest
from sample_artifacts import make_tiny_network

from fer_core.runs import speed
from fer_core.runs.contract import ArtifactError
from fer_core.runs.speed import load_speed, write_speed


def test_speed_is_measured_and_checked(run):
    assert load_speed(run) is None
    with pytest.raises(ArtifactError, match="has no model.onnx to measure"):
        write_speed(run)
    (run.path / "model.onnx").write_bytes(make_tiny_network())
    write_speed(run, seconds=0.05)
    found = load_speed(run)
    assert set(found.milliseconds) == {1, 2, 64} and found.per_face == found.milliseconds[1] > 0
    assert found.model_bytes == (run.path / "model.onnx").stat().st_size
    assert "cores" in found.device
    content = json.loads((run.path / speed.SPEED).read_text())
    content["milliseconds"]["1"] = -1
    (run.path / speed.SPEED).write_text(json.dumps(content))
    with pytest.raises(
        ArtifactError, match="speed.json gives -1 for milliseconds.1.*: run `python -m fer_core.runs.speed tiny-s0`"
    ):
        load_speed(run)


def test_all_networks_are_timed_in_one_run(make_run, tmp_path):
    """Times of different moments are no ranking, so one network that lacks its time brings all of them in."""
    runs = [make_run(f"tiny-s{seed}", seed=seed) for seed in (0, 1)]
    for run in runs:
        (run.path / "model.onnx").write_bytes(make_tiny_network())
    write_speed(runs[0], seconds=0.05, session="before")
    assert speed.main(["--artifacts", str(tmp_path), "--seconds", "0.05"]) == 0
    sessions = {load_speed(run).session for run in runs}
    assert len(sessions) == 1 and "before" not in sessions


def test_the_speed_command_says_what_it_found(run, tmp_path, capsys):
    (run.path / "model.onnx").write_bytes(make_tiny_network())
    assert speed.main(["--artifacts", str(tmp_path), "--seconds", "0.05"]) == 0
    assert "milliseconds" in capsys.readouterr().out
    assert speed.main(["nobody", "--artifacts", str(tmp_path)]) == 2
    assert "There is no run 'nobody'" in capsys.readouterr().err
