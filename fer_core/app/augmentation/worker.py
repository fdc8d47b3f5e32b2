"""A process of its own for the training's layers.

In the server TensorFlow would stay for good, with 800 MB, and slow every page for every visitor: after each run of a page
Streamlit clears Keras's session where Keras is loaded, which searches all of TensorFlow for garbage, half a second each time.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ParamSpec, TypeVar

import joblib
from joblib.externals import loky  # unlike multiprocessing's, its processes do not run Streamlit's script again

from fer_core.app.augmentation import augment
from fer_core.app.augmentation.augment import AugmentationError

IDLE = 300
"""Seconds without a question after which the process ends and gives its memory back."""
KEPT = 64
"""Answers that are kept for the next visitor: of one face, draw and policy there is one answer, and most see the first."""
P, R = ParamSpec("P"), TypeVar("R")
_last_question = float("-inf")


@dataclass(frozen=True)
class _Question:
    """A call; two are the same where their arguments hold the same, arrays too."""

    digest: str
    call: tuple = field(compare=False)


def ask(function: Callable[P, R], *arguments: P.args, **settings: P.kwargs) -> R:
    """Return what `function`, one of augment or spoiling, returns in the process that holds the layers; do not change it.

    Takes a few seconds where the process rests, a few milliseconds otherwise, nothing where the answer is known: the function
    must depend on its arguments alone. Raises AugmentationError, as the function does, and when the process ends midway.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    return _ask(_Question(joblib.hash((name, arguments, settings)), (function, arguments, settings)))


@lru_cache(maxsize=KEPT)
def _ask(question: _Question):
    global _last_question
    executor = loky.get_reusable_executor(1, timeout=IDLE, env={"TF_CPP_MIN_LOG_LEVEL": "2"})
    try:
        answer = executor.submit(_call, *question.call).result()
    except (loky.BrokenProcessPool, OSError) as error:
        raise AugmentationError(
            "The training's layers stopped midway, most likely for lack of memory: they take about 1 GB. "
            "Open the page again to start them anew."
        ) from error
    _last_question = time.monotonic()
    return answer


def rests() -> bool:
    """Whether the next question that has no known answer starts the process, which takes some seconds."""
    return time.monotonic() - _last_question > IDLE


def forget() -> None:
    """Forget the known answers."""
    _ask.cache_clear()


def _call(function, arguments, settings):
    augment.start()
    return function(*arguments, **settings)
