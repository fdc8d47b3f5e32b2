"""A tiny real fit: it learns, resumes with the same curve, is written and verified; under both backends."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from fer_core.data import make_drawn_dataset
from fer_core.runs import verify_run
from fer_core.training import checkpoint
from fer_core.training import fit as fit_module
from fer_core.training.checkpoint import DivergedError, load_state, write_state
from fer_core.training.evaluate import WeightsError, check_weights, export_kept, write_finished_run
from fer_core.training.fit import fit, make_split
from fer_core.training.guards import GuardError
from fer_core.training.settings import ResumeError
from fer_core.training.weights import load_best, load_last, load_network

REPOSITORY = Path(__file__).resolve().parents[2]


class Killed(Exception):
    """Stands for a power cut."""


def kill_after(epoch):
    def report(row, history):
        if row["epoch"] == epoch:
            raise Killed

    return report


def get_losses(state):
    return [(row["loss"], row["val_loss"], row["learning_rate"]) for row in state["history"]]


@pytest.fixture(scope="module")
def dataset():
    return make_drawn_dataset(140, 56, seed=2)


@pytest.mark.parametrize(
    "change", [{"cutmix": 0.5}, {"schedule": "plateau", "ema": 0.0, "class_balance": "oversampled"}]
)
def test_a_killed_run_goes_on_with_the_same_curve(tiny_experiment, dataset, tmp_path, change):
    experiment = replace(tiny_experiment, **change)
    whole = fit(experiment, dataset, seed=0, folder=tmp_path / "whole")
    with pytest.raises(Killed):
        fit(experiment, dataset, 0, tmp_path / "parts", report=kill_after(2))
    parts = fit(experiment, dataset, 0, tmp_path / "parts", resume=True)
    assert [row["epoch"] for row in parts["history"]] == [1, 2, 3, 4]
    assert np.allclose(get_losses(whole), get_losses(parts), rtol=1e-4)
    assert parts["best_epoch"] == whole["best_epoch"]


def test_the_best_weights_are_those_of_the_best_epoch(tiny_experiment, dataset, tmp_path, monkeypatch):
    """Also where the best epoch lies between two checkpoints."""
    kept = {}
    for every in (0, 1e9):
        monkeypatch.setattr(checkpoint, "EVERY_SECONDS", every)
        kept[every] = fit(tiny_experiment, dataset, 0, tmp_path / str(every), report=lie_about_the_best(2))
        weights = load_network(tiny_experiment, tmp_path / str(every) / "best-2.weights.h5").get_weights()
        kept[every] = [weights, kept[every]["best_epoch"], sorted(p.name for p in (tmp_path / str(every)).glob("*.h5"))]
    (often, best, files), (rarely, *same) = kept.values()
    assert [best, files] == same == [2, ["best-2.weights.h5", "last-4.weights.h5"]]
    assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(often, rarely))


@pytest.mark.parametrize("change", [{}, {"loss": "focal", "class_balance": "effective"}], ids=["plain", "focal"])
def test_stored_weights_are_those_that_the_history_is_about(tiny_experiment, dataset, tmp_path, change):
    experiment = replace(tiny_experiment, ema=0.5, **change)
    rows = []

    def prefer_the_second(row, history):
        rows.append(dict(row))
        row["val_accuracy"] = float(row["epoch"] == 2)

    state, split = fit(experiment, dataset, 0, tmp_path, report=prefer_the_second), make_split(experiment, dataset)
    best, last = (load(experiment, tmp_path, state) for load in (load_best, load_last))
    check_weights(best, experiment, dataset, split, rows[1])
    check_weights(last, experiment, dataset, split, rows[3])
    for network, row in ((last, rows[1]), (best, rows[3])):
        with pytest.raises(
            WeightsError, match=f"The stored weights of epoch {row['epoch']} have a validation accuracy"
        ):
            check_weights(network, experiment, dataset, split, row)


def test_the_study_s_last_answers_are_kept_over_a_resume_and_change_nothing(tiny_experiment, dataset, tmp_path):
    plain = replace(tiny_experiment, schedule="plateau", ema=0.0, epochs=12)
    study = replace(plain, paper_experiment=2)
    with pytest.raises(Killed):
        fit(study, dataset, 0, tmp_path / "tiny-s0", report=kill_after(8))
    state = fit(study, dataset, 0, tmp_path / "tiny-s0", resume=True)
    assert np.allclose(get_losses(state), get_losses(fit(plain, dataset, 0, tmp_path / "plain")), rtol=1e-4)
    run = write_finished_run(study, dataset, 0, state, tmp_path / "tiny-s0", tmp_path / "run", 12)
    with np.load(run.path / "predictions.npz") as stored:
        answers, labels = stored["test_last_epochs"], stored["test_label"]
    assert answers.dtype == np.uint8 and answers.shape == (10, 56) and answers.max() < 7
    assert (answers[-1] == labels).mean() == pytest.approx(run.metrics.last_epoch.test.accuracy)
    assert (answers[0] != answers[-1]).any()


def lie_about_the_best(epoch):
    """A report that raises the accuracy of one epoch, in the history itself."""

    def report(row, history):
        row["val_accuracy"] = float(row["epoch"] == epoch)

    return report


def test_seeds_differ_and_repeat(tiny_experiment, dataset, tmp_path):
    short = replace(tiny_experiment, epochs=1)
    first, again, other = (fit(short, dataset, seed, tmp_path / str(i)) for i, seed in enumerate((0, 0, 1)))
    assert np.allclose(get_losses(first), get_losses(again), rtol=1e-4)
    assert not np.allclose(get_losses(first), get_losses(other), rtol=1e-4)


def test_a_run_that_diverges_ends_with_a_sentence(tiny_experiment, dataset, tmp_path):
    with pytest.raises(DivergedError, match="In epoch 1 loss and val_loss became not a number: try a lower"):
        fit(replace(tiny_experiment, learning_rate=1e30), dataset, 0, tmp_path)
    assert load_state(tmp_path) is None


def test_resume_refuses_other_settings(tiny_experiment, dataset, tmp_path):
    with pytest.raises(Killed):
        fit(tiny_experiment, dataset, 0, tmp_path, report=kill_after(1))
    with pytest.raises(ResumeError, match="learning_rate = 0.01, not 0.1"):
        fit(replace(tiny_experiment, learning_rate=0.1), dataset, 0, tmp_path, resume=True)
    assert load_state(tmp_path)["epoch"] == 1


def test_resume_refuses_other_pictures_labels_and_precision(tiny_experiment, dataset, tmp_path):
    with pytest.raises(Killed):
        fit(tiny_experiment, dataset, 0, tmp_path, report=kill_after(1))
    images, labels = dataset.images.copy(), dataset.labels.copy()
    images[-1, 0, 0] ^= 1
    labels[0] = 6 - labels[0]
    for other in (replace(dataset, images=images), replace(dataset, labels=labels)):
        with pytest.raises(ResumeError, match="was begun with other pictures or labels: bring the same data"):
            fit(tiny_experiment, other, 0, tmp_path, resume=True)
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        with pytest.raises(ResumeError, match="precision = float32, not mixed_bfloat16"):
            fit(tiny_experiment, dataset, 0, tmp_path, resume=True)
    finally:
        keras.mixed_precision.set_global_policy("float32")


def test_a_finished_run_goes_on_as_a_longer_experiment(tiny_experiment, dataset, tmp_path):
    short = replace(tiny_experiment, schedule="plateau", warmup_epochs=0, epochs=2)
    fit(short, dataset, 0, tmp_path)
    longer = replace(short, name="longer", title="Longer", paper_experiment=2, epochs=3)
    assert fit(longer, dataset, 0, tmp_path, resume=True)["epoch"] == 3


def test_resume_accepts_a_run_begun_before_a_setting_existed(tiny_experiment, dataset, tmp_path):
    with pytest.raises(Killed):
        fit(tiny_experiment, dataset, 0, tmp_path, report=kill_after(1))
    file = tmp_path / "experiment.json"
    settings = json.loads(file.read_text())
    for key in ("cutmix", "teachers", "class_balance", "tta", "data", "precision", "cpu_kernels"):
        del settings[key]
    file.write_text(json.dumps(settings))
    assert fit(tiny_experiment, dataset, 0, tmp_path, resume=True)["epoch"] == 4


def test_a_finished_run_is_written_exported_and_verified(tiny_experiment, dataset, tmp_path):
    experiment = replace(tiny_experiment, epochs=12, learning_rate=0.01, augmentation="none", warmup_epochs=0)
    state = fit(experiment, dataset, 0, tmp_path / "weights")
    assert state["history"][-1]["loss"] < state["history"][0]["loss"]
    run = write_finished_run(experiment, dataset, 0, state, tmp_path / "weights", tmp_path / "tiny-s0", 20)
    assert export_kept(experiment, tmp_path / "weights", run.path) < 1e-4
    assert verify_run(run.path, dataset) == []
    network = run.model_path.read_bytes()
    run.model_path.write_bytes(network + b"x")
    assert "another network than the one metrics.json was written for" in verify_run(run.path)[0], "without pictures"
    run.model_path.write_bytes(network)
    state["history"][-1]["val_accuracy"] += 0.01  # a training of the same name and length, written elsewhere
    write_state(tmp_path / "weights", {key: state[key] for key in ("epoch", "best_epoch", "history", "plateau")})
    with pytest.raises(GuardError, match="was not trained to what is in"):
        export_kept(experiment, tmp_path / "weights", run.path)
    assert run.model_path.read_bytes() == network
    assert run.is_drawn and run.is_partial and run.best_epoch == state["best_epoch"]
    assert run.metrics.test.accuracy > 2 / 7, "twelve epochs on drawn faces beat guessing"
    assert run.config.dataset.test.total == 56 and run.config.parameters == state["parameters"]
    assert set(run.metrics.to_plain()) >= {"train", "validation", "test", "test_tta", "last_epoch", "calibration_tta"}


STEPS = """
import sys; sys.path.insert(0, "tests/training")
import keras, conftest
from fer_core.data import make_drawn_dataset
from fer_core.training import fit as f
from fer_core.training.experiments import Experiment
f.NETWORKS["tiny"] = conftest.build_tiny
experiment = Experiment("tiny", "", "", network="tiny", epochs=2, batch_size=32, ema=.9, augmentation="strong",
    cutmix=.3, mixup=.3, class_balance="weighted")
state = f.fit(experiment, make_drawn_dataset(140, 56, seed=2), 0, sys.argv[1])
print(keras.backend.backend(), *[row["val_loss"] for row in state["history"]])
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_the_same_code_trains_under_both_backends(backend, tmp_path):
    pytest.importorskip(backend)
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, "-c", STEPS, str(tmp_path)],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    name, *losses = done.stdout.split()
    assert name == backend and all(0 < float(loss) < 10 for loss in losses) and len(losses) == 2


def test_a_run_gives_the_memory_of_its_pictures_back(tiny_experiment, tmp_path, monkeypatch):
    """TensorFlow keeps the graphs of training steps: a queue would hold a copy of all pictures for each of its runs."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("other backends free them themselves")
    made, make = [], fit_module.make_training_model
    monkeypatch.setattr(fit_module, "make_training_model", lambda *given: made.append(make(*given)) or made[0])
    fit(replace(tiny_experiment, epochs=1, augmentation="none"), make_drawn_dataset(70, 14), 0, tmp_path)
    assert [variable.numpy().size for variable in made[0].get_layer("pictures").variables] == [0, 0]
