"""The faces of one photo: picture beside cards; several networks side by side; maps of why."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from fer_core.app import why
from fer_core.app.charts.class_map import compute_evidence, describe_evidence, make_evidence_picture
from fer_core.app.faces import cards, photo
from fer_core.app.faces.examples import EXAMPLES
from fer_core.app.loading import Engine
from fer_core.app.predict.batch import Outcome, ask_others
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
ITS_ANSWER = "its answer"
MAPS = {
    True: "A class activation map: what each spot adds to the score.",
    False: "An occlusion map: what changes when each spot is covered.",
}
"""How the map is made, by whether the network brings class activation maps."""


def render_photo(outcome: Outcome, engines: Sequence[Engine]) -> None:
    """Show an answered photo with at least one face: the picture, and a card for every face."""
    answer = outcome.answer
    ask_others(outcome, engines[1:])
    crowd = len(answer.faces) > BESIDE
    slot = st.container()
    left, right = st.columns([6, 5] if crowd else [5, 6] if len(engines) == 1 else [4, 7], gap="large")
    above = len(engines) > 2 or answer.size[0] > WIDE * answer.size[1]
    with slot if above else left:
        example = EXAMPLES.get(outcome.photo.example)
        cards.render_picture(answer, example.credit if example else "")
    beside = slot if above else right
    with beside:
        if crowd:
            st.markdown(summarise_faces(answer.faces))
        label = _choose_map(engines)
        if not crowd:
            _render_cards(outcome, answer.faces, engines, label, 1)
    if crowd:
        per_page = PER_PAGE if len(engines) == 1 else PER_PAGE // 2
        pages = -(-len(answer.faces) // per_page)
        with beside:
            page = st.pagination(pages, key=PAGE, max_visible_pages=5) if pages > 1 else 1
        shown = answer.faces[(page - 1) * per_page : page * per_page]
        _render_cards(outcome, shown, engines, label, 3 if len(engines) == 1 else 1)
    if answer.wording.dotted:
        st.caption(answer.wording.dotted)


def summarise_faces(faces: Sequence) -> str:
    """Return "**6 faces**: 4 happy, 1 sad, 1 not sure", the most frequent first."""
    counts = Counter(face.label if face.sure else "not sure" for face in faces)
    return f"**{photo.count_faces(len(faces))}**: " + ", ".join(f"{n} {label}" for label, n in counts.most_common())


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
    """Show one face as each of the networks answers it, side by side."""
    differ = len({engine.wording.meaning for engine in engines}) > 1
    with st.grid(len(engines), min_column_width=NETWORK_WIDTH, gap="medium"):
        for engine in engines:
            opinion = outcome.opinions[engine.run.name][face.number - 1] if engine is not engines[0] else face
            with st.container(gap="small"):
                if len(engines) > 1:
                    st.caption(f"**{engine.run.title}**" + (f"  \n{engine.wording.meaning}" if differ else ""))
                render_face(opinion, engine, f"predict-face-{face.number}-{engine.run.name}", outcome.name, label)


def render_face(face, engine: Engine, key: str, name: str, label: str | None = None) -> None:
    """Show one face as one network answers it; with `label` the map of why stands beside the bars."""
    picture, alt = None, ""
    if label:
        label = face.label if label == ITS_ANSWER else label
        evidence = compute_evidence(why.compute_map(engine, face.crop), LABELS.index(label))
        picture = make_evidence_picture(face.crop, evidence, 2 * cards.MAP_WIDTH)
        alt = f"Face {face.number}. {describe_evidence(evidence, label)}"
    cards.render_face(face, key, name, engine.wording, picture, alt)
