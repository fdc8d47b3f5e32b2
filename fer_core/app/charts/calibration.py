"""Stated confidence before and after calibration, and what saying "not sure" buys."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.reliability import make_hover, view_reliability
from fer_core.app.charts.view import View
from fer_core.app.formats import format_percent
from fer_core.app.theme import MUTED, SERIES, make_figure
from fer_core.runs.records import Reliability

N_POINTS = 200


def view_calibration(before: Reliability, after: Reliability | None) -> View:
    """Show accuracy against confidence as in metrics.json's `reliability`: calibrated, with the raw one behind it."""
    view = view_reliability(after or before, height=400)
    view.figure.update_layout(margin={"t": 40})  # as the chart beside it
    if after is None:
        return view
    figure = view.figure
    figure.data[1].update(name="calibrated", showlegend=True)
    rows = [(c, a) for n, c, a in zip(before.count, before.confidence, before.accuracy, strict=True) if n]
    figure.add_scatter(
        x=[c for c, _ in rows],
        y=[a for _, a in rows],
        mode="lines+markers",
        line={"color": SERIES[1], "width": 1.5, "dash": "dash"},
        marker={"color": SERIES[1], "symbol": "diamond-open", "size": 9},
        name="as the network says",
        hovertemplate=make_hover(before),
    )
    figure.data[0].update(name="honest", showlegend=True)
    figure.update_layout(showlegend=True)
    return view


def compute_coverage(confidence: np.ndarray, correct: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return coverage, accuracy and threshold when only the most confident answers count, from few to all (n,)."""
    order = np.argsort(-confidence, kind="stable")
    answered = np.arange(1, len(order) + 1)
    return answered / len(order), np.cumsum(correct[order]) / answered, confidence[order]


def view_coverage(confidence: np.ndarray, correct: np.ndarray, threshold: float | None = None) -> View:
    """Show accuracy among the answered pictures against their share; the `threshold` of "not sure" is marked.

    `confidence`: float (n,) in 0..1; `correct`: bool (n,).
    """
    coverage, accuracy, level = compute_coverage(confidence, correct)
    table = pd.DataFrame({"answered": coverage, "right": accuracy, "confidence": level})
    return View(_make_coverage_chart(confidence, correct, threshold), _describe_coverage(confidence, correct), table)


def _make_coverage_chart(confidence: np.ndarray, correct: np.ndarray, threshold: float | None = None) -> go.Figure:
    """Return accuracy among the answered pictures against their share; the `threshold` of "not sure" is marked."""
    coverage, accuracy, level = compute_coverage(confidence, correct)
    first = len(coverage) // 50  # the first few answers are noise
    keep = np.unique(np.linspace(first, len(coverage) - 1, N_POINTS).astype(int))
    line = go.Scatter(
        x=coverage[keep],
        y=accuracy[keep],
        mode="lines",
        line={"color": SERIES[0], "width": 2.5},
        customdata=level[keep],
        hovertemplate="%{x:.0%} answered, %{y:.1%} right<br>confidence from %{customdata:.0%}<extra></extra>",
    )
    figure = make_figure(line, height=400, x="Share of pictures answered", y="Right among them")
    if threshold:
        sure = confidence >= threshold
        if sure.any():
            figure.add_scatter(
                x=[sure.mean()],
                y=[correct[sure].mean()],
                mode="markers+text",
                marker={"color": SERIES[1], "size": 14, "symbol": "diamond", "line": {"color": "#ffffff", "width": 1}},
                text=[f"not sure below {format_percent(threshold, 0)}"],
                textposition="top right" if sure.mean() < 0.6 else "bottom left",  # beside the falling curve
                hovertemplate="%{x:.0%} answered, %{y:.1%} right<extra></extra>",
            )
    figure.add_hline(y=float(correct.mean()), line={"color": MUTED, "dash": "dot", "width": 1})
    figure.update_xaxes(range=[0, 1.03], tickformat=".0%")
    figure.update_yaxes(tickformat=".0%")
    figure.update_layout(margin={"t": 40})
    return figure


def _describe_coverage(confidence: np.ndarray, correct: np.ndarray) -> str:
    """Return the curve in words, at a quarter, a half and all of the pictures."""
    coverage, accuracy, _ = compute_coverage(confidence, correct)
    points = [np.searchsorted(coverage, share - 1e-9) for share in (0.25, 0.5, 0.75, 1.0)]
    said = ", ".join(f"{format_percent(coverage[i], 0)} answered: {format_percent(accuracy[i])} right" for i in points)
    return f"Accuracy when only the most confident answers count. {said}."
