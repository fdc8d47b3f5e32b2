"""Test pictures with what a network said about them: as tiles to press, or as a table."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from fer_core.app import dataset_album as albums
from fer_core.app import ui
from fer_core.app.dataset_album import Album
from fer_core.app.formats import format_percent
from fer_core.app.gallery.picture import (
    Picture,
    find_album_badges,
    find_answer_badges,
    make_album_picture,
    make_answer_picture,
    make_key,
)
from fer_core.app.gallery.tiles import RIGHT, WRONG, Tile, make_stand_in, render_tiles
from fer_core.app.gallery.viewer import Viewer, render_viewer
from fer_core.app.hosting import hide_folders
from fer_core.app.pictures import make_average_picture, make_data_url
from fer_core.app.results import subjects
from fer_core.app.results.average import describe_place, load_averages
from fer_core.app.results.subjects import Result
from fer_core.data import DatasetError
from fer_core.labels import LABELS
from fer_core.runs import Predictions

SHARE = st.column_config.NumberColumn(format="percent", width="small")
COLUMNS = {
    "file": st.column_config.TextColumn("File", pinned=True),
    "label": st.column_config.TextColumn("Label"),
    "predicted": st.column_config.TextColumn("Predicted"),
    "confidence": st.column_config.ProgressColumn("Confidence", format="percent", min_value=0, max_value=1),
    **dict.fromkeys(LABELS, SHARE),
    "crowd": st.column_config.TextColumn(
        "Crowd", help="What more of ten people said than anything else (FER+); empty without one such"
    ),
    "twin": st.column_config.CheckboxColumn("Twin", help="The same pixels are also in the training folder"),
}


def find_album() -> Album | None:
    """Return FER2013 when it is on this machine; where it is broken, say why."""
    try:
        return albums.find_album()
    except DatasetError as error:
        st.warning(hide_folders(str(error)), icon=":material/folder_off:")
        return None


def render_answers(
    results: Sequence[Result],
    answers: Predictions,
    rows: np.ndarray,
    name: str,
    page_size: int,
    columns: int,
    narrowest: int = 72,
    reveal: str = "",
    verdicts: bool = False,
) -> None:
    """Show the test pictures `rows` of `answers`, `page_size` at a time, as tiles; a pressed one opens large.

    `results`: whose answers these are, then whom they are compared with; `name` begins the address's parameters;
    `verdicts`: mark right and wrong answers; for the rest see render_tiles.
    """
    album = find_album()
    pages = max(-(-len(rows) // page_size), 1)
    slot = st.container()
    page = (
        min(st.pagination(pages, key=f"{name}-page", bind="query-params", max_visible_pages=5), pages)
        if pages > 1
        else 1
    )
    shown = rows[(page - 1) * page_size : page * page_size].tolist()
    keys = list(map(make_key, answers.fer_label[rows].tolist(), answers.file[rows].tolist()))
    place = dict(zip(keys, rows.tolist(), strict=True))

    def find(key: str) -> Picture | None:
        return find_picture(results[0], answers, place[key], album) if key in place else None

    runs = [result.run for result in results if result and result.run]
    viewer = Viewer(f"{name}-picture", keys, find, runs, album)
    with slot:
        if any(find_row(answers, row, album) is None for row in shown):
            render_missing()
        tiles = [make_tile(answers, row, album, verdicts) for row in shown]
        render_tiles(tiles, f"{name}-tiles", viewer.open, columns, narrowest, reveal)
    render_viewer(viewer)


def find_row(answers: Predictions, row: int, album: Album | None) -> int | None:
    """Return the album's row of a test picture, by label and file name: a name alone is not unique in FER2013."""
    found = album and album.find(make_key(int(answers.fer_label[row]), str(answers.file[row])))
    return found if found is not None and album.dataset.is_test[found] else None


def find_picture(result: Result, answers: Predictions, row: int, album: Album | None) -> Picture:
    """Return all that is known about a test picture; without the dataset, its cell's average face stands in."""
    found = find_row(answers, row, album)
    if found is not None:
        picture = make_album_picture(album, found)
        stored = make_answer_picture(answers, row) if picture.votes is None else picture
        return replace(picture, votes=stored.votes, no_votes=stored.no_votes)
    averages, cell = load_averages(result), (int(answers.label[row]), int(answers.predicted[row]))
    if averages is None or not averages[cell].any():
        return make_answer_picture(answers, row)
    text = f"The picture is not part of this site. In its place, the average face: {describe_place(cell)}."
    return make_answer_picture(answers, row, (make_average_picture(averages[cell], 336), text))


def make_tile(answers: Predictions, row: int, album: Album | None, verdicts: bool = False) -> Tile:
    """Return the tile of an answer: the picture, else its probabilities and votes drawn in its place."""
    found = find_row(answers, row, album)
    if found is None:
        voted = None if answers.votes is None else answers.votes[row]
        source, badges = make_stand_in(answers.probability[row], voted), find_answer_badges(answers, row)
    else:
        source, badges = make_data_url(album.dataset.images[found]), find_album_badges(album, found)
    if verdicts:
        badges = (RIGHT if answers.correct[row] else WRONG, *badges)
    share = format_percent(float(answers.confidence[row]), 0)
    label = LABELS[answers.predicted[row]]
    key = make_key(int(answers.fer_label[row]), str(answers.file[row]))
    return Tile(key, source, describe_answer(answers, row), (f"{label} {share}", describe_truth(answers, row)), badges)


def render_missing() -> None:
    """Say what the tiles show in place of pictures, and how to bring them."""
    st.caption(
        ":material/photo_library: FER2013's pictures are of real people and not part of this site. Each tile shows an answer "
        "instead: seven bars up for what the network says, seven down for the votes of ten people. "
        "Whoever has the data set sees the pictures.",
        help="On your own machine, put the Kaggle zip or folder into `data/`, or name its place in `FER2013_PATH`.",
    )


def describe_truth(answers: Predictions, row: int) -> str:
    """Return "labelled sad", or "people see sad" where the crowd judges."""
    return f"{'labelled' if answers.given_label is None else 'people see'} {LABELS[answers.label[row]]}"


def describe_answer(answers: Predictions, row: int) -> str:
    """Return the alt text of an answer: file, label, answer, confidence."""
    return (
        f"{answers.file[row]}, {describe_truth(answers, row)}, answer {LABELS[answers.predicted[row]]} "
        f"{format_percent(float(answers.confidence[row]), 0)}"
    )


def render_answer_table(
    answers: Predictions, rows: np.ndarray, key: str, height: int | str = "auto", without: Sequence[str] = ()
) -> None:
    """Show answers as a table: file, label, answer, confidence, seven probabilities, the crowd; not the columns `without`."""
    table = subjects.make_answer_table(answers, rows).drop(columns=list(without))
    alt = f"{len(table)} answers with file name, confidence and the seven probabilities."
    st.dataframe(table, hide_index=True, column_config=COLUMNS, key=key, alt=alt, height=height)


def render_cell(results: Sequence[Result], answers: Predictions, cell: tuple[int, int]) -> None:
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
    if look == "Pictures":
        render_answers(results, answers, rows, "results", 24, columns=8, reveal=f"{cell}")
    else:
        render_answer_table(answers, rows, "results-cell-table", height=460, without=("label", "predicted"))
    name = f"{LABELS[cell[0]]}-as-{LABELS[cell[1]]}"
    ui.csv_button(subjects.make_answer_table(answers, rows), name, "results-cell-csv")
