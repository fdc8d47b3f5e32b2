"""Accuracy on spoiled pictures: one small chart per corruption, and what each class loses."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import MINUS, format_percent
from fer_core.app.looks import Look, pick_look
from fer_core.app.theme import MUTED, make_error_bars, make_figure
from fer_core.labels import LABELS
from fer_core.runs.corruptions import CORRUPTIONS, Corruption
from fer_core.runs.robustness import Point, Robustness

LEVELS = {"Least harmful": 0.0, "Middle": 0.5, "Most harmful": 1.0}


def place_points(corruption: Corruption, robustness: Robustness) -> list[tuple[str, Point]]:
    """Return (tick, point) along the axis of a chart; the untouched pictures stand where they belong, as "none"."""
    measured = {write_strength(corruption, point.strength): point for point in robustness.curves[corruption.name]}
    measured["none"] = robustness.clean
    return [(tick, measured[tick]) for tick in list_ticks(corruption) if tick in measured]


def list_ticks(corruption: Corruption) -> list[str]:
    """Return the strengths along the axis of a chart, as texts."""
    ticks = [write_strength(corruption, strength) for strength in corruption.strengths]
    return [*ticks[: corruption.place], "none", *ticks[corruption.place :]]


def write_strength(corruption: Corruption, strength: float) -> str:
    """Return "1.5", or with a sign where it needs one "+40"."""
    return (f"{strength:+g}" if corruption.is_signed else f"{strength:g}").replace("-", MINUS)


def view_corruption(
    corruption: Corruption, measured: Mapping[str, Robustness], floor: float | None, looks: Mapping[str, Look]
) -> View:
    """Show accuracy against strength, a line per run with its 95 % interval; dotted: always the largest class.

    `measured`: name of the network -> what was measured; `floor`: accuracy of always naming the largest class, where it
    is known; `looks`: by the same names.
    """
    figure = partial(_make_corruption_chart, corruption, measured, floor, looks)
    return View(figure, describe_corruption(corruption, measured))


def _make_corruption_chart(
    corruption: Corruption, measured: Mapping[str, Robustness], floor: float | None, looks: Mapping[str, Look]
) -> go.Figure:
    figure = make_figure(height=220, x=corruption.unit, legend=False)
    if floor is not None:
        figure.update_layout(shapes=[_make_floor(floor)])
    for i, (name, robustness) in enumerate(measured.items()):
        look = pick_look(looks, name, i)
        ticks, points = zip(*place_points(corruption, robustness), strict=True)
        figure.add_scatter(
            x=ticks,
            y=[point.accuracy for point in points],
            mode="lines+markers",
            error_y=make_error_bars([point.accuracy for point in points], [point.ci95 for point in points], width=3),
            line={"color": look.color, "dash": look.dash, "width": 2.5},
            marker={"color": look.color, "symbol": look.mark, "size": 7},
            name=name,
            hovertemplate=f"{name}<br>%{{x}} {corruption.unit}: %{{y:.1%}}<extra></extra>",
        )
    ticks = list_ticks(corruption)
    figure.update_xaxes(
        type="category", showgrid=False, categoryorder="array", categoryarray=ticks, range=[-0.3, len(ticks) - 0.7]
    )
    figure.update_yaxes(range=[0, 0.85], tickformat=".0%", tickvals=[0, 0.2, 0.4, 0.6, 0.8])
    return figure


def _make_floor(y: float) -> dict:
    line = {"color": MUTED, "dash": "dot", "width": 1.5}
    return {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": line}


def describe_corruption(corruption: Corruption, measured: Mapping[str, Robustness]) -> str:
    """Return the chart in words: every strength of every run."""
    lines = (
        f"{name}: " + ", ".join(f"{tick} {format_percent(p.accuracy)}" for tick, p in place_points(corruption, found))
        for name, found in measured.items()
    )
    return f"{corruption.title}, accuracy by {corruption.unit}. " + "; ".join(lines)


def choose_level(robustness: Robustness, name: str, level: str) -> Point:
    """Return the point of corruption `name` at one of LEVELS, by how much accuracy it costs."""
    points = sorted(robustness.curves[name], key=lambda point: -point.accuracy)
    return points[round(LEVELS[level] * (len(points) - 1))]


def view_classes(measured: Mapping[str, Robustness], name: str, level: str) -> View:
    """Show what each class of the network `name` loses; the table has all networks and strengths. `level`: one of LEVELS."""
    found = measured[name]
    return View(partial(_make_class_chart, found, level), _describe_classes(found, level), _make_table(measured))


def _make_class_chart(robustness: Robustness, level: str) -> go.Figure:
    """Return a heatmap: corruptions down, classes across, points of recall lost (brown) or won (violet)."""
    names = list(CORRUPTIONS)
    losses = [robustness.compute_class_losses(choose_level(robustness, name, level)) for name in names]
    heatmap = go.Heatmap(
        z=[[-100 * loss for loss in row] for row in losses],
        x=LABELS,
        y=[CORRUPTIONS[name].title for name in names],
        autocolorscale=True,
        zmid=0,
        zmin=-100,
        zmax=100,
        text=[[f"{-100 * loss:+.0f}".replace("-", MINUS) for loss in row] for row in losses],
        texttemplate="%{text}",
        showscale=False,
        xgap=1,
        ygap=1,
        hovertemplate="%{y}: recall of %{x} changes by %{z:.1f} points<extra></extra>",
    )
    figure = make_figure(heatmap, height=90 + 34 * len(names))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(side="top", showgrid=False, tickangle=-60)
    return figure


def _describe_classes(robustness: Robustness, level: str) -> str:
    """Return the heatmap in words: per corruption the class that loses most."""
    parts = []
    for name, corruption in CORRUPTIONS.items():
        losses = robustness.compute_class_losses(choose_level(robustness, name, level))
        worst = max(range(len(LABELS)), key=losses.__getitem__)
        parts.append(f"{corruption.title}: {LABELS[worst]} loses {100 * losses[worst]:.0f} points of recall")
    return "; ".join(parts) + "."


def compute_floor(measured: Sequence[Robustness]) -> float:
    """Return the accuracy of always naming the largest class."""
    return max(max(found.support) / found.n for found in measured)


def list_points(robustness: Robustness) -> list[tuple[Corruption, Point]]:
    """Return every corruption and strength, the worst accuracy first."""
    points = [(CORRUPTIONS[name], point) for name, curve in robustness.curves.items() for point in curve]
    return sorted(points, key=lambda pair: pair[1].accuracy)


def _make_table(measured: Mapping[str, Robustness]) -> pd.DataFrame:
    """Return a row per network, corruption and strength: accuracy, interval, loss, and recall per class."""
    rows = []
    for name, found in measured.items():
        for corruption, point in [(None, found.clean), *list_points(found)]:
            losses = zip(LABELS, point.correct, found.support, strict=True)
            rows.append(
                {
                    "Network": name,
                    "Corruption": corruption.title if corruption else "none",
                    "Strength": f"{point.strength:g} {corruption.unit}" if corruption else "",
                    "Accuracy": point.accuracy,
                    "Low": point.ci95[0],
                    "High": point.ci95[1],
                    "Lost": found.compute_loss(point),
                    **{label: correct / n if n else None for label, correct, n in losses},
                }
            )
    return pd.DataFrame(rows)
