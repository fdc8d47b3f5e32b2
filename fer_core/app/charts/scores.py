"""Scores of the seven classes, beside those of another result."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import format_count, format_percent
from fer_core.app.theme import MUTED, SYMBOLS, make_figure
from fer_core.labels import COLORS, LABELS
from fer_core.runs.records import ClassScores

PerClass = Mapping[str, ClassScores]


def view_classes(
    per_class: PerClass,
    score: str,
    name: str,
    other: PerClass | None = None,
    other_name: str = "",
    table: pd.DataFrame | None = None,
) -> View:
    """Show a line per class: a coloured mark for `per_class`, a hollow grey one for `other`, joined.

    `score` is "precision", "recall" or "f1"; the number of test pictures stands beside the class. `table`: the scores
    with whatever is known beside them.
    """
    scores = per_class, score, name, other, other_name
    return View(_make_class_chart(*scores), _describe_classes(*scores), table)


def _make_class_chart(per_class: PerClass, score: str, name: str, other: PerClass | None, other_name: str) -> go.Figure:
    rows = [f"{label} ({format_count(per_class[label].support)})" for label in LABELS]
    figure = make_figure(height=400, legend=True)
    values = [getattr(per_class[label], score) for label in LABELS]
    if other is not None:
        others = [getattr(other[label], score) for label in LABELS]
        for row, here, there in zip(rows, values, others, strict=True):
            line = {"color": MUTED, "width": 2}
            figure.add_scatter(
                x=[there, here], y=[row, row], mode="lines", line=line, showlegend=False, hoverinfo="skip"
            )
        marker = {"color": MUTED, "symbol": "circle-open", "size": 13, "line": {"width": 2.5}}
        hover = f"{other_name}: %{{x:.1%}}<extra></extra>"
        figure.add_scatter(x=others, y=rows, mode="markers", marker=marker, name=other_name, hovertemplate=hover)
    figure.add_scatter(
        x=values,
        y=rows,
        mode="markers+text",
        marker={
            "color": [COLORS[label] for label in LABELS],
            "symbol": [SYMBOLS[label] for label in LABELS],
            "size": 15,
        },
        text=[format_percent(value, 0) for value in values],
        textposition=_place_labels(values, others if other is not None else values),
        cliponaxis=False,
        name=name,
        showlegend=False,
        hovertemplate=f"{name}: %{{x:.1%}}<extra></extra>",
    )
    filled = {
        "color": MUTED,
        "symbol": "circle",
        "size": 13,
    }  # the legend names the filled marks without a class's colour
    figure.add_scatter(x=[None], y=[None], mode="markers", marker=filled, name=name, hoverinfo="skip")
    figure.update_xaxes(range=[0, 1.05], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(autorange="reversed", tickfont={"size": 14}, showgrid=True)
    return figure


def _place_labels(values: list[float], others: list[float]) -> list[str]:
    """Write each number on the side away from the other mark."""
    return ["middle right" if here >= there else "middle left" for here, there in zip(values, others, strict=True)]


def _describe_classes(per_class: PerClass, score: str, name: str, other: PerClass | None, other_name: str) -> str:
    """Return the chart in words: every class, and the other's number where there is one."""

    def write(label: str) -> str:
        text = f"{label} {format_percent(getattr(per_class[label], score))}"
        return text if other is None else f"{text} ({other_name} {format_percent(getattr(other[label], score))})"

    return f"{score.capitalize()} per class, {name}: {', '.join(map(write, LABELS))}."
