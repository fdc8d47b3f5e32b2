"""What a face is and what a face detector does, whichever detector it is."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from fer_core.vision.crop import Box, Framing
from fer_core.vision.matching import match_boxes


@dataclass(frozen=True, eq=False)
class Face:
    """One found face, in pixels of the picture it was found in.

    `box`: (x0, y0, x1, y1), may reach beyond the picture; `score`: 0..1; `landmarks`: float32 (5, 2), x and y of
    the left eye, right eye, nose tip, left and right corner of the mouth (left as seen when the head is upright), or
    None.
    """

    box: Box
    score: float
    landmarks: np.ndarray | None = None

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]


class FaceDetector(ABC):
    """Anything that finds faces; all methods must be safe to call from several threads.

    A detector of its own needs `detect`, a `name`, and a `framing` that calibration.py fits; `follow` makes video
    faster where a detector has a quick way to look again.
    """

    name: str = "a face detector"
    framing: Framing = Framing()
    """Where FER2013's frame lies around its boxes."""

    @abstractmethod
    def detect(self, rgb: np.ndarray, thorough: bool = True) -> list[Face]:
        """Find the faces in a picture, uint8 (height, width, 3); the best score first, none is an empty list.

        `thorough` is off for video: then time counts, and a face that is missed comes again in the next frame.
        """

    def follow(self, rgb: np.ndarray, boxes: list[Box]) -> list[Face]:
        """Find again the faces that were in `boxes` a moment ago; those that are gone are left out, none is new."""
        if not boxes:
            return []
        faces = self.detect(rgb, thorough=False)
        return [faces[j] for _, j in match_boxes(boxes, [face.box for face in faces])]
