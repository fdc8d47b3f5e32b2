"""The save menu in Streamlit: filled only when somebody opens it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from fer_core.app.plotly_file import serve_plotly
from fer_core.app.save.files import Words, make_content, write_source

if TYPE_CHECKING:
    from fer_core.app.charts.view import View

BROWSER = Path(__file__).parent / "browser"
PNG, SVG, HTML, CSV = "PNG for slides (16:9)", "SVG", "Interactive HTML", "CSV"


def _read(name: str) -> str:
    return (BROWSER / name).read_text(encoding="utf-8")


_mount = st.components.v2.component(
    "save_menu", html='<div class="save"></div>', css=_read("save.css"), js=_read("save.js")
)


@st.fragment  # opening it draws nothing but the menu
def render_save_menu(view: View, key: str, words: Words, page: str) -> None:
    """Show "Save" under a chart: pictures, a page and numbers to take away, made in the visitor's browser.

    Whatever theme the visitor sees, what is saved is light and opaque and says what it shows.
    """
    menu = st.popover("Save", icon=":material/download:", type="tertiary", key=f"{key}-save", on_change="rerun")
    if not menu.open:
        return
    source = write_source(page, date.today())
    content = make_content(view.figure, Words(words.title, words.about, words.note, source), view.table, key)
    options = [PNG, SVG, HTML] + ([CSV] if view.table is not None else [])
    with menu:
        _mount(key=f"{key}-files", data=content | {"options": options, "plotly_url": serve_plotly(f"{key}-files")})
