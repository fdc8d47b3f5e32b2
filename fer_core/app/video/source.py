"""Where the video comes from: a file, or the free example."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from fer_core.app import loading
from fer_core.app.choosing import choose_run
from fer_core.app.loading import Engine, load_engine
from fer_core.app.memory import describe_stay
from fer_core.app.video import example

UPLOAD, EXAMPLE, NETWORK = "video-upload", "video-example", "video-network"
CURRENT = "video-current"
"""Key of the result on show: it is still there when the visitor comes back from another page."""


@dataclass(frozen=True, eq=False)
class VideoFile:
    """A file to answer: `read` returns its bytes, `credit` says whose an example is."""

    name: str
    read: Callable[[], bytes]
    credit: str = ""


def choose_video() -> VideoFile | None:
    """Show the ways to bring a video, and return what was brought, or None."""
    from fer_core.vision.images import clean_name
    from fer_core.vision.video import MAX_BYTES, MAX_SECONDS, MEGA, READABLE

    left, right = st.columns([3, 2], gap="large")
    with left:
        file = st.file_uploader(
            "A video", key=UPLOAD, max_upload_size=MAX_BYTES // MEGA, on_change=_leave_example,
            label_visibility="collapsed",
        )  # fmt: skip
        st.caption(f"{READABLE}, up to {MAX_BYTES // MEGA} MB and 4K; the first {MAX_SECONDS // 60} minutes are read.")
    with right:
        clip = st.pills(
            "Or try an example", list(example.CLIPS), key=EXAMPLE, bind="query-params", on_change=_forget_current
        )
        st.caption(example.CLIPS[clip].hint if clip else "A few seconds of drawings and free pictures.")
        st.caption(
            ":material/lock: Your video stays in this server's memory, goes nowhere else, and is gone "
            f"{describe_stay()} after you leave."
        )
    if clip:
        chosen = example.CLIPS[clip]
        return VideoFile(chosen.file_name, lambda: _make_example(clip), chosen.credit)
    return VideoFile(clean_name(file.name), file.getvalue) if file else None


def choose_engine() -> Engine:
    """Let the visitor choose the network, where several can answer."""
    runs, name = loading.load_runs(), loading.load_default_run().name
    names = {run.name: runs.names[run.name] for run in runs if run.model_path}
    if len(names) > 1:
        name = choose_run("Network", names, name, NETWORK, width=320, on_change=_forget_current)
    return load_engine(name)


def _leave_example() -> None:
    """An own video takes the example's place as soon as it arrives; one taken away is no longer shown."""
    _forget_current()
    if st.session_state.get(UPLOAD):
        st.session_state[EXAMPLE] = None


def _forget_current() -> None:
    st.session_state.pop(CURRENT, None)


@st.cache_resource(show_spinner="Making the clip")
def _make_example(name: str) -> bytes:
    return example.CLIPS[name].make()
