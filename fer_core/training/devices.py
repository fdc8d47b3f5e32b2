"""Several devices in one machine: each holds the network and all pictures, and takes an equal part of every batch."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import keras


def list_devices() -> list[str]:
    """Names of the backend's GPUs or TPUs; without any, of its processors, which may be several virtual ones."""
    return keras.distribution.list_devices()


def spread_batches(devices: Sequence[str]) -> AbstractContextManager:
    """A context in which what is built and trained is spread over `devices`; with one device nothing changes.

    Under JAX the batch is one batch still, cut where it is computed: normalised and augmented as on one device. Under
    TensorFlow each device draws its own augmentation, and `normalise_together` joins their batch normalisation.
    """
    if len(devices) < 2:
        return nullcontext()
    if keras.backend.backend() == "jax":
        return OrderEverywhere(devices=devices).scope()
    import tensorflow as tf

    return tf.distribute.MirroredStrategy(devices).scope()


def count_used() -> int:
    """Devices that what is built now will use."""
    if keras.backend.backend() == "jax":
        spread = keras.distribution.distribution()
        return spread.num_model_replicas if spread else 1
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.distribute.get_strategy().num_replicas_in_sync
    return 1


def normalise_together(network: keras.Model) -> None:
    """Compute batch normalisation over whole batches, not over each device's part; under JAX it is so anyway."""
    if keras.backend.backend() == "tensorflow" and count_used() > 1:
        for layer in network._flatten_layers():
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.synchronized = True


class OrderEverywhere(keras.distribution.DataParallel):
    """Keras's data parallelism for data that are an order of pictures: every device gets all of it, a few kilobytes.

    An item may be a whole epoch, and the last batch of an epoch may be uneven, neither of which Keras's own cuts;
    `cut_batch` does, in the compiled step.
    """

    def get_data_layout(self, data_shape):
        return keras.distribution.TensorLayout((), self.device_mesh)


def find_layout(*axes: str | None):
    """JAX's layout of an array over the devices in use, on all of them alike unless `axes` are named; None without
    several."""
    spread = keras.distribution.distribution()
    return keras.distribution.TensorLayout(axes, spread.device_mesh).backend_layout if spread else None


def cut_batch(batch):
    """Within a step that JAX compiles: let each device compute its part of a batch. No change without several."""
    if not (layout := find_layout("batch")):
        return batch
    import jax

    return jax.tree.map(lambda part: jax.lax.with_sharding_constraint(part, layout), batch)
