"""Acting on its page: what to show, three seconds of camera or a snapshot, points, and a score board."""

import time

import numpy as np
import streamlit as st

from fer_core.app import shell, ui
from fer_core.app.browser.component import render_live
from fer_core.app.browser.settings import PROBLEMS
from fer_core.app.faces.photo import make_answer
from fer_core.app.loading import Engine
from fer_core.app.play.acting import MOST, PATIENCE, SECONDS, Round, add_to_board, compute_share, make_round
from fer_core.app.sentences import acting as sentences
from fer_core.app.theme import ICONS
from fer_core.labels import LABELS

ROUND, BOARD, SHIFT = "act-round", "act-board", "act-clock"
LIVE, SNAPSHOT = "Live video", "Snapshots"
TICK = 0.5
"""Seconds between two looks at the clock while three seconds run."""


def get_round() -> Round:
    """Return the visitor's round, kept in this visit's memory alone."""
    if ROUND not in st.session_state:
        st.session_state[ROUND] = make_round(int(np.random.default_rng().integers(1, 10**6)))
    return st.session_state[ROUND]


def render_round(engine: Engine) -> None:
    """Show the round where it stands."""
    if get_round().wanted is None:
        render_end(get_round())
        return
    way = ui.choose_one("Camera", [LIVE, SNAPSHOT], key="act-way")
    if way == LIVE:
        render_live_try(engine)
    else:
        render_snapshot_try(engine)


@st.fragment
def render_live_try(engine: Engine) -> None:
    """Show the camera's picture, answered in the visitor's browser, beside what to show."""
    with shell.guard():
        prompt, video = st.columns([2, 3], gap="large")
        with video:
            told = render_live(engine, "act-camera", share=True)
            if told.problem:
                problem = PROBLEMS[told.problem]
                advice = f"{problem.advice} Snapshots work without live video."
                st.warning(advice, title=problem.title, icon=":material/videocam_off:")
        if told.points:
            st.session_state[SHIFT] = min(st.session_state.get(SHIFT, np.inf), time.monotonic() - told.now)
        with prompt:
            _render_try(told.points, told.now)


def _render_try(points: list, now: float) -> None:
    """Show what to do and, once the browser has sent three seconds, score them. `now`: on the browser's clock."""
    round_ = get_round()
    _render_prompt(round_)
    if SHIFT not in st.session_state:
        st.caption(
            "Start the camera first. Its pictures stay in your browser; the seven numbers of each face come here to be scored."
        )
        return
    if round_.started is None:
        st.button(
            "Go: three seconds", key=f"act-go-{len(round_.points)}", type="primary", icon=":material/timer:", width="stretch",
            on_click=lambda: round_.begin(time.monotonic()), shortcut="Enter",
        )  # fmt: skip
        return
    begun = round_.started - st.session_state[SHIFT]
    share = compute_share(points, round_.wanted, begun, begun + SECONDS) if now >= begun + SECONDS else None
    if share is not None:
        round_.score(share)
        st.rerun()
    elif time.monotonic() - round_.started > PATIENCE:
        round_.give_up()
        st.rerun()
    else:
        _render_clock(round_)


@st.fragment(run_every=TICK)
def _render_clock(round_: Round) -> None:
    gone = time.monotonic() - (round_.started or 0)
    st.progress(min(gone / SECONDS, 1.0), "Hold it…" if gone < SECONDS else "Counting…")
    if round_.started is None or gone > PATIENCE:
        st.rerun()


def _render_prompt(round_: Round) -> None:
    label = round_.wanted
    st.caption(f"Expression {sentences.describe_place(round_)}")
    st.subheader(f"Show {label}", icon=ICONS[label], anchor=False)
    st.markdown(sentences.HINTS[label])
    if text := sentences.describe_points(round_):
        st.markdown(text)


def render_snapshot_try(engine: Engine) -> None:
    """Let the visitor take a photo of each expression: works wherever a browser has a camera."""
    round_ = get_round()
    prompt, camera = st.columns([2, 3], gap="large")
    with prompt:
        _render_prompt(round_)
    with camera:
        shot = st.camera_input("Take a photo", key=f"act-shot-{len(round_.points)}", label_visibility="collapsed")
    if shot is None:
        return
    from fer_core.vision import ImageError

    try:
        faces = make_answer(shot.getvalue(), "snapshot", engine).faces
    except ImageError as error:
        st.error(str(error), icon=":material/broken_image:")
        return
    if not faces:
        st.warning("No face found: come closer, with light on you, and take another one.", icon=":material/search:")
        return
    largest = max(faces, key=lambda found: found.face.width * found.face.height)
    round_.score(float(largest.probability[LABELS.index(round_.wanted)]))
    st.rerun()


def render_end(round_: Round) -> None:
    """Show the points and the score board."""
    ui.metric_row(ui.Metric(label.capitalize(), f"{round_.points[label]:g}", f"of {MOST}") for label in LABELS)
    st.markdown(sentences.describe_end(round_), width=ui.TEXT_WIDTH)
    board = st.session_state.setdefault(BOARD, [])
    if not round_.is_written:
        with st.form("act-form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input("Player", max_chars=20, key="act-name", width=240)
            if st.form_submit_button("Write on the board", icon=":material/leaderboard:"):
                st.session_state[BOARD] = add_to_board(board, name, round_.total)
                round_.is_written = True
                st.rerun()
    st.button("Another round", type="primary", icon=":material/replay:", key="act-again", on_click=_forget_round)


def _forget_round() -> None:
    st.session_state.pop(ROUND, None)


def render_board() -> None:
    """Show the best rounds of this visit."""
    board = st.session_state.get(BOARD)
    if board:
        ui.section("Score board", anchor="board")
        lines = [f"{place}. {name}: **{total:g}**" for place, (name, total) in enumerate(board, 1)]
        st.markdown("\n".join(lines))
