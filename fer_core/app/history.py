"""The browser's Back: one step back is one view back, across pages."""

from pathlib import Path

import streamlit as st

_mount = st.components.v2.component("history", js=Path(__file__).with_name("history.js").read_text(encoding="utf-8"))


def keep_views() -> None:
    """Put the script that mends the history on the page; it shows nothing."""
    _mount(key="history")
