"""Learning curves: a colour and a mark per run, solid for validation, dotted for training."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.history import (
    BOTH,
    GAP,
    TRAINING,
    VALIDATION,
    Curve,
    CurveMetric,
    find_reductions,
    name_curve,
    smooth,
)
from fer_core.app.charts.losses import PLAIN
from fer_core.app.charts.view import View
from fer_core.app.formats import format_percent
from fer_core.app.theme import MUTED, make_figure
from fer_core.runs.paper import PAPER_LOG, PAPER_TABLE, paper_value

LOGGED_EXPERIMENT = 2  # the study prints the training log of 100 epochs of batch 32
LABEL_ROOM = 0.75  # of the axis; a line that ends before has its label at its right
TICKS = {"%": ".0%", "": None}


def view_curves(
    curves: Sequence[Curve], metric: CurveMetric, view: str = BOTH, smoothing: float = 0.0, paper: Sequence[int] = ()
) -> View:
    """Show curves with kept epochs, reductions of the learning rate, and numbers of the study's experiments (`paper`)."""
    figure = _make_curve_chart(curves, metric, view, smoothing, paper)
    return View(figure, _describe_curves(curves, metric), _make_curve_table(curves, metric))


def _make_curve_chart(curves: Sequence[Curve], metric: CurveMetric, view: str, smoothing: float, paper) -> go.Figure:
    gap = view == GAP and metric.split
    kinds = {curve.against for curve in curves} - {""}  # one at most, by list_curves
    axis = f"{metric.axis} against {min(kinds)}" if kinds else metric.axis
    title = f"{axis}: training minus validation" if gap else axis
    figure = make_figure(height=470, x="Epoch", y=title, legend=True, zoom=True)
    longest = max([curve.run.config.epochs for curve in curves] + [PAPER_TABLE[n - 1].epochs for n in paper] + [1])
    main = {curve.run.name: curve for curve in curves}  # the last one: validation where it is shown
    for curve in curves:
        _add_curve(figure, curve, metric, smoothing, legend=curve is main[curve.run.name])
    _add_marks(figure, list(main.values()), metric, smoothing)
    if gap:
        figure.add_hline(y=0, line={"color": MUTED, "width": 1})
    else:
        for number in sorted(paper):
            if kinds <= {PLAIN}:  # the study's loss is the plain one
                _add_paper(figure, number, metric, view, terse=len(paper) > 1, longest=longest)
    if metric.split and not gap:
        _add_key(figure, view)
    figure.update_xaxes(range=[0, longest * 1.04], tickformat="d", showgrid=False)
    figure.update_yaxes(tickformat=TICKS["%"] if metric.unit else None, type="log" if metric.log else "linear")
    if metric.log:
        figure.update_yaxes(dtick=1, tickformat="~g")
    figure.update_layout(hovermode="x unified", legend={"groupclick": "togglegroup", "tracegroupgap": 0})
    return figure


def _add_curve(figure: go.Figure, curve: Curve, metric: CurveMetric, smoothing: float, legend: bool) -> None:
    epochs = np.arange(1, len(curve.values) + 1)
    dotted = curve.split == TRAINING and metric.split
    line = {"color": curve.look.color, "width": 1.75 if dotted else 2.5, "dash": "dot" if dotted else "solid"}
    if metric.column == "learning_rate":
        line["shape"] = "hv"  # a rate holds for the whole epoch
    if smoothing:
        faint = {"line": line | {"width": 1}, "opacity": 0.3, "hoverinfo": "skip", "showlegend": False}
        figure.add_scatter(x=epochs, y=curve.values, mode="lines", legendgroup=curve.run.name, **faint)
    word = f" {curve.split.lower()}" if metric.split else ""
    value = {"%": "%{y:.1%}"}.get(metric.unit, "%{y:.4g}")
    figure.add_scatter(
        x=epochs,
        y=smooth(curve.values, smoothing),
        mode="lines+markers",
        line=line,
        marker={"color": curve.look.color, "symbol": curve.look.mark, "size": 8, "maxdisplayed": 6},
        name=name_curve(curve),
        legendgroup=curve.run.name,
        showlegend=legend,
        hovertemplate=f"{curve.name}{word} {value}<extra></extra>",
    )


def _add_marks(figure: go.Figure, curves: Sequence[Curve], metric: CurveMetric, smoothing: float) -> None:
    """Put a star on the epoch whose weights each run keeps and a triangle on each reduction of the learning rate."""
    best, best_text, best_color, cut, cut_text, cut_color = [], [], [], [], [], []
    for curve in curves:
        line = smooth(curve.values, smoothing)
        rate = curve.run.history["learning_rate"]
        best.append((curve.run.best_epoch, line[curve.run.best_epoch - 1]))
        best_text.append(f"{curve.name}: kept epoch {curve.run.best_epoch}")
        best_color.append(curve.look.color)
        for epoch in find_reductions(rate):
            cut.append((epoch, line[epoch - 1]))
            cut_text.append(f"{curve.name}: rate down to {rate[epoch - 1]:.2g}")
            cut_color.append(curve.look.color)
    for points, text, color, name, symbol, size in (
        (cut, cut_text, cut_color, "learning rate reduced", "triangle-down", 9),
        (best, best_text, best_color, "kept epoch", "star", 15),
    ):
        if points:
            marker = {"color": color, "symbol": symbol, "size": size, "line": {"color": "#ffffff", "width": 1}}
            x, y = zip(*points, strict=True)
            hover = {"text": text, "hovertemplate": "%{text}<extra></extra>"}
            figure.add_scatter(x=x, y=y, mode="markers", marker=marker, showlegend=False, **hover)
            _add_legend_entry(figure, name, mode="markers", marker={"color": MUTED, "symbol": symbol, "size": size - 2})


