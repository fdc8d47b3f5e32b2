"""One picture large: its seven bars, its ten votes, and why; arrow keys go on to the next one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from fer_core.app import loading, shell, theme, ui, why
from fer_core.app.charts.class_map import compute_evidence, describe_evidence, make_evidence_picture
from fer_core.app.charts.crowd import view_votes
from fer_core.app.dataset_album import Album
from fer_core.app.formats import format_count
from fer_core.app.gallery.answers import Answer, find_answer
from fer_core.app.gallery.picture import Picture
from fer_core.app.pictures import encode_png, enlarge
from fer_core.app.wording import Wording
from fer_core.labels import LABELS
from fer_core.runs import Run

SIZE = 300
"""Pixels of the picture, twice as many for fine screens."""


@dataclass(frozen=True)
class Viewer:
    """What can be looked at: `name` is the address's parameter for the open picture, and begins the widgets' keys. It ends
    in "-picture": whichever of a page's viewers opens, the others close.

    `keys`: pictures in the order in which the arrows go; `find` returns one of them, None for an unknown key; `runs`:
    who answers, empty where the reader chooses; `album`: the dataset, where it is at hand.
    """

    name: str
    keys: Sequence[str]
    find: Callable[[str], Picture | None]
    runs: Sequence[Run] = ()
    album: Album | None = None

    def open(self, key: str) -> None:
        for name in list_open():
            if name != self.name:
                del st.query_params[name]
        st.query_params[self.name] = key

    def close(self) -> None:
        if self.name in st.query_params:
            del st.query_params[self.name]


def list_open() -> list[str]:
    """Return the names of the viewers that the address opens: one, unless somebody wrote more into it."""
    return [name for name in st.query_params if name.endswith("-picture")]


def render_viewer(viewer: Viewer) -> None:
    """Open the picture that the address names, if it names one, in a dialog over the page."""
    if list_open()[:1] != [viewer.name] or viewer.find(st.query_params[viewer.name]) is None:
        return
    dialog = st.dialog("One picture", width="large", icon=":material/photo:", on_dismiss=viewer.close)
    dialog(_render)(viewer)


def _render(viewer: Viewer) -> None:
    with shell.guard():
        picture = viewer.find(st.query_params.get(viewer.name, ""))
        if picture is None:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            _render_steps(viewer, picture.key)
            runs = viewer.runs or _choose_run(viewer.name)
            explained = st.toggle(
                "Show why", key=f"{viewer.name}-why", help="Which parts of the face spoke for the answer.",
                disabled=picture.image is None or not any(run.model_path for run in runs),
            )  # fmt: skip
        columns = st.columns([3] * (2 + len(runs)), gap="medium")
        with columns[0]:
            _render_face(picture)
        for place, run in enumerate(runs):
            with columns[1 + place]:
                _render_answer(viewer, picture, run, explained)
        with columns[-1]:
            _render_votes(viewer.name, picture)


def _render_steps(viewer: Viewer, key: str) -> None:
    place = viewer.keys.index(key) if key in viewer.keys else 0
    for name, step, arrow in (("Previous", -1, "Left"), ("Next", 1, "Right")):
        inside = 0 <= place + step < len(viewer.keys)
        st.button(
            name, key=f"{viewer.name}-{name.lower()}", shortcut=arrow, disabled=not inside, on_click=viewer.open,
            args=(viewer.keys[place + step] if inside else "",),
        )  # fmt: skip
    st.caption(f"{format_count(place + 1)} of {format_count(len(viewer.keys))}", width="content")


def _choose_run(name: str) -> list[Run]:
    runs = loading.load_runs()
    if not runs:
        return []
    default, names = loading.load_default_run(), [run.name for run in runs]
    chosen = st.selectbox(
        "Network", names, index=names.index(default.name) if default else 0, key=f"{name}-run",
        format_func=runs.names.get, width=320, persist_state="session", label_visibility="collapsed",
    )  # fmt: skip
    return [runs.find(chosen)]


def _render_face(picture: Picture) -> None:
    if picture.image is not None:
        st.image(encode_png(enlarge(picture.image, 2 * SIZE)), width=SIZE, alt=picture.alt)
    elif picture.stand_in:
        image, text = picture.stand_in
        st.image(image, width=SIZE, alt=text, caption=text)
    label = LABELS[picture.label]
    st.markdown(f"{theme.ICONS[label]} Labelled **{label}**" + (" · drawn" if picture.drawn else ""))
    st.caption("  \n".join(picture.facts))
    if picture.badges:
        st.caption(" · ".join(f"{badge.symbol} {badge.meaning}" for badge in picture.badges))


def _render_answer(viewer: Viewer, picture: Picture, run: Run, explained: bool) -> None:
    name = loading.load_runs().names.get(run.name, run.title)
    st.subheader(name, anchor=False)
    answer = find_answer(run, picture, viewer.album)
    if answer is None:
        st.caption("No answer is stored, and this network's file is not here to ask.")
        return
    top = LABELS[int(answer.probability.argmax())]
    verdict = "as labelled" if top == LABELS[picture.label] else f"labelled **{LABELS[picture.label]}**"
    wording = _word(run)
    ui.render_probabilities(answer.probability, f"{viewer.name}-bars-{run.name}", f"{name} on {picture.key}", wording)
    st.caption(f"It says **{top}**, {verdict}. {answer.source}")
    if explained and picture.image is not None and run.model_path:
        _render_why(run, picture, answer)


def _word(run: Run) -> Wording:
    """How the run's answers are put into words, its threshold included."""
    calibration = loading.find_calibration(run)
    return Wording(run.learns_votes, (calibration.not_sure_threshold or 0.0) if calibration else 0.0)


def _render_why(run: Run, picture: Picture, answer: Answer) -> None:
    label = int(answer.probability.argmax())
    evidence = compute_evidence(why.compute_map(loading.load_engine(run.name), picture.image), label)
    st.image(
        make_evidence_picture(picture.image, evidence, 2 * SIZE), width=SIZE,
        alt=describe_evidence(evidence, LABELS[label]),
    )  # fmt: skip
    st.caption(f"Orange places spoke for {LABELS[label]}, blue ones against it.")


def _render_votes(name: str, picture: Picture) -> None:
    st.subheader("Ten people", anchor=False)
    if picture.votes is None:
        st.caption(picture.no_votes)
        return
    ui.render_small_chart(view_votes(picture.votes, LABELS[picture.label]), f"{name}-votes")
    rest = 10 - int(picture.votes.sum())
    other = f" {rest} of ten chose none of the seven." if rest > 0 and picture.image is None else ""
    st.caption(f"FER+'s votes. In bold: FER2013's label.{other}")
