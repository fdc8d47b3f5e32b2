"""Answers to take away: a table with every face, and the marked pictures in a zip. No Streamlit."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import PurePath

import pandas as pd

from fer_core.labels import LABELS

COLUMNS = {
    "photo": "Number of the photo, in the order of the upload; the same number opens the names in the zip.",
    "file": "The photo's name; with an apostrophe before it where a spreadsheet would take it for a formula.",
    "face": "Number of the face in the photo, from left to right, then those marked by hand; 0 when none was found or "
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
FORMULA = ("=", "+", "-", "@")


def make_face_table(outcomes: Iterable, run_name: str) -> pd.DataFrame:
    """Return one row per face and network, and one for every photo without a face; columns as in COLUMNS.

    `outcomes`: predict.batch.Outcomes; `run_name`: the network that their own faces were answered by.
    """
    rows = []
    for number, outcome in enumerate(outcomes, 1):
        answer = outcome.answer
        if answer is None or not answer.faces:
            note = outcome.problem or "No face found."
            rows.append(
                {"photo": number, "file": defuse(outcome.name), "face": 0, "network": "", "label": "", "note": note}
            )
            continue
        opinions = {run_name: answer.faces, **outcome.opinions}
        for faces in zip(*opinions.values(), strict=True):
            rows += [_make_row(number, outcome, name, face) for name, face in zip(opinions, faces, strict=True)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _make_row(number: int, outcome, network: str, face) -> dict:
    left, top, right, bottom = (round(float(edge), 1) for edge in face.face.box)
    probability = {label: round(float(p), 4) for label, p in zip(LABELS, face.probability, strict=True)}
    return probability | {
        "photo": number,
        "file": defuse(outcome.name),
        "face": face.number,
        "network": network,
        "label": face.label,
        "confidence": round(face.confidence, 4),
        "sure": face.sure,
        "left": left,
        "top": top,
        "right": right,
        "bottom": bottom,
        "photo_width": outcome.answer.size[0],
        "photo_height": outcome.answer.size[1],
        "face_score": None if MARKED in face.warnings else round(float(face.face.score), 3),
        "note": " ".join(face.warnings),
    }


def defuse(name: str) -> str:
    """Return a file name that no spreadsheet takes for a formula, be it from our CSV or from the table's own.

    Wide forms count as well: East Asian versions of spreadsheets calculate with them, too.
    """
    start = unicodedata.normalize("NFKC", name.lstrip())[:1]
    return f"'{name}" if start in FORMULA else name


def make_zip(pictures: Iterable[tuple[int, str, bytes]], table: pd.DataFrame) -> bytes:
    """Pack marked pictures, (number, file name, JPEG), and the table as faces.csv. Names are reduced to letters."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # stored: JPEGs do not get smaller
        for number, name, picture in pictures:
            archive.writestr(f"{number:03d}-{make_safe_stem(name)}.jpg", picture)
        archive.writestr("faces.csv", table.to_csv(index=False), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def make_safe_stem(name: str) -> str:
    """Return a file name's stem with letters, digits, dots and dashes only, at most 60 of them."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", PurePath(name).stem)[:60].strip("._") or "photo"
