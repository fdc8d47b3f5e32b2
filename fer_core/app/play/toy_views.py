"""The face to play with on its page: which face, which networks, and the sliders that the browser draws."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from fer_core.app import loading, shell, ui
from fer_core.app.dataset_album import Album
from fer_core.app.faces.sample_face import SampleFace, make_drawn_face, read_face
from fer_core.app.loading import Engine
from fer_core.app.pictures import make_data_url
from fer_core.app.play.faces import read_portrait
from fer_core.app.play.toy import Knobs, change_face, parse_knobs, read_knobs, write_knobs
from fer_core.app.sentences import play as sentences
from fer_core.labels import COLORS, LABELS

BOARD, NETWORKS, UPLOAD, ADDRESS = "toy-board", "toy-networks", "toy-upload", "toy-knobs"
PORTRAIT, DRAWN, DATASET, OWN = "Photo", "Drawn face", "FER2013", "Your own"
BESIDE = 2
BROWSER = Path(__file__).parent / "browser"


def _read(name: str) -> str:
    return (BROWSER / name).read_text(encoding="utf-8")


_mount = st.components.v2.component("toy", html=_read("toy.html"), css=_read("toy.css"), js=_read("toy.js"))


def choose_face(album: Album | None) -> SampleFace:
    """Show the controls that choose a face and return it. A bad upload is named and the photo takes its place."""
    sources = [PORTRAIT, DRAWN, *([DATASET] if album is not None else []), OWN]
    source = ui.choose_one("Face", sources, key="toy-face")
    if source == OWN:
        return _choose_own()
    if source == PORTRAIT:
        return SampleFace(read_portrait(), "Eileen Collins, photo by NASA")
    with st.container(horizontal=True):
        label = st.selectbox("Expression", LABELS, index=6, key="toy-label", bind="query-params", width=150)
        number = st.number_input("Number", 1, 999, 7, key="toy-number", bind="query-params", width=140)
    if source == DRAWN:
        return make_drawn_face(label, number)
    rows = np.flatnonzero((album.dataset.labels == LABELS.index(label)) & album.dataset.is_test & ~album.blank)
    row = int(rows[(number - 1) % len(rows)])
    return SampleFace(album.dataset.images[row], f"{album.key[row]}, a test picture of FER2013")


def _choose_own() -> SampleFace:
    from fer_core.vision import ImageError

    upload = st.file_uploader(
        "A photo with a face",
        key=UPLOAD,
        help="Phones offer their camera here. It stays in memory, gone with this visit.",
    )
    if upload is None:
        return SampleFace(read_portrait(), "The example photo until you bring your own")
    try:
        with st.spinner("Looking for the face"):
            return _read_own(upload.getvalue(), upload.name)
    except ImageError as error:
        st.error(str(error), icon=":material/broken_image:")
        return SampleFace(read_portrait(), "The example photo in place of that file")


def _read_own(data: bytes, name: str) -> SampleFace:
    """Find the face once per file, not once per press elsewhere on the page."""
    kept = st.session_state.get("toy-own")
    if not kept or kept[0] != data:
        kept = st.session_state["toy-own"] = (data, read_face(data, name))
    return kept[1]


def choose_engines(first: str) -> list[Engine]:
    """Let the visitor choose up to two networks; by default the one that answers, `first`, and the study's."""
    runs = loading.load_runs()
    able = {runs.names[run.name]: run.name for run in runs if run.model_path}
    ours = runs.names[first]
    studys = [name for name, run in able.items() if runs.find(run).config.paper_experiment]
    names = list(dict.fromkeys([ours, *studys, *able]))
    if len(names) == 1:
        return [loading.load_engine(first)]
    chosen = st.multiselect(
        "Networks", names, default=names[:BESIDE], max_selections=BESIDE, key=NETWORKS, bind="query-params", width=480
    )
    return [loading.load_engine(able[name]) for name in chosen or [ours]]


@st.fragment
def render_toy(face: SampleFace, engines: Sequence[Engine]) -> None:
    """Show face, sliders and bars. A fragment: a movement of a slider costs a look per network and nothing else."""
    with shell.guard():
        given = _get_given()
        knobs = parse_knobs(st.query_params.get(ADDRESS, "")) if given is None else read_knobs(given)
        picture = change_face(face.picture, knobs)
        names = loading.load_runs().names
        data = {
            "face": make_data_url(picture), "alt": f"{face.note}. {sentences.describe_knobs(knobs)}",
            "labels": LABELS, "colors": [COLORS[label] for label in LABELS],
            "knobs": vars(knobs), "rest": vars(Knobs()), "number": _read_number(given),
            "networks": [answer(picture, engine, names[engine.run.name]) for engine in engines],
        }  # fmt: skip
        _mount(key=BOARD, data=data, on_knobs_change=_keep_address)
        st.caption(face.note)
        robustness = {names[name]: found for name, found in loading.load_robustness().by_run.items()}
        shown = {name: robustness[name] for engine in engines if (name := names[engine.run.name]) in robustness}
        st.markdown(sentences.describe_measured(knobs, shown), width=ui.TEXT_WIDTH)


def _get_given() -> object:
    return (st.session_state.get(BOARD) or {}).get("knobs")


def _keep_address() -> None:
    """Write the sliders into the address when they are let go, not with each movement."""
    given = _get_given()
    if not (hasattr(given, "get") and given.get("settled")):
        return
    if text := write_knobs(read_knobs(given)):
        st.query_params[ADDRESS] = text
    else:
        st.query_params.pop(ADDRESS, None)


def _read_number(given: object) -> int:
    number = given.get("number") if hasattr(given, "get") else 0
    return number if isinstance(number, int) else 0


def answer(picture: np.ndarray, engine: Engine, name: str) -> dict:
    """Return what one network says about the face, as the browser shows it."""
    with engine.lock:
        probability = engine.predictor.predict(picture[None])[0]
    headline, detail = engine.wording.describe(probability, engine.predictor.is_sure(probability))
    return {
        "name": name, "headline": headline, "detail": detail,
        "shares": probability.tolist(), "texts": engine.wording.write_shares(probability),
    }  # fmt: skip
