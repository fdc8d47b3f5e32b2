"""Cropping a face by hand: tap its middle or move three sliders, and the network answers for that square."""

import base64

import streamlit as st
from PIL import Image

from fer_core.app import photo, shell
from fer_core.app.charts.hand_crop import compute_square, make_tap_chart
from fer_core.app.face_cards import render_face
from fer_core.app.loading import Engine
from fer_core.app.photo_batch import Outcome
from fer_core.app.photo_source import Photo

CHART, PLACE, OPENED = "predict-tap", "predict-hand-photo", "predict-hand-picture"
ACROSS, DOWN, SIDE = "predict-hand-across", "predict-hand-down", "predict-hand-size"
SHOWN_SIDE = 800
"""Pixels of the picture's longer side in the browser."""


@st.fragment  # a tap redraws this part alone
def render_hand_crop(outcome: Outcome, engine: Engine) -> None:
    """Show the photo to mark a face in, and the answer for the marked square."""
    with shell.guard():
        rgb = _open(outcome.photo)
        size = (rgb.shape[1], rgb.shape[0])
        _start(outcome, size)
        left, right = st.columns([5, 6], gap="large")
        with left:
            chart_slot = st.container()
            _render_sliders()
            across, down, side = (st.session_state[key] for key in (ACROSS, DOWN, SIDE))
            square = compute_square(size, across, down, side)
            with chart_slot:
                _render_chart(rgb, size, square)
        with right, st.container(border=True, gap="small"):
            _render_answer(rgb, square, outcome.name, engine)


def _open(item: Photo):
    """Return the photo's pixels, decoded once; only those of the photo at hand are kept."""
    from fer_core.vision import read_image

    kept = st.session_state.get(OPENED)
    if not kept or kept[0] != item.key:
        kept = (item.key, read_image(item.read(), item.name).rgb)
        st.session_state[OPENED] = kept
    return kept[1]


def _start(outcome: Outcome, size: tuple[int, int]) -> None:
    """Begin with the first face that was found, else with the middle of the photo."""
    if st.session_state.get(PLACE) == outcome.photo.key and SIDE in st.session_state:
        return
    across, down, side = 50, 45, 60
    if outcome.answer.faces:
        x0, y0, x1, y1 = outcome.answer.faces[0].face.box
        across, down = 50 * (x0 + x1) / size[0], 50 * (y0 + y1) / size[1]
        side = 100 * max(x1 - x0, y1 - y0) / min(size)
    st.session_state[PLACE] = outcome.photo.key
    st.session_state[ACROSS], st.session_state[DOWN] = round(min(max(across, 0), 100)), round(min(max(down, 0), 100))
    st.session_state[SIDE] = round(min(max(side, 5), 100))


def _render_sliders() -> None:
    st.slider("Across", 0, 100, key=ACROSS, format="%d %%")
    st.slider("Down", 0, 100, key=DOWN, format="%d %%")
    st.slider("Size", 5, 100, key=SIDE, format="%d %%", help="Side of the square, in percent of the shorter side.")


def _render_chart(rgb, size: tuple[int, int], square: tuple[float, ...]) -> None:
    picture = Image.fromarray(rgb)
    picture.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    address = "data:image/jpeg;base64," + base64.b64encode(photo.encode_jpeg(picture, 80)).decode()
    st.plotly_chart(
        make_tap_chart(address, size, square),
        key=CHART,
        on_select=_take_tap,
        selection_mode="points",
        config={"displayModeBar": False},
        alt="The photo with the marked square. Tap the middle of a face, or use the sliders below.",
    )
    st.caption("Tap the middle of a face, then fit the size: from eyebrows to chin, ear to ear.")


def _take_tap() -> None:
    """Move the square to the tapped place. A second tap on it, which clears the selection, changes nothing."""
    points = st.session_state[CHART].selection.points
    if points:
        across, down = points[0]["customdata"]
        st.session_state[ACROSS], st.session_state[DOWN] = round(across), round(down)


def _render_answer(rgb, square: tuple[float, ...], name: str, engine: Engine) -> None:
    from fer_core.vision import analyse_box

    face = analyse_box(rgb, square, engine.predictor)
    render_face(face, engine, "predict-hand-face", f"{name}, marked by hand")
    st.caption("The network answers for any square, be it a face or not: only you know what is in it.")
