"""Train one experiment: `fit` ties network, pictures, augmentation, schedule and checkpoints together."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from fer_core.data import FerDataset, Split, make_grouped_split, make_study_split, take_share
from fer_core.labels import LABELS
from fer_core.training.backend import has_accelerator
from fer_core.training.batches import ShuffledIndices, make_plain_batches, make_tensorflow_dataset
from fer_core.training.checkpoint import (
    CommitEpoch,
    SaveTraining,
    load_state,
    restore_plateau,
    restore_training,
)
from fer_core.training.experiments import Experiment, get_defaults
from fer_core.training.model import compile_training_model, make_training_model
from fer_core.training.networks import NETWORKS
from fer_core.training.pretrained import load_pretrained
from fer_core.training.task import Task, compute_draw_weights, make_task
from fer_core.training.weights import EVALUATION_BATCH, SETTINGS

FREE = {"name", "title", "note", "paper_experiment", "factor", "ablation_of", "deploy", "quantise", "tta"}
"""Settings that training does not depend on: they may change while a run is unfinished, or one becomes another."""


class ResumeError(ValueError):
    """The checkpoints belong to a run with other settings."""


def make_split(experiment: Experiment, dataset: FerDataset) -> Split:
    """The experiment's rows for training, validation and test."""
    split = make_study_split(dataset) if experiment.split == "study" else make_grouped_split(dataset)
    train = np.union1d(split.train, split.validation) if experiment.split == "all" else split.train
    if experiment.train_share < 1:
        train = take_share(train, dataset.labels, experiment.train_share)
    return dataclasses.replace(split, train=train)


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
    With `resume` it goes on after the last epoch committed there (see checkpoint.py). `report` gets each finished
    epoch's row and the history. Returns the final state: `epoch`, `best_epoch`, `history` (a dict per epoch),
    `parameters`, `trainable_parameters`, `mixed_precision`. Raises ResumeError when the folder's run had other
    settings.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    state = load_state(folder) if resume else None
    _check_same_experiment(experiment, folder, resume=state is not None)
    first_epoch = state["epoch"] if state else 0
    keras.utils.set_random_seed(seed)
    split = make_split(experiment, dataset)
    network = NETWORKS[experiment.network]()
    task = make_task(experiment, dataset, split, folder.parent)
    if experiment.pretrained and not state:
        load_pretrained(network, experiment.pretrained, dataset.images[task.train])
    model = make_training_model(network, dataset.images, task.labels, experiment, seed, task.targets)
    batches = make_batches(experiment, task, seed)
    if experiment.class_balance == "weighted":
        model.class_weights = compute_class_weights(task.labels[task.train])
    compile_training_model(model, experiment, steps_per_epoch=batches.steps)
    model.optimizer.build(model.trainable_variables)
    if state:
        restore_training(model, folder, state["epoch"])
    shuffle = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: batches.set_epoch(epoch))
    callbacks = [shuffle, *_make_callbacks(experiment, folder, network, state, report)]
    if first_epoch < experiment.epochs:
        model.fit(
            make_tensorflow_dataset(batches) if keras.backend.backend() == "tensorflow" else batches,
            validation_data=make_plain_batches(task.validation, EVALUATION_BATCH),
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


def make_batches(experiment: Experiment, task: Task, seed: int) -> ShuffledIndices:
    """The training pictures in the experiment's order."""
    labels, weights = task.labels[task.train], None
    if experiment.rarity:
        targets = np.eye(len(LABELS))[labels] if task.targets is None else task.targets[task.train]
        weights = compute_draw_weights(targets, experiment.rarity)
    return ShuffledIndices(
        task.train,
        experiment.batch_size,
        seed,
        # On a CPU, XLA's loops cost more than they save.
        whole_epochs=keras.backend.backend() == "jax" and has_accelerator(),
        labels=labels if experiment.class_balance == "oversampled" else None,
        weights=weights,
    )


def compute_class_weights(labels: np.ndarray) -> np.ndarray:
    """Weights float32 (7,) inverse to the classes' frequencies, so that all classes count alike; mean 1 over `labels`."""
    counts = np.maximum(np.bincount(labels, minlength=len(LABELS)), 1)
    return (len(labels) / (np.count_nonzero(np.bincount(labels)) * counts)).astype("float32")


def _check_same_experiment(experiment: Experiment, folder: Path, resume: bool) -> None:
    """Remember the settings of a new run; refuse to go on with others. More epochs are fine without a fixed schedule.

    A setting that did not exist yet when the run was begun has its default.
    """
    file, settings = folder / SETTINGS, json.loads(json.dumps(dataclasses.asdict(experiment)))
    if resume and file.exists():
        before = {key: json.loads(json.dumps(value)) for key, value in get_defaults().items()}
        before |= json.loads(file.read_text())
        for key in settings.keys() - FREE - {"epochs" if experiment.schedule == "plateau" else None}:
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
    callbacks.append(saver := SaveTraining(folder, experiment.epochs))
    if experiment.ema:
        callbacks.append(keras.callbacks.SwapEMAWeights(swap_on_epoch=True))
    commit = CommitEpoch(saver, network, plateau, state["history"] if state else (), report)
    return [*callbacks, commit]
