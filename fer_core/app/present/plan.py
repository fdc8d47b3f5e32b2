"""The lesson's plan on a page: every slide's sentence and notes, and a way to start there."""

from collections.abc import Sequence

import streamlit as st

from fer_core.app import shell, ui
from fer_core.app.present.slides import Missing, Slide


def make_takeaway(slides: Sequence[Slide]) -> str:
    """Say what there is to take."""
    minutes = round(sum(slide.minutes for slide in slides))
    return (
        f"A lesson of **{len(slides)} slides** for about **{minutes} minutes**, with notes for the speaker, and a report to "
        "take home. Both are computed from the same results as the pages."
    )


def render_plan(slides: Sequence[Slide]) -> None:
    """Show a line per slide that opens its notes."""
    _link_slide(1, "Start the slides", ":material/slideshow:")
    for number, slide in enumerate(slides, 1):
        mark = ":material/hourglass_empty:" if isinstance(slide.body, Missing) else None
        with st.expander(f"**{number}. {slide.title}**: {slide.sentence}", icon=mark):
            _render_notes(slide)
            with st.container(horizontal=True):
                _link_slide(number, "Show this slide", ":material/play_arrow:")
                if slide.page:
                    ui.page_link(slide.page)


def _render_notes(slide: Slide) -> None:
    if isinstance(slide.body, Missing):
        st.info(slide.body.text, icon=":material/hourglass_empty:")
    for heading, text in (("Say", slide.notes.say), ("Ask", slide.notes.ask), ("If they ask", slide.notes.more)):
        if text:
            st.markdown(f"**{heading}.** {text}", width=ui.TEXT_WIDTH)
    st.caption(f"{slide.minutes:g} min. {slide.source}")


def _link_slide(number: int, label: str, icon: str) -> None:
    address = {shell.PRESENT: "1", "slide": str(number)}
    st.page_link(shell.page(shell.HOME), label=label, icon=icon, query_params=address)
