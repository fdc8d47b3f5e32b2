"""The order of the training pictures: whole epochs of indices, the only data that travels to the device in training."""

import math

import keras
import numpy as np

from fer_core.labels import LABELS


class ShuffledIndices(keras.utils.PyDataset):
    """Batches of indices int32 (b,), in an order that depends on seed and epoch only; the last one may be smaller.

    So a resumed run sees the batches that an uninterrupted one would have seen. With `whole_epochs` an item is all full
    batches of the epoch at once, int32 (steps, b), for a training function that scans over them. With `labels` (n,)
    every class is drawn equally often (`draw_balanced`); with `weights` (n,) every row as often as its weight says
    (`draw_weighted`). `set_epoch` must be called as each epoch begins: Keras calls
    `on_epoch_end` of a data set more than once an epoch.
    """

    def __init__(self, index, batch_size: int, seed: int, whole_epochs: bool = False, labels=None, weights=None):
        super().__init__()
        self.index, self.batch_size, self.seed = np.asarray(index, "int32"), batch_size, seed
        self.labels, self.weights = labels, weights
        self.set_epoch(0)
        full = len(self.order) // batch_size * batch_size if whole_epochs else 0
        self.shape = (-1, batch_size)
        self.bounds = [(0, full)] * (full > 0)
        self.bounds += [(i, i + batch_size) for i in range(full, len(self.order), batch_size)]

    def set_epoch(self, epoch: int):
        """Fix the order of epoch `epoch`, counted from 0."""
        rng = np.random.default_rng((self.seed, epoch))
        if self.weights is not None:
            rows = draw_weighted(self.weights, rng)
        elif self.labels is not None:
            rows = draw_balanced(self.labels, rng)
        else:
            rows = rng.permutation(len(self.index))
        self.order = self.index[rows]

    @property
    def steps(self) -> int:
        """Optimiser steps in an epoch."""
        return math.ceil(len(self.order) / self.batch_size)

    def __len__(self):
        return len(self.bounds)

    def __getitem__(self, item):
        start, stop = self.bounds[item]
        part = self.order[start:stop]
        return part.reshape(self.shape) if stop - start > self.batch_size else part


def draw_balanced(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw rows so that every class of `labels` (n,) comes equally often, shuffled; about n rows, as in a plain epoch.

    A class repeats its pictures only once all of them were drawn, so that a rare class shows each about equally often.
    """
    size = len(labels) // len(LABELS)
    parts = []
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        repeats = [rng.permutation(rows) for _ in range(math.ceil(size / len(rows)))]
        parts.append(np.concatenate(repeats)[:size])
    return rng.permutation(np.concatenate(parts))


def draw_weighted(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw n rows in proportion to `weights` (n,), shuffled: systematic resampling, so that a row of weight w, mean 1,
    comes floor(w) or ceil(w) times."""
    order = rng.permutation(len(weights))
    edges = np.cumsum(weights[order])
    places = (np.arange(len(weights)) + rng.random()) * edges[-1] / len(weights)
    return rng.permutation(order[np.searchsorted(edges, places, side="right")])


def make_tensorflow_dataset(batches: ShuffledIndices):
    """The same batches as a `tf.data.Dataset` that asks Python for an order once an epoch.

    Without autotuning: its thread holds up the end of each `fit` for as long as ten seconds.
    """
    import tensorflow as tf

    orders = tf.data.Dataset.from_generator(
        lambda: iter([batches.order]), output_signature=tf.TensorSpec((None,), tf.int32)
    )
    dataset = orders.unbatch().batch(batches.batch_size)
    return without_autotuning(dataset.apply(tf.data.experimental.assert_cardinality(batches.steps)))


def make_plain_batches(index, batch_size: int):
    """Batches of `index` in its order, for evaluation, in whatever form the backend takes without delay."""
    if keras.backend.backend() != "tensorflow":
        return PlainIndices(index, batch_size)
    import tensorflow as tf

    return without_autotuning(tf.data.Dataset.from_tensor_slices(np.asarray(index, "int32")).batch(batch_size))


class PlainIndices(keras.utils.PyDataset):
    """Batches int32 (b,) of `index`, in its order."""

    def __init__(self, index, batch_size: int):
        super().__init__()
        self.index, self.batch_size = np.asarray(index, "int32"), batch_size

    def __len__(self):
        return math.ceil(len(self.index) / self.batch_size)

    def __getitem__(self, batch):
        return self.index[batch * self.batch_size : (batch + 1) * self.batch_size]


def without_autotuning(dataset):
    """Switch the autotuning of a `tf.data.Dataset` off."""
    import tensorflow as tf

    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.with_options(options)
