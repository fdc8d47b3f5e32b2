"""Shares of right answers with intervals, by network and way of counting: figure, words and table."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.forest import Dot, draw_forest
from fer_core.app.charts.view import View
from fer_core.app.formats import format_count, format_estimate, format_percent
from fer_core.app.looks import Look, pick_look
from fer_core.app.theme import make_error_bars, make_figure
from fer_core.runs.leaderboard import Measure, compute_spread

LABEL = 0.2
"""Room for a number at the end of the longest bar, as a share of what all bars span: enough on a phone."""


def view_measures(measures: Mapping[str, Sequence[Measure]], looks: Mapping[str, Look] = {}) -> View:
    """Show shares of right answers by network and way of counting, each in its network's colour and mark (`looks`)."""
    chosen = {title: pick_look(looks, title, place) for place, title in enumerate(measures)}
    return View(
        partial(_make_measure_chart, measures, chosen),
        _describe_measures(measures),
        _make_measure_table(measures),
        _draw_measures(measures, chosen),
    )


def _draw_measures(measures: Mapping[str, Sequence[Measure]], looks: Mapping[str, Look]) -> str:
    """Return the ways of counting down, the networks within each, shares across."""
    rows: dict[str, list[Dot]] = {}
    for title, measured in measures.items():
        for row in measured:
            share = format_percent(row.share)
            told = f"{title}, {row.name}: {share} of {format_count(row.n)}"
            rows.setdefault(row.name, []).append(Dot(row.share, row.interval, share, told, looks[title]))
    return draw_forest(rows, _describe_measures(measures), format_percent, looks)


def _make_measure_chart(measures: Mapping[str, Sequence[Measure]], looks: Mapping[str, Look]) -> go.Figure:
    """Return the ways of counting down, shares across with 95 % intervals; a colour and a mark per network, from `looks`."""
    names = list(dict.fromkeys(measure.name for rows in measures.values() for measure in rows))
    step = 0.8 / max(len(measures), 1)
    figure = make_figure(height=max(60 * len(names), 34 * len(names) * len(measures)) + 90, legend=len(measures) > 1)
    ends = [end for rows in measures.values() for row in rows for end in row.interval]
    for i, (title, rows) in enumerate(measures.items()):
        look = looks[title]
        offset = (i - (len(measures) - 1) / 2) * step
        figure.add_scatter(
            x=[row.share for row in rows],
            y=[names.index(row.name) + offset for row in rows],
            mode="markers",
            error_x=make_error_bars([row.share for row in rows], [row.interval for row in rows], 2, 5),
            marker={"color": look.color, "symbol": look.mark, "size": 12},
            name=title,
            legendgroup=title,
            customdata=[[row.name, format_count(row.n)] for row in rows],
            hovertemplate=f"{title}<br>%{{customdata[0]}}: %{{x:.1%}} of %{{customdata[1]}}<extra></extra>",
        )
        figure.add_scatter(  # at the bars' ends, where no bar of a neighbour strikes it
            x=[row.interval[1] for row in rows],
            y=[names.index(row.name) + offset for row in rows],
            mode="text",
            text=[f" {format_percent(row.share)}" for row in rows],
            textposition="middle right",
            cliponaxis=False,
            hoverinfo="skip",
            showlegend=False,
            legendgroup=title,
        )
    span = max(ends, default=1) - min(ends, default=0)
    figure.update_xaxes(
        tickformat=".0%", range=[min(ends, default=0) - 0.05 * span, max(ends, default=1) + LABEL * span]
    )
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.5, -0.6], showgrid=False
    )
    return figure


def _describe_measures(measures: Mapping[str, Sequence[Measure]]) -> str:
    """Return the chart in words."""
    lines = (
        f"{title}: " + ", ".join(f"{row.name} {format_estimate(row.share, row.interval)}" for row in rows)
        for title, rows in measures.items()
    )
    return "; ".join(lines)


def _make_measure_table(measures: Mapping[str, Sequence[Measure]]) -> pd.DataFrame:
    """Return a row per network and way of counting: share, interval, pictures, spread over seeds."""
    rows = [
        {
            "Network": title,
            "Counted": row.name,
            "Share": row.share,
            "Low": row.interval[0],
            "High": row.interval[1],
            "Pictures": row.n,
            "Seeds": len(row.seeds),
            "SD": compute_spread(row.seeds),
        }
        for title, measured in measures.items()
        for row in measured
    ]
    return pd.DataFrame(rows).astype({"SD": float})
