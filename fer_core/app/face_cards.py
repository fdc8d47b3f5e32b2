"""The faces of one photo as cards: crop, answer, bars; several networks side by side; maps of why."""

from collections.abc import Sequence

import streamlit as st

from fer_core.app import photo
from fer_core.app.charts.class_map import compute_evidence, describe_evidence, make_evidence_picture
from fer_core.app.loading import Engine
from fer_core.app.photo_batch import Outcome, ask_others
from fer_core.labels import LABELS

PER_PAGE = 6
WHY, WHY_FOR = "predict-why", "predict-why-for"
ITS_ANSWER = "its answer"


def render_cards(outcome: Outcome, engines: Sequence[Engine]) -> None:
    """Show every face of an answered photo, six at a time, as each of the networks answers it."""
    faces = outcome.answer.faces
    ask_others(outcome, engines[1:])
    label = _choose_map(engines)
    pages = -(-len(faces) // PER_PAGE)
    page = st.pagination(pages, key="predict-faces", max_visible_pages=5) if pages > 1 else 1
    shown = faces[(page - 1) * PER_PAGE : page * PER_PAGE]
    with st.grid(1 if len(engines) > 1 or len(shown) == 1 else 2, min_column_width=270, gap="small"):
        for face in shown:
            with st.container(border=True, gap="small"):
                _render_card(outcome, face, engines, label)


def _choose_map(engines: Sequence[Engine]) -> str | None:
    """Return the class whose map is asked for (ITS_ANSWER for each face's own), or None."""
    if not any(engine.predictor.has_class_maps for engine in engines):
        return None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not st.toggle("Show why", key=WHY, bind="query-params", help="Which parts of the face spoke for an answer."):
            return None
        label = st.selectbox(
            "Why", [ITS_ANSWER, *LABELS], key=WHY_FOR, bind="query-params", width=150, label_visibility="collapsed"
        )
    st.caption("Orange places spoke for it, blue ones against it. Press the toggle to compare with the plain face.")
    return label


def _render_card(outcome: Outcome, face, engines: Sequence[Engine], label: str | None) -> None:
    opinions = [face] + [
        next(other for other in outcome.opinions[engine.run.name] if other.number == face.number)
        for engine in engines[1:]
    ]
    with st.grid(len(engines), min_column_width=260, gap="medium"):
        for engine, opinion in zip(engines, opinions, strict=True):
            with st.container(gap="small"):
                if len(engines) > 1:
                    st.caption(f"{engine.run.title} ({engine.run.name})")
                key = f"predict-face-{face.number}-{engine.run.name}"
                render_face(opinion, engine, key, outcome.name, label)


def render_face(face, engine: Engine, key: str, name: str, label: str | None = None) -> None:
    """Show one face as one network answers it; with `label` its map lies over the crop."""
    crop, alt = None, ""
    maps = engine.predictor.compute_class_maps(face.crop[None]) if label else None
    if maps is not None:
        label = face.label if label == ITS_ANSWER else label
        evidence = compute_evidence(maps[0], LABELS.index(label))
        crop = make_evidence_picture(face.crop, evidence, 2 * photo.CROP_WIDTH)
        alt = f"Face {face.number}. {describe_evidence(evidence, label)}"
    photo.render_face(face, key, name, engine.threshold, crop, alt)
