"""Train one experiment: `train` ties network, pictures, augmentation, schedule and checkpoints together."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from fer_core.data import FerDataset, Split, make_grouped_split, make_study_split
from fer_core.labels import LABELS
from fer_core.training.checkpoint import (
    CommitEpoch,
    SaveTraining,
    load_state,
    restore_plateau,
    restore_training,
)
from fer_core.training.experiments import Experiment
from fer_core.training.model import ShuffledIndices, compile_training_model, make_training_model
from fer_core.training.networks import NETWORKS

EVALUATION_BATCH = 256


class ResumeError(ValueError):
    """The checkpoints belong to a run with other settings."""


def make_split(experiment: Experiment, dataset: FerDataset) -> Split:
    """The experiment's rows for training, validation and test."""
    return make_study_split(dataset) if experiment.split == "study" else make_grouped_split(dataset)


def fit(
    experiment: Experiment,
    dataset: FerDataset,
    seed: int,
    folder: Path,
    resume: bool = False,
    report: Callable[[dict, list[dict]], None] | None = None,
) -> dict:
    """Train `experiment` and leave its weights in `folder`.

    `folder` then holds `best-<epoch>.weights.h5`, the best epoch's by validation accuracy, and `last.weights.h5`.
    With `resume` it goes on after the last epoch committed there. `report` gets each finished epoch's row and the
    history. Returns the final state: `epoch`, `best_epoch`, `history` (a dict per epoch), `parameters`,
    `trainable_parameters`, `mixed_precision`. Raises ResumeError when the folder's run had other settings.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    state = load_state(folder) if resume else None
    _check_same_experiment(experiment, folder, resume=state is not None)
    first_epoch = state["epoch"] if state else 0
    keras.utils.set_random_seed(seed)
    split = make_split(experiment, dataset)
    network = NETWORKS[experiment.network]()
    model = make_training_model(network, dataset.images, experiment, seed)
    one_hot = np.eye(len(LABELS), dtype="float32")[dataset.labels]
    batches = ShuffledIndices(split.train.astype("int32"), one_hot[split.train], experiment.batch_size, seed)
    compile_training_model(model, experiment, steps_per_epoch=len(batches))
    model.optimizer.build(model.trainable_variables)
    if state:
        restore_training(model, folder, state["epoch"])
    shuffle = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: batches.set_epoch(epoch))
    callbacks = [shuffle, *_make_callbacks(experiment, folder, network, state, report)]
    if first_epoch < experiment.epochs:
        model.fit(
            batches,
            validation_data=(split.validation.astype("int32"), one_hot[split.validation]),
            validation_batch_size=EVALUATION_BATCH,
            epochs=experiment.epochs,
            initial_epoch=first_epoch,
            callbacks=callbacks,
            shuffle=False,  # the batches shuffle themselves, the same way after a resume
            verbose=0,
        )
        network.save_weights(folder / "last.weights.h5")
    return {
        **load_state(folder),
        "parameters": network.count_params(),
        "mixed_precision": keras.mixed_precision.global_policy().name != "float32",
        "trainable_parameters": sum(int(np.prod(weight.shape)) for weight in network.trainable_weights),
    }


def _check_same_experiment(experiment: Experiment, folder: Path, resume: bool) -> None:
    """Remember the settings of a new run; refuse to go on with others. More epochs are fine without a fixed schedule."""
    file, settings = folder / "experiment.json", dataclasses.asdict(experiment)
    if resume and file.exists():
        free = {"title", "note", "deploy", "epochs" if experiment.schedule == "plateau" else None}
        before = json.loads(file.read_text())
        for key in settings.keys() - free:
            if before.get(key) != settings[key]:
                raise ResumeError(
                    f"{folder} was begun with {key} = {before.get(key)}, not {settings[key]}: "
                    "give the same settings, or start over with --restart."
                )
    file.write_text(json.dumps(settings))


def _make_callbacks(experiment: Experiment, folder: Path, network, state, report):
    """Callbacks in the order in which they must run: reduce the rate, save, swap the averages in, commit."""
    callbacks, plateau = [], None
    if experiment.schedule == "plateau":
        plateau = keras.callbacks.ReduceLROnPlateau("val_accuracy", factor=0.75, patience=5, min_lr=1e-5, mode="max")
        callbacks.append(plateau)
        if state:
            callbacks.append(restore_plateau(plateau, state["plateau"]))
    callbacks.append(SaveTraining(folder))
    if experiment.ema:
        callbacks.append(keras.callbacks.SwapEMAWeights(swap_on_epoch=True))
    commit = CommitEpoch(folder, network, plateau, state["history"] if state else (), report)
    return [*callbacks, commit]


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
