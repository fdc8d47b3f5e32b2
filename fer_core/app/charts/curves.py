"""Learning curves: a colour and a mark per run, solid for validation, dotted for training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.losses import PLAIN, name_losses
from fer_core.app.charts.view import View
from fer_core.app.formats import format_percent
from fer_core.app.looks import Look
from fer_core.app.theme import MUTED, make_figure
from fer_core.runs import Run
from fer_core.runs.paper import PAPER_LOG, PAPER_TABLE, paper_value

BOTH, TRAINING, VALIDATION, GAP = "Both", "Training", "Validation", "Gap"
VIEWS = (BOTH, TRAINING, VALIDATION, GAP)
LOGGED_EXPERIMENT = 2  # the study prints the training log of 100 epochs of batch 32
TICKS = {"%": ".0%", "": None}


@dataclass(frozen=True)
class CurveMetric:
    """A column of history.csv: `unit` "%" for shares; `split` says whether there is a `val_` column, too."""

    column: str
    axis: str
    unit: str = ""
    split: bool = True
    log: bool = False


METRICS = {
    "Accuracy": CurveMetric("accuracy", "Accuracy", "%"),
    "Loss": CurveMetric("loss", "Loss"),
    "Precision": CurveMetric("precision", "Precision, answers above 50 %", "%"),
    "Recall": CurveMetric("recall", "Recall, answers above 50 %", "%"),
    "Learning rate": CurveMetric("learning_rate", "Learning rate", split=False, log=True),
    "Seconds per epoch": CurveMetric("seconds", "Seconds per epoch", split=False),
}


@dataclass(frozen=True)
class Curve:
    """One line: `values` per epoch as recorded, `split` TRAINING or VALIDATION (or GAP), `name` and `look` of its run.

    `against`: of a loss, what it is against (`name_losses`).
    """

    run: Run
    split: str
    values: np.ndarray
    name: str
    look: Look
    against: str = ""


def smooth(values: Sequence[float], weight: float) -> np.ndarray:
    """Exponential moving average with `weight` (0: none, towards 1: smoother), corrected for its start at zero."""
    series = pd.Series(values, dtype=float)
    return (series if weight <= 0 or series.hasnans else series.ewm(alpha=1 - weight).mean()).to_numpy()


def find_reductions(rate: Sequence[float]) -> list[int]:
    """Epochs, from 1, that begin with a lower learning rate after at least two at one rate.

    So the steps of a plateau schedule count, and the steady fall of a cosine does not.
    """
    rate = np.asarray(rate, float)
    return [
        i + 1
        for i in range(2, len(rate))
        if rate[i] < 0.99 * rate[i - 1] and np.isclose(rate[i - 1], rate[i - 2], rtol=1e-6, atol=0)
    ]


def _place_plain_loss(run: Run) -> np.ndarray:
    """NaN for every epoch but the kept one, which has the plain log loss on validation pictures."""
    values = np.full(len(run.history), np.nan)
    loss = run.metrics.validation.loss
    values[run.best_epoch - 1] = np.nan if loss is None else loss
    return values


def list_curves(
    runs: Sequence[Run], metric: CurveMetric, view: str, names: Mapping[str, str], looks: Mapping[str, Look]
) -> list[Curve]:
    """Return the lines that `view` asks for; runs whose history lacks the column are left out.

    `names`, `looks`: by the runs' folders. Losses of two kinds do not compare (`name_losses`): where `runs` mix them, those
    of another kind than the plain one have a single point, the plain log loss on validation pictures at the kept epoch;
    and a training loss of another kind than the run's own validation loss is left out.
    """
    is_loss = metric.column == "loss"
    curves, mixed = [], is_loss and len({name_losses(run)[1] for run in runs}) > 1
    for run in runs:
        against, judged = name_losses(run) if is_loss else ("", "")
        if mixed and judged != PLAIN:
            if view in (BOTH, VALIDATION):
                plain = _place_plain_loss(run)
                curves.append(Curve(run, VALIDATION, plain, names[run.name], looks[run.name], PLAIN))
            continue
        training = run.history.get(metric.column) if against == judged else None
        validation = run.history.get(f"val_{metric.column}") if metric.split else None
        who = names[run.name], looks[run.name], judged
        if view == GAP and metric.split:
            if training is not None and validation is not None:
                curves.append(Curve(run, GAP, (training - validation).to_numpy(), *who))
            continue
        if training is not None and (view in (BOTH, TRAINING) or not metric.split):
            curves.append(Curve(run, TRAINING, training.to_numpy(), *who))
        if validation is not None and view in (BOTH, VALIDATION):
            curves.append(Curve(run, VALIDATION, validation.to_numpy(), *who))
    return curves


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
    main = {curve.run.name: curve for curve in curves}  # the last one: validation where it is shown
    for curve in curves:
        _add_curve(figure, curve, metric, smoothing, legend=curve is main[curve.run.name])
    _add_marks(figure, list(main.values()), metric, smoothing)
    if gap:
        figure.add_hline(y=0, line={"color": MUTED, "width": 1})
    else:
        for place, number in enumerate(sorted(paper)):
            if kinds <= {PLAIN}:  # the study's loss is the plain one
                _add_paper(figure, number, place, metric, view, terse=len(paper) > 1)
    if metric.split and not gap:
        _add_key(figure, view)
    longest = max([curve.run.config.epochs for curve in curves] + [PAPER_TABLE[n - 1].epochs for n in paper] + [1])
    figure.update_xaxes(range=[0, longest * 1.02], tickformat="d", showgrid=False)
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
        rate = curve.run.history["learning_rate"].to_numpy()
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


def _add_paper(figure: go.Figure, number: int, place: int, metric: CurveMetric, view: str, terse: bool = False) -> None:
    """Draw Table 1's cells as lines and the printed epochs of the log as crosses, all in grey.

    `place` moves the label to the right, so that those of several experiments do not cover each other; `terse` leaves
    out all but the first.
    """
    name = f"The study, experiment {number}"
    ends = {split: _paper_end(number, metric, split) for split in (VALIDATION, TRAINING) if view in (BOTH, split)}
    ends = {split: value for split, value in ends.items() if value is not None}
    for split, value in ends.items():
        above = value == max(ends.values())
        first = split == next(iter(ends))
        label = f"study {number}, {split.lower()} {format_percent(value)}" if first or not terse else ""
        figure.add_scatter(
            x=[0, (0.01 + 0.27 * place) * 100, PAPER_TABLE[number - 1].epochs],
            y=[value] * 3,
            mode="lines+markers+text",
            line={"color": MUTED, "width": 1, "dash": "dot" if split == TRAINING else "solid"},
            marker={"color": MUTED, "size": [0, 0, 8], "symbol": "diamond", "opacity": 1},
            text=["", label, ""],
            textposition="top right" if above else "bottom right",
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


def name_curve(curve: Curve) -> str:
    """Return what the curve's run is called; of a partial run also how far it got."""
    run = curve.run
    return f"{curve.name} ({len(run.history)} of {run.config.epochs} epochs)" if run.is_partial else curve.name


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
