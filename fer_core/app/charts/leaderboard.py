"""Results beside each other: accuracies with intervals, accuracy against cost."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import ceil, floor, log10
from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import format_duration, format_estimate, format_many, format_percent, format_size
from fer_core.app.looks import Look, pick_look
from fer_core.app.theme import MUTED, SERIES, make_error_bars, make_figure
from fer_core.runs.leaderboard import Cost, Entry, compute_spread
from fer_core.runs.literature import PEOPLE, PEOPLE_MARGIN, LiteratureRow

KINDS = {"ours": SERIES[0], "others": MUTED, "others, chosen on these pictures": SERIES[1]}
ROW = 34
UNSAID = "not said"
COLUMN = 72
"""Pixels for the numbers on the right."""
NAME_WIDTH = 24
"""Letters of a name in one line: phones have no room for more."""
COSTS = {
    "Parameters": ("parameters", "Parameters", format_many),
    "Time per face": ("milliseconds", "Milliseconds per face", lambda value: f"{value:.2g} ms"),
    "Training time": ("training_seconds", "Seconds of training", format_duration),
}
"""Name -> attribute of a Cost, axis title, writing of a value."""
RIGHT = {False: "FER2013's labels named, one look", True: "Named as most people do, one look"}
"""By crowd or not -> what the shares count, as it stands on their axis."""


def view_board(entries: Sequence[Entry], crowd: float | None = None, split: str | None = None) -> View:
    """Show one mark per result, the first entry on top; dotted lines for people and for the crowd's agreement.

    `crowd`: share of the labels that FER+'s crowd confirms. Others' names say which split they are about, where it is
    not `split`.
    """
    return View(partial(_make_board_chart, entries, crowd, split), _describe_board(entries), _make_board_table(entries))


def _make_board_chart(entries: Sequence[Entry], crowd: float | None, split: str | None) -> go.Figure:
    """Ours are filled and have 95 % intervals, with a small mark per seed; ensembles are diamonds."""
    figure = make_figure(height=150 + ROW * max(len(entries), 2), legend=True)
    low, high = PEOPLE.accuracy - PEOPLE_MARGIN, PEOPLE.accuracy + PEOPLE_MARGIN
    figure.add_vrect(x0=low, x1=high, fillcolor=MUTED, opacity=0.1, line_width=0, layer="below")
    last = len(entries) - 0.5
    _add_reference(figure, PEOPLE.accuracy, last, "dot", "people, 65 % ± 5")
    if crowd is not None:
        _add_reference(figure, crowd, last, "dash", f"labels a crowd confirms, {format_percent(crowd)}")
    for kind, color in KINDS.items():
        rows = [(row, entry) for row, entry in enumerate(entries) if _get_kind(entry) == kind]
        if rows:
            _add_marks(figure, rows, kind, color)
    names = [_write_name(entry, split) for entry in entries]
    shown = [entry.interval or (entry.accuracy, entry.accuracy) for entry in entries]
    left, right = min((a for a, _ in shown), default=low), max((b for _, b in shown), default=high)
    _add_numbers(figure, entries)
    figure.update_xaxes(range=[min(left, low) - 0.01, max(right, high) + 0.01], tickformat=".0%", nticks=5)
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.5, -0.5], showgrid=False
    )
    return figure


def _add_reference(figure: go.Figure, x: float, last: float, dash: str, name: str) -> None:
    line = {"color": MUTED, "dash": dash, "width": 2}
    figure.add_scatter(x=[x, x], y=[-0.5, last], mode="lines", line=line, name=name, hoverinfo="skip")


def _add_marks(figure: go.Figure, rows: list[tuple[int, Entry]], kind: str, color: str) -> None:
    entries = [entry for _, entry in rows]
    filled = kind == "ours"
    symbols = [("diamond" if entry.ensemble else "circle") + ("" if filled else "-open") for entry in entries]
    bounds = [entry.interval or (entry.accuracy, entry.accuracy) for entry in entries]
    errors = make_error_bars([entry.accuracy for entry in entries], bounds, thickness=2, width=5)
    if filled:
        seeds = [(share, row) for row, entry in rows for share in entry.seeds if len(entry.seeds) > 1]
        figure.add_scatter(
            x=[share for share, _ in seeds],
            y=[row for _, row in seeds],
            mode="markers",
            marker={"color": color, "size": 7, "symbol": "line-ns-open", "line": {"width": 2}},
            showlegend=False,
            hovertemplate="one seed: %{x:.1%}<extra></extra>",
        )
    figure.add_scatter(
        x=[entry.accuracy for entry in entries],
        y=[row for row, _ in rows],
        mode="markers",
        error_x=errors if filled else None,
        marker={"color": color, "symbol": symbols, "size": 13, "line": {"width": 2.5}},
        name=kind,
        customdata=[[entry.name, entry.network, entry.split or "split not said"] for entry in entries],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>%{customdata[2]}: %{x:.1%}<extra></extra>",
    )


def _add_numbers(figure: go.Figure, entries: Sequence[Entry]) -> None:
    """Write the accuracies in a column beside the chart, where no line strikes them."""
    figure.update_layout(margin_r=COLUMN)
    for row, entry in enumerate(entries):
        text = format_percent(entry.accuracy)
        figure.add_annotation(
            xref="paper", x=1, xanchor="left", xshift=8, y=row, text=f"<b>{text}</b>" if entry.is_ours else text,
            showarrow=False,
        )  # fmt: skip


def _get_kind(entry: Entry) -> str:
    if entry.is_ours:
        return "ours"
    return "others, chosen on these pictures" if entry.is_selected_here else "others"


def _write_name(entry: Entry, split: str | None) -> str:
    """Name the entry, and others' split where it differs, in one line where that holds both: rows are low on slides."""
    name = "<br>".join(wrap(entry.short, NAME_WIDTH))
    if entry.is_ours:
        return f"<b>{name}</b>"
    if split is not None and entry.split == split:
        return name
    where = entry.split or "split not said"
    both = f"{name}, {where}"
    return both if len(both) <= NAME_WIDTH else f"{name}<br>{where}"


