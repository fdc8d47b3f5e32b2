"""An answered photo as a picture with numbered boxes, and every face of it as a card."""

import streamlit as st
from PIL import Image

from fer_core.app import ui
from fer_core.app.faces import photo
from fer_core.app.formats import format_wait
from fer_core.app.pictures import enlarge
from fer_core.app.theme import ICONS
from fer_core.app.wording import Wording

MAX_COMPACT = 6
"""Faces with a crop of their own where there is no room for bars; the rest of a crowd is listed in words."""
NOTABLE_TURN = 10
"""Degrees; by less a face is turned upright without a word."""
CROP_WIDTH, SMALL_WIDTH = 96, 56
"""Pixels on the page, twice as many in the picture for fine screens."""
MAP_WIDTH = 300
"""Pixels of a map of why: large enough to see mouth, eyes and brows apart."""


def render_picture(answer: photo.Answer, credit: str = "") -> None:
    """Show the photo with its numbered boxes, and what happened on the way."""
    st.image(answer.picture, width="stretch", alt=photo.describe_answer(answer))
    facts = [photo.count_faces(len(answer.faces)), format_wait(answer.seconds), credit]
    st.caption(" · ".join(filter(None, facts)))
    if answer.notes:
        st.caption(" ".join(answer.notes))


def render_faces(answer: photo.Answer, key: str) -> None:
    """Show a face's crop, answer and seven bars; of several faces, each one's crop and answer alone."""
    if len(answer.faces) == 1:
        render_face(answer.faces[0], key, answer.name, answer.wording)
        return
    for face in answer.faces[:MAX_COMPACT]:
        _render_head(face, answer.wording, SMALL_WIDTH)
    if rest := answer.faces[MAX_COMPACT:]:
        st.caption("  \n".join(photo.describe_face(face, answer.wording) for face in rest))


def render_face(face, key: str, name: str, wording: Wording, why: Image.Image | None = None, alt: str = "") -> None:
    """Show one face: its crop, the answer, warnings, seven bars; beside them `why`, a map described by `alt`."""
    _render_head(face, wording, CROP_WIDTH)
    with st.grid(2 if why else 1, min_column_width=200, gap="small"):
        if why:
            st.image(why, width=MAP_WIDTH, alt=alt)
        ui.render_probabilities(face.probability, key, f"Face {face.number} in {name}", wording, face.sure)


def _render_head(face, wording: Wording, width: int) -> None:
    """Show a face as the network sees it, `width` pixels wide, and beside it what it says and what speaks against it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        seen = f"Face {face.number} as the network sees it, 48 by 48 grey pixels"
        st.image(enlarge(face.crop, 2 * width), width=width, alt=seen)
        with st.container(gap="xxsmall", width="stretch"):
            render_verdict(face, wording)
            if abs(face.turned) >= NOTABLE_TURN:
                st.caption(f":material/rotate_right: Turned upright by {abs(face.turned):.0f}°")
            for warning in face.warnings:
                st.caption(f":material/warning: {warning}")


def render_verdict(face, wording: Wording) -> None:
    """Show the answer in words: number, expression and how sure, or that it is not."""
    headline, detail = wording.describe(face.probability, face.sure)
    icon = ICONS[face.label] if face.sure else ":material/help:"
    st.markdown(f"**{face.number} · {icon} {headline}**")
    st.caption(detail)
