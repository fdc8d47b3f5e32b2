"""The whole way from a picture to an answer: find the faces, cut them out, name their expressions."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from fer_core.labels import LABELS
from fer_core.vision.crop import UPRIGHT_FROM, Box, Framing, compute_tilt, crop_face, crop_square
from fer_core.vision.detector import Face, FaceDetector
from fer_core.vision.doubts import find_doubts, find_notes
from fer_core.vision.predictor import Predictor

SAME_ROW = 0.75
"""Of a face's height: how much lower a face may be and still stand in the same row."""


@dataclass(frozen=True, eq=False)
class FaceResult:
    """The answer for one face. `number` counts from 1, as people read: by rows, each from left to right; `crop`: uint8 (48, 48), what the network saw;
    `probability`: float32 (7,) in the order of LABELS; `sure`: whether `confidence` reaches the threshold and the face
    is not `doubtful`; `warnings`: sentences for the visitor about this face; `turned`: degrees by which the crop was
    turned upright, positive for a head that leans clockwise; `doubtful`: dark, blurred, covered and the like.
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
    doubtful: bool = False


def analyse_image(rgb: np.ndarray, detector: FaceDetector, predictor: Predictor) -> list[FaceResult]:
    """Find and read all faces of a picture, uint8 (height, width, 3); sorted as people read, none is []."""
    return analyse_faces(rgb, detector.detect(rgb), predictor, detector.framing)


def analyse_faces(rgb: np.ndarray, faces: list[Face], predictor: Predictor, framing: Framing) -> list[FaceResult]:
    """Read faces that are known already, as video's are that were followed; sorted as people read.

    `framing`: of the detector that found them.
    """
    cut = [(face, _try_crop(rgb, face, framing)) for face in sort_as_read(faces)]
    seen = [(face, crop) for face, crop in cut if crop is not None]
    return _read_faces([face for face, _ in seen], [crop for _, crop in seen], predictor)


def _try_crop(rgb: np.ndarray, face: Face, framing: Framing) -> np.ndarray | None:
    """The face's crop; None where its frame lies outside the picture."""
    try:
        return crop_face(rgb, face.box, framing, face.landmarks)
    except ValueError:
        return None


def sort_as_read(faces: list[Face]) -> list[Face]:
    """Sort faces by rows from above, each row from left to right.

    A face belongs to the row above it while its centre lies no lower than SAME_ROW of the row's typical height below the
    centre of the row's first face: people who stand in one row differ by half a head.
    """
    rows: list[list[Face]] = []
    for face in sorted(faces, key=_find_middle):
        height = np.median([other.height for other in rows[-1]]) if rows else 0
        if rows and _find_middle(face) - _find_middle(rows[-1][0]) <= SAME_ROW * height:
            rows[-1].append(face)
        else:
            rows.append([face])
    return [face for row in rows for face in sorted(row, key=lambda face: face.box[0] + face.box[2])]


def _find_middle(face: Face) -> float:
    return (face.box[1] + face.box[3]) / 2


def analyse_box(rgb: np.ndarray, box: Box, predictor: Predictor) -> FaceResult:
    """Read the face in a box that a person drew; the box is taken as it is, stretched to a square frame.

    Raises ValueError when the box lies outside the picture or has no area.
    """
    x0, y0, x1, y1 = map(float, box)
    half = max(x1 - x0, y1 - y0) / 2
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    crop = crop_square(rgb, (x - half, y - half, x + half, y + half))
    return _read_faces([Face((x0, y0, x1, y1), 1.0)], [crop], predictor)[0]


def read_again(results: Sequence[FaceResult], predictor: Predictor) -> list[FaceResult]:
    """Read the same faces with another network, which has doubts of its own."""
    again = _read_faces([result.face for result in results], [result.crop for result in results], predictor)
    return [replace(new, number=old.number) for new, old in zip(again, results, strict=True)]


def _read_faces(faces: list[Face], crops: list[np.ndarray], predictor: Predictor) -> list[FaceResult]:
    probabilities, seen = predictor.read(np.reshape(crops, (-1, 48, 48)).astype(np.uint8))
    answers = zip(faces, crops, probabilities, seen, strict=True)
    return [_make_result(number, *answer, predictor) for number, answer in enumerate(answers, 1)]


def _make_result(
    number: int, face: Face, crop: np.ndarray, probability: np.ndarray, seen: tuple[str, ...], predictor: Predictor
) -> FaceResult:
    doubts = find_doubts(face, crop, seen)
    return FaceResult(
        face,
        number,
        crop,
        probability,
        LABELS[int(probability.argmax())],
        float(probability.max()),
        predictor.is_sure(probability) and not doubts,
        doubts + find_notes(face),
        _find_turn(face),
        bool(doubts),
    )


def _find_turn(face: Face) -> float:
    tilt = 0.0 if face.landmarks is None else compute_tilt(face.landmarks)
    return tilt if abs(tilt) >= UPRIGHT_FROM else 0.0
