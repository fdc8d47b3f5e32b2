"""The confusion matrix and its chosen cell: a click and two select boxes that always agree."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from fer_core.app import shell, ui
from fer_core.app.charts import confusion
from fer_core.app.results import average, gallery, sentences
from fer_core.app.results.subjects import Result
from fer_core.labels import LABELS
from fer_core.runs import Predictions

MATRIX, TRUE, PREDICTED, PAGE = "results-matrix", "results-true", "results-predicted", "results-page"
OTHER, DIFFERENCE = "results-matrix-other", "results-matrix-difference"
TITLE = "Which expressions get confused"
LAST, TAPS = "results-clicked", "results-taps"
FIRST_CELL = (LABELS.index("sad"), LABELS.index("neutral"))
"""The study's most frequent mistake. A fixed start keeps addresses short: they name what was changed."""


_mount_taps = st.components.v2.component(
    "matrix-taps", js=Path(__file__).with_name("taps.js").read_text(encoding="utf-8")
)


@st.fragment  # a click redraws this part alone
def render_matrix(result: Result, other: Result | None, answers: Predictions | None) -> None:
    """Show the matrix of `result`, or with `other` both and their difference, and the test pictures in the chosen cell."""
    with shell.guard():
        if other is None:
            left, right = st.columns([11, 10], gap="large")
            with left:
                _render_chart(result, _choose_numbers())
        else:
            right = st.container()
            with right:
                _render_three(result, other, _choose_numbers())
        _mount_taps(
            key=TAPS, data={"charts": [OTHER, MATRIX, DIFFERENCE], "size": len(LABELS)}, on_cell_change=take_tap
        )
        with right:
            cell = render_selects()
            st.markdown(sentences.describe_cell(result, *cell))
            average.render_averages(result, cell)
        if answers is None:
            st.info("The study prints counts; which pictures they are is not known.", icon=":material/menu_book:")
        else:
            gallery.render_cell([found for found in (result, other) if found], answers, cell)


def _choose_numbers() -> str:
    return ui.choose_one(
        "Numbers", confusion.MODES, default=confusion.PER_TRUE, key="results-numbers",
        label_visibility="collapsed",
    )  # fmt: skip


def _render_chart(result: Result, mode: str) -> None:
    ui.render_chart(
        confusion.view_confusion(result.confusion, result.name, mode, chosen=read_cell()),
        MATRIX,
        caption=sentences.explain_matrix(result, None, mode),
        on_select=partial(take_click, MATRIX),
        title=TITLE,
        about=ui.write_subject([result.name], result.n),
    )


def _render_three(result: Result, other: Result, mode: str) -> None:
    """Show other | ours | difference: a cell pressed in one is chosen in all."""
    shown = (
        (OTHER, other.name, other, None),
        (MATRIX, result.name, result, None),
        (DIFFERENCE, "Difference", result, other),
    )
    for column, (key, title, one, less) in zip(st.columns(3), shown, strict=True):
        with column:
            st.markdown(f"**{title}**")
            matrix, name = (less.confusion, less.name) if less else (None, "")
            ui.render_chart(
                confusion.view_confusion(one.confusion, one.name, mode, matrix, name, read_cell(), small=True),
                key,
                on_select=partial(take_click, key),
                title=TITLE,
                about=ui.write_subject([shown.name for shown in (one, less) if shown], one.n),
            )
    st.caption(sentences.explain_matrix(result, other, mode))


def render_selects() -> tuple[int, int]:
    """Show the two select boxes; returns the chosen cell (true, predicted) as indices into LABELS."""
    with st.container(horizontal=True):
        true, predicted = (
            st.selectbox(
                title,
                LABELS,
                index=FIRST_CELL[place],
                key=key,
                bind="query-params",
                on_change=show_first_page,
                width=170,
            )
            for place, (title, key) in enumerate((("True class", TRUE), ("Predicted class", PREDICTED)))
        )
    return LABELS.index(true), LABELS.index(predicted)


def read_cell() -> tuple[int, int]:
    """Return the chosen cell before the select boxes are drawn."""
    names = (st.session_state.get(TRUE), st.session_state.get(PREDICTED))
    names = [name if name in LABELS else st.query_params.get(key) for name, key in zip(names, (TRUE, PREDICTED))]
    true, predicted = (LABELS.index(name) if name in LABELS else FIRST_CELL[i] for i, name in enumerate(names))
    return true, predicted


def take_tap() -> None:
    """Set the select boxes to the tapped cell."""
    _choose(st.session_state[TAPS].cell)


def take_click(key: str) -> None:
    """Set the select boxes to the clicked cell. A second click on a cell, which clears the selection, keeps it."""
    points = st.session_state[key].selection.points
    cell = points[0]["customdata"] if points else st.session_state.get(LAST)
    if cell is not None:
        _choose(cell)


def _choose(cell: Sequence[int]) -> None:
    st.session_state[LAST] = cell
    st.session_state[TRUE], st.session_state[PREDICTED] = LABELS[int(cell[0])], LABELS[int(cell[1])]
    show_first_page()


def show_first_page() -> None:
    """Start a new selection at its most confident picture."""
    st.session_state[PAGE] = 1
