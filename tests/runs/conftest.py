"""Synthetic runs: real numbers of a made-up network, so that every check sees consistent artifacts."""

import numpy as np
import pytest

from fer_core.runs.history import make_history
from fer_core.runs.metrics import compute_run_metrics
from fer_core.runs.writing import write_run

N_VALIDATION, N_TEST = 60, 90


def _draw_answers(n, seed=0, skill=2.0, sharpness=1.0):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 7, n).astype(np.uint8)
    logits = rng.normal(size=(n, 7))
    logits[np.arange(n), label] += skill
    power = np.exp(sharpness * (logits - logits.max(axis=1, keepdims=True)))
    return label, (power / power.sum(axis=1, keepdims=True)).astype(np.float32)


def _make_parts(seed=0, epochs=3, skill=2.0, tta=False, ran=None, **config):
    rng = np.random.default_rng(seed)
    predictions = {}
    for split, n, usages in (
        ("validation", N_VALIDATION, ["Training"]),
        ("test", N_TEST, ["PublicTest", "PrivateTest"]),
    ):
        label, probability = _draw_answers(n, seed=n, skill=skill)
        predictions[f"{split}_file"] = np.array([f"{usages[i % len(usages)]}_{i}.jpg" for i in range(n)])
        predictions[f"{split}_label"], predictions[f"{split}_probability"] = label, probability
    predictions["test_twin"] = rng.random(N_TEST) < 0.1
    predictions["test_ferplus"] = np.where(rng.random(N_TEST) < 0.1, 255, predictions["test_label"]).astype(np.uint8)
    if tta:
        predictions["test_tta_probability"] = _draw_answers(N_TEST, seed=N_TEST, skill=skill + 1)[1]
    curve = np.linspace(0.3, 0.6, ran or epochs)
    history = make_history({
        "epoch": np.arange(len(curve)) + 1, "loss": 2 - curve, "accuracy": curve, "val_loss": 2 - curve, "val_accuracy": curve,
        "learning_rate": np.full(len(curve), 0.01), "seconds": np.full(len(curve), 1.5),
    })  # fmt: skip
    config = {"experiment": "tiny", "seed": seed, "epochs": epochs, "parameters": 1234, "wall_seconds": 4.5} | config
    return config, history, compute_run_metrics(predictions), predictions


@pytest.fixture
def draw_answers():
    """Labels (n,) uint8 and probabilities (n, 7) float32 of a network that is right more often with more `skill`."""
    return _draw_answers


@pytest.fixture
def make_parts():
    """The arguments of `write_run` after the path; `ran` epochs finished of `epochs` planned."""
    return _make_parts


@pytest.fixture
def make_run(tmp_path):
    """Write a run named `name` under tmp_path."""
    return lambda name="tiny-s0", **options: write_run(tmp_path / name, *_make_parts(**options))


@pytest.fixture
def run(make_run):
    return make_run()
