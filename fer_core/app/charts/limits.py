"""What holds accuracy where it is: labels that people do not confirm, and rare classes."""

from collections.abc import Mapping, Sequence
from functools import partial
from types import SimpleNamespace

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts import scores
from fer_core.app.charts.forest import Dot, draw_forest
from fer_core.app.charts.view import View
from fer_core.app.formats import format_count, format_estimate, format_percent
from fer_core.app.looks import MARKS, Look
from fer_core.app.theme import DASHES, MUTED, SERIES, SYMBOLS, make_error_bars, make_figure
from fer_core.labels import COLORS
from fer_core.runs.label_limits import ClassLimit, MistakeRow, Share, UnityRow

UNITY_LINES = {
    "network names the label": "label_right",
    "network names the crowd's choice": "crowd_right",
    "crowd confirms the label": "label_confirmed",
}
SIDES = {"with the network": "network", "with the label": "label", "with neither": "neither"}


def view_unity(rows: Sequence[UnityRow]) -> View:
    """Show three shares, with 95 % intervals, by how many of ten people agree."""
    return View(partial(_make_unity_chart, rows), _describe_unity(rows), _make_unity_table(rows))


def _make_unity_chart(rows: Sequence[UnityRow]) -> go.Figure:
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


def _describe_unity(rows: Sequence[UnityRow]) -> str:
    """Return the chart in words."""
    lines = (
        f"{row.votes} of ten agree ({format_count(row.label_right.n)} pictures): "
        + ", ".join(f"{name} {format_percent(getattr(row, key).value, 0)}" for name, key in UNITY_LINES.items())
        for row in rows
    )
    return "; ".join(lines) + "."


def view_rare(recalls: Mapping[str, Mapping[str, Share]]) -> View:
    """Show recall of the rare classes per network with 95 % intervals; `recalls`: network -> class -> share."""
    return View(partial(_make_rare_chart, recalls), _describe_rare(recalls), drawing=_draw_rare(recalls))


def _draw_rare(recalls: Mapping[str, Mapping[str, Share]]) -> str:
    looks = {label: Look(COLORS[label], SYMBOLS[label]) for row in recalls.values() for label in row}
    rows = {
        name: [
            Dot(
                share.value, share.interval, format_percent(share.value, 0),
                f"{name}, {label}: {format_percent(share.value)} of {format_count(share.n)}", looks[label],
            )
            for label, share in row.items()
        ]
        for name, row in recalls.items()
    }  # fmt: skip
    return draw_forest(rows, _describe_rare(recalls), format_percent, looks)


def _make_rare_chart(recalls: Mapping[str, Mapping[str, Share]]) -> go.Figure:
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


def _describe_rare(recalls: Mapping[str, Mapping[str, Share]]) -> str:
    """Return the chart in words."""
    lines = (
        f"{name}: "
        + ", ".join(f"{label} {format_estimate(share.value, share.interval, 0)}" for label, share in row.items())
        for name, row in recalls.items()
    )
    return "Recall. " + "; ".join(lines) + "."


def view_mistakes(rows: Sequence[MistakeRow]) -> View:
    """Show whom the crowd sides with among the most confident mistakes, and among all."""
    return View(partial(_make_mistake_chart, rows), _describe_mistakes(rows), pd.DataFrame(rows))


def _make_mistake_chart(rows: Sequence[MistakeRow]) -> go.Figure:
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


def _describe_mistakes(rows: Sequence[MistakeRow]) -> str:
    """Return the chart in words."""
    lines = (
        f"{format_count(row.top)}: "
        + ", ".join(f"{format_percent(getattr(row, key), 0)} {name}" for name, key in SIDES.items())
        for row in rows
    )
    return "With whom the crowd agrees among the most confident mistakes. " + "; ".join(lines) + "."


def _make_unity_table(rows: Sequence[UnityRow]) -> pd.DataFrame:
    """Return a row per number of agreeing people."""
    return pd.DataFrame(
        {
            "Agree": row.votes,
            "Pictures": row.label_right.n,
            "Network names the label": row.label_right.value,
            "Network names the crowd's choice": row.crowd_right.value,
            "Crowd confirms the label": row.label_confirmed.value,
        }
        for row in rows
    )


def view_class_limits(limits: Sequence[ClassLimit]) -> View:
    """Show how much of each label the network names, beside how much of it the crowd confirms."""
    network = {limit.label: SimpleNamespace(recall=limit.recall.value, support=limit.recall.n) for limit in limits}
    crowd = {limit.label: SimpleNamespace(recall=limit.crowd.value, support=limit.crowd.n) for limit in limits}
    names = "network names the label", "crowd confirms the label"
    return scores.view_classes(network, "recall", names[0], crowd, names[1], _make_class_table(limits))


def _make_class_table(limits: Sequence[ClassLimit]) -> pd.DataFrame:
    """Return a row per class: what the crowd confirms and what the network finds, with intervals."""
    return pd.DataFrame(
        {
            "Class": limit.label,
            "Crowd confirms": limit.crowd.value,
            "Voted pictures": limit.crowd.n,
            "Network names": limit.recall.value,
            "Low": limit.recall.interval[0],
            "High": limit.recall.interval[1],
            "Pictures": limit.recall.n,
            "Right where named": limit.precision.value,
        }
        for limit in limits
    )
