"""From an uploaded photo to the answer on the page. Pictures stay in this process's memory, in the visitor's session."""

import hashlib
import time
from dataclasses import dataclass

import streamlit as st
from PIL.Image import Image

from fer_core.app import shell, ui
from fer_core.app.formats import SPACE, format_percent
from fer_core.app.loading import Engine, load_engine
from fer_core.app.theme import ICONS

EXAMPLE = shell.ASSETS / "example.jpg"
EXAMPLE_CREDIT = "Example: Eileen Collins, photo by NASA"
UPLOAD_TYPES = ["jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff", "avif"]
MAX_SHOWN = 6
"""Faces with bars of their own; the rest of a crowd is listed in words."""


@dataclass(frozen=True)
class Answer:
    """What the network says about one photo: `picture` has the numbered boxes, `faces` are vision's FaceResults."""

    name: str
    picture: Image
    faces: list
    notes: list[str]
    seconds: float
    threshold: float


def answer_photo(data: bytes, name: str, engine: Engine) -> Answer:
    """Find and read every face in the picture file `data`. Raises ImageError with one sentence on bad files.

    The last answer is kept in the visitor's session, so that a rerun costs nothing.
    """
    key = (hashlib.sha256(data).hexdigest(), name, engine.run.name)
    kept = st.session_state.get("photo-answer")
    if kept and kept[0] == key:
        return kept[1]
    answer = _answer(data, name, engine)
    st.session_state["photo-answer"] = (key, answer)
    return answer


def answer_example() -> Answer | None:
    """Return the answer for the bundled example, worked out once per server and network; None without a network."""
    engine = load_engine()
    return _answer_example(engine.run.name, engine.signature, engine) if engine else None


@st.cache_resource(show_spinner=False, max_entries=2)
def _answer_example(run_name: str, signature: tuple, _engine: Engine) -> Answer:
    return _answer(EXAMPLE.read_bytes(), EXAMPLE.name, _engine)


def _answer(data: bytes, name: str, engine: Engine) -> Answer:
    from fer_core.vision import analyse_image, draw_faces, read_image

    start = time.perf_counter()
    image = read_image(data, name)
    name = image.name  # without folders and control characters
    with engine.lock:
        faces = analyse_image(image.rgb, engine.detector, engine.predictor)
    picture = draw_faces(image.rgb, faces)
    seconds = time.perf_counter() - start
    return Answer(name, picture, faces, list(image.notes), seconds, engine.threshold)


def describe_face(face) -> str:
    """Return "Face 1: happy, 91 %", or "Face 1: not sure, perhaps happy" below the threshold."""
    if face.sure:
        return f"Face {face.number}: {face.label}, {format_percent(face.confidence, 0)}"
    return f"Face {face.number}: not sure, perhaps {face.label} ({format_percent(face.confidence, 0)})"


def describe_answer(answer: Answer) -> str:
    """Return the answer in words, for alt texts."""
    if not answer.faces:
        return f"{answer.name}: no face found"
    faces = "; ".join(map(describe_face, answer.faces))
    return f"{answer.name}, {len(answer.faces)} face{'s' if len(answer.faces) > 1 else ''} marked. {faces}"


def render_picture(answer: Answer, credit: str = "") -> None:
    """Show the photo with its numbered boxes, and what happened on the way."""
    st.image(answer.picture, width="stretch", alt=describe_answer(answer))
    found = {0: "No face found", 1: "1 face"}.get(len(answer.faces), f"{len(answer.faces)} faces")
    st.caption(" · ".join(filter(None, [found, f"{1000 * answer.seconds:.0f}{SPACE}ms", credit])))
    if answer.notes:
        st.caption(" ".join(answer.notes))


def render_faces(answer: Answer, key: str, columns: int = 1) -> None:
    """Show each face's crop, label and seven bars, `columns` side by side; a crowd's rest in words."""
    grid = st.grid(columns, min_column_width=300, gap="medium")
    for face in answer.faces[:MAX_SHOWN]:
        with grid.cell():
            _render_face(face, answer, key)
    if rest := answer.faces[MAX_SHOWN:]:
        st.caption("  \n".join(map(describe_face, rest)))


def _render_face(face, answer: Answer, key: str) -> None:
    number = face.number
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.image(face.crop, width=72, alt=f"Face {number} as the network sees it, 48 by 48 grey pixels")
        with st.container(gap=None, width="stretch"):
            if face.sure:
                st.markdown(f"**{number} · {ICONS[face.label]} {face.label.capitalize()}**")
                st.caption(f"{format_percent(face.confidence, 0)} sure")
            else:
                st.markdown(f"**{number} · :material/help: Not sure**")
                st.caption(f"Perhaps {face.label}, {format_percent(face.confidence, 0)}")
    ui.render_probabilities(face.probability, f"{key}-{number}", f"Face {number} in {answer.name}", answer.threshold)
    for warning in face.warnings:
        st.caption(f":material/warning: {warning}")
