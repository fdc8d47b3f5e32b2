"""The work on a video, inside the visitor's own script run: it ends when the visitor stops it, or leaves."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from fer_core.app.formats import format_duration
from fer_core.app.loading import Engine
from fer_core.app.video.recording import Recording, VideoResult

KEPT, RUNNING = "video-results", "video-running"
MAX_KEPT = 3
"""Results kept for the visit, a few MB each."""
REFRESH = 0.2
"""Seconds between two signs of progress; at each of them Streamlit ends the run if the visitor is gone."""
PATIENCE = 20.0
"""Seconds to wait for an interrupted run: it ends after its frame, which waits for its turn among other visitors."""

Key = tuple


def make_key(data: bytes, engine: Engine) -> Key:
    """Return what a result depends on: the file's content and the network."""
    return (hashlib.sha256(data).hexdigest(), engine.run.name, engine.signature)


def find_result(key: Key | None) -> VideoResult | None:
    """Return what was worked out in this visit for `key`, or None."""
    return st.session_state.get(KEPT, {}).get(key)


def forget_result(key: Key) -> None:
    """Drop a result, so that the video is read again."""
    st.session_state.get(KEPT, {}).pop(key, None)


@dataclass
class _Work:
    """The work that one script run of this visitor does: told to end by `cancelled`, it answers with `ended`."""

    cancelled: bool = False
    ended: threading.Event = field(default_factory=threading.Event)


def answer_video(data: bytes, name: str, engine: Engine, key: Key) -> VideoResult:
    """Read the video, follow its faces, and keep the result for the visit. Raises VideoError.

    The engine's lock is taken frame by frame, so that other visitors' photos come in between. Whatever interrupts
    the work (the stop button, another file, a closed tab) ends it within a fraction of a second, and what was found
    until then is kept as the result.
    """
    kept = st.session_state.setdefault(KEPT, {})
    _end_previous_run()
    if key in kept:
        return kept[key]
    work = st.session_state[RUNNING] = _Work()
    try:
        return _work_on(data, name, engine, work, lambda result: _keep(kept, key, result))
    finally:
        work.ended.set()


def _end_previous_run() -> None:
    """Wait for the run that this one replaces: Streamlit starts the new one while the old one still works."""
    previous = st.session_state.get(RUNNING)
    if previous:
        previous.cancelled = True
        previous.ended.wait(PATIENCE)


def _work_on(data: bytes, name: str, engine: Engine, work: _Work, keep: Callable) -> VideoResult:
    from fer_core.vision.video import RATE, read_video
    from fer_core.vision.watching import Watcher

    with read_video(data, name) as video:
        recording, result = Recording(video.name, RATE, engine.wording), None
        watcher = Watcher(engine.detector, engine.predictor)
        start = shown = time.perf_counter()
        done = False
        with st.container(horizontal=True, vertical_alignment="center", key="video-progress"):
            bar = st.progress(0.0, "Looking for faces")
            stop = st.empty()
            stop.button("Stop", key="video-stop", icon=":material/stop:")
        try:
            for seconds, rgb in video:
                with engine.lock:
                    faces = watcher.analyse(rgb, seconds)
                recording.add(rgb, faces, seconds)
                if recording.is_full:
                    video.notes.append(f"So many faces: only the first {seconds:.0f} seconds were read.")
                    break
                if work.cancelled:
                    break
                if time.perf_counter() - shown > REFRESH:
                    shown = time.perf_counter()
                    bar.progress(video.progress, describe_progress(seconds, shown - start, video.progress))
            done = not work.cancelled
        finally:  # also when Streamlit ends the run
            if recording.n_frames:
                result = recording.finish(video.notes, time.perf_counter() - start, stopped=not done)
                keep(result)
    stop.empty()
    bar.empty()
    return result


def describe_progress(seconds: float, elapsed: float, progress: float) -> str:
    """Return "12.3 s of the video read, about 20 s left"."""
    text = f"{seconds:.1f} s of the video read"
    if progress > 0.02 and elapsed > 0.5:
        text += f", about {format_duration(max(1.0, elapsed * (1 - progress) / progress))} left"
    return text


def _keep(kept: dict, key: Key, result: VideoResult) -> None:
    # Not through st.session_state: to a run that has been replaced it is closed.
    kept[key] = result
    while len(kept) > MAX_KEPT:
        del kept[next(iter(kept))]
