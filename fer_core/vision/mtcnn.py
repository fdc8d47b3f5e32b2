"""The face detector that the app uses: where the MTCNN cascade looks, at which sizes, and which way up.

Most photos take one look. Where that finds nothing certain, the picture is turned: the cascade knows upright heads
that lean by 45 degrees at most.
"""

import numpy as np
from PIL import Image

from fer_core.sessions import THREADS
from fer_core.vision.cascade import Cascade, Look, square, suppress_nested
from fer_core.vision.crop import Box, Framing
from fer_core.vision.detector import Face, FaceDetector
from fer_core.vision.turning import turn_back, turn_picture

LONG_SIDE = 640  # pixels of quick and of turned looks
MIN_FACE = 30  # pixels
THRESHOLDS = (0.6, 0.7, 0.92)  # of a quick look
SURE_SCORE = 0.99  # an upright face that scores less may be one that stands on its head
PATIENT = Look((0.5, 0.7, 0.4), certain=SURE_SCORE, confirm=0.25)  # at the photo as it is
EXTENDED = Look((0.6, 0.7, 0.95), certain=SURE_SCORE, confirm=0.25)  # with its borders extended
TURNED = Look((0.6, 0.7, 0.95), certain=1.0, confirm=0.7)  # seven more ways up, seven more chances to be wrong
LYING = Look((0.6, 0.7, SURE_SCORE), certain=1.0, confirm=0.7)  # for one who lies among upright people
TURNS, DIAGONALS = (90, 270, 180), (45, 135, 225, 315)  # degrees
LARGE = 2_600_000  # pixels; in larger pictures the smallest faces looked for have LARGE_MIN_FACE pixels
LARGE_MIN_FACE = 36
CUT_FACE = 0.15  # of the shorter side; smaller faces that the frame cuts are not looked for
NEAR = 0.1  # of a face's height; so near the border it counts as cut
FOLLOW_STEP = 0.25  # of a face's side; where follow looks beside the last place
FOLLOW_MOVES = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))


class MtcnnDetector(FaceDetector):
    """Finds faces from `min_face` pixels on, whichever way up. Safe for threads.

    `long_side`: pixels to which pictures are reduced for quick and for turned looks; `thresholds`: of the quick looks;
    `threads`: that each look uses. Raises DetectorError when the weights are not installed.
    """

    name = "MTCNN"
    framing = Framing(shift_x=0.006, shift_y=0.06, scale=1.05)
    """Chosen on validation pictures; the median of the frames themselves is (.006, -.002, 1.077)."""

    def __init__(
        self, long_side: int = LONG_SIDE, min_face: int = MIN_FACE, thresholds=THRESHOLDS, threads: int = THREADS
    ):
        self.long_side, self.min_face = long_side, min_face
        self._cascade = Cascade(thresholds, threads)

    def detect(self, rgb: np.ndarray, thorough: bool = True) -> list[Face]:
        """Find the faces in a picture, uint8 (height, width, 3); the best score first, none is an empty list.

        Unless `thorough` is off (video), it looks at all pixels there are, then at the picture with its borders
        extended and, much reduced, turned; where all that finds nothing certain, closer at the turned picture.
        """
        picture = Image.fromarray(rgb)
        if not thorough:
            return self._look(picture, self.long_side)
        faces = self._look_in_full(picture) + self._look_beyond(picture)
        for degrees in TURNS:  # for those who lie among others: large heads, in little time
            faces += self._look_after_turn(picture, degrees, self.long_side / 2, LYING)
        faces = _merge(faces)
        if not faces or faces[0].score < SURE_SCORE:
            faces = self._look_turned(picture, faces)
        return faces

    def follow(self, rgb: np.ndarray, boxes: list[Box]) -> list[Face]:
        """Look again only around `boxes`, where faces were a moment ago; in video, a fraction of detect's time.

        A face that moved by more than half its size is lost, that is, left out. Never finds a new one.
        """
        if not boxes:
            return []
        squares = square(np.float32(boxes))
        step = (squares[:, 2:] - squares[:, :2]) * FOLLOW_STEP
        around = [squares + np.tile(step * np.float32(move), 2) for move in FOLLOW_MOVES]
        return self._cascade.look_closer(Image.fromarray(rgb), np.concatenate(around))

    def _look_in_full(self, picture: Image.Image) -> list[Face]:
        large = picture.width * picture.height > LARGE
        return self._cascade.find(picture, LARGE_MIN_FACE if large else self.min_face, PATIENT)

    def _look(self, picture: Image.Image, long_side: int) -> list[Face]:
        """Look at the picture reduced to `long_side`."""
        scale = min(1.0, long_side / max(picture.size))
        reduced = picture
        if scale < 1:
            reduced = picture.resize([max(1, round(side * scale)) for side in picture.size], Image.Resampling.BOX)
        zoom = np.divide(picture.size, reduced.size)
        return [_zoom(face, zoom) for face in self._cascade.find(reduced, self.min_face)]

    def _look_turned(self, picture: Image.Image, faces: list[Face]) -> list[Face]:
        """Add what is found with the picture turned; of one face seen several ways up, the best score stays."""
        for angles, long_side in ((TURNS, 1.5 * self.long_side), (DIAGONALS, self.long_side)):
            for degrees in angles:
                faces = _merge(faces + self._look_after_turn(picture, degrees, long_side))
            if faces and faces[0].score >= SURE_SCORE:
                break
        return faces

    def _look_after_turn(self, picture: Image.Image, degrees: int, long_side: float, look: Look = TURNED) -> list[Face]:
        scale = min(1.0, long_side / max(picture.size))
        size = [max(1, round(side * scale)) for side in picture.size]
        reduced = picture.resize(size, Image.Resampling.BOX) if scale < 1 else picture
        turned = turn_picture(reduced, degrees)
        found = self._cascade.find(turned, self.min_face, look)
        zoom = np.divide(picture.size, reduced.size)
        return [_zoom(turn_back(face, degrees, turned.size, reduced.size), zoom) for face in found]

    def _look_beyond(self, picture: Image.Image) -> list[Face]:
        """Look for large faces that the frame cuts, or that fill the picture: they lack the surroundings that the
        networks look for, so the borders are extended. Whatever lies well inside was seen already.
        """
        scale = min(self.long_side / 2 / max(picture.size), 4.0)
        size = [max(1, round(side * scale)) for side in picture.size]
        border = max(size) // 3
        resized = np.asarray(picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2))
        extended = np.pad(resized, ((border, border), (border, border), (0, 0)), mode="edge")
        zoom = np.divide(picture.size, size)
        smallest = max(min(size) * CUT_FACE, self.min_face)
        faces = [
            Face(tuple(np.subtract(face.box, border)), face.score, face.landmarks - border)
            for face in self._cascade.find(Image.fromarray(extended), smallest, EXTENDED)
        ]
        return [_zoom(face, zoom) for face in faces if _reaches_border(face, size)]


def _reaches_border(face: Face, size: list[int]) -> bool:
    x0, y0, x1, y1 = face.box
    margin = NEAR * face.height
    return x0 < margin or y0 < margin or x1 > size[0] - margin or y1 > size[1] - margin


def _merge(faces: list[Face]) -> list[Face]:
    keep = suppress_nested(np.array([face.box for face in faces]).reshape(-1, 4), np.array([f.score for f in faces]))
    return [faces[i] for i in keep]


def _zoom(face: Face, zoom: np.ndarray) -> Face:
    landmarks = None if face.landmarks is None else np.float32(face.landmarks * zoom)
    return Face(tuple(float(edge) for edge in face.box * np.tile(zoom, 2)), face.score, landmarks)
