"""Cropping a face by hand: tap its middle or move three sliders, and the network answers for that square."""

import base64
from dataclasses import replace

import numpy as np
import streamlit as st
from PIL import Image

from fer_core.app import shell, ui
from fer_core.app.charts.hand_crop import PHONE_WIDTH, WIDTH, compute_square, view_taps
from fer_core.app.faces import photo
from fer_core.app.faces.album import get_turns
from fer_core.app.faces.batch import Outcome, replace_faces
from fer_core.app.loading import TURN, Engine
from fer_core.app.pictures import encode_jpeg
from fer_core.app.predict.one_face import render_face
from fer_core.app.ui import TEXT_WIDTH
from fer_core.predict.table import MARKED

CHART, STATE = "predict-tap", "predict-hand"
ACROSS, DOWN, SIDE = "predict-hand-across", "predict-hand-down", "predict-hand-size"
KEEP_HELP = "Puts it among the photo's faces, into the table and the zip."
SHOWN_SIDE = 800
"""Pixels of the picture's longer side in the browser."""


@st.fragment  # a tap redraws this part alone
def render_hand_crop(outcome: Outcome, engine: Engine) -> None:
    """Show the photo to mark a face in, and the answer for the marked square.

    Where no face was found there is nothing to answer before the visitor has marked something.
    """
    with shell.guard():
        picture, size = _open(outcome, engine)
        if not outcome.answer.faces:
            _say_none_found()
        left, right = st.columns([5, 6], gap="large")
        with right:
            with st.grid(3, min_column_width=95, gap="small"):
                across = st.slider("Across", 0, 100, key=ACROSS, format="%d %%", on_change=_note_use)
                down = st.slider("Down", 0, 100, key=DOWN, format="%d %%", on_change=_note_use)
                side = st.slider("Size", 5, 100, key=SIDE, format="%d %%", on_change=_note_use)
            square = compute_square(size, across, down, side)
            with st.container(border=True, gap="small"):
                if st.session_state[STATE]["used"]:
                    _render_answer(square, outcome, engine)
                else:
                    st.caption("The answer for the square appears here as soon as you have placed it.")
        with left:
            _render_chart(picture, size, square)


def _open(outcome: Outcome, engine: Engine) -> tuple[str, tuple[int, int]]:
    """Return a data URL of the photo and its size, made once; begin with the first found face, else the middle.

    Only what belongs to the photo at hand is kept.
    """
    state, key = st.session_state.get(STATE), (outcome.photo.key, get_turns(outcome.photo.key))
    if not state or state["key"] != key or SIDE not in st.session_state:
        with engine.lock:
            rgb = _read(outcome)
            small = Image.fromarray(rgb)
            small.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
            size = (rgb.shape[1], rgb.shape[0])
            del rgb
        address = "data:image/jpeg;base64," + base64.b64encode(encode_jpeg(small, 80)).decode()
        state = {"key": key, "size": size, "picture": address, "used": bool(outcome.answer.faces)}
        st.session_state[STATE] = state
        st.session_state[ACROSS], st.session_state[DOWN], st.session_state[SIDE] = _propose(outcome)
    return state["picture"], state["size"]


def _read(outcome: Outcome) -> np.ndarray:
    """Return the photo's pixels, read anew: a large photo's are not kept between two touches of a slider."""
    item = outcome.photo
    return photo.read_turned(item.read(), item.name, get_turns(item.key)).rgb


def _propose(outcome: Outcome) -> tuple[int, int, int]:
    """Return where to begin, in percent: the middle of the first face and its size, or of the photo."""
    if not outcome.answer.faces:
        return 50, 45, 60
    width, height = outcome.answer.size
    x0, y0, x1, y1 = outcome.answer.faces[0].face.box
    shares = (x0 + x1) / 2 / width, (y0 + y1) / 2 / height, max(x1 - x0, y1 - y0) / min(width, height)
    across, down, side = (round(100 * min(max(share, 0), 1)) for share in shares)
    return across, down, max(side, 5)


def _render_chart(picture: str, size: tuple[int, int], square: tuple[float, ...]) -> None:
    view = view_taps(picture, size, square, PHONE_WIDTH if ui.is_phone() else WIDTH)
    st.plotly_chart(
        view.figure,
        key=CHART,
        on_select=_take_tap,
        selection_mode="points",
        config={"displayModeBar": False},
        alt=view.alt,
    )
    st.caption("Tap the middle of a face, then set the size: from eyebrows to chin.")


def _take_tap() -> None:
    """Move the square to the tapped place. A second tap on it, which clears the selection, changes nothing."""
    points = st.session_state[CHART].selection.points
    if points:
        width, height = st.session_state[STATE]["size"]
        st.session_state[ACROSS] = round(100 * points[0]["x"] / width)
        st.session_state[DOWN] = round(100 * points[0]["y"] / height)
        _note_use()


def _note_use() -> None:
    st.session_state[STATE]["used"] = True


def _render_answer(square: tuple[float, ...], outcome: Outcome, engine: Engine) -> None:
    from fer_core.vision import analyse_box

    with engine.lock:
        face = analyse_box(_read(outcome), square, engine.predictor)
    render_face(face, engine, "predict-hand-face", f"{outcome.name}, marked by hand")
    st.caption("The network answers for any square, with or without a face in it. Only you know which it is.")
    faces = outcome.answer.faces
    face = replace(face, number=len(faces) + 1, warnings=[MARKED, *face.warnings])
    with st.container(horizontal=True):
        if st.button("Keep this face", key="predict-hand-keep", icon=":material/add:", help=KEEP_HELP):
            _keep(outcome, [*faces, face])
        undo = {"key": "predict-hand-undo", "type": "tertiary", "icon": ":material/undo:"}
        if faces and MARKED in faces[-1].warnings and st.button("Take the last one back", **undo):
            _keep(outcome, faces[:-1])


def _keep(outcome: Outcome, faces: list) -> None:
    with TURN:
        replace_faces(outcome, faces, _read(outcome))
    st.rerun()  # the whole page: picture, table and zip change


def _say_none_found() -> None:
    st.subheader("No face found", icon=":material/search_off:", anchor=False)
    st.markdown(
        "Faces are found when they look roughly at the camera and are at least 40 pixels high. "
        "Is there one anyway? **Tap it**, and the network answers for the square around it.",
        width=TEXT_WIDTH,
    )
