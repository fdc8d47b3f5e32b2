"""Test pictures with what a network said about them, or the same as a table where the pictures are missing."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from fer_core.app import loading, ui
from fer_core.app.formats import format_percent
from fer_core.app.hosting import hide_folders
from fer_core.app.pictures import make_data_url
from fer_core.app.results import subjects
from fer_core.data import DatasetError, FerDataset
from fer_core.labels import LABELS
from fer_core.runs import Predictions

PAGE_SIZE = 20
TILE = 72  # pixels: the narrowest picture on screen

SHARE = st.column_config.NumberColumn(format="percent", width="small")
COLUMNS = {
    "file": st.column_config.TextColumn("File", pinned=True),
    "label": st.column_config.TextColumn("Label"),
    "predicted": st.column_config.TextColumn("Predicted"),
    "confidence": st.column_config.ProgressColumn("Confidence", format="percent", min_value=0, max_value=1),
    **dict.fromkeys(LABELS, SHARE),
    "crowd": st.column_config.TextColumn("Crowd", help="What more of ten people said than anything else (FER+); empty without one such"),
    "twin": st.column_config.CheckboxColumn("Twin", help="The same pixels are also in the training folder"),
}


def load_test_pictures(answers: Predictions, rows: np.ndarray) -> np.ndarray | None:
    """Return uint8 (n, 48, 48) pictures of `rows`, or None when they are not on this machine.

    Matched by label and file name: a name alone is not unique in FER2013.
    """
    try:
        dataset = loading.load_pictures()
    except DatasetError as error:
        st.warning(hide_folders(str(error)), icon=":material/folder_off:")
        return None
    if dataset is None:
        return None
    place = _index_test(dataset.source, len(dataset), dataset)
    found = [place.get((int(answers.fer_label[row]), str(answers.file[row]))) for row in rows]
    return None if None in found else dataset.images[found]


@st.cache_resource(show_spinner=False, max_entries=1)
def _index_test(source: str, n: int, _dataset: FerDataset) -> dict[tuple[int, str], int]:
    rows = np.flatnonzero(_dataset.is_test)
    keys = zip(_dataset.labels[rows].tolist(), _dataset.files[rows].tolist(), strict=True)
    return dict(zip(keys, rows.tolist(), strict=True))


def render_pictures(
    pictures: np.ndarray, captions: Sequence[str], alt: Sequence[str], columns: int, width: int = TILE
) -> None:
    """Show pictures with captions in `columns`, fewer where they would get narrower than `width` pixels."""
    with st.grid(columns, min_column_width=width, gap="xsmall"):
        for picture, caption, text in zip(pictures, captions, alt, strict=True):
            st.image(make_data_url(picture), caption=caption, width="stretch", alt=text)


def render_answer_table(
    answers: Predictions, rows: np.ndarray, key: str, height: int | str = "auto", without: Sequence[str] = ()
) -> None:
    """Show answers as a table: file, label, answer, confidence, seven probabilities, the crowd; not the columns `without`."""
    table = subjects.make_answer_table(answers, rows).drop(columns=list(without))
    alt = f"{len(table)} answers with file name, confidence and the seven probabilities."
    st.dataframe(table, hide_index=True, column_config=COLUMNS, key=key, alt=alt, height=height)


def render_bring_pictures() -> None:
    """Say why there is a table in place of pictures, and how to bring them."""
    st.caption(
        ":material/photo_library: FER2013's pictures are of real people and not part of this site. "
        "So the answers are listed by file name; with your own copy of FER2013 you see the pictures here.",
        help="On your own machine, put the Kaggle zip or folder into `data/`, or name its place in `FER2013_PATH`.",
    )


def describe_truth(answers: Predictions, row: int) -> str:
    """Return "labelled sad", or "people see sad" where the crowd judges."""
    return f"{'labelled' if answers.given_label is None else 'people see'} {LABELS[answers.label[row]]}"


def describe_answers(answers: Predictions, rows: np.ndarray) -> list[str]:
    """Return one alt text per row: label, answer, confidence."""
    return [
        f"{answers.file[row]}, {describe_truth(answers, row)}, answer {LABELS[answers.predicted[row]]} "
        f"{format_percent(float(answers.confidence[row]), 0)}"
        for row in rows
    ]


def render_cell(answers: Predictions, cell: tuple[int, int]) -> None:
    """Show the test pictures of one cell of the matrix, a page at a time, or their table."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = ui.choose_one(
            "Order", ["Most sure first", "Least sure first"], default="Most sure first",
            key="results-order", label_visibility="collapsed",
        )  # fmt: skip
        look = ui.choose_one(
            "As", ["Pictures", "Table"], default="Pictures", key="results-look",
            label_visibility="collapsed",
        )  # fmt: skip
    rows = subjects.select_cell(answers, *cell, least_first=order == "Least sure first")
    if not len(rows):
        st.info("No test picture lies in this cell.", icon=":material/check_circle:")
        return
    pages = -(-len(rows) // PAGE_SIZE)
    shown = rows
    if look == "Pictures":
        page = min(st.session_state.get("results-page") or 1, pages)
        shown = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    pictures = load_test_pictures(answers, shown) if look == "Pictures" else None
    if pictures is None:
        if look == "Pictures":
            render_bring_pictures()
        render_answer_table(answers, rows, "results-cell-table", height=460, without=("label", "predicted"))
    else:
        slot = st.container()
        if pages > 1:
            page = min(st.pagination(pages, key="results-page", bind="query-params", max_visible_pages=5), pages)
            shown = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
            pictures = load_test_pictures(answers, shown)
        with slot:
            captions = [format_percent(float(answers.confidence[row]), 0) for row in shown]
            render_pictures(pictures, captions, describe_answers(answers, shown), columns=5)
    name = f"{LABELS[cell[0]]}-as-{LABELS[cell[1]]}"
    ui.csv_button(subjects.make_answer_table(answers, rows), name, "results-cell-csv")


def render_mistakes(answers: Predictions, rows: np.ndarray) -> None:
    """Show wrong answers with label and answer below each picture, or their table."""
    pictures = load_test_pictures(answers, rows)
    if pictures is None:
        render_answer_table(answers, rows, "results-mistakes-table")
        return
    captions = [
        f"**{LABELS[answers.predicted[row]]}** {format_percent(float(answers.confidence[row]), 0)}  \n"
        f"{describe_truth(answers, row)}"
        for row in rows
    ]
    render_pictures(pictures, captions, describe_answers(answers, rows), columns=10, width=96)
