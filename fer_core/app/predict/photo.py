"""From an uploaded photo to the answer on the page. Pictures stay in this process's memory, in the visitor's session."""

import hashlib
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from PIL import Image

from fer_core.app import shell, ui
from fer_core.app.formats import SPACE
from fer_core.app.loading import Engine, load_engine
from fer_core.app.pictures import enlarge
from fer_core.app.predict.examples import EXAMPLES
from fer_core.app.theme import ICONS
from fer_core.app.wording import Wording
from fer_core.labels import LABELS

PORTRAIT = "Portrait"
EXAMPLE = shell.ASSETS / "example.jpg"
EXAMPLE_CREDIT = f"Example: {EXAMPLES[PORTRAIT].credit}"
MAX_SHOWN = 6
"""Faces with bars of their own; the rest of a crowd is listed in words."""
NOTABLE_TURN = 10
"""Degrees; by less a face is turned upright without a word."""
CROP_WIDTH = 96
"""Pixels on the page, twice as many in the picture for fine screens."""
MAP_WIDTH = 300
"""Pixels of a map of why: large enough to see mouth, eyes and brows apart."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network says about one photo.

    `picture`: the photo with numbered boxes, a JPEG file, reduced to what a screen shows; `size`: width and height
    of the photo itself; `faces`: vision's FaceResults, in its pixels.
    """

    name: str
    picture: bytes
    size: tuple[int, int]
    faces: list
    notes: list[str]
    seconds: float
    wording: Wording


def answer_photo(data: bytes, name: str, engine: Engine) -> Answer:
    """Find and read every face in the picture file `data`. Raises ImageError with one sentence on bad files.

    The last answer is kept in the visitor's session, so that a rerun costs nothing.
    """
    key = (hashlib.sha256(data).hexdigest(), name, engine.run.name)
    kept = st.session_state.get("photo-answer")
    if kept and kept[0] == key:
        return kept[1]
    answer = make_answer(data, name, engine)
    st.session_state["photo-answer"] = (key, answer)
    return answer


def answer_example(name: str = PORTRAIT, engine: Engine | None = None) -> Answer | None:
    """Return the answer for a bundled example, worked out once per server and network; None without a network."""
    engine = engine or load_engine()
    return _answer_example(name, engine.run.name, engine.signature, engine) if engine else None


@st.cache_resource(show_spinner=False, max_entries=8)
def _answer_example(name: str, run_name: str, signature: tuple, _engine: Engine) -> Answer:
    return make_answer(EXAMPLES[name].read(), EXAMPLES[name].file_name, _engine)


def make_answer(data: bytes, name: str, engine: Engine, turns: int = 0) -> Answer:
    """Find and read every face in the picture file `data`, keeping nothing. Raises ImageError.

    `turns`: quarter turns clockwise that the visitor asked for.
    """
    from fer_core.vision import analyse_image, draw_faces

    start = time.perf_counter()
    with engine.lock:  # for the reading, too: one large photo in memory at a time
        image = read_turned(data, name, turns)
        faces = analyse_image(image.rgb, engine.detector, engine.predictor)
        picture, size = draw_faces(image.rgb, faces), (image.rgb.shape[1], image.rgb.shape[0])
        # image.name has neither folders nor control characters
        name, notes = image.name, list(image.notes)
        del image
    return Answer(name, encode_jpeg(picture), size, faces, notes, time.perf_counter() - start, engine.wording)


def read_turned(data: bytes, name: str, turns: int = 0):
    """Return vision's LoadedImage of a file after quarter turns clockwise. Raises ImageError."""
    from fer_core.vision import read_image

    image = read_image(data, name)
    return replace(image, rgb=np.ascontiguousarray(np.rot90(image.rgb, -turns))) if turns else image


def judge_again(faces: Sequence, engine: Engine) -> list:
    """Return the same faces with the answers of another network."""
    if not faces:
        return []
    predictor = engine.predictor
    with engine.lock:
        probabilities = predictor.predict(np.stack([face.crop for face in faces]))
    return [
        replace(
            face,
            probability=probability,
            label=LABELS[int(probability.argmax())],
            confidence=float(probability.max()),
            sure=predictor.is_sure(probability) and not face.doubtful,
        )
        for face, probability in zip(faces, probabilities, strict=True)
    ]


def encode_jpeg(picture: Image.Image, quality: int = 88) -> bytes:
    """Encode a picture as JPEG, without any of the photo's own notes (place, camera, time)."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def describe_face(face, wording: Wording) -> str:
    """Return "Face 1: happy, say 9 of 10 people", or "Face 1: not sure, perhaps happy ..."."""
    return f"Face {face.number}: {wording.describe_line(face.probability, face.sure)}"


def describe_answer(answer: Answer) -> str:
    """Return the answer in words, for alt texts."""
    if not answer.faces:
        return f"{answer.name}: no face found"
    faces = "; ".join(describe_face(face, answer.wording) for face in answer.faces)
    return f"{answer.name}, {len(answer.faces)} face{'s' if len(answer.faces) > 1 else ''} marked. {faces}"


def count_faces(n: int) -> str:
    """Return "No face found", "1 face", "2 faces"."""
    return {0: "No face found", 1: "1 face"}.get(n, f"{n} faces")


def render_picture(answer: Answer, credit: str = "") -> None:
    """Show the photo with its numbered boxes, and what happened on the way."""
    st.image(answer.picture, width="stretch", alt=describe_answer(answer))
    facts = [count_faces(len(answer.faces)), f"{1000 * answer.seconds:.0f}{SPACE}ms", credit]
    st.caption(" · ".join(filter(None, facts)))
    if answer.notes:
        st.caption(" ".join(answer.notes))


def render_faces(answer: Answer, key: str, columns: int = 1) -> None:
    """Show each face's crop, label and seven bars, `columns` side by side; a crowd's rest in words."""
    grid = st.grid(columns, min_column_width=300, gap="medium")
    for face in answer.faces[:MAX_SHOWN]:
        with grid.cell():
            render_face(face, f"{key}-{face.number}", answer.name, answer.wording)
    if rest := answer.faces[MAX_SHOWN:]:
        st.caption("  \n".join(describe_face(face, answer.wording) for face in rest))


def render_face(face, key: str, name: str, wording: Wording, why: Image.Image | None = None, alt: str = "") -> None:
    """Show one face: its crop, the answer, warnings, seven bars; beside them `why`, a map described by `alt`."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        seen = f"Face {face.number} as the network sees it, 48 by 48 grey pixels"
        st.image(enlarge(face.crop, 2 * CROP_WIDTH), width=CROP_WIDTH, alt=seen)
        with st.container(gap="xxsmall", width="stretch"):
            render_verdict(face, wording)
            if abs(face.turned) >= NOTABLE_TURN:
                st.caption(f":material/rotate_right: Turned upright by {abs(face.turned):.0f}°")
            for warning in face.warnings:
                st.caption(f":material/warning: {warning}")
    with st.grid(2 if why else 1, min_column_width=200, gap="small"):
        if why:
            st.image(why, width=MAP_WIDTH, alt=alt)
        ui.render_probabilities(face.probability, key, f"Face {face.number} in {name}", wording)


def render_verdict(face, wording: Wording) -> None:
    """Show the answer in words: number, expression and how sure, or that it is not."""
    headline, detail = wording.describe(face.probability, face.sure)
    icon = ICONS[face.label] if face.sure else ":material/help:"
    st.markdown(f"**{face.number} · {icon} {headline}**")
    st.caption(detail)
