"""How many pictures each class has, and which labels contradict each other."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import format_count, format_percent
from fer_core.app.theme import ACCENT, SERIES, make_figure
from fer_core.data.facts_records import Conflict
from fer_core.labels import LABELS

Counts = Mapping[str, Mapping[str, int]]
PATTERNS = ("", "/", ".", "x")


def view_balance(counts: Counts, share: bool = False) -> View:
    """Show how many pictures each class has, or with `share` how each part divides into classes.

    `counts`: part ("train", "test") -> class -> number of pictures.
    """
    return View(partial(_make_balance_chart, counts, share), _describe_balance(counts), _make_balance_table(counts))


def _make_balance_chart(counts: Counts, share: bool = False) -> go.Figure:
    """Return horizontal bars per class: the parts of a split stacked, or with `share` side by side in percent."""
    totals = compute_class_totals(counts)
    order = sorted(LABELS, key=totals.get, reverse=True)
    bars = []
    for place, (name, part) in enumerate(counts.items()):
        total = max(sum(part.values()), 1)
        bars.append(
            go.Bar(
                x=[part[label] / total if share else part[label] for label in order],
                y=order,
                name=name,
                orientation="h",
                # A pattern beside the colour: the parts are told apart in print and by every eye.
                marker={"color": SERIES[place], "pattern": _make_pattern(place)},
                hovertemplate="%{y}, " + name + (": %{x:.1%}" if share else ": %{x:,}") + "<extra></extra>",
            )
        )
    figure = make_figure(*bars, height=460 if share else 380, legend=True)
    figure.update_layout(barmode="group" if share else "stack", legend={"traceorder": "normal"})
    figure.update_xaxes(tickformat=".0%" if share else "~s", rangemode="tozero")
    figure.update_yaxes(showgrid=False, tickfont={"size": 14}, autorange="reversed")
    if not share:
        _label_totals(figure, totals, order)
    return figure


def _make_pattern(place: int) -> dict:
    return {
        "shape": PATTERNS[place % len(PATTERNS)],
        "fillmode": "overlay",
        "fgcolor": "rgba(255,255,255,.55)",
        "size": 7,
        "solidity": 0.2,
    }


def _label_totals(figure: go.Figure, totals: Mapping[str, int], order: Sequence[str]) -> None:
    figure.add_trace(
        go.Scatter(
            x=[totals[label] for label in order],
            y=list(order),
            mode="text",
            text=[f" {format_count(totals[label])}" for label in order],
            textposition="middle right",
            cliponaxis=False,
            hoverinfo="skip",
            showlegend=False,
        )
    )
    figure.update_xaxes(range=[0, 1.14 * max(*totals.values(), 1)])


def compute_class_totals(counts: Counts) -> dict[str, int]:
    """Add up the parts: class -> number of pictures."""
    return {label: sum(part[label] for part in counts.values()) for label in LABELS}


def compute_imbalance(counts: Counts) -> tuple[str, str, float]:
    """Return the largest class, the smallest, and how many times larger the former is."""
    totals = compute_class_totals(counts)
    most, least = max(totals, key=totals.get), min(totals, key=totals.get)
    return most, least, totals[most] / max(totals[least], 1)


def _describe_balance(counts: Counts) -> str:
    """Return the chart in words: pictures per class over all parts, from many to few, and the parts' sizes."""
    totals = compute_class_totals(counts)
    classes = ", ".join(f"{label} {format_count(totals[label])}" for label in sorted(LABELS, key=lambda x: -totals[x]))
    parts = ", ".join(f"{name} {format_count(sum(part.values()))}" for name, part in counts.items())
    return f"Pictures per class: {classes}. Parts: {parts}."


def _make_balance_table(counts: Counts) -> pd.DataFrame:
    """Return a row per class with the pictures of each part and their sum."""
    table = pd.DataFrame({"class": LABELS} | {name: [part[label] for label in LABELS] for name, part in counts.items()})
    return table.assign(total=table[list(counts)].sum(axis=1))


def view_conflicts(conflicts: Sequence[Conflict]) -> View:
    """Show how many groups of identical pictures carry each set of labels; `conflicts`: the most frequent first."""
    return View(partial(_make_conflict_chart, conflicts), _describe_conflicts(conflicts))


def _make_conflict_chart(conflicts: Sequence[Conflict]) -> go.Figure:
    """Return a bar for each of the ten most frequent."""
    shown = list(conflicts)[:10][::-1]
    bars = go.Bar(
        x=[entry.groups for entry in shown],
        y=[_join(entry.labels) for entry in shown],
        orientation="h",
        marker={"color": ACCENT},
        text=[entry.groups for entry in shown],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x} groups<extra></extra>",
    )
    figure = make_figure(bars, height=50 + 30 * len(shown))
    figure.update_xaxes(visible=False, range=[0, 1.15 * max((entry.groups for entry in shown), default=1)])
    figure.update_yaxes(showgrid=False)
    return figure


def _describe_conflicts(conflicts: Sequence[Conflict]) -> str:
    """Return the chart in words, the most frequent first."""
    return "Identical pictures with different labels: " + ", ".join(
        f"{_join(entry.labels)} {entry.groups}" for entry in list(conflicts)[:10]
    )


def describe_share(share: float) -> str:
    """Return a small share as a fraction ("one in 13"), a larger one in percent."""
    return f"one in {round(1 / share)}" if 0 < share < 0.3 else format_percent(share)


def _join(labels: Sequence[str]) -> str:
    return " + ".join(labels) if len(labels) < 4 else f"{len(labels)} different labels"
