"""The command line: what it lists, what it refuses, and that whole runs come out of it."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

import fer_core.data
import train
from fer_core.data import make_drawn_dataset
from fer_core.runs import load_run
from fer_core.training import experiments, work
from fer_core.training.guards import lock
from fer_core.training.pack import unpack
from fer_core.training.time_limit import TimeLimit


@pytest.fixture(scope="module")
def few_pictures():
    return make_drawn_dataset(140, 56, seed=2)


@pytest.fixture
def quick(tiny_experiment, few_pictures, monkeypatch, tmp_path):
    """`train.py train tiny` works, and leaves nothing in the repository."""
    bare = replace(tiny_experiment, augmentation="none", ema=0.0)  # compiles sooner
    monkeypatch.setitem(experiments.EXPERIMENTS, "tiny", bare)
    monkeypatch.setattr(fer_core.data, "make_drawn_dataset", lambda: few_pictures)
    monkeypatch.setattr(train, "CHECKPOINTS", tmp_path / "checkpoints")
    return ["train", "tiny", "--float32", "--data", "drawn", "--out", str(tmp_path / "artifacts")]


@pytest.fixture
def no_data(monkeypatch, tmp_path):
    """No FER2013 on this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013_PATH", raising=False)
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path))


def test_list_names_every_experiment_with_what_to_expect(capsys):
    assert train.main(["list"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in experiments.EXPERIMENTS) and "67 % or more" in shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "The following arguments are required: COMMAND"),
        (["train", "nonsense"], "Unknown experiment 'nonsense'. Known: vgg-b32-e50"),
        (["train", "compact", "--epochs", "0"], "'0' is not a whole number above 0"),
        (["train", "compact", "--seed", "-1"], "--seed"),
        (["train", "compact", "--resume", "--restart"], "not allowed with argument --resume"),
        (["train", "compact", "--data", "/nowhere", "--out", "out"], "There is nothing at /nowhere"),
        (["train", "compact", "--out", "/proc/artifacts"], "Nothing can be written to /proc/artifacts"),
        (["train", "compact", "--out", "out", "--pack", "/proc/packs"], "Nothing can be written to /proc/packs"),
        (["train", "--bogus", "compact"], "Unrecognized arguments: --bogus"),
        (["verify", "--out", "/nowhere"], "There is no run to verify"),
        (["rewrite", "--out", "/nowhere"], "There is no run to rewrite"),
        (["export", "compact", "--out", "/nowhere"], "There is no run"),
        (["train", "distilled"], "distilled learns from other runs: name them with --distil-from"),
        (["train", "compact", "--distil-from", "best-s0"], "compact learns from labels alone"),
        (["ensemble", "two", "a-s0", "b-s0", "--out", "/nowhere"], "/nowhere/a-s0 is not a folder"),
        (["unpack", "/nowhere"], "There is no pack-*.zip in /nowhere"),
        (["pack", "/proc/packs", "compact-s1"], "Nothing can be written to /proc/packs"),
        (["facts", "--data", "drawn", "--out", "/proc/facts"], "Nothing can be written to /proc/facts"),
        (["facts", "--data", "drawn"], "Drawn faces say nothing about FER2013: name another folder with --out"),
        (["verify", "compact-s2", "typo-s0"], "There is no run 'typo-s0' in"),
        (["rewrite", "compact-s2", "typo-s0"], "There is no run 'typo-s0' in"),
    ],
)
def test_a_wrong_request_gets_one_line_and_exit_code_2(arguments, sentence, capsys, monkeypatch, tmp_path, no_data):
    monkeypatch.setattr(train, "CHECKPOINTS", tmp_path / "checkpoints")
    assert train.main(arguments) == 2
    error = capsys.readouterr().err
    assert sentence in error and error.startswith("train.py: ") and error.count("\n") == 1


@pytest.mark.parametrize("named", ["compact", "compact-s1"])
def test_runs_are_verified_by_experiment_or_by_name(named, capsys, no_data):
    assert train.main(["verify", named]) == 0
    assert "compact-s1: as stated" in capsys.readouterr().out


