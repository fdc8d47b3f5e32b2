"""What about a face makes its answer doubtful: too small, blurred, dark, burnt-out, covered, drawn, turned away.

The thresholds are set on FER2013's training pictures, as they are and spoiled: each is passed by at most one in a hundred
of the good ones. What is covered or drawn the network itself has to see (fer_core.runs.doubts).
tests/benchmarks/bench_doubts.py measures what that does to answers that are sure and wrong.
"""

from collections.abc import Collection

import numpy as np

from fer_core.labels import COVERED, DRAWN
from fer_core.vision.crop import compute_tilt
from fer_core.vision.detector import Face

SMALL = 24  # pixels; below, the crop is enlarged more than twice
BLURRED = 0.15  # validation pictures blurred to it lose 10 points; of 3,000 training pictures 2 are less sharp
TURNED = 0.45  # nose off the middle, in distances between the eyes; 3 % of the training pictures have more
DARK = 80  # grey levels that a tenth of the pixels exceeds; 0.4 % of the training pictures are darker
BURNT = 0.25  # share of the middle that is white; 0.5 % of the training pictures have more
FLAT = 0.3  # share of pixels that equal their neighbours; less than 0.5 % of the training pictures have more
MIDDLE = slice(8, 40), slice(8, 40)  # rows and columns of a 48x48 crop
SENTENCES = {
    "small": "Only {side:.0f} pixels wide: too small to read well.",
    "dark": "Dark: the expression may be lost. Bring light to the face.",
    "burnt": "Burnt-out: too bright to show the expression.",
    "blurred": "Blurred: the expression may be lost.",
    COVERED: "Partly covered, it seems: some of the expression is missing.",
    DRAWN: "Drawn, it seems: the network knows photos of faces.",
    "turned": "Turned to the side: the network knows mostly faces from the front.",
}


def find_doubts(face: Face, crop: np.ndarray, seen: Collection[str] = ()) -> list[str]:
    """Say what makes the answer so doubtful that it must not count as sure; `crop`: uint8 (48, 48); `seen`: of labels.SEEN.

    A head that leans, even by 180 degrees, is none of that: of 150 validation faces at eight angles, turned upright,
    as many were read rightly as of those that stood upright.
    """
    if min(face.width, face.height) < SMALL:
        return [SENTENCES["small"].format(side=min(face.width, face.height))]
    if compute_brightness(crop) < DARK:
        return [SENTENCES["dark"]]
    if compute_white(crop) > BURNT:
        return [SENTENCES["burnt"]]
    if compute_sharpness(crop) < BLURRED:
        return [SENTENCES["blurred"]]
    if COVERED in seen:
        return [SENTENCES[COVERED]]
    if DRAWN in seen or compute_flatness(crop) > FLAT:
        return [SENTENCES[DRAWN]]
    return []


def find_notes(face: Face) -> list[str]:
    """Say what makes the answer less certain."""
    if face.landmarks is not None and compute_pose(face.landmarks)[0] > TURNED:
        return [SENTENCES["turned"]]
    return []


def compute_brightness(crop: np.ndarray) -> float:
    """The grey level that a tenth of the pixels exceeds."""
    return float(np.percentile(crop, 90))


def compute_white(crop: np.ndarray) -> float:
    """Share of the middle that is as good as white."""
    return float((crop[MIDDLE] >= 250).mean())


def compute_flatness(crop: np.ndarray) -> float:
    """Share of the pixels that equal their right and lower neighbours: photos have grain, drawings have areas."""
    same = (crop[1:, :-1] == crop[:-1, :-1]) & (crop[:-1, 1:] == crop[:-1, :-1])
    return float(same.mean())


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
