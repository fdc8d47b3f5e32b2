"""A training that is killed before any single write, or at random, goes on to the same weights, history and answers."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import product
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from fer_core.data import make_drawn_dataset
from fer_core.training import checkpoint
from fer_core.training import fit as fit_module
from fer_core.training.checkpoint import CheckpointError, load_state
from fer_core.training.fit import fit
from fer_core.training.guards import GuardError
from fer_core.training.model import TrainingModel
from fer_core.training.settings import ResumeError

REPOSITORY = Path(__file__).resolve().parents[2]
WRITES = {"os.rename", "os.remove", "os.mkdir", "os.truncate"}


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it, and nothing is written after it."""


class Killer:
    """Raises Killed at the write number `at`, counted from 0, and at each after it; only counts when `at` is None."""

    def __init__(self):
        self.at, self.count, self.folder = None, 0, None

    def hear(self, event, arguments):
        if self.folder is None or not self._is_write(event, arguments):
            return
        self.count += 1
        if self.at is not None and self.count > self.at:
            raise Killed

    def _is_write(self, event, arguments):
        if not isinstance(arguments[0] if arguments else None, (str, os.PathLike)):
            return False
        if not str(arguments[0]).startswith(str(self.folder)):
            return False
        return event in WRITES or (event == "open" and bool(set(str(arguments[1])) & set("wax+")))


KILLER = Killer()
sys.addaudithook(KILLER.hear)  # for the life of the process; it does nothing while `folder` is None


@pytest.fixture
def killer(tmp_path):
    KILLER.at, KILLER.count, KILLER.folder = None, 0, tmp_path
    yield KILLER
    KILLER.folder = None


def train_by_hand(self, data, validation_data=None, epochs=1, initial_epoch=0, callbacks=(), **settings):
    """In the place of Keras's `fit`: weights that depend on those before and on the epoch, and every callback."""
    callbacks = keras.callbacks.CallbackList(list(callbacks), model=self, epochs=epochs, verbose=0, steps=1)
    callbacks.on_train_begin()
    for epoch in range(initial_epoch, epochs):
        callbacks.on_epoch_begin(epoch)
        for variable in [*self.trainable_variables, *self.optimizer.variables[2:]]:
            variable.assign(0.9 * keras.ops.convert_to_numpy(variable) + 0.01 * (epoch + 1))
        weight = float(keras.ops.convert_to_numpy(self.trainable_variables[0]).mean())
        logs = {"loss": weight, "val_loss": weight, "accuracy": 0.5, "val_accuracy": [0.3, 0.5, 0.4, 0.4][epoch]}
        callbacks.on_epoch_end(epoch, logs)
    callbacks.on_train_end()
    self.optimizer.finalize_variable_values(self.trainable_variables)


def answer_by_hand(network, images):
    return keras.ops.convert_to_numpy(network(images[..., None].astype("float32")))


@pytest.fixture
def by_hand(monkeypatch, tiny_experiment):
    """A training of three epochs without compiling anything, each epoch a checkpoint."""
    monkeypatch.setattr(TrainingModel, "fit", train_by_hand)
    monkeypatch.setattr(fit_module, "predict", answer_by_hand)
    monkeypatch.setattr(checkpoint, "EVERY_SECONDS", 0)
    dataset = make_drawn_dataset(42, 14, seed=3)
    experiment = replace(tiny_experiment, epochs=3, augmentation="none", paper_experiment=1)

    def train(folder, resume=False, **change):
        return fit(replace(experiment, **change), dataset, 0, folder, resume=resume)

    return train


def read_outcome(folder, state):
    """What must not depend on a kill: files, weights, history without its seconds, answers."""
    rows = [{key: value for key, value in row.items() if key != "seconds"} for row in state["history"]]
    files = sorted(file.name for file in folder.iterdir())
    with np.load(folder / "training-3.npz") as stored:
        arrays = [stored[name] for name in stored.files]
    return (files, rows, state["test_answers"]), arrays + [
        read_weights(folder / file) for file in files if ".h5" in file
    ]


def read_weights(file):
    """All arrays of a file of weights in one."""
    arrays = []
    with h5py.File(file) as stored:
        stored.visititems(lambda name, item: arrays.append(item[()].ravel()) if hasattr(item, "dtype") else None)
    return np.concatenate(arrays)


def assert_same(found, expected):
    assert found[0] == expected[0]
    for array, other in zip(found[1], expected[1], strict=True):
        np.testing.assert_allclose(array, other, rtol=1e-5)