def test_one_run_is_verified_without_the_others(capsys, monkeypatch, no_data):
    asked = []
    monkeypatch.setattr("fer_core.runs.verify_run", lambda path, dataset: asked.append(path.name) or [])
    assert train.main(["verify", "compact-s2"]) == 0 and asked == ["compact-s2"]


def test_a_reader_that_has_enough_is_no_error():
    command = [sys.executable, str(train.ROOT / "train.py"), "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as shown:
        shown.stdout.close()  # as `| head` does, here before the first line
        assert shown.stderr.read() == b"" and shown.wait() == 0


def test_missing_data_is_said_before_training(capsys, monkeypatch, tmp_path, no_data):
    monkeypatch.setattr(train, "CHECKPOINTS", tmp_path / "checkpoints")
    assert train.main(["train", "compact", "--seed", "77"]) == 2
    assert "FER2013 was not found" in capsys.readouterr().err


def test_a_run_from_the_command_line(quick, capsys, tmp_path):
    assert train.main([*quick, "--seed", "3", "--epochs", "2", "--devices", "all"]) == 0
    shown = capsys.readouterr().out
    assert "There is only one device here" in shown
    assert "epoch   2/2" in shown and "left" in shown and "test accuracy" in shown
    path, out = tmp_path / "artifacts" / "tiny-drawn-s3", quick[-2:]
    run = load_run(path)
    assert len(run.history) == 2 and run.is_partial and run.is_drawn
    before = (path / "metrics.json").read_text()
    metrics = json.loads(before)
    metrics["test"]["accuracy"] = 0.0
    (path / "metrics.json").write_text(json.dumps(metrics))
    assert train.main(["verify", "--data", "drawn", *out]) == 1
    assert train.main(["rewrite", "tiny-drawn", *out]) == 0
    assert json.loads((path / "metrics.json").read_text()) == json.loads(before)
    assert train.main(["verify", "--data", "drawn", *out]) == 0
    assert "tiny-drawn-s3: as stated" in capsys.readouterr().out


def test_nothing_is_thrown_away_unasked(quick, capsys, monkeypatch, tmp_path):
    def stop(self, row, history):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("fer_core.training.console.Progress.__call__", stop)
        assert train.main(quick) == 130
    assert "--resume" in capsys.readouterr().err
    assert train.main(quick) == 2
    assert "not finished (epoch 1)" in capsys.readouterr().err
    assert train.main([*quick, "--resume"]) == 0
    assert "epoch   2/4" in capsys.readouterr().out

    file = tmp_path / "artifacts" / "tiny-drawn-s0" / "predictions.npz"
    finished = file.read_bytes()
    assert train.main(quick) == 2
    assert "finished run (4 epochs): add --resume to leave it" in capsys.readouterr().err
    assert train.main([*quick, "--resume"]) == 0
    assert "tiny-drawn-s0 is finished: left alone" in capsys.readouterr().out
    shutil.rmtree(tmp_path / "checkpoints")  # another machine: the run came with the repository
    assert train.main([*quick, "--resume"]) == 0 and train.main(quick) == 2
    assert train.main([*quick, "--resume", "--epochs", "6"]) == 2
    assert "nothing to go on from" in capsys.readouterr().err
    assert file.read_bytes() == finished

    with monkeypatch.context() as patched:  # a restart that is killed, and then resumed
        patched.setattr("fer_core.training.console.Progress.__call__", stop)
        assert train.main([*quick, "--restart", "--epochs", "3"]) == 130
    assert file.read_bytes() == finished
    assert train.main([*quick, "--resume", "--epochs", "3"]) == 0
    assert len(load_run(file.parent).history) == 3


@pytest.mark.parametrize(
    ("ingredient", "options", "sentence"),
    [
        ({"learns": "votes"}, [], "learns from the crowd's votes: give FER+'s csv"),
        ({"pretrained": "dlib"}, [], "starts from dlib's face recognition network"),
        ({"teacher_share": 0.5}, ["--distil-from", "nobody-s0"], "The teacher nobody-s0 has no weights"),
        ({"teacher_share": 0.5}, ["--distil-from", "needy-drawn-s0"], "cannot teach while it is trained itself"),
    ],
)
def test_what_is_missing_is_said_before_weights_go_and_hours_pass(
    quick, capsys, monkeypatch, tmp_path, ingredient, options, sentence
):
    monkeypatch.setattr("fer_core.training.dlib_weights.PACKAGE", "no_such_package")
    monkeypatch.setattr(fer_core.data, "draw_votes", lambda labels: None)
    needy = replace(experiments.EXPERIMENTS["tiny"], name="needy", epochs=1)
    monkeypatch.setitem(experiments.EXPERIMENTS, "needy", needy)
    assert train.main(["train", "needy", *quick[2:]]) == 0
    weights = tmp_path / "checkpoints" / "needy-drawn-s0" / "last-1.weights.h5"
    assert weights.exists()
    monkeypatch.setitem(experiments.EXPERIMENTS, "needy", replace(needy, **ingredient))
    assert train.main(["train", "needy", *quick[2:], "--restart", *options]) == 2
    assert sentence in capsys.readouterr().err and weights.exists()
    if not options:  # a queue with it is refused as a whole
        assert train.main(["train", "tiny", "needy", *quick[2:], "--seed", "9"]) == 2
        assert not (tmp_path / "artifacts" / "tiny-drawn-s9").exists()


def test_learning_votes_is_rehearsed_on_drawn_faces(quick, tmp_path, monkeypatch):
    voting = replace(experiments.EXPERIMENTS["tiny"], name="voting", learns="votes", epochs=1)
    monkeypatch.setitem(experiments.EXPERIMENTS, "voting", voting)
    assert train.main(["train", "voting", *quick[2:]]) == 0
    run = load_run(tmp_path / "artifacts" / "voting-drawn-s0")
    assert run.by_crowd and run.predictions().votes.sum(axis=1).tolist() == [10] * 56
    assert (run.predictions().votes.argmax(axis=1) == run.predictions().label).mean() > 0.9


def test_a_batch_that_does_not_divide_is_said_before_training(quick, capsys, monkeypatch):
    monkeypatch.setattr("fer_core.training.queue.list_devices", lambda: ["gpu:0", "gpu:1", "gpu:2"])
    assert train.main([*quick, "--devices", "all"]) == 2
    assert "The batches of tiny, 16 pictures, do not divide among 3 devices" in capsys.readouterr().err


def test_two_trainings_of_one_name_do_not_meet(quick, capsys, tmp_path):
    with lock(tmp_path / "checkpoints" / "tiny-drawn-s0"):
        assert train.main(quick) == 2
        assert "is being trained by another process" in capsys.readouterr().err
        assert train.main([*quick, "--seed", "1", "--epochs", "1"]) == 0


def test_a_queue_stops_in_time_goes_on_and_is_packed(quick, capsys, monkeypatch, tmp_path):
    """Stopped by its clock in the second of three runs, packed, unpacked elsewhere, verified, gone on with."""
    packs, epochs = tmp_path / "packs", []
    queue = [
        *quick,
        "--seed",
        "0",
        "1",
        "2",
        "--resume",
        "--time-limit",
        "5000",
        "--pack",
        str(packs),
        "--pack-weights",
    ]
    monkeypatch.setattr("fer_core.training.console.Progress.__call__", lambda self, row, history: epochs.append(row))
    with monkeypatch.context() as patched:
        patched.setattr(TimeLimit, "left", property(lambda limit: {6: 0.01, 7: 0.0}.get(len(epochs), 5000.0)))
        assert train.main(queue) == work.UNFINISHED
        assert train.main(queue) == work.UNFINISHED, "nothing begins without time for it"
    assert "time limit with 2 to go: the same command with --resume" in capsys.readouterr().out
    assert [row["epoch"] for row in epochs] == [1, 2, 3, 4, 1, 2, 3]
    assert json.loads((tmp_path / "checkpoints" / "tiny-drawn-s1" / "state.json").read_text())["epoch"] == 3
    assert train.main(["unpack", str(packs), "--out", str(tmp_path / "part")]) == 0
    assert [path.name for path in (tmp_path / "part").iterdir()] == ["tiny-drawn-s0"]

    assert train.main(queue) == 0
    assert [row["epoch"] for row in epochs[7:]] == [4, 1, 2, 3, 4]
    monkeypatch.setattr(train, "CHECKPOINTS", tmp_path / "elsewhere")
    there = str(tmp_path / "whole")
    assert train.main(["unpack", str(packs), "--out", there]) == 0
    assert train.main(["verify", "--data", "drawn", "--out", there]) == 0
    shown = capsys.readouterr().out
    assert all(f"tiny-drawn-s{seed}: as stated" in shown for seed in (0, 1, 2))
    assert train.main(["export", "tiny", "--data", "drawn", "--out", there]) == 0  # from the weights that travelled
    assert train.main(["verify", "--data", "drawn", "--out", there]) == 0


def test_one_run_that_fails_does_not_keep_the_others(quick, capsys, monkeypatch, tmp_path, tiny_experiment):
    wild = replace(tiny_experiment, name="wild", learning_rate=1e30, epochs=1)
    monkeypatch.setitem(experiments.EXPERIMENTS, "wild", wild)
    assert train.main(["train", "wild", *quick[1:], "--epochs", "1"]) == 2
    assert "wild-drawn-s0: In epoch 1 loss and val_loss became" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "artifacts").iterdir()] == ["tiny-drawn-s0"]


