"""The faces of one photo: picture beside cards; several networks side by side; maps of why."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from fer_core.app.faces import cards, photo
from fer_core.app.faces.batch import Outcome, ask_others
from fer_core.app.faces.examples import EXAMPLES
from fer_core.app.loading import Engine
from fer_core.app.predict.gallery import offer_to_turn
from fer_core.app.predict.hand_crop import render_hand_crop
from fer_core.app.predict.one_face import ITS_ANSWER, render_face
from fer_core.labels import LABELS

BESIDE = 2
"""Faces whose cards find room beside the picture; more of them go below it."""
WIDE = 2.5
"""Times as wide as high: such a panorama goes above its cards, as wide as the page."""
NETWORK_WIDTH = 200
"""Pixels that a network's answer needs, so that two stand side by side beside the picture."""
PER_PAGE = 6
PAGE = "predict-faces"
WHY, WHY_FOR = "predict-why", "predict-why-for"
MAPS = {
    True: "A class activation map: what each spot adds to the score.",
    False: "An occlusion map: what changes when each spot is covered.",
}
"""How the map is made, by whether the network brings class activation maps."""


def render_outcome(outcome: Outcome, engines: Sequence[Engine]) -> None:
    """Show an answered photo and its faces, and the way to mark one by hand."""
    if not outcome.answer.faces:
        render_hand_crop(outcome, engines[0])
        offer_to_turn(outcome)
        return
    render_photo(outcome, engines)
    with st.container(horizontal=True, vertical_alignment="center"):
        by_hand = st.toggle("A face is missing or wrong? Mark it by hand", key="predict-by-hand", bind="query-params")
        offer_to_turn(outcome)
    if by_hand:
        render_hand_crop(outcome, engines[0])


def render_photo(outcome: Outcome, engines: Sequence[Engine]) -> None:
    """Show an answered photo with at least one face: the picture, and a card for every face."""
    answer = outcome.answer
    ask_others(outcome, engines[1:])
    crowd = len(answer.faces) > BESIDE
    slot = st.container()
    with st.container(key="predict-answer-first"):
        left, right = st.columns(
            [6, 5] if crowd else [5, 6], gap="large"
        )  # whoever answers: the photo stays where it is
    width, height = answer.size
    above = width > WIDE * height or (crowd and width > height)
    with slot if above else left:
        example = EXAMPLES.get(outcome.photo.example)
        cards.render_picture(answer, example.credit if example else "")
    with slot if above else right:
        if crowd or len(engines) > 1:
            st.markdown(_summarise(outcome, engines))
        label = _choose_map(engines)
        if not crowd and len(engines) == 1:
            _render_cards(outcome, answer.faces, engines, label, 1)
    if crowd or len(engines) > 1:
        _render_cards_below(outcome, engines, label)
    if len(engines) == 1 and answer.wording.dotted:
        st.caption(answer.wording.dotted)


def _render_cards_below(outcome: Outcome, engines: Sequence[Engine], label: str | None) -> None:
    """Show the faces of a crowd, or what several networks say, as wide as the page, some at a time."""
    faces, per_page = outcome.answer.faces, PER_PAGE if len(engines) == 1 else PER_PAGE // 2
    pages = -(-len(faces) // per_page)
    page = st.pagination(pages, key=PAGE, max_visible_pages=5) if pages > 1 else 1
    shown = faces[(page - 1) * per_page : page * per_page]
    _render_cards(outcome, shown, engines, label, 3 if len(engines) == 1 else 1)


def _summarise(outcome: Outcome, engines: Sequence[Engine]) -> str:
    """Return what each network makes of the faces, in a line each."""
    faces = outcome.answer.faces
    if len(engines) == 1:
        return summarise_faces(faces)
    answers = {engine.run.title: outcome.opinions.get(engine.run.name, faces) for engine in engines}
    return "  \n".join(f"**{title}**: {count_answers(found)}" for title, found in answers.items())


def summarise_faces(faces: Sequence) -> str:
    """Return "**6 faces**: 4 happy, 1 sad, 1 not sure", the most frequent first."""
    return f"**{photo.count_faces(len(faces))}**: {count_answers(faces)}"


def count_answers(faces: Sequence) -> str:
    """Return "4 happy, 1 sad, 1 not sure", the most frequent first; of a single face "happy"."""
    counts = Counter(face.label if face.sure else "not sure" for face in faces)
    return ", ".join(f"{n} {label}" if len(faces) > 1 else label for label, n in counts.most_common())


def _choose_map(engines: Sequence[Engine]) -> str | None:
    """Return the class whose map is asked for (ITS_ANSWER for each face's own), or None."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not st.toggle("Show why", key=WHY, bind="query-params", help="Which parts of the face spoke for an answer."):
            return None
        label = st.selectbox(
            "Why", [ITS_ANSWER, *LABELS], key=WHY_FOR, bind="query-params", width=150, label_visibility="collapsed"
        )
    kinds = {engine.run.title: MAPS[engine.predictor.has_class_maps] for engine in engines}
    methods = [*dict.fromkeys(kinds.values())]
    if len(methods) > 1:
        methods = [f"{title}: {method}" for title, method in kinds.items()]
    st.caption("Orange spots spoke for it, blue ones against it. " + " ".join(methods))
    return label


def _render_cards(
    outcome: Outcome, faces: Sequence, engines: Sequence[Engine], label: str | None, columns: int
) -> None:
    with st.grid(columns, min_column_width=280, gap="small"):
        for face in faces:
            with st.container(border=True, gap="small", height="stretch"):
                _render_card(outcome, face, engines, label)


def _render_card(outcome: Outcome, face, engines: Sequence[Engine], label: str | None) -> None:
    """Show one face as each of the networks answers it, side by side, each with what its bars mean."""
    with st.grid(len(engines), min_column_width=NETWORK_WIDTH, gap="medium"):
        for engine in engines:
            opinion = outcome.opinions[engine.run.name][face.number - 1] if engine is not engines[0] else face
            with st.container(gap="small"):
                if len(engines) > 1:
                    st.markdown(f"**{engine.run.title}**")
                render_face(opinion, engine, f"predict-face-{face.number}-{engine.run.name}", outcome.name, label)
                if len(engines) > 1:
                    st.caption(f"{engine.wording.bars} {engine.wording.dotted}")
