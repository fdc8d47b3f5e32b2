"""Faces in the frames of a recorded video: a quick look at each, a thorough one where nobody is found."""

import numpy as np

from fer_core.vision.analysis import FaceResult, analyse_faces
from fer_core.vision.detector import FaceDetector
from fer_core.vision.predictor import Predictor

LOOK_AGAIN = 1.0  # seconds between thorough looks at frames without a face


class Watcher:
    """Reads the faces of one video, frame by frame.

    Where only a thorough look found a face (a video that lies on its side, a head that fills the frame), the next
    frames get one, too.
    """

    def __init__(self, detector: FaceDetector, predictor: Predictor):
        self._detector, self._predictor = detector, predictor
        self._due, self._needed = -np.inf, False

    def analyse(self, rgb: np.ndarray, seconds: float) -> list[FaceResult]:
        """Return the faces of the frame, uint8 (height, width, 3), at `seconds`; sorted as people read."""
        faces = self._detector.detect(rgb, thorough=False)
        if faces:
            self._needed = False
        elif self._needed or seconds >= self._due:
            faces = self._detector.detect(rgb, thorough=True)
            self._needed, self._due = bool(faces), seconds + LOOK_AGAIN
        return analyse_faces(rgb, faces, self._predictor, self._detector.framing)
