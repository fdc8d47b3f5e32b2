"""The study's network as bars, a layer each."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import format_many, format_percent
from fer_core.app.theme import SERIES, make_figure
from fer_core.runs.paper import Layer

KINDS = {"Conv2D": "convolution", "Dense": "dense layer"}
MEASURES = {"Parameters": "parameters", "Multiplications": "multiplications"}
"""What a bar may count: numbers learned, or products for one picture."""


def list_weighted(layers: Sequence[Layer]) -> dict[str, Layer]:
    """Return convolutions and dense layers by a name that says what they are, first to last."""
    named = {}
    for layer in layers:
        if layer.kind in KINDS:
            *pixels, channels = layer.shape
            size = f"{channels:,} maps of {pixels[0]}×{pixels[1]}" if pixels else f"{channels:,} units"
            named[f"{len(named) + 1}. {size}"] = layer
    return named


def view_layers(layers: Sequence[Layer], measure: str) -> View:
    """Show what each layer costs; `measure` is one of MEASURES."""
    return View(
        partial(_make_layer_chart, layers, measure), _describe_layers(layers, measure), _make_layer_table(layers)
    )


def _make_layer_chart(layers: Sequence[Layer], measure: str) -> go.Figure:
    """Return horizontal bars, the first layer on top; `measure` is one of MEASURES."""
    named = list_weighted(layers)
    total = sum(getattr(layer, MEASURES[measure]) for layer in named.values())
    figure = make_figure(height=30 * len(named) + 110, x=f"{measure}, and share of all", legend=True)
    for i, (kind, name) in enumerate(KINDS.items()):
        rows = {row: getattr(layer, MEASURES[measure]) for row, layer in named.items() if layer.kind == kind}
        figure.add_bar(
            x=list(rows.values()),
            y=list(rows),
            orientation="h",
            name=name,
            marker={"color": SERIES[i]},
            text=[f" {format_percent(value / total, 0)}" for value in rows.values()],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:,} " + measure.lower() + "<extra></extra>",
        )
    longest = max(getattr(layer, MEASURES[measure]) for layer in named.values())
    figure.update_xaxes(tickformat="~s", range=[0, 1.15 * longest])  # room for the number at the longest bar's end
    figure.update_yaxes(categoryorder="array", categoryarray=list(named)[::-1], showgrid=False)
    return figure


def _describe_layers(layers: Sequence[Layer], measure: str) -> str:
    """Return the chart in words."""
    rows = (f"{name} {format_many(getattr(layer, MEASURES[measure]))}" for name, layer in list_weighted(layers).items())
    return f"{measure} of each layer: " + ", ".join(rows) + "."


def _make_layer_table(layers: Sequence[Layer]) -> pd.DataFrame:
    """Return a row for every layer, those without weights too."""
    return pd.DataFrame(
        {
            "Layer": layer.kind,
            "Output": "×".join(map(str, layer.shape)),
            "Parameters": layer.parameters,
            "Multiplications": layer.multiplications,
        }
        for layer in layers
    )
