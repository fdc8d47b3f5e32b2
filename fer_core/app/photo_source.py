"""Where photos on the predict page come from: files, the camera, or a free example."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from fer_core.app import photo
from fer_core.app.examples import EXAMPLES

UPLOAD, CAMERA = "Upload", "Camera"
SOURCE, UPLOADS, SHOT, EXAMPLE = "predict-from", "predict-uploads", "predict-camera", "predict-example"
MAX_PHOTOS = 100
PHONES = ("Mobi", "Android", "iPhone", "iPad")


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture file to answer: `key` names it within the session, `read` returns its bytes.

    `example`: its name in EXAMPLES, when it is one of those.
    """

    key: str
    name: str
    read: Callable[[], bytes]
    example: str | None = None


def choose_photos() -> list[Photo]:
    """Show the ways to bring a photo, and return what was brought, else the chosen example; [] for neither."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        source = st.segmented_control(
            "Photos from", [UPLOAD, CAMERA], default=CAMERA if is_phone() else UPLOAD, required=True, key=SOURCE,
            bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
        own = _take_shot() if source == CAMERA else _take_files()
    with right:
        example = st.pills(
            "Or try a free example", list(EXAMPLES), default=photo.PORTRAIT, key=EXAMPLE, bind="query-params"
        )
        if example and (hint := EXAMPLES[example].hint):
            st.caption(hint)
        st.caption(
            ":material/lock: Your photos stay in this server's memory, go nowhere else, and are gone with your visit."
        )
    if example:
        picked = EXAMPLES[example]
        return [Photo(f"example-{example}", picked.file_name, picked.read, example)]
    return own


def is_phone() -> bool:
    """Say whether the visitor's browser calls itself a phone's or tablet's."""
    browser = st.context.headers.get("User-Agent") or ""
    return any(word in browser for word in PHONES)


def _take_files() -> list[Photo]:
    files = st.file_uploader(
        "Photos", type=photo.UPLOAD_TYPES, accept_multiple_files=True, key=UPLOADS, on_change=_leave_example,
        label_visibility="collapsed",
    )  # fmt: skip
    if len(files) > MAX_PHOTOS:
        st.warning(
            f"The first {MAX_PHOTOS} of {len(files)} photos are answered: bring the others afterwards.",
            icon=":material/photo_library:",
        )
    return [Photo(file.file_id, file.name, file.getvalue) for file in files[:MAX_PHOTOS]]


def _take_shot() -> list[Photo]:
    shot = st.camera_input("Take a photo", key=SHOT, on_change=_leave_example, label_visibility="collapsed")
    st.caption("No camera here, or refused to use it? Choose Upload; a phone offers its camera there, too.")
    return [Photo(shot.file_id, "snapshot.jpg", shot.getvalue)] if shot else []


def _leave_example() -> None:
    """Own photos take the example's place as soon as they arrive."""
    if st.session_state.get(UPLOADS) or st.session_state.get(SHOT):
        st.session_state[EXAMPLE] = None
