"""What Keras computes on here: the device, its name, and the precision that suits it."""

import keras

from fer_core.machine import describe_processor, has_bfloat16

AMPERE = 8
"""Compute capability from which NVIDIA's GPUs multiply in bfloat16."""


def has_accelerator() -> bool:
    """True when the backend computes on a GPU or TPU."""
    if keras.backend.backend() == "jax":
        import jax

        return jax.default_backend() != "cpu"
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return bool(tf.config.list_physical_devices("GPU"))
    return False


def describe_device(count: int = 1) -> str:
    """The GPU's name, or the processor's; with how many of them, where that is not one."""
    if count > 1:
        return f"{count} × {describe_device()}"
    if has_accelerator():
        if keras.backend.backend() == "jax":
            import jax

            return jax.devices()[0].device_kind
        return _read_gpu_details().get("device_name", "GPU")
    return describe_processor()


def multiplies_bfloat16() -> bool:
    """True where bfloat16 saves time for certain: a TPU, a GPU since Ampere, a processor with such instructions."""
    if has_accelerator():
        return _get_capability() >= AMPERE
    return keras.backend.backend() == "tensorflow" and has_bfloat16(unknown=False)  # JAX uses no such instructions


def choose_precision() -> str:
    """Keras's name of the precision to train in: bfloat16, with the weights in float32, where that is quicker."""
    return "mixed_bfloat16" if multiplies_bfloat16() else "float32"


def _get_capability() -> float:
    """Compute capability of the first GPU; infinite for a TPU, 0 where the backend does not say."""
    if keras.backend.backend() == "jax":
        import jax

        device = jax.devices()[0]
        return float("inf") if device.platform == "tpu" else float(getattr(device, "compute_capability", 0))
    major, *_ = _read_gpu_details().get("compute_capability") or (0,)
    return major


def _read_gpu_details() -> dict:
    import tensorflow as tf

    return tf.config.experimental.get_device_details(tf.config.list_physical_devices("GPU")[0])
