"""Callbacks that make a run resumable and remember its best weights.

Two callbacks, because with a moving average the weights to go on with and the weights to judge differ: Keras's
`SwapEMAWeights` stands between them. `SaveTraining` runs before the swap and writes what training goes on from;
`CommitEpoch` runs after it, writes the best weights, and then one small `state.json` that names both files. A run that
is killed anywhere goes on from the last epoch that `state.json` names. On a GPU an epoch of the study's network takes
seconds and its state 500 MB, so epochs that end within EVERY_SECONDS of the last checkpoint are not written.
"""

import json
import math
import os
import time
from pathlib import Path

import keras
import numpy as np

from fer_core.training.model import STORED

STATE = "state.json"
EVERY_SECONDS = 20


class DivergedError(ValueError):
    """The loss is no number any more: the weights are spoilt, and further epochs would be wasted."""


def list_state_variables(model: keras.Model) -> list:
    """Everything that the next epoch depends on: weights, random seeds, optimiser; not the stored data set."""
    own = [variable for variable in model.variables if variable.path.split("/")[-1] not in STORED]
    return own + list(model.optimizer.variables)


class SaveTraining(keras.callbacks.Callback):
    """Write all state variables after an epoch, before the averaged weights are swapped in.

    After the first, the last of `epochs` and every other that ends `every` seconds after the one written before.
    `epoch` is the one that was written last.
    """

    def __init__(self, folder: Path, epochs: int, every: float = EVERY_SECONDS):
        super().__init__()
        self.folder, self.epochs, self.every = folder, epochs, every
        self.epoch, self.written = 0, -math.inf

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 < self.epochs and time.monotonic() < self.written + self.every:
            return
        self.epoch, self.written = epoch + 1, time.monotonic()
        values = [keras.ops.convert_to_numpy(variable) for variable in list_state_variables(self.model)]
        np.savez(self.folder / f"training-{epoch + 1}.npz", **{str(i): value for i, value in enumerate(values)})


class CommitEpoch(keras.callbacks.Callback):
    """Record the epoch's row of history, keep the best weights by `val_accuracy`, commit the epochs that `saver` wrote.

    `report` is called with the finished row (a dict) and the whole history after each epoch.
    """

    def __init__(self, saver: SaveTraining, network: keras.Model, plateau=None, history=(), report=None):
        super().__init__()
        self.saver, self.folder, self.network, self.plateau = saver, saver.folder, network, plateau
        self.history, self.report = list(history), report
        self.best_weights = None  # arrays, until they are written

    @property
    def best(self) -> dict:
        """The row of the best epoch so far: the first with the highest validation accuracy."""
        return max(self.history, key=lambda row: row["val_accuracy"])

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        numbers = {key: float(value) for key, value in logs.items()}
        lost = [key for key in ("loss", "val_loss") if not math.isfinite(numbers.get(key, 0))]
        if lost:
            raise DivergedError(
                f"In epoch {epoch + 1} {' and '.join(lost)} became not a number: try a lower learning rate, or leave "
                "--mixed-precision away."
            )
        # ReduceLROnPlateau logs the rate that the epoch used; by now the optimiser may hold the next one's.
        numbers.setdefault("learning_rate", float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)))
        seconds = round(time.monotonic() - self.started, 2)
        self.history.append({"epoch": epoch + 1, **numbers, "seconds": seconds})
        if self.best["epoch"] == epoch + 1:
            self.best_weights = self.network.get_weights()
        if self.saver.epoch == epoch + 1:
            self._write_best()
            self._commit(epoch + 1)
        if self.report:
            self.report(self.history[-1], self.history)

    def _write_best(self) -> None:
        if self.best_weights is None:
            return
        current = self.network.get_weights()
        self.network.set_weights(self.best_weights)
        self.network.save_weights(self.folder / f"best-{self.best['epoch']}.weights.h5")
        self.network.set_weights(current)
        self.best_weights = None

    def _commit(self, epoch: int) -> None:
        plateau = (
            {key: getattr(self.plateau, key) for key in ("wait", "best", "cooldown_counter")} if self.plateau else None
        )
        state = {"epoch": epoch, "best_epoch": self.best["epoch"], "history": self.history, "plateau": plateau}
        fresh = self.folder / f"{STATE}.new"
        fresh.write_text(json.dumps(state))
        os.replace(fresh, self.folder / STATE)
        keep = {f"training-{epoch}.npz", f"best-{self.best['epoch']}.weights.h5"}
        for file in [*self.folder.glob("training-*.npz"), *self.folder.glob("best-*.weights.h5")]:
            if file.name not in keep:
                file.unlink()


def load_state(folder: Path) -> dict | None:
    """Read `state.json` (epoch, best_epoch, history, plateau); None when no epoch was committed."""
    file = Path(folder) / STATE
    return json.loads(file.read_text()) if file.exists() else None


def restore_training(model: keras.Model, folder: Path, epoch: int) -> None:
    """Put the state variables back as they were after `epoch`."""
    with np.load(Path(folder) / f"training-{epoch}.npz") as stored:
        for i, variable in enumerate(list_state_variables(model)):
            variable.assign(stored[str(i)])


def restore_plateau(plateau: keras.callbacks.ReduceLROnPlateau, values: dict) -> keras.callbacks.Callback:
    """Make a callback that gives `ReduceLROnPlateau` its memory back once `fit` has reset it."""

    def on_train_begin(logs=None):
        for key, value in values.items():
            setattr(plateau, key, value)

    return keras.callbacks.LambdaCallback(on_train_begin=on_train_begin)
