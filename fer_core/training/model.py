"""The training model: pictures live on the device, batches are indices, augmentation is part of the compiled step."""

import keras
import numpy as np
from keras import layers, ops

from fer_core.labels import LABELS
from fer_core.training.backend import has_accelerator
from fer_core.training.devices import cut_batch, find_layout
from fer_core.training.experiments import Experiment
from fer_core.training.mixing import MixPictures
from fer_core.training.policies import make_augmentation

STEPS_PER_CALL = 64
"""Training steps in one compiled call under TensorFlow on an accelerator, where dispatching each would cost as much as
computing it. Under JAX a whole epoch is one call."""
STORED = ("images", "labels", "targets")
"""Names of the variables that hold the data set."""


class PictureStore(layers.Layer):
    """Look pictures up by index, in arrays kept on the device.

    int32 (n,) -> images float32 (n, 48, 48, 1), labels one-hot float32 (n, 7), targets float32 (n, 7). `targets` is what
    to learn, where that is not the label: the answers of teachers.
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray, targets: np.ndarray | None = None, **kwargs):
        super().__init__(dtype="float32", **kwargs)
        self.images = self._keep(images, "images", "uint8")
        self.labels = self._keep(labels, "labels", "int32")
        self.targets = None if targets is None else self._keep(targets, "targets", "float32")

    def _keep(self, array: np.ndarray, name: str, dtype: str):
        return self.add_weight(
            shape=array.shape,
            dtype=dtype,
            trainable=False,
            name=name,
            initializer=lambda shape, dtype=dtype: ops.convert_to_tensor(array, dtype),
        )

    def release(self) -> None:
        """Give the memory back; nothing can be looked up afterwards.

        TensorFlow's registry of custom gradients holds the graph of every training step for good, and the graph these
        variables: a queue would keep a copy of all pictures for each run.
        """
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            for variable in self.variables:
                for copy in getattr(variable.value, "values", [variable.value]):  # one on each device
                    empty = tf.zeros((0,) + tuple(copy.shape[1:]), copy.dtype)
                    tf.raw_ops.AssignVariableOp(resource=copy.handle, value=empty, validate_shape=False)

    def call(self, index):
        images = ops.cast(ops.take(self.images, index, axis=0), "float32")[..., None]
        labels = ops.one_hot(ops.take(self.labels, index, axis=0), len(LABELS), dtype="float32")
        return images, labels, labels if self.targets is None else ops.take(self.targets, index, axis=0)


class TrainingModel(keras.Model):
    """A model that brings its own labels: index (n,) -> dict of `probability`, `label` and `target`, each (n, 7).

    The loss compares with the target, which mixing and teachers soften; the metrics compare with the label. Under JAX
    an item of the data may be many batches, which go through one compiled call.
    """

    class_weights = None
    """Weight of each class in the training loss, seven floats, or None."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        if training and self.class_weights is not None:
            sample_weight = ops.matmul(y_pred["label"], ops.convert_to_tensor(self.class_weights, "float32"))
        return super().compute_loss(x, y_pred["target"], y_pred["probability"], sample_weight, training)

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        return super().compute_metrics(x, y_pred["label"], y_pred["probability"], sample_weight)

    def train_step(self, *arguments):
        *state, batch = arguments  # Keras gives the state under JAX only
        return super().train_step(*state, cut_batch(batch))

    def test_step(self, *arguments):
        *state, batch = arguments
        return super().test_step(*state, cut_batch(batch))

    def make_train_function(self, force=False):
        if keras.backend.backend() != "jax":
            super().make_train_function(force)
        elif self.train_function is None or force:
            from fer_core.training.scan import make_scanned_train_function

            self.train_function = make_scanned_train_function(self.train_step, find_layout())


def make_training_model(
    network: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    experiment: Experiment,
    seed: int,
    targets: np.ndarray | None = None,
) -> TrainingModel:
    """Wrap `network` so that it takes indices into `images`, uint8 (n, 48, 48), and augments and mixes in training.

    `labels` are uint8 (n,); `targets` float32 (n, 7) replace them in the loss.
    """
    index = layers.Input((), dtype="int32", name="index")
    x, label, target = PictureStore(images, labels, targets, name="pictures")(index)
    for layer in make_augmentation(experiment.augmentation, seed):
        x = layer(x)
    if experiment.cutmix or experiment.mixup:
        mix = MixPictures(experiment.cutmix, experiment.mixup, seed=1000 * seed + 999, name="mix")
        x, target = mix((x, target))
    outputs = {"probability": network(x), "label": label, "target": target}
    return TrainingModel(index, outputs, name=f"training_{network.name}")


def compile_training_model(model: TrainingModel, experiment: Experiment, steps_per_epoch: int) -> None:
    """Attach the experiment's optimiser, loss and metrics (the study's: accuracy, precision, recall)."""
    rate = experiment.learning_rate
    if experiment.schedule == "cosine":
        rate = make_cosine_schedule(experiment, steps_per_epoch)
    on_tensorflow_gpu = keras.backend.backend() == "tensorflow" and has_accelerator()
    model.compile(
        optimizer=keras.optimizers.SGD(
            rate,
            momentum=experiment.momentum,
            nesterov=experiment.nesterov,
            weight_decay=experiment.weight_decay or None,
            use_ema=experiment.ema > 0,
            ema_momentum=experiment.ema or 0.99,
        ),
        loss=make_loss(experiment),
        metrics=["accuracy", keras.metrics.Precision(name="precision"), keras.metrics.Recall(name="recall")],
        # XLA convolutions are several times slower than oneDNN's on a CPU; on a GPU XLA fuses the augmentation.
        jit_compile=keras.backend.backend() == "jax" or on_tensorflow_gpu,
        steps_per_execution=min(STEPS_PER_CALL, steps_per_epoch) if on_tensorflow_gpu else 1,
    )
    # Keras would build loss and metrics from the first item of the data, which may be many batches.
    answers = model(np.zeros(1, "int32"))
    model.compute_loss(y_pred=answers)
    model.compute_metrics(None, None, answers)
    model.reset_metrics()


def make_loss(experiment: Experiment) -> keras.losses.Loss:
    """Cross-entropy, or focal loss with the exponent of 2 that its authors use (Lin et al. 2017, arXiv:1708.02002)."""
    if experiment.loss == "focal":
        return keras.losses.CategoricalFocalCrossentropy(
            alpha=1.0, gamma=2.0, label_smoothing=experiment.label_smoothing
        )
    return keras.losses.CategoricalCrossentropy(label_smoothing=experiment.label_smoothing)


def make_cosine_schedule(experiment: Experiment, steps_per_epoch: int):
    """Linear warm-up, then one cosine to zero at the last step."""
    steps = experiment.epochs * steps_per_epoch
    warmup = min(round(experiment.warmup_epochs * steps_per_epoch), steps // 2)  # however few epochs are asked for
    return keras.optimizers.schedules.CosineDecay(
        0.0, steps - warmup, warmup_target=experiment.learning_rate, warmup_steps=warmup
    )
