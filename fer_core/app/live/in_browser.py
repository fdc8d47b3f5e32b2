"""Live video in the visitor's own browser: it never leaves the device, nor do the answers."""

import streamlit as st

from fer_core.app import shell, ui
from fer_core.app.browser import component
from fer_core.app.browser.settings import ENGINE, PROBLEMS
from fer_core.app.live import views
from fer_core.app.loading import Engine
from fer_core.vision.mtcnn_graphs import DetectorError

WAY, BROWSER, SERVER = "live-way", "This device", "The server"


def choose_way() -> str:
    """Let the visitor say who computes: BROWSER, unless they choose SERVER."""
    return ui.choose_one("Answered by", [BROWSER, SERVER], default=BROWSER, key=WAY)


@st.fragment
def render(engine: Engine) -> None:
    """Show the video with its answers. Runs again by itself."""
    with shell.guard():
        st.caption(":material/lock: **Your video never leaves this device**: your browser does all the work.")
        try:
            result = component.render_live(engine, "live-browser")
        except DetectorError as error:
            st.warning(str(error), icon=":material/videocam_off:")
            return
        if result.problem:
            _render_problem(result.problem)


def _render_problem(problem: str) -> None:
    known = PROBLEMS.get(problem)
    if known is None:
        return
    views.render_problem(known)
    if problem == ENGINE and st.button("Let the server answer instead", on_click=_choose_server, icon=":material/dns:"):
        st.rerun()


def _choose_server() -> None:
    st.session_state[WAY] = SERVER
