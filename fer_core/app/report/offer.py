"""The report on a page: who signs it, and the button."""

from datetime import date

import streamlit as st

from fer_core.app.report.render import TITLE, make_article, render_article
from fer_core.app.story import load_story

LONGEST = 200


def render_offer() -> None:
    """Show the fields and the button; the report is written when somebody presses it."""
    with st.container(border=True):
        title = st.text_input("Title", placeholder=TITLE, max_chars=LONGEST, key="report-title")
        left, right = st.columns([2, 1])
        authors = left.text_input(
            "Authors",
            placeholder="Nobody signs it",
            max_chars=LONGEST,
            key="report-authors",
            help="For a course's report.",
        )
        when = right.date_input("Date", value="today", key="report-date")
        st.download_button(
            "Report",
            data=lambda: render_article(make_article(load_story(), title, authors, write_date(when))),
            file_name="report.html",
            mime="text/html",
            key="report-html",
            on_click="ignore",
            icon=":material/download:",
            type="primary",
        )
    with st.expander("From the command line", icon=":material/terminal:"):
        st.code('python -m fer_core.app.report report.html --title "..." --authors "..."', language=None)


def write_date(day: date | None) -> str:
    """Return "26 November 2026"; "" for none."""
    return f"{day.day} {day:%B %Y}" if day else ""