def _add_key(figure: go.Figure, view: str) -> None:
    """Say in the legend what solid and dotted mean."""
    for split, dash in ((VALIDATION, "solid"), (TRAINING, "dot")):
        if view in (BOTH, split):
            _add_legend_entry(figure, split.lower(), mode="lines", line={"color": MUTED, "dash": dash, "width": 2})


def _add_legend_entry(figure: go.Figure, name: str, **style) -> None:
    figure.add_scatter(x=[None], y=[None], name=name, hoverinfo="skip", **style)


def _add_paper(figure: go.Figure, number: int, metric: CurveMetric, view: str, terse: bool, longest: int) -> None:
    """Draw Table 1's cells as lines and the printed epochs of the log as crosses, all in grey.

    The label stands at the end, away from where curves rise; `terse` makes it the experiment's number. `longest`: epochs
    along the axis.
    """
    name = f"The study, experiment {number}"
    ends = {split: _paper_end(number, metric, split) for split in (VALIDATION, TRAINING) if view in (BOTH, split)}
    ends = {split: value for split, value in ends.items() if value is not None}
    epochs = PAPER_TABLE[number - 1].epochs
    for split, value in ends.items():
        first = split == next(iter(ends))
        label = str(number) if terse else f"study {format_percent(value)}"
        figure.add_scatter(
            x=[0, epochs],
            y=[value] * 2,
            mode="lines+markers+text",
            line={"color": MUTED, "width": 1, "dash": "dot" if split == TRAINING else "solid"},
            marker={"color": MUTED, "size": [0, 8], "symbol": "diamond", "opacity": 1},
            text=["", label if first else ""],
            textposition="middle right" if terse or epochs < LABEL_ROOM * longest else "bottom left",
            textfont={"size": 12},
            name=name,
            legendgroup=name,
            showlegend=first,
            hovertemplate=f"{name}, {split.lower()}: %{{y:.2%}}<extra></extra>",
        )
    if number == LOGGED_EXPERIMENT:
        _add_paper_log(figure, metric, view, name, legend=not ends)


def _add_paper_log(figure: go.Figure, metric: CurveMetric, view: str, name: str, legend: bool) -> None:
    for split, column, symbol in (
        (VALIDATION, f"val_{metric.column}", "x-thin"),
        (TRAINING, metric.column, "cross-thin"),
    ):
        if column not in PAPER_LOG[0] or (metric.split and view not in (BOTH, split)):
            continue
        log = [(row["epoch"], row[column]) for row in PAPER_LOG]
        word = f", {split.lower()}" if metric.split else ""
        value = "%{y:.1%}" if metric.unit else "%{y:.4g}"
        figure.add_scatter(
            x=[epoch for epoch, _ in log],
            y=[number for _, number in log],
            mode="markers",
            marker={"symbol": symbol, "size": 8, "line": {"color": MUTED, "width": 1.5}},
            name=f"{name}, log" if legend else name,
            legendgroup=name,
            showlegend=legend,
            hovertemplate=f"the study's log{word}: {value}<extra></extra>",
        )
        legend = False


def _paper_end(number: int, metric: CurveMetric, split: str) -> float | None:
    if metric.column not in ("accuracy", "precision", "recall"):
        return None
    return paper_value(number, {TRAINING: "train", VALIDATION: "validation"}[split], metric.column)


def _make_curve_table(curves: Sequence[Curve], metric: CurveMetric) -> pd.DataFrame:
    """Return what is drawn, unsmoothed: network, run, epoch, split, and the value."""
    frames = [
        pd.DataFrame({
            "network": curve.name, "run": curve.run.name, "epoch": np.arange(1, len(curve.values) + 1),
            "split": curve.split.lower(), metric.column: curve.values, **({"against": curve.against} if curve.against else {}),
        })
        for curve in curves
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _describe_curves(curves: Sequence[Curve], metric: CurveMetric) -> str:
    """Return the chart in words: where every line starts and ends."""
    write = format_percent if metric.unit else "{:.3g}".format
    lines = []
    for curve in curves:
        known = curve.values[np.isfinite(curve.values)]
        if len(known) > 1:
            told = f"from {write(known[0])} to {write(known[-1])} in {len(known)} epochs"
            lines.append(f"{curve.name} {curve.split.lower()} {told}")
        elif len(known):
            lines.append(f"{curve.name} {curve.split.lower()} {write(known[0])} at the kept epoch")
    return f"{metric.axis} per epoch: " + ("; ".join(lines) or "no run selected") + "."
