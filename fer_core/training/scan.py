"""Many training steps in one compiled call under JAX, where Keras's own `steps_per_execution` dispatches each step."""

from collections.abc import Callable, Iterator
from itertools import islice

import jax
import jax.numpy as jnp


def make_scanned_train_function(train_step: Callable, steps: int) -> Callable:
    """Make the function that `keras.Model.fit` calls: (state, iterator) -> (logs, state), `steps` batches a call.

    `train_step(state, batch) -> (logs, state)` is Keras's own. Whole blocks of equal batches go through `lax.scan`; what
    is left at the end of an epoch goes step by step, so only two programs are ever compiled.
    """
    one_step = jax.jit(train_step, donate_argnums=0)

    def scan_steps(state, batches):
        state, logs = jax.lax.scan(lambda state, batch: train_step(state, batch)[::-1], state, batches)
        return jax.tree.map(lambda values: values[-1], logs), state

    many_steps = jax.jit(scan_steps, donate_argnums=0)

    def train_function(state, iterator: Iterator):
        batches = list(islice(iterator, steps))
        if not batches:
            raise StopIteration
        if len(batches) == steps and _have_one_shape(batches):
            return many_steps(state, jax.tree.map(lambda *parts: jnp.stack(parts), *batches))
        for batch in batches:
            logs, state = one_step(state, batch)
        return logs, state

    return train_function


def _have_one_shape(batches: list) -> bool:
    return len({tuple(part.shape for part in jax.tree.leaves(batch)) for batch in batches}) == 1
