"""Networks, augmentation, experiments and the fit. The only package that needs Keras; any backend will do."""

import os
from importlib.util import find_spec

# Keras would insist on TensorFlow; a machine that has only JAX should train all the same.
if "KERAS_BACKEND" not in os.environ and find_spec("tensorflow") is None and find_spec("jax") is not None:
    os.environ["KERAS_BACKEND"] = "jax"
