"""Which box of one frame is which of the next, and how much of two boxes is the same place."""

import numpy as np

from fer_core.vision.crop import Box, compute_unit

REACH = 0.9  # a face may move by this many of its sides from one frame to the next
GROWTH = 1.8  # and change its size by this factor


def match_boxes(old: list[Box], new: list[Box]) -> list[tuple[int, int]]:
    """Pair boxes of two frames, each at most once, the closest first: indices (into `old`, into `new`).

    A pair's centres lie within REACH of the mean side, and the sides differ by less than GROWTH.
    """
    if not old or not new:
        return []
    (centre, unit), (new_centre, new_unit) = map(_describe_boxes, (old, new))
    distance = np.linalg.norm(centre[:, None] - new_centre, axis=2) / np.sqrt(np.outer(unit, new_unit))
    growth = np.abs(np.log(unit[:, None] / new_unit))
    cost = np.where((distance < REACH) & (growth < np.log(GROWTH)), distance + growth, np.inf)
    pairs = []
    while np.isfinite(cost).any():
        i, j = map(int, np.unravel_index(cost.argmin(), cost.shape))
        pairs.append((i, j))
        cost[i], cost[:, j] = np.inf, np.inf
    return pairs


def measure_overlap(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of boxes (n, 4) and others (m, 4): (n, m)."""
    corner, end = np.maximum(boxes[:, None, :2], others[:, :2]), np.minimum(boxes[:, None, 2:], others[:, 2:])
    shared = np.maximum(end - corner, 0).prod(axis=2)
    areas, other_areas = ((b[:, 2:] - b[:, :2]).prod(axis=1) for b in (boxes, others))
    return shared / np.maximum(areas[:, None] + other_areas - shared, 1e-6)


def _describe_boxes(boxes: list[Box]) -> tuple[np.ndarray, np.ndarray]:
    """Centres (n, 2) and sides (n,)."""
    corners = np.asarray(boxes, float)
    return (corners[:, :2] + corners[:, 2:]) / 2, np.maximum([compute_unit(box) for box in boxes], 1e-6)
