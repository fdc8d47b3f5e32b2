"""The whole way from a picture to an answer: find the faces, cut them out, name their expressions."""

from dataclasses import dataclass, field

import numpy as np

from fer_core.labels import LABELS
from fer_core.vision.crop import Box, crop_face, crop_square
from fer_core.vision.detector import Face, FaceDetector
from fer_core.vision.predictor import Predictor

SMALL = 24  # pixels; below, the crop is enlarged more than twice
BLURRED = 0.22  # of 1,500 training pictures 0.3 % are less sharp; a face of 90 pixels under a 2 pixel blur has 0.24
TURNED = 0.45  # nose off the middle, in distances between the eyes; 3 % of the training pictures have more
TILTED = 28  # degrees; 1 % of the training pictures have more


@dataclass(frozen=True, eq=False)
class FaceResult:
    """The answer for one face. `number` counts from 1, from left to right; `crop`: uint8 (48, 48), what the network saw;
    `probability`: float32 (7,) in the order of LABELS; `sure`: whether `confidence` reaches the threshold;
    `warnings`: sentences for the visitor about this face.
    """

    face: Face
    number: int
    crop: np.ndarray
    probability: np.ndarray
    label: str
    confidence: float
    sure: bool
    warnings: list[str] = field(default_factory=list)


def analyse_image(rgb: np.ndarray, detector: FaceDetector, predictor: Predictor) -> list[FaceResult]:
    """Find and read all faces of a picture, uint8 (height, width, 3); sorted from left to right, none is []."""
    faces = sorted(detector.detect(rgb), key=lambda face: face.box[0] + face.box[2])
    faces = [face for face in faces if _overlaps(rgb, face.box)]
    return _read_faces(faces, [crop_face(rgb, face.box) for face in faces], predictor)


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
        )
        for number, (face, crop, probability) in enumerate(zip(faces, crops, probabilities), 1)
    ]


def _overlaps(rgb: np.ndarray, box: Box) -> bool:
    height, width = rgb.shape[:2]
    return box[0] < width and box[1] < height and box[2] > 0 and box[3] > 0


def find_warnings(face: Face, crop: np.ndarray) -> list[str]:
    """Say what about this face makes the answer doubtful: too small, blurred, turned away or tilted."""
    warnings = []
    if min(face.width, face.height) < SMALL:
        warnings.append(f"Only {min(face.width, face.height):.0f} pixels wide: too small to read well.")
    elif compute_sharpness(crop) < BLURRED:
        warnings.append("Blurred: the expression may be lost.")
    if face.landmarks is not None:
        turn, tilt = compute_pose(face.landmarks)
        if turn > TURNED:
            warnings.append("Turned to the side: the network knows mostly faces from the front.")
        if abs(tilt) > TILTED:
            warnings.append("Tilted: hold the camera upright.")
    return warnings


def compute_sharpness(crop: np.ndarray) -> float:
    """Strength of the finest detail beside the overall contrast of a 48x48 crop: 0 for a blank or blurred one.

    The standard deviation of the Laplacian over that of the grey levels (compare Pech-Pacheco et al., 2000).
    """
    grey = crop.astype(np.float32)
    laplacian = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    return float(laplacian.std() / (grey.std() + 1.0))


def compute_pose(landmarks: np.ndarray) -> tuple[float, float]:
    """Turn (0 from the front, about .5 and more towards profile) and tilt (degrees) from five landmarks (5, 2)."""
    left, right, nose = landmarks[0], landmarks[1], landmarks[2]
    axis = right - left
    length = float(np.hypot(*axis)) + 1e-6
    along = float(np.dot(nose - (left + right) / 2, axis)) / length**2
    return abs(along), float(np.degrees(np.arctan2(axis[1], axis[0])))
