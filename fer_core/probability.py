"""Arithmetic with class probabilities that runs, pages and the predictor share."""

import numpy as np

from fer_core.labels import LABELS

EPSILON = 1e-7
"""The floor under a probability before its logarithm, as in Keras; float16 ends near 6e-8."""
SUM_TOLERANCE = 5e-3  # seven roundings to float16 move the sum by at most 5e-4


def check_predictions(label, probability) -> None:
    """Raise ValueError unless `label` (n,) holds 0..6 and `probability` (n, 7) holds n distributions, n > 0."""
    label, probability = np.asarray(label), np.asarray(probability)
    if label.ndim != 1 or len(label) == 0:
        raise ValueError(f"expected a non-empty row of labels, got shape {label.shape}")
    if probability.shape != (len(label), len(LABELS)):
        raise ValueError(f"expected probabilities of shape ({len(label)}, {len(LABELS)}), got {probability.shape}")
    if not np.issubdtype(label.dtype, np.integer) or label.min() < 0 or label.max() >= len(LABELS):
        raise ValueError(f"labels must be whole numbers from 0 to {len(LABELS) - 1}")
    if probability.dtype.kind not in "fiu" or not np.isfinite(probability).all():
        raise ValueError("probabilities hold NaN, infinity or no numbers")
    sums = probability.sum(axis=1, dtype=np.float64)
    if probability.min() < 0 or np.abs(sums - 1).max() > SUM_TOLERANCE:
        raise ValueError("every row of probabilities must be non-negative and sum to 1")


def round_to_stored(probability) -> np.ndarray:
    """Round probabilities (n, 7) through float16, as stored; returns float64 so that sums are exact enough.

    Every number is computed after this rounding, so `predictions.npz` gives it back exactly.
    """
    return np.asarray(probability).astype(np.float16).astype(np.float64)


def compute_log(probability) -> np.ndarray:
    """Natural logarithm of probabilities, float64, with EPSILON as their floor."""
    return np.log(np.maximum(np.asarray(probability, np.float64), EPSILON))


def apply_temperature(probability, temperature: float) -> np.ndarray:
    """Soften (temperature > 1) or sharpen (< 1) probabilities (..., 7): softmax(log p / temperature), float64."""
    if not (np.isfinite(temperature) and temperature > 0):
        raise ValueError(f"The temperature must be a positive number, got {temperature}.")
    scaled = compute_log(probability) / temperature
    power = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return power / power.sum(axis=-1, keepdims=True)
