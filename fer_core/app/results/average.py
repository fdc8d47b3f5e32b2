"""What the cell of a matrix looks like on average, which needs no picture of anybody."""

import streamlit as st

from fer_core.app.hosting import hide_folders
from fer_core.app.pictures import make_average_picture
from fer_core.app.results.subjects import Result
from fer_core.labels import LABELS
from fer_core.runs.cell_faces import FEWEST, load_cell_faces
from fer_core.runs.contract import ArtifactError

SIZE = 144
"""Pixels of each average on screen."""


def render_averages(result: Result, cell: tuple[int, int]) -> None:
    """Show the average face of the chosen cell between those of the two classes that it stands between."""
    try:
        faces = load_cell_faces(result.run) if result.run else None
    except ArtifactError as error:
        st.warning(hide_folders(str(error)), icon=":material/folder_off:")
        return
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


def list_cells(cell: tuple[int, int]) -> list[tuple[int, int]]:
    """The cell, between the ones in which its two classes were recognised; a right answer stands alone."""
    true, predicted = cell
    return [cell] if true == predicted else [(true, true), cell, (predicted, predicted)]


def describe_place(cell: tuple[int, int]) -> str:
    """Return "sad", or "sad taken for neutral"."""
    true, predicted = (LABELS[place] for place in cell)
    return true if true == predicted else f"{true} taken for {predicted}"
