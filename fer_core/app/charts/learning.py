"""What more training pictures bring, and what each ingredient of a recipe does."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.forest import Dot, draw_forest
from fer_core.app.charts.view import View
from fer_core.app.formats import format_count, format_estimate, format_percent, format_points
from fer_core.app.looks import make_look
from fer_core.app.theme import MUTED, SERIES, make_error_bars, make_figure
from fer_core.runs.ablation import AblationRow
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


def view_ingredients(rows: Sequence[AblationRow], base: str) -> View:
    """Show what each change to the recipe of `base` does to test accuracy, in points with 95 % intervals."""
    return View(
        partial(_make_ingredient_chart, rows),
        _describe_ingredients(rows, base),
        _make_ingredient_table(rows),
        _draw_ingredients(rows, base),
    )


def _draw_ingredients(rows: Sequence[AblationRow], base: str) -> str:
    look = make_look(0)
    dots = {}
    for row in rows:
        worth, (low, high) = format_points(row.difference), (format_points(end, unit=False) for end in row.interval)
        told = f"{row.factor}: {worth}, 95 %: {low} to {high}"
        dots[row.factor] = [Dot(row.difference, row.interval, format_points(row.difference, unit=False), told, look)]
    return draw_forest(
        dots, _describe_ingredients(rows, base), lambda share, digits: format_points(share, digits, unit=False).lstrip("±"),
        zero=True, title="Points of test accuracy",
    )  # fmt: skip


def _make_ingredient_chart(rows: Sequence[AblationRow]) -> go.Figure:
    figure = make_figure(height=100 + 46 * max(len(rows), 2), x="Points of test accuracy")
    figure.add_vline(x=0, line={"color": MUTED, "dash": "dot", "width": 2})
    values = [100 * row.difference for row in rows]
    figure.add_scatter(
        x=values,
        y=[row.factor for row in rows],
        error_x=make_error_bars(values, [(100 * row.interval[0], 100 * row.interval[1]) for row in rows]),
        mode="markers+text",
        marker={"color": SERIES[0], "size": 12},
        text=[format_points(row.difference, unit=False) for row in rows],
        textposition=[_place_text(value, max(map(abs, values))) for value in values],
        cliponaxis=False,
        hovertemplate="%{y}: %{x:+.1f} points<extra></extra>",
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def _place_text(value: float, longest: float) -> str:
    """Beside the line at zero, not on it."""
    if abs(value) > longest / 6:
        return "top center"
    return "top right" if value >= 0 else "top left"


def _describe_ingredients(rows: Sequence[AblationRow], base: str) -> str:
    """Return the chart in words."""
    lines = (f"{row.factor} {format_points(row.difference)}" for row in rows)
    return f"Change of {base}'s test accuracy: " + ", ".join(lines) + "."


def _make_ingredient_table(rows: Sequence[AblationRow]) -> pd.DataFrame:
    """Return a row per change: accuracy, difference with interval, seeds and their spread."""
    return pd.DataFrame(
        {
            "Change": row.factor,
            "Experiment": row.experiment,
            "Accuracy": row.accuracy,
            "Difference": row.difference,
            "Low": row.interval[0],
            "High": row.interval[1],
            "Seeds": len(row.accuracies),
            "SD": row.spread,
        }
        for row in rows
    ).astype({"SD": float})