def test_a_full_disk_after_one_run_does_not_keep_the_others(quick, capsys, monkeypatch, tmp_path, tiny_experiment):
    monkeypatch.setitem(experiments.EXPERIMENTS, "tiny", replace(tiny_experiment, epochs=1, deploy=True))
    write_voice, write_packs, full = work.write_voice, work.write_packs, OSError(28, "No space left on device")

    def fail_once(step):
        calls = []

        def run(*given):
            calls.append(given)
            if len(calls) == 1:
                raise full
            return step(*given)

        return run

    monkeypatch.setattr(work, "write_voice", fail_once(write_voice))
    monkeypatch.setattr(work, "write_packs", fail_once(write_packs))
    packs = tmp_path / "packs"
    assert train.main([*quick, "--seed", "0", "1", "2", "--pack", str(packs)]) == 2
    error = capsys.readouterr().err
    assert "tiny-drawn-s0: [Errno 28]" in error and "tiny-drawn-s1: [Errno 28]" in error
    assert (tmp_path / "artifacts" / "tiny-drawn-s2" / "model.onnx").exists()
    assert unpack(packs, tmp_path / "there", tmp_path) == [f"tiny-drawn-s{seed}" for seed in (0, 1, 2)]


def test_an_ensemble_and_a_student_from_the_command_line(quick, capsys, tmp_path, monkeypatch, tiny_experiment):
    student = replace(tiny_experiment, name="pupil", teacher_share=0.5, epochs=1)
    monkeypatch.setitem(experiments.EXPERIMENTS, "pupil", student)
    monkeypatch.setitem(experiments.EXPERIMENTS, "tiny", replace(tiny_experiment, epochs=1))
    assert train.main([*quick, "--seed", "0", "1"]) == 0
    learn = ["train", "pupil", *quick[2:], "--distil-from"]
    assert train.main([*learn, "tiny-drawn-s0", "tiny-drawn-s1"]) == 0
    run = load_run(tmp_path / "artifacts" / "pupil-drawn-s0")
    assert run.config.teachers == ("tiny-drawn-s0", "tiny-drawn-s1")
    assert train.main([*learn, "tiny-drawn-s0", "--seed", "1"]) == 0
    capsys.readouterr()
    members = ["pupil-drawn-s0", "pupil-drawn-s1"]
    assert train.main(["ensemble", "both", *members, *quick[-2:]]) == 0
    assert "Tiny, 2 averaged: pupil-drawn-s0, pupil-drawn-s1" in capsys.readouterr().out
    assert load_run(tmp_path / "artifacts" / "both-s0").config.members == tuple(members)
