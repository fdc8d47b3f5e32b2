"""The command line: what it lists, what it refuses, and that a whole run comes out of it."""

from dataclasses import replace

import pytest

import train
from fer_core.runs import load_run
from fer_core.training import experiments


@pytest.fixture
def quick(tiny_experiment, monkeypatch, tmp_path):
    """`train.py tiny` works, and leaves nothing in the repository."""
    monkeypatch.setitem(experiments.EXPERIMENTS, "tiny", tiny_experiment)
    monkeypatch.setattr(train, "CHECKPOINTS", tmp_path / "checkpoints")
    return ["tiny", "--data", "drawn", "--out", str(tmp_path / "artifacts")]


def test_list_names_every_experiment_with_what_to_expect(capsys):
    assert train.main(["--list"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in experiments.EXPERIMENTS) and "67 % or more" in shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nonsense"], "Unknown experiment 'nonsense'. Known: vgg-b32-e50"),
        (["compact", "--epochs", "0"], "'0' is not a whole number above 0"),
        (["compact", "--seed", "-1"], "--seed"),
        (["compact", "--data", "/nowhere"], "There is nothing at /nowhere"),
        (["--bogus"], "Unrecognized arguments: --bogus"),
        (["--verify", "--out", "/nowhere"], "There is no run to verify"),
        (["compact", "--export", "--out", "/nowhere"], "There is no run"),
        (["distilled"], "distilled learns from other runs: name them with --distil-from"),
        (["compact", "--distil-from", "best-s0"], "compact learns from labels alone"),
        (["--ensemble", "two", "a-s0", "b-s0", "--out", "/nowhere"], "/nowhere/a-s0 is not a folder"),
    ],
)
def test_a_wrong_request_gets_one_line_and_exit_code_2(arguments, sentence, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # no data/ here
    monkeypatch.delenv("FER2013_PATH", raising=False)
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path))
    assert train.main(arguments) == 2
    error = capsys.readouterr().err
    assert sentence in error and error.startswith("train.py: ") and error.count("\n") == 1


@pytest.mark.parametrize("named", ["compact", "compact-s1"])
def test_runs_are_verified_by_experiment_or_by_name(named, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013_PATH", raising=False)
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path))
    assert train.main(["--verify", named]) == 0
    assert "compact-s1: as stated" in capsys.readouterr().out


def test_missing_data_is_said_before_training(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013_PATH", raising=False)
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path))
    assert train.main(["compact"]) == 2
    assert "FER2013 was not found" in capsys.readouterr().err


def test_a_run_from_the_command_line(quick, capsys, tmp_path):
    assert train.main([*quick, "--seed", "3", "--epochs", "2"]) == 0
    shown = capsys.readouterr().out
    assert "epoch   2/2" in shown and "left" in shown and "test accuracy" in shown
    run = load_run(tmp_path / "artifacts" / "tiny-s3")
    assert len(run.history) == 2 and run.is_partial and run.is_drawn
    assert train.main(["--verify", "--data", "drawn", "--out", str(tmp_path / "artifacts")]) == 0
    assert "tiny-s3: as stated" in capsys.readouterr().out


def test_an_unfinished_run_is_not_thrown_away_unasked(quick, capsys, monkeypatch):
    def stop(self, row, history):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("fer_core.training.console.Progress.__call__", stop)
        assert train.main(quick) == 130
    assert "--resume" in capsys.readouterr().err
    assert train.main(quick) == 2
    assert "epoch 1 of 4" in capsys.readouterr().err
    assert train.main([*quick, "--resume"]) == 0
    assert "epoch   2/4" in capsys.readouterr().out


def test_an_ensemble_and_a_student_from_the_command_line(quick, capsys, tmp_path, monkeypatch, tiny_experiment):
    student = replace(tiny_experiment, name="pupil", teacher_share=0.5, epochs=1)
    monkeypatch.setitem(experiments.EXPERIMENTS, "pupil", student)
    assert train.main([*quick, "--seed", "0", "1", "--epochs", "1"]) == 0
    monkeypatch.setitem(experiments.EXPERIMENTS, "tiny", replace(tiny_experiment, epochs=1))
    assert train.main(["pupil", *quick[1:], "--distil-from", "tiny-s0", "tiny-s1"]) == 0
    assert load_run(tmp_path / "artifacts" / "pupil-s0").config.teachers == ("tiny-s0", "tiny-s1")
    members = ["pupil-s0", "pupil-s1"]
    assert train.main(["pupil", *quick[1:], "--seed", "1", "--distil-from", "tiny-s0"]) == 0
    capsys.readouterr()
    assert train.main(["--ensemble", "both", *members, *quick[3:]]) == 0
    assert "Ensemble of 2: pupil-s0, pupil-s1" in capsys.readouterr().out
    assert load_run(tmp_path / "artifacts" / "both-s0").config.members == tuple(members)
