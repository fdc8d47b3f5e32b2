"""The confusion matrix and its chosen cell: a click and two select boxes that always agree."""

import streamlit as st

from fer_core.app import shell, ui
from fer_core.app.charts import confusion
from fer_core.app.results import average, gallery, sentences
from fer_core.app.results.subjects import Result
from fer_core.labels import LABELS
from fer_core.runs import Predictions

MATRIX, TRUE, PREDICTED, PAGE = "results-matrix", "results-true", "results-predicted", "results-page"
LAST = "results-clicked"
FIRST_CELL = (LABELS.index("sad"), LABELS.index("neutral"))
"""The study's most frequent mistake. A fixed start keeps addresses short: they name what was changed."""


@st.fragment  # a click redraws this part alone
def render_matrix(result: Result, other: Result | None, answers: Predictions | None) -> None:
    """Show the matrix of `result`, or its difference to `other`, and the test pictures in the chosen cell."""
    with shell.guard():
        left, right = st.columns([11, 10], gap="large")
        with left:
            _render_chart(result, other)
        with right:
            cell = render_selects()
            st.markdown(sentences.describe_cell(result, *cell))
            average.render_averages(result, cell)
            if answers is None:
                st.info("The study prints counts; which pictures they are is not known.", icon=":material/menu_book:")
            else:
                gallery.render_cell(answers, cell)


def _render_chart(result: Result, other: Result | None) -> None:
    mode = ui.choose_one(
        "Numbers", confusion.MODES, default=confusion.PER_TRUE, key="results-numbers",
        label_visibility="collapsed",
    )  # fmt: skip
    matrix, name = (other.confusion, other.name) if other else (None, "")
    ui.render_chart(
        confusion.make_confusion_chart(result.confusion, mode, matrix, chosen=read_cell()),
        MATRIX,
        alt=confusion.describe_confusion(result.confusion, result.name, matrix, name),
        caption=sentences.explain_matrix(result, other, mode),
        table=confusion.make_confusion_table(result.confusion, mode, matrix),
        on_select=take_click,
        title="Which expressions get confused",
        about=ui.write_subject([shown.name for shown in (result, other) if shown], result.n),
    )


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


def take_click() -> None:
    """Set the select boxes to the clicked cell. A second click on a cell, which clears the selection, keeps it."""
    points = st.session_state[MATRIX].selection.points
    cell = points[0]["customdata"] if points else st.session_state.get(LAST)
    if cell is None:
        return
    st.session_state[LAST] = cell
    st.session_state[TRUE], st.session_state[PREDICTED] = LABELS[int(cell[0])], LABELS[int(cell[1])]
    show_first_page()


def show_first_page() -> None:
    """Start a new selection at its most confident picture."""
    st.session_state[PAGE] = 1
