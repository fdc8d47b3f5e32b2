"""Parts that every page is built from: headings, metric cards, charts with export, empty states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from fer_core.app import shell
from fer_core.app.charts.probabilities import describe_probabilities, make_probability_chart
from fer_core.app.charts.view import View
from fer_core.app.theme import color_axes, is_dark, make_export
from fer_core.app.wording import Wording

if TYPE_CHECKING:  # pandas takes 0.7 s to import: a cold server shows its first heading before that
    import pandas as pd
    import plotly.graph_objects as go

TEXT_WIDTH = 760
"""Pixels: the widest a running text gets."""


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
    if st.context.is_embedded:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(title, anchor=False, help=help, width="content")
        shell.render_present_link()
    st.markdown(takeaway, width=TEXT_WIDTH)


def section(title: str, text: str | None = None, anchor: str | None = None, help: str | None = None) -> None:
    """Open a section: a heading and at most a sentence or two. `anchor` makes it a link target (#anchor)."""
    st.space("small")
    st.header(title, anchor=anchor or False, help=help)
    if text:
        st.markdown(text, width=TEXT_WIDTH)


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
                help=metric.help,
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
    figure: go.Figure,
    key: str,
    alt: str,
    *,
    caption: str | None = None,
    table: pd.DataFrame | None = None,
    export: bool = True,
    on_select: Callable | str = "ignore",
):
    """Show a figure with its way out: SVG or PNG from the camera, interactive HTML, and `table` as CSV.

    `key` is unique in the app ("results-matrix"); `alt` describes what the chart shows, with its numbers. With
    `on_select="rerun"` the clicked points come back as from st.plotly_chart (selection_mode "points").
    """
    color_axes(figure, is_dark())
    picture_format = st.session_state.get(f"{key}-format") or "SVG"
    selection = {"on_select": on_select, "selection_mode": "points"} if on_select != "ignore" else {}
    state = st.plotly_chart(figure, key=key, alt=alt, config=_chart_config(key, picture_format), **selection)
    if caption or export:
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.caption(caption or "", width="stretch")
            if export:
                _render_export(figure, key, table)
    return state


def render_view(view: View, key: str, *, caption: str | None = None):
    """Show a view as render_chart does."""
    return render_chart(view.figure, key, view.alt, caption=caption, table=view.table)


def render_probabilities(probability: Sequence[float], key: str, name: str, wording: Wording) -> None:
    """Show the seven bars of one answer; `name` says whose ("Face 1 in beach.jpg")."""
    figure = make_probability_chart(probability, wording)
    color_axes(figure, is_dark())
    alt = f"{name}: {describe_probabilities(probability, wording)}"
    st.plotly_chart(figure, key=key, alt=alt, config={"displayModeBar": False})


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


def share_note() -> None:
    """End a page: its address holds the selection, and another page follows."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
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


def _chart_config(name: str, picture_format: str) -> dict:
    return {
        "displaylogo": False,
        "modeBarButtonsToRemove": ["zoomIn2d", "zoomOut2d", "autoScale2d", "lasso2d", "select2d", "pan2d", "zoom2d"],
        "toImageButtonOptions": {"format": picture_format.lower(), "filename": name, "scale": 2},
    }


def _render_export(figure: go.Figure, key: str, table: pd.DataFrame | None) -> None:
    with st.popover("Save", icon=":material/download:", type="tertiary"):
        st.segmented_control("The chart's camera saves", ["SVG", "PNG"], default="SVG", key=f"{key}-format")
        st.download_button(
            "Interactive HTML",
            data=lambda: make_export(figure).to_html(include_plotlyjs=True, full_html=True),
            file_name=f"{key}.html",
            mime="text/html",
            key=f"{key}-html",
            on_click="ignore",
            icon=":material/html:",
        )
        if table is not None:
            csv_button(table, key, f"{key}-csv")
