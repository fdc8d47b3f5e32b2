"""Ten bad photos, one number: accuracy on the ten disturbances, and what each of them costs."""

from collections.abc import Mapping
from functools import partial

import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.forest import Dot, draw_forest
from fer_core.app.charts.robustness import write_strength
from fer_core.app.charts.view import View
from fer_core.app.formats import format_percent
from fer_core.app.looks import Look, pick_look
from fer_core.app.theme import MUTED, make_error_bars, make_figure
from fer_core.runs.corruptions import TEN, Disturbance
from fer_core.runs.robustness_records import Robustness, Score

MEAN, UNTOUCHED = "Mean of the ten", "Untouched"


def view_ten(measured: Mapping[str, Robustness], looks: Mapping[str, Look], lost: bool) -> View:
    """Show the ten disturbances, and their mean first, a mark per network with its 95 % interval.

    `lost`: points of accuracy lost against the network's own answers to untouched pictures, else accuracy.
    """
    chosen = {name: pick_look(looks, name, place) for place, name in enumerate(measured)}
    return View(
        partial(_make_ten_chart, measured, chosen, lost),
        _describe_ten(measured),
        _make_ten_table(measured),
        _draw_ten(measured, chosen, lost),
    )


def _list_scores(found: Robustness, lost: bool) -> dict[str, Score]:
    """Return a network's scores by row, the first on top."""
    untouched = {} if lost else {UNTOUCHED: found.clean}
    return {MEAN: found.ten_mean} | untouched | {write_disturbance(case.disturbance): case for case in found.ten}


def _measure_share(found: Robustness, score: Score, lost: bool) -> tuple[float, tuple[float, float]]:
    """Return the accuracy, or what is lost of it, with its 95 % interval."""
    if not lost:
        return score.accuracy, score.ci95
    value = found.clean.accuracy - score.accuracy
    return value, score.loss_ci95 or (value, value)


def _draw_ten(measured: Mapping[str, Robustness], looks: Mapping[str, Look], lost: bool) -> str:
    rows: dict[str, list[Dot]] = {}
    for name, found in measured.items():
        for row, score in _list_scores(found, lost).items():
            value, interval = _measure_share(found, score, lost)
            share = format_percent(value)
            told = f"{name}, {row}: {share}{' lost' if lost else ''}"
            rows.setdefault(row, []).append(Dot(value, interval, share, told, looks[name]))
    return draw_forest(rows, _describe_ten(measured), format_percent, looks, zero=lost, strong=(MEAN, UNTOUCHED))


def _make_ten_chart(measured: Mapping[str, Robustness], looks: Mapping[str, Look], lost: bool) -> go.Figure:
    rows = [MEAN] if lost else [MEAN, UNTOUCHED]
    rows += [write_disturbance(case) for case in TEN]
    figure = make_figure(height=70 + (20 + 11 * len(measured)) * len(rows), legend=True)
    step = 0.5 / max(len(measured), 1)
    for i, (name, found) in enumerate(measured.items()):
        shares = [_measure_share(found, score, lost) for score in _list_scores(found, lost).values()]
        values, bounds = [value for value, _ in shares], [interval for _, interval in shares]
        figure.add_scatter(
            x=values,
            y=[row + (i - (len(measured) - 1) / 2) * step for row in range(len(rows))],
            error_x=make_error_bars(values, bounds, width=3),
            mode="markers",
            marker={"color": looks[name].color, "symbol": looks[name].mark, "size": 11},
            name=name,
            customdata=rows,
            hovertemplate=f"{name}<br>%{{customdata}}: %{{x:.1%}}{' lost' if lost else ''}<extra></extra>",
        )
    figure.add_hline(y=len(rows) - len(TEN) - 0.5, line={"color": MUTED, "width": 1})
    ticks = [f"<b>{row}</b>" if row in (MEAN, UNTOUCHED) else row for row in rows]
    figure.update_yaxes(tickvals=list(range(len(rows))), ticktext=ticks, range=[len(rows) - 0.5, -0.5], showgrid=False)
    figure.update_xaxes(tickformat=".0%", rangemode="tozero")
    return figure


def _describe_ten(measured: Mapping[str, Robustness]) -> str:
    """Return the chart in words."""
    lines = (
        f"{name}: untouched {format_percent(found.clean.accuracy)}, mean of the ten "
        f"{format_percent(found.ten_mean.accuracy)}, "
        + ", ".join(f"{write_disturbance(c.disturbance)} {format_percent(c.accuracy)}" for c in found.ten)
        for name, found in measured.items()
    )
    return "; ".join(lines) + "."


def _make_ten_table(measured: Mapping[str, Robustness]) -> pd.DataFrame:
    """Return a row per network and disturbance: accuracy and what is lost against clean pictures, with intervals."""
    rows = []
    for name, found in measured.items():
        titled = [(UNTOUCHED, found.clean), (MEAN, found.ten_mean)]
        for title, score in [*titled, *((write_disturbance(case.disturbance), case) for case in found.ten)]:
            low, high = score.loss_ci95 or (None, None)
            rows.append(
                {
                    "Network": name, "Disturbance": title, "Accuracy": score.accuracy, "Low": score.ci95[0],
                    "High": score.ci95[1], "Lost": found.clean.accuracy - score.accuracy, "Lost, low": low,
                    "Lost, high": high,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def write_disturbance(case: Disturbance) -> str:
    """Return a way and strength of spoiling, for example "Blur, σ 1 pixel"."""
    known = {"cover-lower": "Mouth covered, rows 30 to 47", "cover-band": "Eyes covered, rows 10 to 23"}
    units = {
        "blur": "σ {} px", "noise": "σ {} grey levels", "brightness": "{} grey levels", "contrast": "× {}",
        "scale": "{} pixels across",
    }  # fmt: skip
    size = write_strength(case.corruption, case.strength)
    return known.get(case.name) or f"{case.corruption.title}, {units[case.name].format(size)}"
