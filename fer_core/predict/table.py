"""The table of answers: a row per face, the same columns from the dashboard and from the command line."""

import re
import unicodedata
from pathlib import PurePath
from typing import TYPE_CHECKING

from fer_core.labels import LABELS

if TYPE_CHECKING:
    from fer_core.vision.analysis import FaceResult

COLUMNS = {
    "photo": "Number of the photo, in the order of the upload; the same number opens the names in the zip.",
    "file": "The photo's name; with an apostrophe before it where a spreadsheet would take it for a formula.",
    "face": "Number of the face in the photo, row by row from left to right, then those marked by hand; 0 when none was found or "
    "the file could not be read.",
    "network": "The run that answers.",
    "label": "The likeliest of the seven expressions; empty without a face.",
    "confidence": "Its calibrated probability, 0 to 1.",
    "sure": "Whether the confidence reaches the network's threshold, and no warning speaks against it.",
    **{label: f"Calibrated probability of {label}, 0 to 1; the seven sum to 1." for label in LABELS},
    "left": "Left edge of the face's box, in pixels of the photo.",
    "top": "Top edge.",
    "right": "Right edge.",
    "bottom": "Bottom edge.",
    "photo_width": "Width of the photo, turned upright; one of more than 25 million pixels is reduced to that many.",
    "photo_height": "Its height.",
    "face_score": "How sure the face detector is that this is a face, 0 to 1; empty for one marked by hand.",
    "note": "Warnings about the face, that it was marked by hand, that no face was found, or why the file could not be read.",
}
"""Column of the table -> what it holds."""
MARKED = "Marked by hand."
"""The warning that tells such a face from a found one."""
NO_FACE = "No face found."
FORMULA = ("=", "+", "-", "@")


def make_face_row(face: "FaceResult", network: str, size: tuple[int, int]) -> dict:
    """Return the columns that one answered face fills; `size`: width and height of the photo."""
    left, top, right, bottom = (round(float(edge), 1) for edge in face.face.box)
    probability = {label: round(float(p), 4) for label, p in zip(LABELS, face.probability, strict=True)}
    return probability | {
        "face": face.number,
        "network": network,
        "label": face.label,
        "confidence": round(face.confidence, 4),
        "sure": face.sure,
        "left": left,
        "top": top,
        "right": right,
        "bottom": bottom,
        "photo_width": size[0],
        "photo_height": size[1],
        "face_score": None if MARKED in face.warnings else round(float(face.face.score), 3),
        "note": " ".join(face.warnings),
    }


def make_empty_row(note: str) -> dict:
    """Return the row of a file without a face, or of one that could not be read."""
    return {"face": 0, "network": "", "label": "", "note": note}


def looks_like_formula(name: str) -> bool:
    """Say whether a spreadsheet would calculate with a name; East Asian versions do with wide forms, too."""
    return unicodedata.normalize("NFKC", name.lstrip())[:1] in FORMULA


def make_safe_stem(name: str) -> str:
    """Return a file name's stem with letters, digits, dots and dashes only, at most 60 of them."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", PurePath(name).stem)[:60].strip("._") or "photo"
