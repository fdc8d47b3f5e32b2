"""Synthetic runs: real numbers of a made-up network, so that every check sees consistent artifacts."""

import numpy as np
import pandas as pd
import pytest

from fer_core.runs.artifacts import write_run
from fer_core.runs.metrics import compute_run_metrics


def draw_answers(n, seed=0, skill=2.0, sharpness=1.0):
    """Labels (n,) uint8 and probabilities (n, 7) float32 of a network that is right more often with more `skill`."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 7, n).astype(np.uint8)
    logits = rng.normal(size=(n, 7))
    logits[np.arange(n), label] += skill
    power = np.exp(sharpness * (logits - logits.max(axis=1, keepdims=True)))
    return label, (power / power.sum(axis=1, keepdims=True)).astype(np.float32)


def make_parts(seed=0, epochs=3, skill=2.0, **config):
    """The arguments of write_run for a run of 60 validation and 90 test pictures."""
    rng = np.random.default_rng(seed)
    predictions = {}
    for split, n, usages in (("validation", 60, ["Training"]), ("test", 90, ["PublicTest", "PrivateTest"])):
        label, probability = draw_answers(n, seed=n + seed, skill=skill)
        predictions[f"{split}_file"] = np.array([f"{usages[i % len(usages)]}_{i}.jpg" for i in range(n)])
        predictions[f"{split}_label"], predictions[f"{split}_probability"] = label, probability
    predictions["test_twin"] = rng.random(90) < 0.1
    predictions["test_ferplus"] = np.where(rng.random(90) < 0.1, 255, predictions["test_label"]).astype(np.uint8)
    curve = np.linspace(0.3, 0.6, epochs)
    history = pd.DataFrame({"epoch": range(1, epochs + 1), "loss": 2 - curve, "accuracy": curve, "val_loss": 2 - curve})
    history = history.assign(val_accuracy=curve, learning_rate=0.01, seconds=1.5)
    config = {"experiment": "tiny", "seed": seed, "epochs": epochs, "parameters": 1234, "wall_seconds": 4.5} | config
    return config, history, compute_run_metrics(predictions), predictions


@pytest.fixture
def run_parts():
    return make_parts()


@pytest.fixture
def run(tmp_path, run_parts):
    return write_run(tmp_path / "tiny-s0", *run_parts)
