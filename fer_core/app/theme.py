"""The look of the charts: colours, sizes and one layout for every figure.

Background, text, grid and colour scales come from .streamlit/config.toml: Streamlit fills them in inside the browser,
so that a chart is right in light and dark at once, even while `st.context.theme` still reports the old choice. What
is fixed here are the colours that mean something, sizes, margins, and the template of exported files.
"""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from fer_core.labels import LABELS

FONT = "Source Sans 3, Source Sans Pro, Source Sans, Segoe UI, Helvetica, Arial, sans-serif"
MUTED = "#8b867e"
"""Grey for reference lines and notes: readable on the light and on the dark background."""
QUIET = {"light": "#5c564d", "dark": "#b4b0ba"}
"""Text in charts: Streamlit's own grey has a contrast of 3.6 on the light background, and no grey is readable on both."""
ACCENT = "#7a6fe0"
SERIES = ("#6f63d2", "#c2683c", "#2f8f97", "#b84d85", "#9a8534", "#6b7f92", "#a59af0", "#e0a072")
"""Colours of things that are no expressions (runs, splits), readable in light and dark. Pair them with DASHES."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid", "dash")
SYMBOLS = dict(zip(LABELS, ("circle", "square", "diamond", "star", "cross", "triangle-down", "triangle-up")))
"""Marker per expression: colour never stands alone."""
ICONS = {
    "angry": ":material/sentiment_extremely_dissatisfied:",
    "disgust": ":material/sick:",
    "fear": ":material/sentiment_stressed:",
    "happy": ":material/sentiment_very_satisfied:",
    "neutral": ":material/sentiment_neutral:",
    "sad": ":material/sentiment_sad:",
    "surprise": ":material/sentiment_excited:",
}
"""Material icon per expression, for labels and headings."""


def is_dark() -> bool:
    """Say whether the visitor looks at the dark theme. May lag one run behind a change; only for drawn pictures."""
    return st.context.theme.type == "dark"


def make_figure(
    *traces, height: int = 380, x: str = "", y: str = "", legend: bool = False, zoom: bool = False
) -> go.Figure:
    """Return a figure in the house layout.

    `height` in pixels; `x`, `y` axis titles; `legend` above the chart; `zoom` False fixes the axes, so that a thumb
    that scrolls the page on a phone does not drag the chart.
    """
    axis = {"automargin": True, "fixedrange": not zoom, "tickfont": {"size": 13}}
    layout = {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 40 if legend else 16, "b": 8, "pad": 4},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 14},
        "showlegend": legend,
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "font": {"size": 14}},
        "hoverlabel": {"font": {"size": 14}},
        "dragmode": "zoom" if zoom else False,
        "bargap": 0.28,
        "xaxis": axis | {"title": {"text": x, "font": {"size": 14}} if x else None},
        "yaxis": axis | {"title": {"text": y, "font": {"size": 14}} if y else None},
    }
    return go.Figure(data=list(traces), layout=layout)  # at once: each later update costs a millisecond


def color_text(figure: go.Figure, dark: bool) -> None:
    """Give the text of a chart and of all its axes a colour that is readable on the visitor's background."""
    color, layout = QUIET["dark" if dark else "light"], figure.layout
    layout.font.color = color  # one by one: update_layout with all of them takes three times as long
    for name in layout:
        if name.startswith(("xaxis", "yaxis")):
            layout[name].tickfont.color = layout[name].title.font.color = color


def make_error_bars(
    values: Sequence[float], intervals: Sequence[tuple[float, float]], thickness: float = 1.5, width: int = 4
) -> dict:
    """Return Plotly's error bars from `values` to the (low, high) of their `intervals`; sizes in pixels."""
    pairs = list(zip(values, intervals, strict=True))
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value for value, (_, high) in pairs],
        "arrayminus": [value - low for value, (low, _) in pairs],
        "thickness": thickness,
        "width": width,
    }


def make_export(figure: go.Figure) -> go.Figure:
    """Return a copy of `figure` for files that leave the app: light paper, our font, no colours filled in later."""
    copy = go.Figure(figure)
    color_text(copy, dark=False)
    copy.update_layout(template=_export_template(), paper_bgcolor="#ffffff", plot_bgcolor="#ffffff", margin={"t": 56})
    return copy


def _export_template() -> go.layout.Template:
    axis = {"gridcolor": "#e3ded5", "zerolinecolor": "#e3ded5", "linecolor": "#e3ded5"}
    sequential = _scale(st.get_option("theme.light.chartSequentialColors"))
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "color": "#262320"},
            "colorway": list(SERIES),
            "colorscale": {
                "sequential": sequential,
                "diverging": _scale(st.get_option("theme.light.chartDivergingColors")),
            },
            "xaxis": axis,
            "yaxis": axis,
        },
        data={"heatmap": [{"colorscale": sequential}]},
    )


def _scale(colors: list[str]) -> list[list]:
    return [[i / (len(colors) - 1), color] for i, color in enumerate(colors)]
