"""Live video in the visitor's own browser: it never leaves the device; the numbers come here only if the visitor wants."""

import csv
import io

import numpy as np
import streamlit as st

from fer_core.app import shell, ui
from fer_core.app.browser import component
from fer_core.app.browser.settings import ENGINE, PROBLEMS
from fer_core.app.charts.live_timeline import view_leading_timeline
from fer_core.app.live import views
from fer_core.app.loading import Engine
from fer_core.labels import LABELS
from fer_core.vision.mtcnn_graphs import DetectorError
from fer_core.vision.tracking import TrackHistory

WAY, BROWSER, SERVER = "live-way", "This device", "The server"
SHARE = "live-share"


def choose_way() -> str:
    """Let the visitor say who computes: BROWSER, unless they choose SERVER."""
    return ui.choose_one("Answered by", [BROWSER, SERVER], default=BROWSER, key=WAY)


@st.fragment
def render(engine: Engine) -> None:
    """Show the video with its answers and, of shared numbers, the chart and the table. Runs again by itself."""
    with shell.guard():
        st.caption(":material/lock: **Your video never leaves this device**: your browser does all the work.")
        try:
            result = component.render_live(engine, "live-browser", bool(st.session_state.get(SHARE)))
        except DetectorError as error:
            st.warning(str(error), icon=":material/videocam_off:")
            return
        if result.problem:
            _render_problem(result.problem)
        st.toggle(
            "Chart the numbers on this page", key=SHARE,
            help="Sends the seven numbers of each face to the server while the camera runs; never a picture.",
        )  # fmt: skip
        if st.session_state[SHARE]:
            _render_shared(result)


def _render_problem(problem: str) -> None:
    known = PROBLEMS.get(problem)
    if known is None:
        return
    views.render_problem(known)
    if problem == ENGINE and st.button("Let the server answer instead", on_click=_choose_server, icon=":material/dns:"):
        st.rerun()


def _choose_server() -> None:
    st.session_state[WAY] = SERVER


def _render_shared(result: component.LiveResult) -> None:
    histories = to_histories(result.points)
    if not histories:
        st.caption("The last minute of every face appears here as soon as one is seen.")
        return
    ui.render_small_chart(view_leading_timeline(histories, result.now), "live-browser-timeline")
    st.download_button(
        "Save as CSV", to_csv(result.points), "live.csv", "text/csv", icon=":material/download:", on_click="ignore"
    )


def to_histories(points: list) -> list[TrackHistory]:
    """Return the faces' answers over time from what the browser sent; rows of another form are left out."""
    rows = np.array([row for row in points if _is_row(row)], float).reshape(-1, 2 + len(LABELS))
    return [
        TrackHistory(int(number), part[:, 1], np.float32(part[:, 2:]))
        for number in np.unique(rows[:, 0])
        for part in [rows[rows[:, 0] == number]]
    ]


def to_csv(points: list) -> str:
    """Return the rows as a table: face, seconds, seven probabilities."""
    buffer = io.StringIO()
    table = csv.writer(buffer, lineterminator="\n")
    table.writerow(["face", "seconds", *LABELS])
    table.writerows([int(row[0]), *row[1:]] for row in points if _is_row(row))
    return buffer.getvalue()


def _is_row(row) -> bool:
    numbers = isinstance(row, list) and all(isinstance(value, (int, float)) for value in row)
    return numbers and len(row) == 2 + len(LABELS) and bool(np.isfinite(row).all())
