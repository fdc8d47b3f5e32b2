"""The seven bars of one answer."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import format_percent
from fer_core.app.theme import MUTED, make_figure
from fer_core.app.wording import Wording, count_votes
from fer_core.labels import COLORS, LABELS

HEIGHT = 250


def view_probabilities(probability: Sequence[float], wording: Wording, name: str) -> View:
    """Show seven horizontal bars in the fixed order of LABELS, so that two answers compare line by line.

    `probability`: seven shares that sum to one; written as votes of ten or in percent, as the `wording` says, whose
    threshold is drawn as a dotted line; `name`: whose answer it is ("Face 1 in beach.jpg").
    """
    return View(
        _make_probability_chart(probability, wording), f"{name}: {_describe_probabilities(probability, wording)}"
    )


def _make_probability_chart(probability: Sequence[float], wording: Wording) -> go.Figure:
    threshold = wording.threshold
    probability = np.asarray(probability, dtype=float)
    top = int(probability.argmax())
    names = [f"<b>{label}</b>" if i == top else label for i, label in enumerate(LABELS)]
    bars = go.Bar(
        x=probability,
        y=names,
        orientation="h",
        marker={"color": [COLORS[label] for label in LABELS], "opacity": [1 if i == top else 0.55 for i in range(7)]},
        text=[f"<b>{text}</b>" if i == top else text for i, text in enumerate(write_shares(probability, wording))],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:.1%}" + " of the votes" * wording.votes + "<extra></extra>",
    )
    figure = make_figure(bars, height=HEIGHT)
    line = {"type": "line", "x0": threshold, "x1": threshold, "y0": 0, "y1": 1, "yref": "y domain"}
    figure.update_layout(
        margin={"r": 44, "t": 8, "b": 8},
        xaxis={"range": [0, 1], "visible": False},
        yaxis={"autorange": "reversed", "showgrid": False, "tickfont": {"size": 14}},
        shapes=[line | {"xref": "x", "line": {"color": MUTED, "dash": "dot", "width": 1}}] if threshold else [],
    )
    return figure


def write_shares(probability: Sequence[float], wording: Wording) -> list[str]:
    """Write seven shares: "8" votes of ten, or "83 %"."""
    if wording.votes:
        return [str(votes) for votes in count_votes(probability)]
    return [format_percent(float(share), 0) for share in probability]


def _describe_probabilities(probability: Sequence[float], wording: Wording) -> str:
    """Return the chart in words, for alt texts: "happy 91 %, neutral 6 %, ..." from likely to unlikely."""
    shares = write_shares(probability, wording)
    text = ", ".join(f"{LABELS[i]} {shares[i]}" for i in np.argsort(probability)[::-1])
    return f"votes of ten: {text}" if wording.votes else text
