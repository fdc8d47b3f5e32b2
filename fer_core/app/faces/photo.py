"""From a photo to its answer. Pictures stay in this process's memory, in the visitor's session."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from fer_core.app import shell
from fer_core.app.faces.album import Photo
from fer_core.app.faces.examples import EXAMPLES
from fer_core.app.loading import Engine, load_engine
from fer_core.app.pictures import encode_jpeg
from fer_core.app.wording import Wording

EXAMPLE = shell.ASSETS / "example.jpg"


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


def open_example(name: str) -> Photo:
    """Return a bundled example as a photo to answer."""
    example = EXAMPLES[name]
    return Photo(f"example-{name}", example.file_name, example.read, name)


def answer_example(name: str, engine: Engine | None = None) -> Answer | None:
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
    from fer_core.vision.analysis import read_again

    with engine.lock:
        return read_again(faces, engine.predictor)


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
