"""How far a network's confidence can be trusted: in words, and in two charts for whoever opens them."""

import streamlit as st

from fer_core.app import shell, ui
from fer_core.app.charts import calibration
from fer_core.app.results.subjects import Result
from fer_core.app.summary import describe_floor
from fer_core.runs import Predictions


def render_confidence(result: Result, answers: Predictions, text: str) -> None:
    """Show the section; `text` is its finding."""
    ui.section("Does it know when it is right?", text, anchor="confidence")
    st.caption(describe_floor(result.run))
    about = ui.write_subject([result.name], result.n)
    _render_charts(result, answers, about)


@st.fragment  # opening it draws nothing but the charts
def _render_charts(result: Result, answers: Predictions, about: str) -> None:
    with (
        shell.guard(),
        st.expander(
            "Confidence and what saying “not sure” buys, as charts", icon=":material/show_chart:",
            key="results-confidence", on_change="rerun", bind="query-params",
        ) as fold,
    ):  # fmt: skip
        if not fold.open:
            return
        first, second = st.columns(2, gap="large")
        with first:
            _render_reliability(result, about)
        with second:
            ui.render_chart(
                calibration.view_coverage(
                    answers.confidence, answers.correct, result.calibration and result.calibration.not_sure_threshold
                ),
                "results-coverage", title="Accuracy when only sure answers count", about=about,
                caption="Answering only when sure means fewer answers and fewer mistakes. Dotted: every picture answered.",
            )  # fmt: skip


def _render_reliability(result: Result, about: str) -> None:
    before = result.run.test.reliability
    fitted = result.calibration and result.calibration.temperature != 1  # vote shares need no temperature
    after = result.calibration.test_reliability_after if fitted else None
    if before:
        ui.render_chart(
            calibration.view_calibration(before, after), "results-reliability",
            title="Does it know when it is right?", about=about,
            caption="On the dotted line, confidence equals accuracy. Larger points stand for more pictures.",
        )  # fmt: skip
