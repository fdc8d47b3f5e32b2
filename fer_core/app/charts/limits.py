"""What holds accuracy where it is: the labels, the number of training pictures, the ingredients of a recipe."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from fer_core.app.formats import format_count, format_estimate, format_percent, format_points
from fer_core.app.looks import MARKS
from fer_core.app.theme import DASHES, MUTED, SERIES, SYMBOLS, make_error_bars, make_figure
from fer_core.labels import COLORS
from fer_core.runs.ablation import AblationRow
from fer_core.runs.label_limits import MistakeRow, Share, UnityRow
from fer_core.runs.learning_curve import CurvePoint

UNITY_LINES = {
    "network names the label": "label_right",
    "network names the crowd's choice": "crowd_right",
    "crowd confirms the label": "label_confirmed",
}
SIDES = {"with the network": "network", "with the label": "label", "with neither": "neither"}


def make_unity_chart(rows: Sequence[UnityRow]) -> go.Figure:
    """Return three shares, with 95 % intervals, by how many of ten people agree."""
    figure = make_figure(height=400, x="People of ten who agree", legend=True)
    for i, (name, attribute) in enumerate(UNITY_LINES.items()):
        shares = [getattr(row, attribute) for row in rows]
        figure.add_scatter(
            x=[row.votes for row in rows],
            y=[share.value for share in shares],
            error_y=make_error_bars([share.value for share in shares], [share.interval for share in shares]),
            mode="lines+markers",
            line={"color": SERIES[i], "dash": DASHES[i], "width": 2.5},
            marker={"symbol": MARKS[i], "size": 9},
            name=name,
            customdata=[format_count(share.n) for share in shares],
            hovertemplate=f"{name}: %{{y:.1%}} of %{{customdata}}<extra></extra>",
        )
    figure.update_xaxes(type="category", showgrid=False)
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    return figure


def describe_unity(rows: Sequence[UnityRow]) -> str:
    """Return the chart in words."""
    lines = (
        f"{row.votes} of ten agree ({format_count(row.label_right.n)} pictures): "
        + ", ".join(f"{name} {format_percent(getattr(row, key).value, 0)}" for name, key in UNITY_LINES.items())
        for row in rows
    )
    return "; ".join(lines) + "."


def make_rare_chart(recalls: Mapping[str, Mapping[str, Share]]) -> go.Figure:
    """Return recall of the rare classes per network with 95 % intervals; `recalls`: network -> class -> share."""
    names, labels = list(recalls), list(dict.fromkeys(label for row in recalls.values() for label in row))
    figure = make_figure(height=110 + 96 * len(names), legend=True)
    for i, label in enumerate(labels):
        offset = (i - (len(labels) - 1) / 2) * 0.34
        shares = [recalls[name][label] for name in names]
        bars = make_error_bars([share.value for share in shares], [share.interval for share in shares])
        figure.add_scatter(
            x=[share.value for share in shares],
            y=[row + offset for row in range(len(names))],
            error_x=bars | {"color": COLORS[label]},
            mode="markers+text",
            marker={"color": COLORS[label], "symbol": SYMBOLS[label], "size": 13},
            text=[format_percent(share.value, 0) for share in shares],
            textposition="top center",
            cliponaxis=False,
            name=label,
            customdata=[[name, format_count(share.n)] for name, share in zip(names, shares, strict=True)],
            hovertemplate=f"%{{customdata[0]}}<br>{label}: %{{x:.1%}} of %{{customdata[1]}}<extra></extra>",
        )
    highest = max(share.interval[1] for row in recalls.values() for share in row.values())
    figure.update_xaxes(range=[0, min(highest + 0.08, 1)], tickformat=".0%")
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.5, -0.6], showgrid=False
    )
    return figure


def describe_rare(recalls: Mapping[str, Mapping[str, Share]]) -> str:
    """Return the chart in words."""
    lines = (
        f"{name}: "
        + ", ".join(f"{label} {format_estimate(share.value, share.interval, 0)}" for label, share in row.items())
        for name, row in recalls.items()
    )
    return "Recall. " + "; ".join(lines) + "."


def make_mistake_chart(rows: Sequence[MistakeRow]) -> go.Figure:
    """Return stacked bars: whom the crowd sides with among the most confident mistakes, and among all."""
    names = [f"all {format_count(row.n)}" if row.top == row.n else f"top {format_count(row.top)}" for row in rows]
    figure = make_figure(height=110 + 46 * len(rows), legend=True)
    for i, (name, attribute) in enumerate(SIDES.items()):
        values = [getattr(row, attribute) for row in rows]
        figure.add_bar(
            y=names,
            x=values,
            orientation="h",
            name=name,
            marker={"color": [SERIES[0], SERIES[1], MUTED][i]},
            text=[format_percent(value, 0) if value >= 0.1 else "" for value in values],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            insidetextfont={"color": "#ffffff"},
            hovertemplate=f"%{{y}}: %{{x:.1%}} {name}<extra></extra>",
        )
    figure.update_layout(barmode="stack", legend={"traceorder": "normal"})
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def describe_mistakes(rows: Sequence[MistakeRow]) -> str:
    """Return the chart in words."""
    lines = (
        f"{format_count(row.top)}: "
        + ", ".join(f"{format_percent(getattr(row, key), 0)} {name}" for name, key in SIDES.items())
        for row in rows
    )
    return "With whom the crowd agrees among the most confident mistakes. " + "; ".join(lines) + "."


def make_learning_chart(points: Sequence[CurvePoint]) -> go.Figure:
    """Return test accuracy against the number (or, where unknown, the share) of training pictures, logarithmic."""
    counted = all(point.pictures for point in points)
    figure = make_figure(
        height=400, x="Training pictures" if counted else "Share of the training pictures", legend=False
    )
    x = [point.pictures if counted else point.share for point in points]
    values = [point.accuracy for point in points]
    figure.add_scatter(
        x=x,
        y=values,
        error_y=make_error_bars(values, [point.interval for point in points]),
        mode="lines+markers+text",
        line={"color": SERIES[0], "width": 2.5},
        marker={"size": 10},
        text=[format_percent(value) for value in values],
        textposition="top left",
        cliponaxis=False,
        customdata=[[format_percent(point.share, 0), len(point.accuracies)] for point in points],
        hovertemplate="%{x:,} (%{customdata[0]}): %{y:.1%}, seeds: %{customdata[1]}<extra></extra>",
    )
    ticks = [format_count(value) if counted else format_percent(value, 0) for value in x]
    figure.update_xaxes(type="log", tickvals=x, ticktext=ticks)
    figure.update_yaxes(tickformat=".0%")
    return figure


def describe_learning(points: Sequence[CurvePoint]) -> str:
    """Return the chart in words."""
    lines = (f"{format_percent(p.share, 0)} of the pictures {format_estimate(p.accuracy, p.interval)}" for p in points)
    return "Test accuracy by share of the training pictures: " + ", ".join(lines) + "."


def make_ingredient_chart(rows: Sequence[AblationRow]) -> go.Figure:
    """Return what each change does to test accuracy, in points with 95 % intervals, around a line at nothing."""
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
        textposition="top center",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:+.1f} points<extra></extra>",
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def describe_ingredients(rows: Sequence[AblationRow], base: str) -> str:
    """Return the chart in words."""
    lines = (f"{row.factor} {format_points(row.difference)}" for row in rows)
    return f"Change of {base}'s test accuracy: " + ", ".join(lines) + "."
