"""What each place of a face does to the answer, found by covering it (Zeiler & Fergus, 2014).

https://arxiv.org/abs/1311.2901, section 4.2. It needs nothing but the network's answers, so it works for every one.
"""

from collections.abc import Callable

import numpy as np

from fer_core.preprocessing import IMAGE_SIZE
from fer_core.probability import compute_log

PLACES = 7  # across and down
PATCH = 12  # pixels; neighbours overlap by half
STEP = (IMAGE_SIZE - PATCH) // (PLACES - 1)


def compute_occlusion_maps(predict: Callable[[np.ndarray], np.ndarray], crops: np.ndarray) -> np.ndarray:
    """Return by how much covering each place lowers the log-probabilities, float32 (n, PLACES, PLACES, 7).

    `crops`: uint8 (n, 48, 48); `predict` turns such crops into probabilities (n, 7). A covered place shows the face's
    mean grey. Large where a place speaks for a class: the same sign as class activation maps.
    """
    answers = compute_log(predict(crops))
    covered = np.stack([_cover(crop) for crop in crops]).reshape(-1, IMAGE_SIZE, IMAGE_SIZE)
    without = compute_log(predict(covered)).reshape(len(crops), PLACES, PLACES, -1)
    return np.float32(answers[:, None, None] - without)


def _cover(crop: np.ndarray) -> np.ndarray:
    """All PLACES x PLACES copies of a crop with one place covered, row by row."""
    copies = np.repeat(crop[None], PLACES**2, axis=0)
    for i, copy in enumerate(copies):
        y, x = i // PLACES * STEP, i % PLACES * STEP
        copy[y : y + PATCH, x : x + PATCH] = round(float(crop.mean()))
    return copies