def _describe_board(entries: Sequence[Entry]) -> str:
    """Return the chart in words, from its first row down."""
    return "Accuracies: " + "; ".join(
        f"{'ours, ' if entry.is_ours else ''}{entry.short} {format_estimate(entry.accuracy, entry.interval)}"
        for entry in entries
    )


def view_costs(
    costs: Sequence[Cost], cost: str, others: Sequence[LiteratureRow] = (), looks: Mapping[str, Look] = {},
    by_crowd: bool = False,
) -> View:  # fmt: skip
    """Show accuracy up, a cost across (logarithmic); `cost` is one of COSTS. Unknown costs are left out.

    `others`: rows that say how many parameters they have; shown hollow beside ours where parameters are the cost and labels
    the judge, as in all that others report. `by_crowd`: who judged `costs`.
    """
    compared = cost == "Parameters" and not by_crowd
    others = [row for row in others if row.parameters and row.accuracy] if compared else []
    return View(
        partial(_make_cost_chart, costs, cost, others, looks, RIGHT[by_crowd]),
        _describe_costs(costs, cost, RIGHT[by_crowd]),
        make_cost_table(costs, by_crowd),
    )


def _make_cost_chart(
    costs: Sequence[Cost], cost: str, others: Sequence[LiteratureRow], looks: Mapping[str, Look], right: str
) -> go.Figure:
    attribute, axis, write = COSTS[cost]
    figure = make_figure(height=400, x=f"{axis} (logarithmic)", y=right, legend=True)
    for i, row in enumerate(costs):
        value, look = getattr(row, attribute), pick_look(looks, row.title, i)
        if value is None:
            continue
        figure.add_scatter(
            x=[value],
            y=[row.accuracy],
            mode="markers+text",
            error_y=make_error_bars([row.accuracy], [row.interval], 2, 5),
            marker={"color": look.color, "symbol": look.mark, "size": 14},
            text=[write(value)],
            textposition="middle right",
            cliponaxis=False,
            name=row.title,
            hovertemplate=f"{row.title}<br>{write(value)}, %{{y:.1%}}<extra></extra>",
        )
    for row in others:
        figure.add_scatter(
            x=[row.parameters],
            y=[row.accuracy],
            mode="markers+text",
            marker={"color": MUTED, "symbol": "circle-open", "size": 13, "line": {"width": 2.5}},
            text=[f"  {row.short}"],
            textposition="middle left" if row.parameters > 1e7 else "middle right",
            cliponaxis=False,
            showlegend=False,
            hovertemplate=f"{row.work}<br>{write(row.parameters)}, %{{y:.1%}} of {row.split}<extra></extra>",
        )
    values = [getattr(row, attribute) for row in costs] + [row.parameters for row in others]
    figure.update_xaxes(type="log", **_make_log_ticks([value for value in values if value], write))
    figure.update_yaxes(tickformat=".0%", dtick=0.02)
    return figure


