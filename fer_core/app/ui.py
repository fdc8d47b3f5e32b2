"""Parts that every page is built from: headings, metric cards, charts with export, empty states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from fer_core.app import glossary, shell
from fer_core.app.charts.probabilities import view_probabilities
from fer_core.app.charts.view import View
from fer_core.app.formats import format_count
from fer_core.app.save.menu import Words, render_save_menu
from fer_core.app.theme import color_text, is_dark
from fer_core.app.wording import Wording

if TYPE_CHECKING:  # pandas takes 0.7 s to import: a cold server shows its first heading before that
    import pandas as pd

TEXT_WIDTH = 760
"""Pixels: the widest a running text gets."""
PAGE, HEADING, SUBJECT = "ui-page", "ui-heading", "ui-subject"
"""Keys of the session: the page on show, its last heading, and what its charts are about; saved charts bear them."""
SECTIONS, CONTENTS, MET = "ui-sections", "ui-contents", "ui-met"
"""Keys of the session: the sections so far, the line above them, and the words that the glossary explains already."""


PHONES = ("Mobi", "Android", "iPhone", "iPad")
CHART_CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": [
        "zoomIn2d", "zoomOut2d", "autoScale2d", "lasso2d", "select2d", "pan2d", "zoom2d", "toImage",
    ],
}  # fmt: skip
"""The menu below a chart saves it, so Plotly's own bar only leads back from a zoom."""


@dataclass(frozen=True)
class Metric:
    """One card: `value` large, `note` small below it (an interval, a count), `help` in the tooltip."""

    label: str
    value: str
    note: str | None = None
    help: str | None = None


def page_header(title: str, takeaway: str, help: str | None = None) -> None:
    """Open a page: its title and the one sentence to remember, computed from the artifacts.

    Inside another page (`?embed=true`, as on a slide) neither is shown: that page has a title and little room.
    """
    st.session_state[PAGE] = st.session_state[HEADING] = title
    st.session_state[SUBJECT] = ""
    st.session_state[SECTIONS], st.session_state[MET] = [], set()
    if st.context.is_embedded:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(title, anchor=False, help=help, width="content")
        shell.render_present_link()
    st.markdown(link_words(takeaway), width=TEXT_WIDTH)
    st.session_state[CONTENTS] = st.empty()
    _render_contents(st.session_state.get(f"{CONTENTS}-{title}", []))  # as last time: nothing moves when it is filled


def section(title: str, text: str | None = None, anchor: str | None = None, help: str | None = None) -> None:
    """Open a section: a heading and at most a sentence or two. `anchor` makes it a link target (#anchor)."""
    st.session_state[HEADING] = title
    st.space("small")
    st.header(title, anchor=anchor or False, help=help)
    if anchor:
        st.session_state.setdefault(SECTIONS, []).append((title, anchor))
    if text:
        st.markdown(link_words(text), width=TEXT_WIDTH)


def link_words(text: str) -> str:
    """Link words that the glossary explains, each where a page uses it first."""
    known = st.session_state.setdefault(MET, set())
    text, met = glossary.link_terms(text, known)
    st.session_state[MET] = known | met
    return text


def _render_contents(sections: Sequence[tuple[str, str]]) -> None:
    slot = st.session_state.get(CONTENTS)
    if slot is not None and len(sections) > 1:
        links = " · ".join(f"[{title}](#{anchor})" for title, anchor in sections)
        slot.caption(f"On this page: {links}")


def write_subject(names: Iterable[str], n: int | None = None) -> str:
    """Return "Compact network, 7,178 test pictures": what a chart is about."""
    return ", ".join([*names, *([f"{format_count(n)} test pictures"] if n else [])])


def set_subject(names: Iterable[str], n: int | None = None) -> None:
    """Say which networks the charts below are about, and on how many pictures: a saved chart says so, too."""
    st.session_state[SUBJECT] = write_subject(names, n)


def metric_row(metrics: Iterable[Metric]) -> None:
    """Show cards side by side, as many as fit; on a phone one or two per line."""
    metrics = list(metrics)
    with st.grid(min(len(metrics), 4), min_column_width=165):
        for metric in metrics:
            st.metric(
                metric.label,
                metric.value,
                metric.note,
                delta_color="off",
                delta_arrow="off",
                help=metric.help or glossary.explain(metric.label) or None,
                border=True,
                height="stretch",
            )


def empty_state(title: str, next_step: str, icon: str = "inbox", link: str | None = None) -> None:
    """Say what is missing and the next step. `link`: a page that helps, by name."""
    with st.container(border=True, horizontal_alignment="center", gap="xsmall"):
        st.space("small")
        st.subheader(title, icon=f":material/{icon}:", anchor=False, text_alignment="center")
        st.markdown(next_step, text_alignment="center", width=TEXT_WIDTH)
        if link:
            page_link(link)
        st.space("small")


def how_to_reproduce(*commands: str) -> None:
    """Keep commands for those who have the code at hand; visitors of a hosted page need not read them."""
    with st.expander("How to reproduce", icon=":material/terminal:"):
        st.code("\n".join(commands), language=None)


def no_runs() -> None:
    """Show the empty state of a page that needs at least one run."""
    empty_state(
        "No training run yet",
        "Train one with `python train.py train compact` (or bring a run folder into `artifacts/`). It appears here by itself.",
        icon="model_training",
    )


