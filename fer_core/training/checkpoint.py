"""Callbacks that make a run resumable and remember its best weights.

Two callbacks, because with a moving average the weights to go on with and the weights to judge differ: Keras's
`SwapEMAWeights` stands between them. `SaveTraining` runs before the swap and writes what training goes on from;
`CommitEpoch` runs after it, writes the best weights, and then one small `state.json` that names both files. A run that
is killed anywhere goes on from the last epoch that `state.json` names. On a GPU an epoch of the study's network takes
seconds and its state 500 MB, so epochs that end within EVERY_SECONDS of the last checkpoint are not written.
"""

import json
import math
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np

from fer_core.files import FRESH, replacing
from fer_core.training.model import STORED
from fer_core.training.time_limit import OutOfTime, TimeLimit

STATE = "state.json"
EVERY_SECONDS = 20
ANSWERED_EPOCHS = 10
"""The last epochs of which the answers to the test pictures are kept, where that is asked for."""


class DivergedError(ValueError):
    """The loss is no number any more: the weights are spoilt, and further epochs would be wasted."""


class CheckpointError(ValueError):
    """Checkpoints cannot be written, or are damaged; the message names the file and what to do."""


def damaged(file: Path) -> CheckpointError:
    """Make the error for a file that is missing or cannot be read."""
    return CheckpointError(f"{file} is {'damaged' if file.exists() else 'missing'}: begin again with --restart.")


@contextmanager
def saving(file: Path):
    """Give a path to write to that becomes `file` once it is whole and on the disk. Raises CheckpointError."""
    try:
        with replacing(file) as fresh:
            yield fresh
    except (OSError, RuntimeError) as error:  # h5py raises RuntimeError when it cannot close its file
        reason = getattr(error, "strerror", None) or error
        raise CheckpointError(f"{file} could not be written ({reason}): make room, then go on with --resume.") from None


def list_state_variables(model: keras.Model) -> list:
    """Everything that the next epoch depends on: weights, random seeds, optimiser; not the stored data set."""
    own = [variable for variable in model.variables if variable.path.split("/")[-1] not in STORED]
    return own + list(model.optimizer.variables)


def count_bytes(model: keras.Model) -> int:
    """The most that a folder of checkpoints holds at once: two states, and weights of two best epochs and the last."""
    state, weights = (
        sum(math.prod(variable.shape) * np.dtype("float32").itemsize for variable in variables)
        for variables in (list_state_variables(model), model.weights)
    )
    return 2 * state + 3 * weights


class SaveTraining(keras.callbacks.Callback):
    """Write all state variables after an epoch, before the averaged weights are swapped in.

    After the first, the last of `epochs` and every other that ends `every` (EVERY_SECONDS) after the one before; and
    after the one behind which `limit` leaves no time for another (`stops` is then True). `epoch` is the one that was
    written last.
    """

    def __init__(self, folder: Path, epochs: int, every: float | None = None, limit: TimeLimit | None = None):
        super().__init__()
        self.folder, self.epochs, self.limit = folder, epochs, limit or TimeLimit()
        self.every = EVERY_SECONDS if every is None else every
        self.epoch, self.written, self.stops = 0, -math.inf, False
        self.epoch_seconds, self.save_seconds = [], 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        self.epoch_seconds.append(time.monotonic() - self.began)
        if epoch + 1 >= self.epochs or time.monotonic() >= self.written + self.every:
            self._write(epoch + 1)
        usual = max(self.epoch_seconds[1:] or self.epoch_seconds)  # the first one compiles
        self.stops = epoch + 1 < self.epochs and not self.limit.allows(usual + 2 * self.save_seconds)
        if self.stops and self.epoch != epoch + 1:
            self._write(epoch + 1)

    def _write(self, epoch: int) -> None:
        self.epoch, self.written = epoch, time.monotonic()
        values = [keras.ops.convert_to_numpy(variable) for variable in list_state_variables(self.model)]
        with saving(self.folder / f"training-{epoch}.npz") as fresh:
            np.savez(fresh, **{str(i): value for i, value in enumerate(values)})
        self.note_saved()

    def note_saved(self) -> None:
        """Remember the longest time that it took from the beginning of a checkpoint to here."""
        self.save_seconds = max(self.save_seconds, time.monotonic() - self.written)


