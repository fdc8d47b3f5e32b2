"""What more training pictures bring."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import format_count, format_estimate, format_percent
from fer_core.app.theme import SERIES, make_error_bars, make_figure
from fer_core.runs.learning_curve import CurvePoint, list_apart


def view_learning(points: Sequence[CurvePoint]) -> View:
    """Show test accuracy against the number (or, where unknown, the share) of training pictures, logarithmic.

    Hollow and off the line: points that took other numbers of steps than the last (`list_apart`).
    """
    return View(partial(_make_learning_chart, points), _describe_learning(points), _make_learning_table(points))


def _make_learning_chart(points: Sequence[CurvePoint]) -> go.Figure:
    counted = all(point.pictures for point in points)
    figure = make_figure(
        height=400, x="Training pictures" if counted else "Share of the training pictures", legend=False
    )
    apart = list_apart(points)
    _add_points(figure, [point for point in points if point not in apart], counted, joined=True)
    if apart:
        _add_points(figure, apart, counted, joined=False)
    x = [_place(point, counted) for point in points]
    ticks = [format_count(value) if counted else format_percent(value, 0) for value in x]
    figure.update_xaxes(type="log", tickvals=x, ticktext=ticks)
    figure.update_yaxes(tickformat=".0%")
    return figure


def _place(point: CurvePoint, counted: bool) -> float:
    return point.pictures if counted else point.share


def _add_points(figure: go.Figure, points: Sequence[CurvePoint], counted: bool, joined: bool) -> None:
    values = [point.accuracy for point in points]
    told = [[format_percent(point.share, 0), len(point.accuracies), _write_steps(point)] for point in points]
    figure.add_scatter(
        x=[_place(point, counted) for point in points],
        y=values,
        error_y=make_error_bars(values, [point.interval for point in points]),
        mode="lines+markers+text" if joined else "markers+text",
        line={"color": SERIES[0], "width": 2.5},
        marker={
            "color": SERIES[0],
            "symbol": "circle" if joined else "circle-open",
            "size": 10,
            "line": {"width": 2.5},
        },
        text=[format_percent(value) for value in values],
        textposition="top left" if joined else "top right",
        cliponaxis=False,
        customdata=told,
        hovertemplate="%{x:,} (%{customdata[0]}): %{y:.1%}, seeds: %{customdata[1]}%{customdata[2]}<extra></extra>",
    )


def _write_steps(point: CurvePoint) -> str:
    return f", steps: {format_count(point.steps)}" if point.steps else ""


def _describe_learning(points: Sequence[CurvePoint]) -> str:
    """Return the chart in words."""
    apart = list_apart(points)
    lines = (
        f"{format_percent(p.share, 0)} of the pictures {format_estimate(p.accuracy, p.interval)}"
        + (f" after {format_count(p.steps)} steps" if p in apart else "")
        for p in points
    )
    return "Test accuracy by share of the training pictures: " + ", ".join(lines) + "."


def _make_learning_table(points: Sequence[CurvePoint]) -> pd.DataFrame:
    """Return a row per share of the training pictures."""
    return pd.DataFrame(
        {
            "Share": point.share,
            "Pictures": point.pictures,
            "Accuracy": point.accuracy,
            "Low": point.interval[0],
            "High": point.interval[1],
            "Seeds": len(point.accuracies),
            "Steps": point.steps,
        }
        for point in points
    )
