"""Trained networks, back from the files that training leaves in `checkpoints/<run>/`."""

import json
from dataclasses import fields
from pathlib import Path

import keras
import numpy as np

from fer_core.preprocessing import to_network_input
from fer_core.training.experiments import Experiment
from fer_core.training.networks import NETWORKS

EVALUATION_BATCH = 256
SETTINGS = "experiment.json"


def load_network(experiment: Experiment, weights: Path) -> keras.Model:
    """The experiment's network in float32 with the weights of a file."""
    policy = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy("float32")
    try:
        network = NETWORKS[experiment.network]()
    finally:
        keras.mixed_precision.set_global_policy(policy)
    network.load_weights(weights)
    return network


def load_kept(experiment: Experiment, checkpoints: Path, state: dict) -> tuple[keras.Model, int]:
    """The network with the weights that the experiment keeps, and the epoch that they are from."""
    if experiment.keep == "last":
        return load_network(experiment, checkpoints / "last.weights.h5"), state["epoch"]
    return load_network(experiment, checkpoints / f"best-{state['best_epoch']}.weights.h5"), state["best_epoch"]


def read_settings(checkpoints: Path) -> Experiment | None:
    """The experiment that a run was begun with, None without such a record; settings that exist no more are left out."""
    file = checkpoints / SETTINGS
    if not file.is_file():
        return None
    known = {field.name for field in fields(Experiment)}
    return Experiment(**{key: value for key, value in json.loads(file.read_text()).items() if key in known})


def predict(network: keras.Model, images: np.ndarray) -> np.ndarray:
    """Probabilities float32 (n, 7) for uint8 pictures (n, 48, 48)."""
    batches = (images[i : i + EVALUATION_BATCH] for i in range(0, len(images), EVALUATION_BATCH))
    return np.concatenate([network.predict_on_batch(to_network_input(batch)) for batch in batches])
