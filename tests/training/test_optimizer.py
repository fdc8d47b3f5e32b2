"""The fused gradient descent moves weights as Keras's own does."""

import keras
import numpy as np
import pytest

from fer_core.training.optimizer import SGD

SETTINGS = ({"momentum": 0.9}, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}, {"momentum": 0.0})


@pytest.mark.parametrize("settings", SETTINGS)
def test_agrees_with_keras(settings):
    rng = np.random.default_rng(0)
    start, gradients = rng.normal(size=(5, 3)).astype("float32"), rng.normal(size=(4, 5, 3)).astype("float32")
    moved = []
    for make in (keras.optimizers.SGD, SGD):
        variable, optimizer = keras.Variable(start), make(0.1, **settings)
        optimizer.build([variable])
        for gradient in gradients:
            optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
        moved.append(keras.ops.convert_to_numpy(variable))
    np.testing.assert_allclose(*moved, rtol=1e-6)