def show_problems(problems: Sequence[str]) -> None:
    """Name run folders that could not be read, without hiding the others."""
    if problems:
        title = "One run cannot be read" if len(problems) == 1 else f"{len(problems)} runs cannot be read"
        st.warning(
            "\n".join(f"- {shell.shorten_paths(problem)}" for problem in problems),
            icon=":material/folder_off:",
            title=title,
        )


def show_caveats(text: str) -> None:
    """Put a caveat that changes how every number reads where nobody misses it; nothing for an empty text."""
    if text:
        st.warning(text, icon=":material/warning:")


def render_chart(
    view: View,
    key: str,
    *,
    caption: str | None = None,
    export: bool = True,
    on_select: Callable | str = "ignore",
    title: str | None = None,
    about: str | None = None,
):
    """Show a chart with its way out: a picture for slides, SVG, interactive HTML, and its table as CSV.

    `key` is unique in the app ("results-matrix"). With `on_select="rerun"` the clicked points come back as from
    st.plotly_chart (selection_mode "points"). `title` and `about` stand over the saved chart; they default to the last
    heading and to `set_subject`, which a fragment that is drawn alone cannot rely on.
    """
    state = render_drawing(view.drawing, key) if view.drawing else _render_figure(view, key, on_select)
    if caption:
        st.caption(link_words(caption))
    if export:
        heading = st.session_state.get(HEADING, "") if title is None else title
        subject = st.session_state.get(SUBJECT, "") if about is None else about
        words = Words(heading, subject, caption or "")
        render_save_menu(view, key, words, st.session_state.get(PAGE, ""))
    return state


def _render_figure(view: View, key: str, on_select: Callable | str):
    color_text(view.figure, is_dark())
    selection = {"on_select": on_select, "selection_mode": "points"} if on_select != "ignore" else {}
    return st.plotly_chart(view.figure, key=key, alt=view.alt, config=CHART_CONFIG, **selection)


def render_small_chart(view: View, key: str) -> None:
    """Show a chart that stands beside others or changes while one looks: nothing to press, nothing to save."""
    color_text(view.figure, is_dark())
    st.plotly_chart(view.figure, key=key, alt=view.alt, config={"displayModeBar": False})


_mount_drawing = st.components.v2.component(
    "drawing",
    html="<div></div>",
    js="""export default function ({ parentElement, data }) {
      const drawing = new DOMParser().parseFromString(data.html, "text/html").body.firstChild;
      parentElement.querySelector("div").replaceChildren(drawing);
    }""",
)


def render_drawing(html: str, key: str) -> None:
    """Show a drawing of ours, SVG in a <div>, with names in it already escaped. st.html would take the SVG out."""
    _mount_drawing(key=key, data={"html": html})


def render_probabilities(
    probability: Sequence[float], key: str, name: str, wording: Wording, sure: bool = True
) -> None:
    """Show the seven bars of one answer; `name` says whose ("Face 1 in beach.jpg"); `sure`: as of view_probabilities."""
    render_small_chart(view_probabilities(probability, wording, name, sure), key)


def is_phone() -> bool:
    """Say whether the visitor's browser calls itself a phone's or tablet's."""
    browser = st.context.headers.get("User-Agent") or ""
    return any(word in browser for word in PHONES)


@st.fragment  # opening it draws nothing but the table
def render_folded_table(label: str, table: pd.DataFrame, key: str, **options) -> None:
    """Offer `table` behind a line to press, and draw it only when somebody does; `options` as of st.dataframe."""
    with shell.guard(), st.expander(label, icon=":material/table:", key=key, on_change="rerun") as fold:
        if fold.open:
            st.dataframe(table, hide_index=True, **options)


def csv_button(table: pd.DataFrame, name: str, key: str, label: str = "CSV") -> None:
    """Offer `table` as `<name>.csv`; written only when somebody asks."""
    st.download_button(
        label,
        data=lambda: table.to_csv(index=False),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=key,
        on_click="ignore",
        icon=":material/table:",
    )


def choose_one(label: str, options: Sequence[str], key: str, default: str | None = None, **more) -> str:
    """Offer a row of buttons that is part of the address; returns the chosen one, never None.

    An address with an empty value ("?results-score=") overrides `required`; it counts as the `default`, the first.
    """
    default = options[0] if default is None else default
    chosen = st.segmented_control(label, options, default=default, required=True, key=key, bind="query-params", **more)
    return chosen or default


def share_note(repeatable: bool = True) -> None:
    """End a page: its address holds the selection, and another page follows; the contents line above is filled.

    `repeatable`: whether the address brings back what is shown; it cannot bring back a visitor's photo or a round.
    """
    sections = st.session_state.get(SECTIONS, [])
    st.session_state[f"{CONTENTS}-{st.session_state.get(PAGE)}"] = sections
    _render_contents(sections)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        if repeatable and st.query_params:
            st.caption(":material/link: The address of this page holds what you selected: copy it to share this view.")
        if following := shell.find_next_page():
            st.page_link(
                shell.page(following),
                label=f"Next: {shell.get_entry(following).title}",
                icon=":material/arrow_forward:",
            )


def page_link(name: str, label: str | None = None, query: dict | None = None) -> None:
    """Link to the page `name`, with `query` parameters that set its controls."""
    st.page_link(shell.page(name), label=label, query_params=query)