class CommitEpoch(keras.callbacks.Callback):
    """Record the epoch's row of history, keep the best weights by `val_accuracy`, commit the epochs that `saver` wrote.

    `report` is called with the finished row (a dict) and the whole history after each epoch. `answer` gives the winning
    classes of the test pictures, integers (n,); those of the last ANSWERED_EPOCHS are kept, and nothing looks at them.
    `state` is where an earlier part of the run ended. Raises OutOfTime behind the epoch after which the saver stops.
    """

    def __init__(
        self,
        saver: SaveTraining,
        network: keras.Model,
        plateau=None,
        state: dict | None = None,
        report: Callable[[dict, list[dict]], None] | None = None,
        answer: Callable[[], np.ndarray] | None = None,
    ):
        super().__init__()
        self.saver, self.folder, self.network, self.plateau = saver, saver.folder, network, plateau
        self.report, self.answer = report, answer
        self.history = list(state["history"]) if state else []
        self.answers = dict(state.get("test_answers", {})) if state else {}
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
                f"In epoch {epoch + 1} {' and '.join(lost)} became not a number: try a lower learning rate, or --float32."
            )
        # ReduceLROnPlateau logs the rate that the epoch used; by now the optimiser may hold the next one's.
        numbers.setdefault("learning_rate", float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)))
        seconds = round(time.monotonic() - self.started, 2)
        self.history.append({"epoch": epoch + 1, **numbers, "seconds": seconds})
        if self.best["epoch"] == epoch + 1:
            self.best_weights = self.network.get_weights()
        if self.answer:
            self._keep_answers(epoch + 1)
        if self.saver.epoch == epoch + 1:
            self._write_best()
            self._commit(epoch + 1)
            self.saver.note_saved()
        if self.report:
            self.report(self.history[-1], self.history)
        if self.saver.stops:
            raise OutOfTime(epoch + 1)

    def _keep_answers(self, epoch: int) -> None:
        first = self.saver.epochs - ANSWERED_EPOCHS + 1
        self.answers = {key: value for key, value in self.answers.items() if first <= int(key) < epoch}
        if epoch >= first:
            self.answers[str(epoch)] = "".join(map(str, self.answer()))  # a digit per picture: JSON, like all the rest

    def _write_best(self) -> None:
        if self.best_weights is None:
            return
        current = self.network.get_weights()
        self.network.set_weights(self.best_weights)
        write_weights(self.network, self.folder / f"best-{self.best['epoch']}.weights.h5")
        self.network.set_weights(current)
        self.best_weights = None

    def _commit(self, epoch: int) -> None:
        plateau = (
            {key: getattr(self.plateau, key) for key in ("wait", "best", "cooldown_counter")} if self.plateau else None
        )
        state = {"epoch": epoch, "best_epoch": self.best["epoch"], "history": self.history, "plateau": plateau}
        write_state(self.folder, state | ({"test_answers": self.answers} if self.answers else {}))
        clear_checkpoints(self.folder, state)


def write_weights(network: keras.Model, file: Path) -> None:
    """Write a network's weights, all or nothing. Raises CheckpointError."""
    with saving(file) as fresh:
        network.save_weights(fresh)


def write_state(folder: Path, state: dict) -> None:
    """Write `state.json`, all or nothing. Raises CheckpointError."""
    with saving(folder / STATE) as fresh:
        fresh.write_text(json.dumps(state))


def load_state(folder: Path) -> dict | None:
    """Read `state.json` (epoch, best_epoch, history, plateau); None when no epoch was committed, else as it is written.

    Raises CheckpointError when it is damaged.
    """
    file = Path(folder) / STATE
    if not file.exists():
        return None
    try:
        state = json.loads(file.read_text())
        epochs = [row["epoch"] for row in state["history"] if math.isfinite(row["val_accuracy"])]
        whole = epochs == list(range(1, state["epoch"] + 1)) and state["best_epoch"] in epochs
    except (OSError, ValueError, TypeError, KeyError):
        whole = False
    if not whole:
        raise damaged(file)
    return state


def restore_training(model: keras.Model, folder: Path, epoch: int) -> None:
    """Put the state variables back as they were after `epoch`. Raises CheckpointError when they cannot be read."""
    file, variables = Path(folder) / f"training-{epoch}.npz", list_state_variables(model)
    try:
        with np.load(file) as stored:
            if len(stored.files) != len(variables):
                raise ValueError(f"{len(stored.files)} arrays")
            for i, variable in enumerate(variables):
                variable.assign(stored[str(i)])
    except Exception:  # noqa: BLE001 - zipfile, zlib, NumPy and Keras each raise their own for damage
        raise damaged(file) from None


def restore_plateau(plateau: keras.callbacks.ReduceLROnPlateau, values: dict) -> keras.callbacks.Callback:
    """Make a callback that gives `ReduceLROnPlateau` its memory back once `fit` has reset it."""

    def on_train_begin(logs=None):
        for key, value in values.items():
            setattr(plateau, key, value)

    return keras.callbacks.LambdaCallback(on_train_begin=on_train_begin)


def clear_checkpoints(folder: Path, state: dict | None = None) -> None:
    """Remove every checkpoint that `state` does not name and what a kill left half written; without a state the whole
    run: first `state.json`, so that a kill in between leaves nothing to go on from."""
    patterns, keep = [f"{FRESH}*", "training-*.npz", "best-*.weights.h5"], set()
    if state:
        keep = {f"training-{state['epoch']}.npz", f"best-{state['best_epoch']}.weights.h5"}
    else:
        (folder / STATE).unlink(missing_ok=True)
        patterns.append("last*.weights.h5")
    for file in [file for pattern in patterns for file in folder.glob(pattern)]:
        if file.name not in keep:
            file.unlink()
