"""What the video page shows of a result: the marked video, faces over time, key frames, tables."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import PurePath

import streamlit as st

from fer_core.app import ui
from fer_core.app.charts.timeline import NOT_SURE, view_timeline, write_answer
from fer_core.app.faces.export import make_safe_stem
from fer_core.app.formats import SPACE, format_count, format_percent
from fer_core.app.pictures import enlarge
from fer_core.app.theme import ICONS
from fer_core.app.ui import Metric
from fer_core.app.video.key_frames import MIN_SECONDS, KeyFrame
from fer_core.app.video.recording import VideoResult
from fer_core.app.video.still_frames import StillFrame
from fer_core.app.video.tables import BRIEF, COLUMNS, FaceHistory, make_face_table, make_sample_table
from fer_core.app.wording import Wording
from fer_core.labels import LABELS

PER_PAGE = 4
CROP_WIDTH = 96
MOST_IN_ORDER = 12


def render_summary(result: VideoResult, faces: list[FaceHistory]) -> None:
    """Show the numbers in short, and what the reader noticed about the file."""
    notes = (["Stopped: this is what was found until then."] if result.stopped else []) + result.notes
    if result.cuts:
        times = ", ".join(f"{seconds:.1f}" for seconds in result.cuts[:8]) + (" …" if len(result.cuts) > 8 else "")
        notes.append(f"Another scene begins at {times}{SPACE}s: faces get new numbers there.")
    if notes:
        st.info("  \n".join(notes), icon=":material/info:")
    speed = f"{result.length / result.work:.1f} times real time" if result.work else None
    ui.metric_row(
        [
            Metric(
                "Faces",
                format_count(len(faces)),
                help="A face that is out of sight for over a second, or shown after a cut, counts anew.",
            ),
            Metric("Video read", format_seconds(result.length)),
            Metric("Frames answered", format_count(len(result.times)), f"{result.rate:.0f} a second at most"),
            Metric("Work", format_seconds(result.work), speed),
        ]
    )


def render_marked(result: VideoResult, faces: list[FaceHistory]) -> None:
    """Show the video with boxes and answers beside a line about each face."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.video(result.marked, alt="The video with numbered boxes and answers", muted=True)
    with right:
        for face in faces[:8]:
            st.markdown(describe_face(face, result.wording) + _describe_doubt(face))
        if len(faces) > 8:
            st.caption(f"And {len(faces) - 8} more faces, seen for less time.")
        st.download_button(
            "Marked video (MP4)", result.marked, f"{make_safe_stem(result.name)}-marked.mp4", "video/mp4",
            key="video-marked", on_click="ignore", icon=":material/movie:",
        )  # fmt: skip
        st.caption(f"Up to {result.rate:.0f} frames a second, as they were answered, without sound.")