@pytest.mark.slow
def test_killed_before_every_single_write(by_hand, killer, tmp_path):
    expected = read_outcome(tmp_path / "whole", by_hand(tmp_path / "whole"))
    writes = killer.count
    assert writes > 20
    for at in range(writes):
        folder = tmp_path / f"killed-{at}"
        killer.at, killer.count = at, 0
        with pytest.raises(Killed):
            by_hand(folder)
        killer.at = None
        state = by_hand(folder, resume=True)
        assert_same(read_outcome(folder, state), expected)
        shutil.rmtree(folder)
    best, last = (read_weights(tmp_path / "whole" / name) for name in ("best-2.weights.h5", "last-3.weights.h5"))
    assert not np.allclose(best, last)


def test_a_restart_killed_before_every_write_never_goes_on_with_the_old_run(by_hand, killer, tmp_path):
    folder = tmp_path / "run"
    by_hand(folder, learning_rate=0.5)
    killer.count = 0
    by_hand(folder)
    for at in (0, 1, 2, *range(3, killer.count, 4)):
        by_hand(folder, learning_rate=0.5)
        killer.at, killer.count = at, 0
        with pytest.raises(Killed):
            by_hand(folder)
        killer.at = None
        if at < 2:  # before the old state was removed: still the old run, and said to be
            with pytest.raises(ResumeError, match="learning_rate = 0.5, not 0.01"):
                by_hand(folder, resume=True)
        else:
            begun = (folder / "experiment.json").read_text()
            assert load_state(folder) is None or '"learning_rate": 0.01' in begun


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *product(["state.json", "experiment.json", "training-2.npz", "best-2.weights.h5"], ["cut", "other"]),
        *product(["training-2.npz", "best-2.weights.h5"], ["gone"]),
    ],
)
def test_damage_is_found_before_training(by_hand, killer, tmp_path, name, damage):
    folder = tmp_path / "run"
    by_hand(folder, epochs=2, schedule="plateau")
    file = folder / name
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:200] if damage == "cut" else b"[1, 2]")
    with pytest.raises(CheckpointError, match=f"{name} is (damaged|missing): begin again with --restart"):
        by_hand(folder, resume=True, epochs=3, schedule="plateau")


@pytest.mark.parametrize("room", [200, 20_000])
def test_a_full_disk_is_a_sentence_and_the_run_goes_on_later(by_hand, tmp_path, room):
    """A limit on the size of files fails a write in its middle, as a full disk does."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(CheckpointError, match=r"could not be written \(.+\): make room, then go on with --resume"):
            by_hand(tmp_path / "run")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert by_hand(tmp_path / "run", resume=True)["epoch"] == 3
    assert not list((tmp_path / "run").glob(".new-*"))


def test_too_small_a_disk_is_found_before_training(by_hand, monkeypatch, tmp_path):
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("fer_core.training.guards.shutil.disk_usage", lambda folder: usage)
    with pytest.raises(GuardError, match="take up to 2 MB and .* has 0 MB left: make room first"):
        by_hand(tmp_path / "run")


TRAIN = """
import sys; sys.path.insert(0, "tests/training")
import conftest
from pathlib import Path
import train
from fer_core.training import fit as f
from fer_core.training import checkpoint
from fer_core.training.experiments import EXPERIMENTS, Experiment
f.NETWORKS["tiny"] = conftest.build_tiny
EXPERIMENTS["tiny"] = Experiment("tiny", "Tiny", "", network="tiny", epochs=25, batch_size=32, ema=.9, augmentation="none")
checkpoint.EVERY_SECONDS = 0
train.CHECKPOINTS = Path(sys.argv[1], "checkpoints")
sys.exit(train.main(["train", "tiny", "--data", "drawn", "--float32", "--resume", "--out", sys.argv[1] + "/artifacts"]))
"""


@pytest.mark.slow
def test_processes_killed_at_random_end_in_the_same_run(tmp_path):
    def start(folder):
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        return subprocess.Popen(
            [sys.executable, "-c", TRAIN, str(folder)],
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert start(whole).communicate() and (whole / "artifacts" / "tiny-drawn-s0" / "metrics.json").is_file()
    rng = random.Random(0)
    for _ in range(2):
        process = start(parts)
        for line in process.stdout:
            if line.startswith("epoch"):
                break
        time.sleep(rng.uniform(0, 1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    shown, _ = start(parts).communicate()
    assert "test accuracy" in shown
    found, expected = (np.load(folder / "artifacts" / "tiny-drawn-s0" / "predictions.npz") for folder in (parts, whole))
    np.testing.assert_allclose(found["test_probability"], expected["test_probability"], atol=2e-3)
