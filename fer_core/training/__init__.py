"""Networks, augmentation, experiments and the fit. The only package that needs Keras; any backend will do."""

import os
import platform
from importlib.util import find_spec

# Keras would insist on TensorFlow; a machine that has only JAX should train all the same.
if "KERAS_BACKEND" not in os.environ and find_spec("tensorflow") is None and find_spec("jax") is not None:
    os.environ["KERAS_BACKEND"] = "jax"

# TensorFlow convolves through oneDNN by itself only where the processor has AVX-512 for neural networks (VNNI). With AVX2
# alone, as most laptops and AMD's processors before Zen 4, its own way takes up to 1.8 times as long. Read at import.
if platform.machine().lower() in {"x86_64", "amd64"}:
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
