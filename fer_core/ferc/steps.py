"""FERC from a photo to an answer, with what every step gives."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from fer_core.ferc.face import Found, find_face
from fer_core.ferc.points import Points, find_points
from fer_core.ferc.report import FercReport
from fer_core.ferc.vector import answer, compute_vector

LEAST_SCORE = 0.5
"""Below it MTCNN's last network takes the square for anything but a face."""


@dataclass(frozen=True, eq=False)
class Steps:
    """What stage 1 found, the 13 points, their 24 distances, and the probabilities (5,) of CLASSES."""

    found: Found
    points: Points
    vector: np.ndarray
    probability: np.ndarray

    @property
    def is_face(self) -> bool:
        """Whether stage 2 has a face before it; the answer means nothing otherwise."""
        return self.points.score >= LEAST_SCORE


def take_steps(picture: Image.Image, report: FercReport) -> Steps:
    """Go through FERC with the perceptron of `report`. Raises DetectorError without MTCNN's weights."""
    found = find_face(picture)
    points = find_points(found.grey, found.box)
    vector = compute_vector(points.upright)
    return Steps(found, points, vector, answer(vector, np.array(report.weights), np.array(report.bias)))
