"""What the cell of a matrix looks like on average, which needs no picture of anybody."""

import numpy as np
import streamlit as st

from fer_core.app.hosting import hide_folders
from fer_core.app.pictures import make_average_picture
from fer_core.app.results.subjects import Result
from fer_core.labels import LABELS
from fer_core.runs.cell_faces import FEWEST, load_cell_faces
from fer_core.runs.contract import ArtifactError

SIZE = 100
"""Pixels of each average on screen."""


def render_averages(result: Result, cell: tuple[int, int]) -> None:
    """Show the average face of the chosen cell between those of the two classes that it stands between."""
    faces = load_averages(result)
    if faces is None:
        return
    shown = [place for place in list_cells(cell) if faces[place].any()]
    if cell not in shown:
        st.caption(f"Fewer than {FEWEST} pictures: too few for an average face.")
        return
    with st.container(horizontal=True, gap="small"):
        for place in shown:
            text = describe_place(place)
            picture = make_average_picture(faces[place], 2 * SIZE)
            st.image(picture, caption=f"**{text}**" if place == cell else text, width=SIZE, alt=f"Average face: {text}")
    st.caption("Averages of all test pictures of a cell, with their contrast stretched.")


def load_averages(result: Result) -> np.ndarray | None:
    """Return the average face of every cell, uint8 (7, 7, 48, 48), or None; where the file is broken, say why."""
    try:
        return load_cell_faces(result.run) if result.run else None
    except ArtifactError as error:
        st.warning(hide_folders(str(error)), icon=":material/folder_off:")
        return None


def list_cells(cell: tuple[int, int]) -> list[tuple[int, int]]:
    """The cell, between the ones in which its two classes were recognised; a right answer stands alone."""
    true, predicted = cell
    return [cell] if true == predicted else [(true, true), cell, (predicted, predicted)]


def describe_place(cell: tuple[int, int]) -> str:
    """Return "sad", or "sad taken for neutral"."""
    true, predicted = (LABELS[place] for place in cell)
    return true if true == predicted else f"{true} taken for {predicted}"
