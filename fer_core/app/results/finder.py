"""Find test pictures: ask for them by what was said about them, or draw around them on the map of the faces."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from fer_core.app import shell, ui
from fer_core.app.charts.face_map import view_face_map
from fer_core.app.formats import format_count
from fer_core.app.hosting import hide_folders
from fer_core.app.results import gallery, query, subjects
from fer_core.app.results.average import load_averages
from fer_core.app.results.pair import find_right
from fer_core.app.results.query import Query
from fer_core.app.results.subjects import Result
from fer_core.labels import LABELS
from fer_core.runs import Predictions
from fer_core.runs.contract import ArtifactError
from fer_core.runs.face_map import load_face_map

NAME = "results-found"
MAP = "results-map"
PAGE_SIZE = 16
LOOKS = ["Pictures", "Map", "Table"]
COLOURS = {"answer": "its answer", "label": "the label", "crowd": "what most people see"}


@st.fragment  # a filter redraws this part alone
def render_finder(results: Sequence[Result], answers: Predictions) -> None:
    """Show the filters and what they find among `answers`, those of the first of `results`."""
    with shell.guard():
        other = find_right(results[1]) if len(results) > 1 else None
        asked = _ask(results, answers, other is not None)
        rows = query.find_rows(answers, asked, other)
        look = ui.choose_one("As", LOOKS, key="results-found-look", label_visibility="collapsed")
        if look == "Map":
            rows = _choose_on_map(results[0], answers, rows)
        st.markdown(query.describe_found(len(rows), len(answers)))
        if not len(rows):
            st.info("No test picture passes these filters: take one of them away.", icon=":material/filter_alt_off:")
        elif look == "Table":
            gallery.render_answer_table(answers, rows, "results-found-table", height=460)
        else:
            gallery.render_answers(
                results, answers, rows, NAME, PAGE_SIZE, columns=8, narrowest=84, verdicts=asked.verdict != "wrong"
            )
        ui.csv_button(subjects.make_answer_table(answers, rows), "found-answers", "results-found-csv")


def _ask(results: Sequence[Result], answers: Predictions, paired: bool) -> Query:
    second = results[1].name if paired else None
    verdicts, classes = query.name_verdicts(results[0].name, second), {query.ANY: query.ANY} | {c: c for c in LABELS}
    with st.grid(4, min_column_width=150, vertical_alignment="bottom"):
        verdict = _choose("Answers", verdicts, "verdict")
        label = _choose("Label" if answers.given_label is None else "People see", classes, "label")
        answer = _choose("Answer", classes, "answer")
        confidence = st.slider(
            "Confidence, %",
            0,
            100,
            (0, 100),
            key="results-found-confidence",
            bind="query-params",
            on_change=_first_page,
        )
        votes = _choose("Ten people", query.VOTES, "votes", answers.votes is None)
        twins = _choose("Twins", query.TWINS, "twins", answers.twin is None)
        order = _choose("Order", query.ORDERS, "order")
    return Query(verdict, label, answer, confidence, votes, twins, order)


def _choose(title: str, options: Mapping[str, str], name: str, disabled: bool = False) -> str:
    return st.selectbox(
        title, list(options), format_func=options.get, key=f"{NAME}-{name}", bind="query-params", disabled=disabled,
        on_change=_first_page,
    )  # fmt: skip


def _first_page() -> None:
    st.session_state[f"{NAME}-page"] = 1


def _choose_on_map(result: Result, answers: Predictions, rows: np.ndarray) -> np.ndarray:
    """Show the map with `rows` in colour; returns those that were drawn around, all of them before that."""
    try:
        places = load_face_map(result.run)
    except ArtifactError as error:
        st.warning(hide_folders(str(error)), icon=":material/folder_off:")
        return rows
    if places is None:
        st.info(
            f"{result.name} has no map yet.", icon=":material/scatter_plot:",
        )  # fmt: skip
        return rows
    with st.container(horizontal=True, vertical_alignment="bottom"):
        colour = _choose("Coloured by", COLOURS, "colour")
        faces = st.toggle("Average faces", value=True, key="results-found-faces", bind="query-params")
    xy, classes = places[match_places(result, answers)], _find_classes(answers, colour)
    rows = rows[classes[rows] < len(LABELS)]
    averages = load_averages(result) if faces else None
    diagonal = averages[range(7), range(7)] if averages is not None else None
    texts = [gallery.describe_answer(answers, row) for row in rows.tolist()]
    phone = ui.is_phone()  # there, a thumb on the map scrolls the page until the lasso's button is pressed
    view = view_face_map(xy, classes, rows, texts, diagonal, lasso=not phone)
    state = st.plotly_chart(
        view.figure, key=MAP, alt=view.alt,
        on_select="rerun", selection_mode=("points", "lasso", "box"),
        config={"displaylogo": False, "modeBarButtons": [["lasso2d", "select2d", "toImage"]], "displayModeBar": True},
    )  # fmt: skip
    st.caption(
        "Faces that are alike to the network's last layer lie close together (t-SNE): only who is near whom means something. "
        f"{'Press the lasso above the map, then draw' if phone else 'Draw'} around some to see them; a double press lets go."
    )
    chosen = {int(np.ravel(point["customdata"])[0]) for point in state.selection.points if "customdata" in point}
    if not chosen:
        return rows
    st.markdown(f"**{format_count(len(chosen))}** drawn around.")
    return rows[np.isin(rows, sorted(chosen))]


def match_places(result: Result, answers: Predictions) -> np.ndarray:
    """Return for each of `answers` its row in the run's predictions, int64 (n,): the crowd judges only some of them."""
    stored = result.run.predictions("test")
    keys = zip(stored.label.tolist(), stored.file.tolist(), strict=True)
    place = {key: row for row, key in enumerate(keys)}
    return np.array([place[key] for key in zip(answers.fer_label.tolist(), answers.file.tolist(), strict=True)])


def _find_classes(answers: Predictions, colour: str) -> np.ndarray:
    if colour == "crowd" and answers.ferplus is not None:
        return answers.ferplus
    return answers.predicted if colour == "answer" else answers.label
