"""Train one experiment: `fit` ties network, pictures, augmentation, schedule and checkpoints together."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from fer_core.data import FerDataset, Split, make_grouped_split, make_study_split, take_share
from fer_core.labels import LABELS
from fer_core.training import cpu_kernels
from fer_core.training.backend import has_accelerator
from fer_core.training.batches import ShuffledIndices, make_plain_batches, make_tensorflow_dataset
from fer_core.training.checkpoint import (
    CommitEpoch,
    SaveTraining,
    clear_checkpoints,
    count_bytes,
    load_state,
    restore_plateau,
    restore_training,
    write_weights,
)
from fer_core.training.devices import count_used, normalise_together
from fer_core.training.experiments import Experiment
from fer_core.training.guards import check_space
from fer_core.training.model import compile_training_model, make_training_model
from fer_core.training.networks import NETWORKS
from fer_core.training.pretrained import load_pretrained
from fer_core.training.settings import begin_or_go_on
from fer_core.training.task import Task, compute_draw_weights, make_task
from fer_core.training.time_limit import StopInTime, TimeLimit
from fer_core.training.weights import EVALUATION_BATCH, load_into, predict


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
    limit: TimeLimit | None = None,
) -> dict:
    """Train `experiment` and leave its weights in `folder`.

    `folder` then holds `best-<epoch>.weights.h5`, the best epoch's by validation accuracy, and `last-<epoch>.weights.h5`.
    With `resume` it goes on after the last epoch committed there (see checkpoint.py), without it begins anew. `report`
    gets each finished epoch's row and the history. Returns the final state: `epoch`, `best_epoch`, `history` (a dict per
    epoch), `test_answers` of the study's experiments (a digit per test picture for each of the last ten epochs),
    `parameters`, `trainable_parameters`, `mixed_precision`, `cpu_kernels`, `devices` (how many).

    Raises ResumeError when the folder's run had other settings or data, CheckpointError when its files are damaged or
    cannot be written, GuardError when the disk is too small, OutOfTime when `limit` stops it; then it can be resumed.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    state = load_state(folder) if resume else None
    clear_checkpoints(folder, state)
    begin_or_go_on(experiment, dataset, folder, resume=state is not None)
    first_epoch = state["epoch"] if state else 0
    keras.utils.set_random_seed(seed)
    split = make_split(experiment, dataset)
    network = NETWORKS[experiment.network]()
    normalise_together(network)
    task = make_task(experiment, dataset, split, folder.parent)
    if experiment.pretrained and not state:
        load_pretrained(network, experiment.pretrained, dataset.images[task.train])
    model = make_training_model(network, dataset.images, task.labels, experiment, seed, task.targets)
    batches = make_batches(experiment, task, seed)
    if experiment.class_balance in WEIGHTS:
        model.class_weights = WEIGHTS[experiment.class_balance](task.labels[task.train])
    compile_training_model(model, experiment, steps_per_epoch=batches.steps)
    model.optimizer.build(model.trainable_variables)
    check_space(folder, count_bytes(model))
    if state:
        load_into(network, folder / f"best-{state['best_epoch']}.weights.h5")  # now, not after hours, if it is damaged
        restore_training(model, folder, state["epoch"])
    shuffle = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: batches.set_epoch(epoch))
    test_images = dataset.images[split.test]
    answer = (lambda: predict(network, test_images).argmax(axis=1)) if experiment.paper_experiment else None
    callbacks = [shuffle, *_make_callbacks(experiment, folder, network, state, report, limit, answer)]
    try:
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
    finally:
        model.get_layer("pictures").release()
    _write_last(model, network, folder, trained=first_epoch < experiment.epochs)
    return {
        **load_state(folder),
        "parameters": network.count_params(),
        "mixed_precision": keras.mixed_precision.global_policy().name != "float32",
        "cpu_kernels": cpu_kernels.in_use(),
        "devices": count_used(),
        "trainable_parameters": sum(int(np.prod(weight.shape)) for weight in network.trainable_weights),
    }


def _write_last(model, network, folder: Path, trained: bool) -> None:
    """Write the last epoch's weights, as they are judged, unless an earlier call has come so far.

    A run that was killed just before has them in its training state, a moving average still beside them.
    """
    epoch = load_state(folder)["epoch"]
    file = folder / f"last-{epoch}.weights.h5"
    if not trained and not file.exists():
        model.optimizer.finalize_variable_values(model.trainable_variables)
    if trained or not file.exists():
        write_weights(network, file)
    for old in set(folder.glob("last*.weights.h5")) - {file}:
        old.unlink()


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
    """Weights float32 (7,) inverse to the classes' frequencies, so that all count alike; mean 1 over `labels`.

    A class without pictures has no weight: nothing asks for it.
    """
    from sklearn.utils.class_weight import compute_class_weight

    present, weights = np.unique(labels), np.zeros(len(LABELS), "float32")
    weights[present] = compute_class_weight("balanced", classes=present, y=labels)
    return weights


def compute_effective_weights(labels: np.ndarray, beta: float = 0.9999) -> np.ndarray:
    """Weights float32 (7,) inverse to the classes' effective numbers (1 - beta^n) / (1 - beta), mean 1 over `labels`.

    The more pictures a class has, the less a further one adds (Cui et al. 2019, arXiv:1901.05555); 0 where it has none.
    """
    counts = np.bincount(labels, minlength=len(LABELS))
    weights = np.divide(1 - beta, 1 - beta**counts, out=np.zeros(len(LABELS)), where=counts > 0)
    return (weights / weights[labels].mean()).astype("float32")


WEIGHTS = {"weighted": compute_class_weights, "effective": compute_effective_weights}


def _make_callbacks(experiment: Experiment, folder: Path, network, state, report, limit, answer):
    """Callbacks in the order in which they must run: reduce the rate, save, swap the averages in, commit."""
    callbacks, plateau = [], None
    if experiment.schedule == "plateau":
        plateau = keras.callbacks.ReduceLROnPlateau("val_accuracy", factor=0.75, patience=5, min_lr=1e-5, mode="max")
        callbacks.append(plateau)
        if state:
            callbacks.append(restore_plateau(plateau, state["plateau"]))
    callbacks.append(saver := SaveTraining(folder, experiment.epochs, limit=limit))
    if experiment.ema:
        callbacks.append(keras.callbacks.SwapEMAWeights(swap_on_epoch=True))
    if limit:
        callbacks.append(StopInTime(limit))
    return [*callbacks, CommitEpoch(saver, network, plateau, state, report, answer)]
