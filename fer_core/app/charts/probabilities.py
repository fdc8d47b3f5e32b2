"""The seven bars of one answer."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.theme import MUTED, make_figure
from fer_core.app.wording import Wording
from fer_core.labels import COLORS, LABELS

HEIGHT = 250
PLAIN, FAINT = (1, 0.55), (0.3, 0.2)
"""Opacity of the leading bar and of the others."""


def view_probabilities(probability: Sequence[float], wording: Wording, name: str, sure: bool = True) -> View:
    """Show seven horizontal bars in the fixed order of LABELS, so that two answers compare line by line.

    `probability`: seven shares that sum to one; written as votes of ten or in percent, as the `wording` says, whose
    threshold is drawn as a dotted line; `name`: whose answer it is ("Face 1 in beach.jpg"). Where the picture speaks against
    the answer, which is then not `sure`, the bars are faint.
    """
    return View(
        _make_probability_chart(probability, wording, sure), f"{name}: {_describe_probabilities(probability, wording)}"
    )


def _make_probability_chart(probability: Sequence[float], wording: Wording, sure: bool) -> go.Figure:
    threshold = wording.threshold
    probability = np.asarray(probability, dtype=float)
    top = int(probability.argmax())
    strong, weak = FAINT if wording.is_overruled(float(probability[top]), sure) else PLAIN
    names = [f"<b>{label}</b>" if i == top else label for i, label in enumerate(LABELS)]
    bars = go.Bar(
        x=probability,
        y=names,
        orientation="h",
        marker={
            "color": [COLORS[label] for label in LABELS],
            "opacity": [strong if i == top else weak for i in range(7)],
        },
        text=[f"<b>{text}</b>" if i == top else text for i, text in enumerate(wording.write_shares(probability))],
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


def _describe_probabilities(probability: Sequence[float], wording: Wording) -> str:
    """Return the chart in words, for alt texts: "happy 91 %, neutral 6 %, ..." from likely to unlikely."""
    shares = wording.write_shares(probability)
    text = ", ".join(f"{LABELS[i]} {shares[i]}" for i in np.argsort(probability)[::-1])
    return f"votes of ten: {text}" if wording.votes else text
