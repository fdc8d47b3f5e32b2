"""Present mode in Streamlit: the deck over whatever page `?present=1` was added to, and the way back to it."""

from pathlib import Path

import streamlit as st

from fer_core.app.plotly_file import serve_plotly
from fer_core.app.present.deck import make_slides
from fer_core.app.shell import PRESENT
from fer_core.app.story import load_story

SLIDE = "slide"
BROWSER = Path(__file__).parent / "browser"
MODULES = ("charts.js", "notes.js", "bodies.js", "deck.js")
"""One script in four files, in this order: a component's script is text, so its parts cannot import each other."""


def _read(*names: str) -> str:
    return "\n".join((BROWSER / name).read_text(encoding="utf-8") for name in names)


_mount = st.components.v2.component("deck", html=_read("deck.html"), css=_read("deck.css"), js=_read(*MODULES))


def render_deck(page: str) -> None:
    """Show the slides over the page with address `page` ("" for the home page); `?slide=` says which."""
    st.title("Slides", anchor=False)
    slides = make_slides(load_story())
    data = {"slides": [slide.to_json() for slide in slides], "plotly_url": serve_plotly("deck"), "page": page}
    _mount(key="deck", data=data, on_closed_change=_close)


def _close() -> None:
    for name in (PRESENT, SLIDE):
        if name in st.query_params:
            del st.query_params[name]
