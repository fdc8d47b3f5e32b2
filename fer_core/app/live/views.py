"""What stands beside and below the live video: answers as bars, rates, the last minute, and advice when it fails."""

import streamlit as st

from fer_core.app import ui
from fer_core.app.charts.live_timeline import view_face_timeline, view_leading_timeline
from fer_core.app.faces import cards
from fer_core.app.faces.album import CAMERA, SOURCE
from fer_core.app.faces.photo import describe_face
from fer_core.app.formats import SPACE
from fer_core.app.live.link import CONNECTING, PLAYING, Link, find_problem
from fer_core.app.live.session import LiveSession
from fer_core.app.sentences.camera import Problem

FACE, ALL = "live-face", "All"
MAX_BARS = 3
SNAPSHOT = {SOURCE: CAMERA}


def render_problem(problem: Problem) -> None:
    """Say what went wrong, and offer the way that needs no live video."""
    with st.container(key="live-problem"):
        st.warning(problem.advice, title=problem.title, icon=":material/videocam_off:")
        render_snapshot_link()


def render_snapshot_link() -> None:
    """Link to the snapshot on the predict page."""
    ui.page_link("predict", "Take a snapshot instead", SNAPSHOT)


def render_results(session: LiveSession, link: Link, camera: str, has_turn: bool) -> None:
    """Show the present answers and rates, or what keeps the video from flowing. Drawn again every second."""
    state = session.read()
    problem = find_problem(link, camera, state, has_turn)
    if problem:
        render_problem(problem)
    elif link.stage == CONNECTING:
        st.markdown(":material/hourglass_top: Connecting to your camera…")
    elif link.stage != PLAYING:
        _render_idle()
    if link.stage == PLAYING and state.frames:
        _render_rates(state)
        _render_answers(state, session)


def _render_idle() -> None:
    st.markdown(
        "Press **Start** and let the browser use your camera. Every face gets its box, its label and its seven "
        "probabilities, smoothed over the last moments, and here you see how they change."
    )
    st.caption(
        "A red message instead? *NotAllowedError*: the browser was told to refuse the camera; allow it with the symbol "
        "in the address bar. *NotReadableError*: another program is using it. *NotFoundError*: there is none."
    )
    render_snapshot_link()


def _render_rates(state) -> None:
    failed = f" · {_count_frames(state.failed)} unanswered" if state.failed else ""
    st.markdown(
        f":material/speed: **{_count_frames(round(state.fps))} per second**, {1000 * state.age:.0f}{SPACE}ms behind{failed}",
        help="Answered in the last two seconds; and how long ago the newest of them was taken, counted from the "
        "quickest so far. When this server is busy, frames are left out: they never queue up.",
    )


def _count_frames(n: int) -> str:
    return f"{n} frame{'' if n == 1 else 's'}"


def _render_answers(state, session: LiveSession) -> None:
    faces = [track.to_result() for track in state.tracks]
    if not faces:
        st.markdown(":material/search: **No face in the picture.** Come closer, and face the camera with light on you.")
    for place, face in enumerate(
        faces[:MAX_BARS]
    ):  # keyed by place: a new face then moves the bars, and draws none anew
        with st.container(gap="xxsmall"):
            cards.render_verdict(face, session.wording)
            ui.render_probabilities(face.probability, f"live-bars-{place}", f"Face {face.number}", session.wording)
    if rest := faces[MAX_BARS:]:
        st.caption("  \n".join(describe_face(face, session.wording) for face in rest))


def render_timeline(session: LiveSession) -> None:
    """Show the last minute: all seven of one face, or the leading one of each. Drawn again every second."""
    histories, now = session.read_timeline()
    if not histories:
        st.caption("The last minute of every face appears here as soon as one is seen.")
        return
    chosen = _choose_face([str(history.number) for history in histories])
    if chosen:
        view = view_face_timeline(next(history for history in histories if str(history.number) == chosen), now)
    else:
        view = view_leading_timeline(histories, now)
    ui.render_small_chart(view, "live-timeline")
    st.caption("All seven probabilities of the face." if chosen else "The probability of the expression that leads.")


def _choose_face(numbers: list[str]) -> str | None:
    """Return the number of the face to show alone, or None for all of them."""
    if len(numbers) == 1:
        return numbers[0]
    options = [ALL, *numbers]
    if st.session_state.get(FACE) not in options:
        st.session_state[FACE] = ALL
    chosen = st.segmented_control("Face", options, key=FACE, required=True)
    return None if chosen == ALL else chosen
