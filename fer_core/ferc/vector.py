"""Stage 2 of FERC, second half: 24 distances between the points, and a perceptron of one layer that tells five
expressions apart."""

import numpy as np

from fer_core.ferc.points import NAMES

CLASSES = ("angry", "fear", "happy", "sad", "surprise")
"""FERC's five, in FER2013's words."""
PAIRS = (
    ("left brow", "left eye"), ("right brow", "right eye"),
    ("left brow", "nose"), ("right brow", "nose"),
    ("left brow", "left corner of the mouth"), ("right brow", "right corner of the mouth"),
    ("left upper lid", "left lower lid"), ("right upper lid", "right lower lid"),
    ("left eye", "nose"), ("right eye", "nose"),
    ("left eye", "left corner of the mouth"), ("right eye", "right corner of the mouth"),
    ("left eye", "right corner of the mouth"), ("right eye", "left corner of the mouth"),
    ("nose", "left corner of the mouth"), ("nose", "right corner of the mouth"),
    ("left corner of the mouth", "right corner of the mouth"), ("upper lip", "lower lip"),
    ("nose", "upper lip"), ("nose", "lower lip"),
    ("left corner of the mouth", "upper lip"), ("right corner of the mouth", "upper lip"),
    ("left corner of the mouth", "lower lip"), ("right corner of the mouth", "lower lip"),
)  # fmt: skip
"""Whose distances the vector holds. FERC's has 24, too; which, was not read."""
_ENDS = np.array([[NAMES.index(name) for name in pair] for pair in PAIRS]).T


def compute_vector(upright: np.ndarray) -> np.ndarray:
    """The expression vector, float (24,): distances between points, float (13, 2), in distances between the eyes."""
    return np.linalg.norm(upright[_ENDS[0]] - upright[_ENDS[1]], axis=1)


def answer(vector: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Probabilities (..., 5) of CLASSES by a perceptron of one layer, for vectors (..., 24).

    `weights`: (5, 24), `bias`: (5,). Softmax of the sums, where FERC's perceptron minimises the error of its answers.
    """
    sums = vector @ np.transpose(weights) + bias
    shares = np.exp(sums - sums.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)
