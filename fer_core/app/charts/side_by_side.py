"""Two networks beside each other: their matrices, and what is left of them where pictures are worst."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from fer_core.app.charts.confusion import PER_TRUE, normalise, view_confusion
from fer_core.app.charts.robustness import compute_floor
from fer_core.app.charts.view import View
from fer_core.app.formats import format_percent
from fer_core.app.looks import Look, pick_look
from fer_core.app.theme import MUTED, make_error_bars, make_figure
from fer_core.labels import LABELS
from fer_core.runs.corruptions import CORRUPTIONS
from fer_core.runs.robustness import Point, Robustness

PALE, STRONG = "pale", "strong"
TURN = 0.6
"""Share from which a cell's colour is nearer to the text's than to the page's, in light and dark."""


def view_matrix_row(matrices: Mapping[str, np.ndarray], stacked: bool = False) -> View:
    """Show matrices side by side, or `stacked`, as shares of each true class; `matrices`: name -> pictures (7, 7)."""
    return View(partial(_make_matrix_row, matrices, stacked), _describe_matrix_row(matrices))


def _make_matrix_row(matrices: Mapping[str, np.ndarray], stacked: bool) -> go.Figure:
    rows, columns = (len(matrices), 1) if stacked else (1, len(matrices))
    figure = make_subplots(
        rows, columns, shared_yaxes=not stacked, shared_xaxes=stacked, subplot_titles=list(matrices),
        horizontal_spacing=0.04, vertical_spacing=0.07,
    )  # fmt: skip
    for place, (name, confusion) in enumerate(matrices.items()):
        row, column = (place + 1, 1) if stacked else (1, place + 1)
        heatmap = view_confusion(confusion, name, PER_TRUE).figure.data[0].update(texttemplate="")
        figure.add_trace(heatmap, row, column)
        for texts in _write_cells(normalise(confusion, PER_TRUE)):
            figure.add_trace(texts, row, column)
    layout = make_figure(height=480).layout
    figure.update_layout(
        showlegend=False, height=layout.height, font=layout.font, margin={"t": 48} | {side: layout.margin[side] for side in "lrb"},
        paper_bgcolor=layout.paper_bgcolor, plot_bgcolor=layout.plot_bgcolor, dragmode=False,
    )  # fmt: skip
    grid = {"showgrid": False, "zeroline": False, "fixedrange": True, "automargin": True, "tickfont": {"size": 13}}
    figure.update_xaxes(**grid, tickangle=-40, range=[-0.5, 6.5])
    figure.update_xaxes(title={"text": "Predicted", "font": {"size": 14}}, row=rows)
    figure.update_yaxes(**grid, range=[6.5, -0.5])
    figure.update_yaxes(title={"text": "True", "font": {"size": 14}}, col=1)
    return figure


def _write_cells(shares: np.ndarray) -> list[go.Scatter]:
    """Write shares on their cells, the pale and the strong ones apart: no one colour can be read on both.

    What draws the figure knows its theme and colours the texts, which `meta` tells apart.
    """
    cells = list(np.ndindex(shares.shape))
    return [
        go.Scatter(
            x=[LABELS[j] for i, j in chosen], y=[LABELS[i] for i, j in chosen],
            text=[format_percent(shares[cell], 0) for cell in chosen],
            mode="text", textfont={"size": 14}, hoverinfo="skip", meta=meta,
        )
        for meta, chosen in (
            (PALE, [cell for cell in cells if shares[cell] <= TURN]),
            (STRONG, [cell for cell in cells if shares[cell] > TURN]),
        )
    ]  # fmt: skip


def _describe_matrix_row(matrices: Mapping[str, np.ndarray]) -> str:
    """Return the matrices in words: how much of each class is found."""
    lines = (
        f"{name}: "
        + ", ".join(
            f"{label} {format_percent(share, 0)}"
            for label, share in zip(LABELS, np.diag(normalise(confusion, PER_TRUE)), strict=True)
        )
        for name, confusion in matrices.items()
    )
    return "Share of each class that is found. " + "; ".join(lines) + "."


def find_worst_points(robustness: Robustness) -> dict[str, Point]:
    """Return the strength of each corruption that leaves the least accuracy."""
    return {name: min(robustness.curves[name], key=lambda point: point.accuracy) for name in CORRUPTIONS}


def view_worst(measured: Mapping[str, Robustness], looks: Mapping[str, Look] = {}) -> View:
    """Show accuracy at each corruption's worst; `measured`: name of the network -> what was measured."""
    return View(partial(_make_worst_chart, measured, looks), _describe_worst(measured))


def _make_worst_chart(measured: Mapping[str, Robustness], looks: Mapping[str, Look]) -> go.Figure:
    """Return a mark per network with its 95 % interval; dotted: untouched pictures; grey: always naming the largest class.

    The first one's losses order the rows.
    """
    first = find_worst_points(next(iter(measured.values())))
    order = sorted(first, key=lambda name: first[name].accuracy)
    figure = make_figure(height=90 + 40 * len(order), legend=True)
    for i, (title, found) in enumerate(measured.items()):
        points = [find_worst_points(found)[name] for name in order]
        values = [point.accuracy for point in points]
        look = pick_look(looks, title, i)
        figure.add_vline(x=found.clean.accuracy, line={"color": look.color, "dash": "dot", "width": 2})
        figure.add_scatter(
            x=values,
            y=[CORRUPTIONS[name].title for name in order],
            error_x=make_error_bars(values, [point.ci95 for point in points]),
            mode="markers",
            marker={"color": look.color, "symbol": look.mark, "size": 12},
            name=f"{title} (untouched {format_percent(found.clean.accuracy, 0)})",
            hovertemplate=f"{title}<br>%{{y}}: %{{x:.1%}}<extra></extra>",
        )
    figure.add_vline(x=compute_floor(list(measured.values())), line={"color": MUTED, "width": 1})
    figure.update_xaxes(range=[0, 0.85], tickformat=".0%", tickvals=[0, 0.2, 0.4, 0.6, 0.8])
    figure.update_yaxes(categoryorder="array", categoryarray=[CORRUPTIONS[name].title for name in order][::-1])
    return figure


def _describe_worst(measured: Mapping[str, Robustness]) -> str:
    """Return the chart in words, the worst first."""
    lines = []
    for title, found in measured.items():
        points = sorted(find_worst_points(found).items(), key=lambda item: item[1].accuracy)
        told = ", ".join(f"{CORRUPTIONS[name].title.lower()} {format_percent(p.accuracy, 0)}" for name, p in points)
        lines.append(f"{title}, untouched {format_percent(found.clean.accuracy, 0)}: {told}")
    return "Accuracy at the worst strength of each. " + "; ".join(lines) + "."
