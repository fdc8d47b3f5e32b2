"""Trained networks, back from the files that training leaves in `checkpoints/<run>/`."""

from pathlib import Path

import keras
import numpy as np

from fer_core.preprocessing import to_network_input
from fer_core.training.checkpoint import damaged
from fer_core.training.experiments import Experiment
from fer_core.training.networks import NETWORKS

EVALUATION_BATCH = 256


def load_network(experiment: Experiment, weights: Path) -> keras.Model:
    """The experiment's network in float32 with the weights of a file. Raises CheckpointError."""
    policy = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy("float32")
    try:
        network = NETWORKS[experiment.network]()
    finally:
        keras.mixed_precision.set_global_policy(policy)
    load_into(network, weights)
    return network


def load_into(network: keras.Model, file: Path) -> None:
    """Load a file's weights into a network. Raises CheckpointError when it is missing, damaged or another network's."""
    try:
        network.load_weights(file)
    except (OSError, ValueError, KeyError, RuntimeError):
        raise damaged(file) from None


def load_kept(experiment: Experiment, checkpoints: Path, state: dict) -> tuple[keras.Model, int]:
    """The network with the weights that the experiment keeps, and the epoch that they are from."""
    if experiment.keep == "last":
        return load_last(experiment, checkpoints, state), state["epoch"]
    return load_best(experiment, checkpoints, state), state["best_epoch"]


def load_best(experiment: Experiment, checkpoints: Path, state: dict) -> keras.Model:
    """The network with the weights of the best epoch by validation accuracy. Raises CheckpointError."""
    return load_network(experiment, checkpoints / f"best-{state['best_epoch']}.weights.h5")


def load_last(experiment: Experiment, checkpoints: Path, state: dict) -> keras.Model:
    """The network with the weights of the last epoch. Raises CheckpointError."""
    return load_network(experiment, checkpoints / f"last-{state['epoch']}.weights.h5")


def predict(network: keras.Model, images: np.ndarray) -> np.ndarray:
    """Probabilities float32 (n, 7) for uint8 pictures (n, 48, 48)."""
    batches = (images[i : i + EVALUATION_BATCH] for i in range(0, len(images), EVALUATION_BATCH))
    return np.concatenate([network.predict_on_batch(to_network_input(batch)) for batch in batches])
