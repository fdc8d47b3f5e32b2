"""What a face is and what a face detector does, whichever detector it is."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True, eq=False)
class Face:
    """One found face, in pixels of the picture it was found in.

    `box`: (x0, y0, x1, y1), may reach beyond the picture; `score`: 0..1; `landmarks`: float32 (5, 2), x and y of
    the left eye, right eye, nose tip, left and right corner of the mouth (left as seen in the picture), or None.
    """

    box: tuple[float, float, float, float]
    score: float
    landmarks: np.ndarray | None = None

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]


class FaceDetector(Protocol):
    """Anything that finds faces. `detect` must be safe to call from several threads."""

    def detect(self, rgb: np.ndarray) -> list[Face]:
        """Find the faces in a picture, uint8 (height, width, 3); the best score first, none is an empty list."""
        ...