def render_timelines(result: VideoResult, faces: list[FaceHistory]) -> None:
    """Show a chart for every face that was seen long enough, the one seen longest first."""
    charted = [face for face in faces if face.seen >= BRIEF] or faces[:1]
    pages = -(-len(charted) // PER_PAGE)
    page = st.pagination(pages, key="video-page", max_visible_pages=5) if pages > 1 else 1
    for face in charted[(page - 1) * PER_PAGE : page * PER_PAGE]:
        with st.container(border=True):
            _render_face(result, face)
    brief = len(faces) - len(charted)
    text = result.wording.dotted
    if any(face.doubt for face in charted):
        text += " A question mark: something about the face, named above, makes the answer doubtful."
    if brief:
        text += f" {brief} seen for less than half a second stand in the table alone."
    st.caption(text)


def _render_face(result: VideoResult, face: FaceHistory) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        alt = f"Face {face.number} where its answer is clearest, as the network sees it"
        st.image(enlarge(result.portraits[face.number], 2 * CROP_WIDTH), width=CROP_WIDTH, alt=alt)
        st.markdown(describe_face(face, result.wording), width="stretch")
    span = (0, max(result.length, 1))
    view = view_timeline(face.seconds, face.probability, result.threshold, f"Face {face.number}", span, face.doubtful)
    ui.render_chart(view, f"video-face-{face.number}")


def describe_face(face: FaceHistory, wording: Wording) -> str:
    """Return a face in a few lines: mostly what, when, how sure, and one answer after the other."""
    answer, share = face.main_answer, format_percent(face.shares[face.main_answer], 0)
    icon = ICONS.get(answer, ":material/help:")
    lines = [
        f"**{face.number} · {icon} {answer.capitalize()}** {share} of its time",
        f"{face.seconds[0]:.1f} to {face.seconds[-1]:.1f}{SPACE}s",
    ]
    if answer != NOT_SURE:
        what = "share of the votes" if wording.votes else "confidence"
        lines[1] += f" · mean {what} while {answer}: {format_percent(face.mean_confidence, 0)}"
    order = [key for key, _ in groupby(spell.label for spell in face.spells if spell.end - spell.start >= MIN_SECONDS)]
    if 1 < len(order) <= MOST_IN_ORDER:
        lines.append(f"In order: {', '.join(order)}")
    return "  \n".join(lines)


def _describe_doubt(face: FaceHistory) -> str:
    if not face.doubt:
        return ""
    return f"  \n:material/help: In doubt {format_percent(face.share_in_doubt, 0)} of its time. {face.doubt}"


def render_key_frames(result: VideoResult) -> None:
    """Show the contact sheet."""
    if not result.key_frames:
        st.markdown("No expression leads clearly for long enough.", width=ui.TEXT_WIDTH)
        return
    _render_frames(
        (frame, f"face {frame.face} {write_answer(frame.label, frame.doubtful)}, {format_percent(frame.confidence, 0)}")
        for frame in result.key_frames
    )


def render_still_frames(result: VideoResult) -> None:
    """Show the frame of each scene that the study's source would take."""
    _render_frames((frame, f"{format_percent(frame.edges)} of it edges") for frame in result.still_frames)


def _render_frames(frames: Iterable[tuple[KeyFrame | StillFrame, str]]) -> None:
    with st.grid(4, min_column_width=165, gap="small"):
        for frame, text in frames:
            with st.container(gap="xxsmall"):
                st.image(frame.picture, width="stretch", alt=f"Frame at {frame.seconds:.1f} seconds: {text}")
                st.caption(f"**{frame.seconds:.1f}{SPACE}s** · {text}")


def render_tables(result: VideoResult, faces: list[FaceHistory]) -> None:
    """Show a row per face, and offer every sample as CSV with its columns explained."""
    table = make_face_table(faces)
    seconds = st.column_config.NumberColumn(format="%.1f s")
    share = st.column_config.NumberColumn(format="percent")
    config = {name: seconds for name in ("first seen", "last seen", "in sight")}
    config |= {name: share for name in ("mean confidence", *LABELS, NOT_SURE, "in doubt")}
    alt = f"{len(table)} faces: when seen, and the share of time of each answer."
    st.dataframe(table, hide_index=True, column_config=config, key="video-table", alt=alt)
    with st.container(horizontal=True):
        stem = make_safe_stem(PurePath(result.name).name)
        ui.csv_button(table, f"{stem}-faces", "video-faces-csv", "Faces (CSV)")
        st.download_button(
            "Every sample (CSV)", data=lambda: make_sample_table(result).to_csv(index=False),
            file_name=f"{stem}-samples.csv", mime="text/csv", key="video-samples-csv", on_click="ignore",
            icon=":material/table:",
        )  # fmt: skip
    with st.expander("What the columns hold", icon=":material/help:"):
        st.markdown(
            "A row of *Every sample* is one face in one frame. In the table above, the seven labels and *not sure* are "
            "shares of the time in which the face was in sight; *in doubt* is the part of it in which something about the face "
            "speaks against the answer; *mean confidence* belongs to the answer under *mostly*.",
            width=ui.TEXT_WIDTH,
        )
        st.markdown("\n".join(f"- **{name}**: {text}" for name, text in COLUMNS.items()), width=ui.TEXT_WIDTH)


def format_seconds(seconds: float) -> str:
    """Return "9.0 s" or "1 min 20 s"."""
    if seconds < 60:
        return f"{seconds:.1f}{SPACE}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}{SPACE}min {rest}{SPACE}s"
