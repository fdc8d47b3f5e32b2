"""The one face that the augmentation page works on: drawn, out of FER2013, or the visitor's own."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import streamlit as st
from PIL import Image

from fer_core.app import dataset_album as albums
from fer_core.app import loading, ui
from fer_core.app.dataset_album import Album
from fer_core.app.memory import describe_stay
from fer_core.data import draw_face
from fer_core.labels import LABELS
from fer_core.preprocessing import IMAGE_SIZE

SOURCES = {"drawn": "Drawn face", "dataset": "FER2013", "own": "Your own"}


@dataclass(frozen=True)
class SampleFace:
    """A picture, uint8 (48, 48), and one sentence on where it comes from; `is_own`: it is the visitor's."""

    picture: np.ndarray
    note: str
    is_own: bool = False


def choose_face(album: Album | None) -> SampleFace:
    """Show the controls that choose a face and return it. A bad upload is named and a drawn face takes its place."""
    names = [name for key, name in SOURCES.items() if key != "dataset" or album is not None]
    source = ui.choose_one("Face", names, default=names[0], key="augmentation-face")
    if source == SOURCES["own"]:
        return _choose_own()
    with st.container(horizontal=True):
        label = st.selectbox("Expression", LABELS, index=3, key="augmentation-label", bind="query-params", width=150)
        number = st.number_input(
            "Number", 1, 999, 7 if source == SOURCES["drawn"] else 1, key="augmentation-number", bind="query-params",
            width=140, help="Every number is another face.",
        )  # fmt: skip
    if source == SOURCES["drawn"]:
        return make_drawn_face(label, number)
    rows = np.flatnonzero((album.dataset.labels == LABELS.index(label)) & ~album.blank)
    row = int(rows[(number - 1) % len(rows)])
    return SampleFace(album.dataset.images[row], f"{album.key[row]}, from {album.dataset.source}")


def make_drawn_face(label: str, number: int) -> SampleFace:
    """Draw face `number` of an expression."""
    return SampleFace(draw_face(label, np.random.default_rng(number)), f"A drawn {label} face, no real person")


def make_crowd_of_faces(album: Album | None, count: int, seed: int) -> np.ndarray:
    """Return different faces, uint8 (count, 48, 48), as they meet in one training batch."""
    if album is None:
        return _draw_crowd(count, seed)
    rng = np.random.default_rng(seed)
    return album.dataset.images[rng.choice(np.flatnonzero(~album.dataset.is_test & ~album.blank), count, replace=False)]


@lru_cache(maxsize=16)
def _draw_crowd(count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    faces = np.stack([draw_face(int(label), rng) for label in rng.integers(0, len(LABELS), count)])
    faces.flags.writeable = False  # one for all visitors
    return faces


def _choose_own() -> SampleFace:
    from fer_core.vision import ImageError

    upload = st.file_uploader(
        "A photo with a face",
        key="augmentation-upload",
        help=f"Stays in memory, gone {describe_stay()} after your visit.",
    )
    if upload is None:
        return SampleFace(make_drawn_face("happy", 7).picture, "A drawn face until you bring a photo")
    try:
        return _read_own(upload.getvalue(), upload.name)
    except ImageError as error:
        st.error(str(error), icon=":material/broken_image:")
        return SampleFace(make_drawn_face("happy", 7).picture, "A drawn face in place of that file")


def _read_own(data: bytes, name: str) -> SampleFace:
    key = hashlib.sha256(data).hexdigest()
    kept = st.session_state.get("augmentation-own")
    if not kept or kept[0] != key:
        kept = (key, read_face(data, name))
        st.session_state["augmentation-own"] = kept
    return kept[1]


def read_face(data: bytes, name: str) -> SampleFace:
    """Cut the largest face out of a picture file, else its middle. Raises ImageError on files that are no picture."""
    from fer_core.vision import crop_face, read_image

    detector = loading.load_detector()
    with loading.TURN:
        rgb = read_image(data, name).rgb
        faces = detector.detect(rgb)
        if not faces:
            return SampleFace(crop_centre(rgb), "No face found: the middle of your photo", is_own=True)
        largest = max(faces, key=lambda face: face.width * face.height)
        crop = crop_face(rgb, largest.box, detector.framing, largest.landmarks)
    return SampleFace(crop, "The largest face of your photo", is_own=True)


def crop_centre(rgb: np.ndarray) -> np.ndarray:
    """Cut the largest square out of the middle, uint8 (h, w, 3) -> grey uint8 (48, 48)."""
    image = Image.fromarray(rgb).convert("L")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.crop((left, top, left + side, top + side))
    return np.asarray(square.resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.LANCZOS))


def load_real_album() -> Album | None:
    """Return FER2013 when it is on this machine, else None. Raises DatasetError when it is there but broken."""
    album = albums.load_album()
    return None if album.dataset.drawn else album
