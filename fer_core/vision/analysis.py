"""The whole way from a picture to an answer: find the faces, cut them out, name their expressions."""

from dataclasses import dataclass, field

import numpy as np

from fer_core.labels import LABELS
from fer_core.vision.crop import UPRIGHT_FROM, Box, Framing, compute_tilt, crop_face, crop_square
from fer_core.vision.detector import Face, FaceDetector
from fer_core.vision.predictor import Predictor

SMALL = 24  # pixels; below, the crop is enlarged more than twice
BLURRED = 0.15  # validation pictures blurred to it lose 10 points; of 3,000 training pictures 2 are less sharp
TURNED = 0.45  # nose off the middle, in distances between the eyes; 3 % of the training pictures have more


@dataclass(frozen=True, eq=False)
class FaceResult:
    """The answer for one face. `number` counts from 1, from left to right; `crop`: uint8 (48, 48), what the network saw;
    `probability`: float32 (7,) in the order of LABELS; `sure`: whether `confidence` reaches the threshold;
    `warnings`: sentences for the visitor about this face; `turned`: degrees by which the crop was turned upright,
    positive for a head that leans clockwise.
    """

    face: Face
    number: int
    crop: np.ndarray
    probability: np.ndarray
    label: str
    confidence: float
    sure: bool
    warnings: list[str] = field(default_factory=list)
    turned: float = 0.0


def analyse_image(rgb: np.ndarray, detector: FaceDetector, predictor: Predictor) -> list[FaceResult]:
    """Find and read all faces of a picture, uint8 (height, width, 3); sorted from left to right, none is []."""
    return analyse_faces(rgb, detector.detect(rgb), predictor, detector.framing)


def analyse_faces(rgb: np.ndarray, faces: list[Face], predictor: Predictor, framing: Framing) -> list[FaceResult]:
    """Read faces that are known already, as video's are that were followed; sorted from left to right.

    `framing`: of the detector that found them.
    """
    faces = sorted(faces, key=lambda face: face.box[0] + face.box[2])
    faces = [face for face in faces if _overlaps(rgb, face.box)]
    return _read_faces(faces, [crop_face(rgb, face.box, framing, face.landmarks) for face in faces], predictor)


def analyse_box(rgb: np.ndarray, box: Box, predictor: Predictor) -> FaceResult:
    """Read the face in a box that a person drew; the box is taken as it is, stretched to a square frame.

    Raises ValueError when the box lies outside the picture or has no area.
    """
    x0, y0, x1, y1 = map(float, box)
    half = max(x1 - x0, y1 - y0) / 2
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    crop = crop_square(rgb, (x - half, y - half, x + half, y + half))
    return _read_faces([Face((x0, y0, x1, y1), 1.0)], [crop], predictor)[0]


def _read_faces(faces: list[Face], crops: list[np.ndarray], predictor: Predictor) -> list[FaceResult]:
    probabilities = predictor.predict(np.reshape(crops, (-1, 48, 48)).astype(np.uint8))
    return [
        FaceResult(
            face,
            number,
            crop,
            probability,
            LABELS[int(probability.argmax())],
            float(probability.max()),
            predictor.is_sure(probability),
            find_warnings(face, crop),
            _find_turn(face),
        )
        for number, (face, crop, probability) in enumerate(zip(faces, crops, probabilities), 1)
    ]


def _find_turn(face: Face) -> float:
    tilt = 0.0 if face.landmarks is None else compute_tilt(face.landmarks)
    return tilt if abs(tilt) >= UPRIGHT_FROM else 0.0


def _overlaps(rgb: np.ndarray, box: Box) -> bool:
    height, width = rgb.shape[:2]
    return box[0] < width and box[1] < height and box[2] > 0 and box[3] > 0


def find_warnings(face: Face, crop: np.ndarray) -> list[str]:
    """Say what about this face makes the answer doubtful: too small, blurred or turned away.

    A head that leans, even by 180 degrees, is none of that: of 150 validation faces at eight angles, turned upright,
    as many were read rightly as of those that stood upright.
    """
    warnings = []
    if min(face.width, face.height) < SMALL:
        warnings.append(f"Only {min(face.width, face.height):.0f} pixels wide: too small to read well.")
    elif compute_sharpness(crop) < BLURRED:
        warnings.append("Blurred: the expression may be lost.")
    if face.landmarks is not None:
        turn, _ = compute_pose(face.landmarks)
        if turn > TURNED:
            warnings.append("Turned to the side: the network knows mostly faces from the front.")
    return warnings


def compute_sharpness(crop: np.ndarray) -> float:
    """Strength of the finest detail beside the overall contrast of a 48x48 crop: 0 for a blank or blurred one.

    The standard deviation of the second difference over that of the grey levels, along the direction that has less
    of it: a moving camera blurs one direction only (compare the Laplacian in Pech-Pacheco et al., 2000).
    """
    grey = crop.astype(np.float32)
    detail = min(float(np.diff(grey, 2, axis=axis).std()) for axis in (0, 1))
    return detail / (float(grey.std()) + 1.0)


def compute_pose(landmarks: np.ndarray) -> tuple[float, float]:
    """Turn (0 from the front, about .5 and more towards profile) and tilt (degrees) from five landmarks (5, 2)."""
    left, right, nose = landmarks[0], landmarks[1], landmarks[2]
    axis = right - left
    length = float(np.hypot(*axis)) + 1e-6
    along = float(np.dot(nose - (left + right) / 2, axis)) / length**2
    return abs(along), compute_tilt(landmarks)
