"""What the ten people of FER+ said about each picture, against FER2013's one label."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import format_percent
from fer_core.app.theme import MUTED, make_figure
from fer_core.data.votes import VOTE_COLUMNS
from fer_core.labels import COLORS, LABELS

CROWD_NAMES = {
    "anger": "angry",
    "happiness": "happy",
    "sadness": "sad",
    "NF": "not a face",
}
"""FER+'s words in ours; the rest are the same."""


def view_agreement(agreement: Mapping[str, float | None]) -> View:
    """Show the share of each class's labels that the crowd chose too; `agreement`: class -> share, and "all"."""
    return View(partial(_make_agreement_chart, agreement), _describe_agreement(agreement))


def _make_agreement_chart(agreement: Mapping[str, float | None]) -> go.Figure:
    """Return a bar per class, and a dotted line for all."""
    order = sorted(LABELS, key=lambda label: agreement[label] or 0)
    bars = go.Bar(
        x=[agreement[label] for label in order],
        y=order,
        orientation="h",
        marker={"color": [COLORS[label] for label in order]},
        text=[format_percent(agreement[label], 0) for label in order],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: the crowd agrees with %{x:.1%} of the labels<extra></extra>",
    )
    figure = make_figure(bars, height=360)
    figure.update_xaxes(range=[0, 1.08], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(showgrid=False, tickfont={"size": 14})
    if agreement.get("all") is not None:
        figure.add_vline(x=agreement["all"], line={"color": MUTED, "dash": "dot", "width": 2})
    return figure


def _describe_agreement(agreement: Mapping[str, float | None]) -> str:
    """Return the chart in words, from agreement to disagreement."""
    order = sorted(LABELS, key=lambda label: -(agreement[label] or 0))
    shares = ", ".join(f"{label} {format_percent(agreement[label], 0)}" for label in order)
    return f"Share of labels that the crowd agrees with: {shares}; all classes {format_percent(agreement['all'])}."


def view_crowd_matrix(confusion: Sequence[Sequence[float]]) -> View:
    """Show FER2013's label against the crowd's choice; `confusion`: 7 x 7 pictures, as in the dataset's facts."""
    return View(partial(_make_crowd_matrix, confusion), _describe_crowd_matrix(confusion), _make_crowd_table(confusion))


def _make_crowd_matrix(confusion: Sequence[Sequence[float]]) -> go.Figure:
    """Return a heatmap of shares per row: FER2013's label down, the crowd's choice across."""
    share = compute_row_shares(confusion)
    heatmap = go.Heatmap(
        z=share,
        x=LABELS,
        y=LABELS,
        zmin=0,
        zmax=1,
        text=[[f"{100 * value:.0f}" if value >= 0.005 else "" for value in row] for row in share],
        texttemplate="%{text}",
        textfont={"size": 14},
        xgap=2,
        ygap=2,
        showscale=False,
        hovertemplate="labelled %{y}, the crowd says %{x}: %{z:.1%}<extra></extra>",
    )
    figure = make_figure(heatmap, height=430, x="The crowd says", y="FER2013's label")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showgrid=False, tickangle=-40)
    return figure


def _describe_crowd_matrix(confusion: Sequence[Sequence[float]]) -> str:
    """Return the three largest disagreements in words."""
    share = compute_row_shares(confusion)
    np.fill_diagonal(share, 0)
    cells = np.argsort(share, axis=None)[::-1][:3]
    pairs = [(cell // len(LABELS), cell % len(LABELS)) for cell in cells.tolist()]
    words = (f"{format_percent(share[a, b], 0)} of {LABELS[a]} are {LABELS[b]} to the crowd" for a, b in pairs)
    return "Label against crowd, largest disagreements: " + ", ".join(words) + "."


def compute_row_shares(confusion: Sequence[Sequence[float]]) -> np.ndarray:
    """Divide each row by its sum; float (7, 7), rows without pictures stay zero."""
    table = np.asarray(confusion, float)
    total = table.sum(axis=1, keepdims=True)
    return np.divide(table, total, out=np.zeros_like(table), where=total > 0)


def _make_crowd_table(confusion: Sequence[Sequence[float]]) -> pd.DataFrame:
    """Return the matrix as a table, a row per label."""
    return pd.DataFrame(confusion, columns=[f"crowd: {label}" for label in LABELS]).assign(label=LABELS)


def view_votes(votes: np.ndarray, label: str) -> View:
    """Show the votes of one picture; `votes`: (10,) in the order of VOTE_COLUMNS; `label`: FER2013's."""
    return View(partial(_make_votes_chart, votes, label), f"Votes: {_describe_votes(votes)}")


def _make_votes_chart(votes: np.ndarray, label: str) -> go.Figure:
    """Return bars, most votes on top, with FER2013's label in bold."""
    named = _name_votes(votes)
    shown = sorted((name for name in named if named[name] or name == label), key=lambda name: named[name])
    bars = go.Bar(
        x=[named[name] for name in shown],
        y=[f"<b>{name}</b>" if name == label else name for name in shown],
        orientation="h",
        marker={"color": [COLORS.get(name, MUTED) for name in shown]},
        text=[named[name] for name in shown],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x} votes<extra></extra>",
    )
    figure = make_figure(bars, height=40 + 34 * len(shown))
    figure.update_layout(margin={"r": 36, "t": 8, "b": 8})
    figure.update_xaxes(range=[0, max(10, int(np.sum(votes)))], visible=False)
    figure.update_yaxes(showgrid=False, tickfont={"size": 14})
    return figure


def _describe_votes(votes: np.ndarray) -> str:
    """Return the votes in words: "neutral 6, sad 3, unknown 1"."""
    named = _name_votes(votes)
    return ", ".join(f"{name} {named[name]}" for name in sorted(named, key=lambda name: -named[name]) if named[name])


def _name_votes(votes: np.ndarray) -> dict[str, int]:
    return {CROWD_NAMES.get(name, name): int(vote) for name, vote in zip(VOTE_COLUMNS, votes)}
