"""Many training steps in one compiled call under JAX, where Keras's own `steps_per_execution` dispatches each step."""

from collections.abc import Callable, Iterator

import jax


def make_scanned_train_function(train_step: Callable, state_layout=None) -> Callable:
    """Make the function that `keras.Model.fit` calls: (state, iterator) -> (logs, state), one item of the data a call.

    `train_step(state, batch) -> (logs, state)` is Keras's own. An item with a leading axis of steps goes through
    `lax.scan`, one batch is a step by itself: with whole epochs as items and a smaller last batch, Python acts twice an
    epoch, and only two programs are ever compiled. `state_layout` is where the state lies among several devices.
    """
    settings = {"donate_argnums": 0, "out_shardings": (None, state_layout)}
    one_step = jax.jit(train_step, **settings)

    def scan_steps(state, batches):
        state, logs = jax.lax.scan(lambda state, batch: train_step(state, batch)[::-1], state, batches)
        return jax.tree.map(lambda values: values[-1], logs), state

    many_steps = jax.jit(scan_steps, **settings)

    def train_function(state, iterator: Iterator):
        item = next(iterator)
        return (many_steps if jax.tree.leaves(item)[0].ndim > 1 else one_step)(state, item)

    return train_function
