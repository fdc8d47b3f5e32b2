"""A process of its own for the training's layers.

In the server TensorFlow would stay for good, with 800 MB, and slow every page for every visitor: after each run of a page
Streamlit clears Keras's session where Keras is loaded, which searches all of TensorFlow for garbage, half a second each time.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from joblib.externals import loky  # unlike multiprocessing's, its processes do not run Streamlit's script again

from fer_core.app.augmentation import augment
from fer_core.app.augmentation.augment import AugmentationError

IDLE = 300
"""Seconds without a question after which the process ends and gives its memory back."""
P, R = ParamSpec("P"), TypeVar("R")


def ask(function: Callable[P, R], *arguments: P.args, **settings: P.kwargs) -> R:
    """Return what `function`, one of augment or spoiling, returns in the process that holds the layers.

    Takes a few seconds where nobody has asked for IDLE seconds, a few milliseconds otherwise. Raises AugmentationError, as
    the function does, and when the process ends midway.
    """
    executor = loky.get_reusable_executor(1, timeout=IDLE, env={"TF_CPP_MIN_LOG_LEVEL": "2"})
    try:
        return executor.submit(_call, function, arguments, settings).result()
    except (loky.BrokenProcessPool, OSError) as error:
        raise AugmentationError(
            "The training's layers stopped midway, most likely for lack of memory: they take about 1 GB. "
            "Open the page again to start them anew."
        ) from error


def _call(function, arguments, settings):
    augment.start()
    return function(*arguments, **settings)
