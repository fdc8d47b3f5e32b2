"""Answers to take away: a table with every face, and the marked pictures in a zip. No Streamlit."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import TYPE_CHECKING

from fer_core.predict.table import COLUMNS, NO_FACE, looks_like_formula, make_empty_row, make_face_row, make_safe_stem

if TYPE_CHECKING:  # pandas takes a moment and 90 MB: a cold server shows the answers before the table
    import pandas as pd


def make_face_table(outcomes: Iterable, run_name: str) -> pd.DataFrame:
    """Return one row per face and network, and one for every photo without a face; columns as in COLUMNS.

    `outcomes`: faces.batch.Outcomes; `run_name`: the network that their own faces were answered by.
    """
    import pandas as pd

    rows = []
    for number, outcome in enumerate(outcomes, 1):
        answer, photo = outcome.answer, {"photo": number, "file": defuse(outcome.name)}
        if answer is None or not answer.faces:
            rows.append(photo | make_empty_row(outcome.problem or NO_FACE))
            continue
        opinions = {run_name: answer.faces, **outcome.opinions}
        for faces in zip(*opinions.values(), strict=True):
            rows += [photo | make_face_row(face, name, answer.size) for name, face in zip(opinions, faces, strict=True)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def defuse(name: str) -> str:
    """Return a file name that no spreadsheet takes for a formula, be it from our CSV or from the table's own."""
    return f"'{name}" if looks_like_formula(name) else name


def make_zip(pictures: Iterable[tuple[int, str, bytes]], table: pd.DataFrame) -> bytes:
    """Pack marked pictures, (number, file name, JPEG), and the table as faces.csv. Names are reduced to letters."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # stored: JPEGs do not get smaller
        for number, name, picture in pictures:
            archive.writestr(f"{number:03d}-{make_safe_stem(name)}.jpg", picture)
        archive.writestr("faces.csv", table.to_csv(index=False), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
