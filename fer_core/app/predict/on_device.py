"""Photos answered in the visitor's own browser: the same answers, and the picture goes nowhere."""

import streamlit as st

from fer_core.app import ui
from fer_core.app.browser import component
from fer_core.app.browser.settings import PROBLEMS
from fer_core.app.loading import Engine
from fer_core.vision.mtcnn_graphs import DetectorError

KEY = "predict-on-device"


def is_chosen() -> bool:
    """Say whether photos are answered on the visitor's device, before `choose` has drawn the switch."""
    return bool(st.session_state.get(KEY)) or st.query_params.get(KEY) == "true"


def choose() -> bool:
    """Let the visitor say whether photos are answered on their device."""
    return st.toggle(
        "Answer on this device", key=KEY, bind="query-params",
        help="Your browser does all the work, with the same answers: the photo never leaves this device.",
    )  # fmt: skip


def render(engine: Engine) -> None:
    """Show a way to bring photos, and their answers, all of it in the browser."""
    try:
        problem = component.render_photo(engine, "predict-browser")
    except DetectorError as error:
        st.warning(str(error), icon=":material/no_photography:")
        return
    st.caption(":material/lock: **Your photos never leave this device**: your browser does all the work.")
    if problem in PROBLEMS:
        known = PROBLEMS[problem]
        st.warning(
            f"{known.advice} Switch off *Answer on this device*: the server can.",
            title=known.title,
            width=ui.TEXT_WIDTH,
        )
