"""What leaning heads cost, and what turning them upright gives back."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import format_percent
from fer_core.app.theme import DASHES, MUTED, SERIES, make_error_bars, make_figure
from fer_core.runs.pipeline import Tilt

WAYS = {"turned": "turned upright", "as_found": "as found", "given": "given crops, upright"}
"""Key in the report -> name in the chart."""


def view_tilts(rows: Sequence[Tilt]) -> View:
    """Show what leaning costs, and what turning upright gives back; `rows`: `upright.tilts` of the pipeline's report."""
    return View(partial(_make_tilt_chart, rows), _describe_tilts(rows), _make_tilt_table(rows))


def _make_tilt_chart(rows: Sequence[Tilt]) -> go.Figure:
    """Return accuracy against the tilt, with and without turning, with 95 % intervals; dotted: the given crops.

    `rows`: `upright.tilts` of the pipeline's report; each tilt has its own faces, those that were found.
    """
    figure = make_figure(height=340, x="Tilt of the head, degrees", y="Right among the faces found", legend=True)
    for i, (key, name) in enumerate(WAYS.items()):
        points = [getattr(row, key) for row in rows]
        color = MUTED if key == "given" else SERIES[i]
        figure.add_scatter(
            x=[row.tilt for row in rows],
            y=[point.accuracy for point in points],
            mode="lines" if key == "given" else "lines+markers",
            line={"color": color, "dash": "dot" if key == "given" else DASHES[i], "width": 1.5 if key == "given" else 2.5},
            marker={"color": color, "symbol": ["circle", "diamond", "circle"][i], "size": 9},
            error_y=make_error_bars([point.accuracy for point in points], [point.ci95 for point in points])
            | {"visible": key != "given"},
            name=name,
            customdata=[row.n_found for row in rows],
            hovertemplate=f"{name}, %{{x:.0f}}°: %{{y:.1%}}<br>%{{customdata:,}} faces found<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(tickvals=[row.tilt for row in rows], ticksuffix="°")
    figure.update_yaxes(tickformat=".0%")
    return figure


def _describe_tilts(rows: Sequence[Tilt]) -> str:
    """Return the chart in words, for alt texts."""
    said = [
        f"{row.tilt:.0f} degrees: {format_percent(row.as_found.accuracy)} as found, "
        f"{format_percent(row.turned.accuracy)} turned upright"
        for row in rows
    ]
    return f"Accuracy on leaning heads. {'; '.join(said)}."


def _make_tilt_table(rows: Sequence[Tilt]) -> pd.DataFrame:
    """Return a row per tilt: faces, how many were found, and the three accuracies with what turning gains."""
    return pd.DataFrame(
        [
            {
                "tilt": row.tilt,
                "faces": row.n,
                "found": row.n_found / row.n,
                **{key: getattr(row, key).accuracy for key in WAYS},
                "gain": row.difference,
                "gain_low": row.difference_ci95[0],
                "gain_high": row.difference_ci95[1],
            }
            for row in rows
        ]
    )
