"""How well stated confidence agrees with accuracy, or with the share of people's votes."""

from functools import partial

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import format_count, format_percent
from fer_core.app.theme import MUTED, SERIES, make_figure
from fer_core.runs.records import Reliability


def view_reliability(reliability: Reliability, height: int = 340) -> View:
    """Show accuracy, or the answers' share of the votes, against confidence."""
    table = pd.DataFrame(reliability.to_plain())
    return View(partial(_make_reliability_chart, reliability, height), _describe_reliability(reliability), table)


def _make_reliability_chart(reliability: Reliability, height: int) -> go.Figure:
    """Return points: on the diagonal they are honest, below it the network is overconfident.

    The area of a point is its number of pictures.
    """
    bins = _filled_bins(reliability)
    largest = max(n for n, _, _ in bins)
    diagonal = go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line={"color": MUTED, "dash": "dot"}, hoverinfo="skip")
    points = go.Scatter(
        x=[confidence for _, confidence, _ in bins],
        y=[accuracy for _, _, accuracy in bins],
        mode="lines+markers",
        marker={"size": [8 + 16 * (n / largest) ** 0.5 for n, _, _ in bins], "color": SERIES[0], "opacity": 0.9},
        line={"color": SERIES[0], "width": 1.5},
        text=[format_count(n) for n, _, _ in bins],
        hovertemplate=make_hover(reliability, "<br>%{text} pictures"),
    )
    figure = make_figure(diagonal, points, height=height, x="Confidence", y=_name_share(reliability).capitalize())
    figure.update_xaxes(range=[0, 1.03], tickformat=".0%")
    figure.update_yaxes(range=[0, 1.03], tickformat=".0%")
    return figure


def _describe_reliability(reliability: Reliability) -> str:
    """Return the chart in words, for alt texts."""
    bins = _filled_bins(reliability)
    share = _name_share(reliability)
    said = ", ".join(f"{format_percent(c, 0)} stated: {format_percent(a, 0)}" for _, c, a in bins)
    return f"{share.capitalize()} by stated confidence. {said}."


def make_hover(reliability: Reliability, more: str = "") -> str:
    """Return Plotly's template for what is read at a point."""
    reached = "gets %{y:.0%} of the votes" if reliability.of == "votes" else "is right %{y:.0%}"
    return f"says %{{x:.0%}}, {reached}{more}<extra></extra>"


def _name_share(reliability: Reliability) -> str:
    return "share of the votes" if reliability.of == "votes" else "share right"


def _filled_bins(reliability: Reliability) -> list[tuple[int, float, float]]:
    rows = zip(reliability.count, reliability.confidence, reliability.accuracy, strict=True)
    return [row for row in rows if row[0]]