def _make_log_ticks(values: Sequence[float], write: Callable) -> dict:
    """Return range and ticks 1, 2, 5, 10, ... that take the values in with room on both sides."""
    low, high = log10(min(values)) - 0.3, log10(max(values)) + 0.45
    steps = (1, 2, 5) if high - low < 2 else (1,) if high - low > 4 else (1, 3)
    ticks = [step * 10**power for power in range(floor(low), ceil(high)) for step in steps]
    ticks = [tick for tick in ticks if low <= log10(tick) <= high]
    return {"range": [low, high], "tickvals": ticks, "ticktext": [write(tick) for tick in ticks]}


def _describe_costs(costs: Sequence[Cost], cost: str, right: str) -> str:
    """Return the chart in words."""
    attribute, axis, write = COSTS[cost]
    known = [row for row in costs if getattr(row, attribute) is not None]
    points = (f"{row.title} {format_percent(row.accuracy)} at {write(getattr(row, attribute))}" for row in known)
    return f"{axis} against accuracy ({right}): " + ("; ".join(points) or "nothing known yet") + "."


def _make_board_table(entries: Sequence[Entry]) -> pd.DataFrame:
    """Return a row per entry with everything that makes it comparable; missing facts say so."""
    if not entries:
        return pd.DataFrame()
    rows = [
        {
            "Work": f"{entry.name} (ours)" if entry.is_ours else entry.name,
            "Accuracy": entry.accuracy,
            "Low": entry.interval and entry.interval[0],
            "High": entry.interval and entry.interval[1],
            "Seeds": len(entry.seeds) or None,
            "SD": compute_spread(entry.seeds),
            "Test pictures": entry.split or UNSAID,
            "Extra data": _write(entry.extra_data),
            "Pre-training": entry.pretraining or UNSAID,
            "Ensemble": _write(entry.ensemble),
            "Test-time augmentation": _write(entry.tta),
            "Chosen on": entry.selected_on or UNSAID,
            "Year": entry.year,
            "Network": entry.network,
            "Source": entry.source,
            "Link": entry.url or None,
            "Not confirmed": entry.unconfirmed,
            "Note": entry.note,
        }
        for entry in entries
    ]
    table = pd.DataFrame(rows).astype({"Low": float, "High": float, "SD": float, "Seeds": "Int64", "Year": "Int64"})
    # Columns that say nothing for the rows shown only make the others harder to find.
    return table.dropna(axis=1, how="all")


def _write(value: bool | None) -> str:
    return UNSAID if value is None else "yes" if value else "no"


def make_cost_table(costs: Sequence[Cost], by_crowd: bool = False) -> pd.DataFrame:
    """Return a row per network in words: "–" where nothing is known."""
    return pd.DataFrame(
        {
            "Network": cost.title,
            RIGHT[by_crowd]: cost.accuracy,
            "Parameters": _say(cost.parameters, format_many),
            "Milliseconds per face": _say(cost.milliseconds, lambda value: f"{value:.2f}"),
            "Measured on": cost.processor or "–",
            "File": _say(cost.model_bytes, format_size),
            "Training": _say(cost.training_seconds, format_duration),
            "Trained on": cost.training_device or "–",
        }
        for cost in costs
    )


def _say(value, write) -> str:
    return "–" if value is None else write(value)
