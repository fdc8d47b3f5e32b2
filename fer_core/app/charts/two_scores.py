"""Networks judged twice: by FER2013's labels, and by what most people see."""

from collections.abc import Mapping
from functools import partial

import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import format_percent
from fer_core.app.looks import JUDGES
from fer_core.app.theme import MUTED, make_figure

SIDES = ("bottom center", "top center")
"""Where the numbers of either judge stand."""


def view_scores(scores: Mapping[str, tuple[float, float]]) -> View:
    """Show a row for each network with both its shares, the last on top; `scores`: name -> (labels, people)."""
    return View(partial(_make_scores_chart, scores), _describe_scores(scores))


def _make_scores_chart(scores: Mapping[str, tuple[float, float]]) -> go.Figure:
    names = list(scores)
    lines = [
        go.Scatter(
            x=scores[name], y=[name, name], mode="lines", line={"color": MUTED, "width": 2}, hoverinfo="skip", showlegend=False,
        )
        for name in names
    ]  # fmt: skip
    marks = [
        go.Scatter(
            x=[scores[name][place] for name in names], y=names, mode="markers+text", name=judge,
            marker={"color": look.color, "symbol": look.mark, "size": 14},
            text=[format_percent(scores[name][place]) for name in names],
            textposition=SIDES[place],
            hovertemplate="%{y}<br>%{x:.1%} of " + judge + "<extra></extra>",
        )
        for place, (judge, look) in enumerate(JUDGES.items())
    ]  # fmt: skip
    low, high = min(map(min, scores.values())), max(map(max, scores.values()))
    figure = make_figure(
        *lines, *marks, height=110 + 80 * len(names), x="Share of the test pictures where the network agrees"
    )
    figure.update_xaxes(tickformat=".0%", range=[low - 0.05, high + 0.05])
    figure.update_yaxes(type="category", range=[-0.5, len(names) - 0.4])
    figure.update_layout(showlegend=True, margin={"t": 40})
    return figure


def _describe_scores(scores: Mapping[str, tuple[float, float]]) -> str:
    """Return the chart in words."""
    return " ".join(
        f"{name}: {format_percent(labels)} of FER2013's labels, {format_percent(people)} of what most people see."
        for name, (labels, people) in scores.items()
    )
