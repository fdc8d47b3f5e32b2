"""The training model: pictures live on the device, batches are indices, augmentation is part of the compiled step."""

import math

import keras
import numpy as np
from keras import layers, ops

from fer_core.training.experiments import Experiment
from fer_core.training.policies import make_augmentation

STEPS_PER_CALL = 64
"""Training steps in one compiled call on an accelerator, where dispatching each would cost as much as computing it."""


class PictureStore(layers.Layer):
    """Look pictures up by index: int32 (n,) -> float32 (n, 48, 48, 1), from a uint8 array kept on the device."""

    def __init__(self, images: np.ndarray, **kwargs):
        super().__init__(dtype="float32", **kwargs)
        self.images = self.add_weight(
            shape=images.shape,
            dtype="uint8",
            trainable=False,
            name="images",
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(images, "uint8"),
        )

    def call(self, index):
        return ops.cast(ops.take(self.images, index, axis=0), "float32")[..., None]


class ShuffledIndices(keras.utils.PyDataset):
    """Batches (index int32 (b,), one-hot label float32 (b, 7)), in an order that depends on seed and epoch only.

    So a resumed run sees the batches that an uninterrupted one would have seen. The last batch may be smaller.
    `set_epoch` must be called as each epoch begins: Keras calls `on_epoch_end` of a data set more than once an epoch.
    """

    def __init__(self, index, one_hot, batch_size: int, seed: int):
        super().__init__()
        self.index, self.one_hot, self.batch_size, self.seed = index, one_hot, batch_size, seed
        self.set_epoch(0)

    def set_epoch(self, epoch: int):
        """Fix the order of epoch `epoch`, counted from 0."""
        self.order = np.random.default_rng((self.seed, epoch)).permutation(len(self.index))

    def __len__(self):
        return math.ceil(len(self.index) / self.batch_size)

    def __getitem__(self, batch):
        rows = self.order[batch * self.batch_size : (batch + 1) * self.batch_size]
        return self.index[rows], self.one_hot[rows]


class TrainingModel(keras.Model):
    """A Keras model whose `steps_per_execution` means one compiled call under JAX too."""

    def make_train_function(self, force=False):
        if keras.backend.backend() != "jax" or self.steps_per_execution == 1:
            super().make_train_function(force)
        elif self.train_function is None or force:
            from fer_core.training.scan import make_scanned_train_function

            self.train_function = make_scanned_train_function(self.train_step, self.steps_per_execution)


def make_training_model(network: keras.Model, images: np.ndarray, experiment: Experiment, seed: int) -> keras.Model:
    """Wrap `network` so that it takes indices into `images`, uint8 (n, 48, 48), and augments in training."""
    index = x = layers.Input((), dtype="int32", name="index")
    x = PictureStore(images, name="pictures")(x)
    for layer in make_augmentation(experiment.augmentation, seed):
        x = layer(x)
    return TrainingModel(index, network(x), name=f"training_{network.name}")


def compile_training_model(model: keras.Model, experiment: Experiment, steps_per_epoch: int) -> None:
    """Attach the experiment's optimiser, loss and metrics (the study's: accuracy, precision, recall)."""
    rate = experiment.learning_rate
    if experiment.schedule == "cosine":
        rate = make_cosine_schedule(experiment, steps_per_epoch)
    model.compile(
        optimizer=keras.optimizers.SGD(
            rate,
            momentum=experiment.momentum,
            nesterov=experiment.nesterov,
            weight_decay=experiment.weight_decay or None,
            use_ema=experiment.ema > 0,
            ema_momentum=experiment.ema or 0.99,
        ),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=experiment.label_smoothing),
        metrics=["accuracy", keras.metrics.Precision(name="precision"), keras.metrics.Recall(name="recall")],
        # XLA convolutions are several times slower than oneDNN's on a CPU; on a GPU XLA fuses the augmentation.
        jit_compile=keras.backend.backend() == "jax" or has_accelerator(),
        steps_per_execution=min(STEPS_PER_CALL if has_accelerator() else 1, steps_per_epoch),
    )


def make_cosine_schedule(experiment: Experiment, steps_per_epoch: int):
    """Warm-up and cosine to zero; with `restart_epoch` a second, lower cosine after it (SGDR, arXiv:1608.03983)."""
    restart = experiment.restart_epoch if experiment.restart_epoch < experiment.epochs else 0
    steps = (restart or experiment.epochs) * steps_per_epoch
    warmup = min(round(experiment.warmup_epochs * steps_per_epoch), steps // 2)  # however few epochs are asked for
    first = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warmup, warmup_target=experiment.learning_rate, warmup_steps=warmup
    )
    if not restart:
        return first
    rest = (experiment.epochs - restart) * steps_per_epoch
    return WarmRestart(first, keras.optimizers.schedules.CosineDecay(experiment.restart_rate, rest), steps)


class WarmRestart(keras.optimizers.schedules.LearningRateSchedule):
    """Follow `first` for `steps` steps, then `second` from its beginning."""

    def __init__(self, first, second, steps: int):
        self.first, self.second, self.steps = first, second, steps

    def __call__(self, step):
        step = ops.cast(step, "float32")
        return ops.where(step < self.steps, self.first(step), self.second(ops.maximum(step - self.steps, 0.0)))

    def get_config(self):
        return {"first": self.first, "second": self.second, "steps": self.steps}


def has_accelerator() -> bool:
    """True when the backend computes on a GPU or TPU."""
    if keras.backend.backend() == "jax":
        import jax

        return jax.default_backend() != "cpu"
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return bool(tf.config.list_physical_devices("GPU"))
    return False
