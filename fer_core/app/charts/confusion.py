"""Confusion matrices: one, or the difference of two, with cells that can be clicked."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import format_count, format_percent, format_points
from fer_core.app.theme import SERIES, make_figure
from fer_core.labels import LABELS

COUNTS, PER_TRUE, PER_PREDICTED = "Counts", "Per true class", "Per predicted class"
MODES = (PER_TRUE, PER_PREDICTED, COUNTS)
CHOSEN = SERIES[2]
MARKER = 40  # pixels; a click beside it finds the nearest one through hoverdistance


def normalise(confusion: np.ndarray, mode: str) -> np.ndarray:
    """Return counts (7, 7) as they are, or as shares of each row (recall) or of each column (precision)."""
    confusion = np.asarray(confusion, float)
    if mode == COUNTS:
        return confusion
    total = confusion.sum(axis=1 if mode == PER_TRUE else 0, keepdims=True)
    return np.divide(confusion, total, out=np.zeros_like(confusion), where=total > 0)


def view_confusion(
    confusion: np.ndarray,
    name: str,
    mode: str,
    other: np.ndarray | None = None,
    other_name: str = "",
    chosen: tuple[int, int] | None = None,
    small: bool = False,
) -> View:
    """Show the matrix (7, 7) of `name`, counts with true classes down, or with `other` the difference to it.

    `mode`: one of MODES; `chosen` = (true, predicted) is outlined; `small`: to stand beside others, without signs and
    titles that they share.
    """
    return View(
        _make_confusion_chart(confusion, mode, other, chosen, small),
        _describe_confusion(confusion, name, other, other_name),
        _make_confusion_table(confusion, mode, other),
    )


def _make_confusion_chart(
    confusion: np.ndarray,
    mode: str,
    other: np.ndarray | None,
    chosen: tuple[int, int] | None,
    small: bool,
) -> go.Figure:
    """Return a heatmap whose cells can be clicked.

    A heatmap reports no clicks through Streamlit (streamlit#8760), so invisible squares over it do, with
    customdata (true, predicted).
    """
    values = normalise(confusion, mode)
    if other is not None:
        values = values - normalise(other, mode)
    heatmap = go.Heatmap(
        z=values,
        x=LABELS,
        y=LABELS,
        text=_write_cells(values, mode, other is not None, unit="" if small else None),
        texttemplate="%{text}",
        textfont={"size": 13 if small else 14},
        hoverinfo="skip",
        showscale=False,
        xgap=2 if small else 3,
        ygap=2 if small else 3,
        **_scale(values, mode, other is not None),
    )
    titles = {} if small else {"x": "Predicted", "y": "True"}
    figure = make_figure(heatmap, _make_targets(confusion, other), height=380 if small else 540, **titles)
    figure.update_xaxes(showgrid=False, zeroline=False, tickangle=-40, range=[-0.5, 6.5])
    figure.update_yaxes(showgrid=False, zeroline=False, range=[6.5, -0.5])
    figure.update_layout(hoverdistance=80, hovermode="closest", clickmode="event+select")
    if chosen is not None:
        true, predicted = chosen
        box = {"x0": predicted - 0.5, "x1": predicted + 0.5, "y0": true - 0.5, "y1": true + 0.5}
        figure.add_shape(type="rect", **box, line={"color": CHOSEN, "width": 3.5})
    return figure


def _scale(values: np.ndarray, mode: str, difference: bool) -> dict:
    """Colours come from the theme: sequential from zero, or diverging around it."""
    if difference:
        largest = float(np.abs(values).max()) or 1.0
        return {"autocolorscale": True, "zmid": 0, "zmin": -largest, "zmax": largest}
    return {"zmin": 0, "zmax": float(values.max()) if mode == COUNTS else 1}


def _write_cells(values: np.ndarray, mode: str, difference: bool, unit: str | None = None) -> list[list[str]]:
    def write(value: float) -> str:
        if mode == COUNTS:
            return f"{value:+,.0f}".replace("-", "−") if difference and value else format_count(round(value))
        if difference:
            return format_points(value, 0, unit=False)
        return format_percent(value, 0) if unit is None else f"{100 * value:.0f}{unit}"

    return [[write(value) for value in row] for row in values]


def _make_targets(confusion: np.ndarray, other: np.ndarray | None) -> go.Scatter:
    cells = [(i, j) for i in range(len(LABELS)) for j in range(len(LABELS))]
    invisible = {"marker": {"opacity": 0}}
    return go.Scatter(
        x=[LABELS[j] for _, j in cells],
        y=[LABELS[i] for i, _ in cells],
        customdata=[list(cell) for cell in cells],
        text=[_describe_cell(confusion, other, *cell) for cell in cells],
        hovertemplate="%{text}<extra></extra>",
        mode="markers",
        marker={"symbol": "square", "size": MARKER, "color": CHOSEN, "opacity": 0},
        selected=invisible,
        unselected=invisible,
        showlegend=False,
    )


def _describe_cell(confusion: np.ndarray, other: np.ndarray | None, true: int, predicted: int) -> str:
    rows, columns = normalise(confusion, PER_TRUE), normalise(confusion, PER_PREDICTED)
    text = (
        f"<b>{LABELS[true]}</b>, predicted <b>{LABELS[predicted]}</b>"
        f"<br>{format_count(int(confusion[true, predicted]))} pictures"
        f"<br>{format_percent(rows[true, predicted])} of true {LABELS[true]}"
        f"<br>{format_percent(columns[true, predicted])} of predicted {LABELS[predicted]}"
    )
    return text if other is None else f"{text}<br>{format_count(int(other[true, predicted]))} pictures in the other"


def _make_confusion_table(confusion: np.ndarray, mode: str, other: np.ndarray | None) -> pd.DataFrame:
    """Return what is drawn: a row per true class, a column per predicted class."""
    values = normalise(confusion, mode)
    if other is not None:
        values = values - normalise(other, mode)
    if mode == COUNTS:
        values = values.astype(int)
    return pd.DataFrame(values, columns=list(LABELS)).assign(true=LABELS).set_index("true").reset_index()


def _describe_confusion(confusion: np.ndarray, name: str, other: np.ndarray | None, other_name: str) -> str:
    """Return the matrix in words: how much of each class is recognised, what it is most often taken for."""
    shares = normalise(confusion, PER_TRUE)
    if other is not None:
        gains = np.diag(shares) - np.diag(normalise(other, PER_TRUE))
        changes = ", ".join(f"{label} {format_points(gain)}" for label, gain in zip(LABELS, gains, strict=True))
        return f"Confusion matrix of {name} minus that of {other_name}. Change of recall: {changes}."
    parts = []
    for i, label in enumerate(LABELS):
        j = max((j for j in range(len(LABELS)) if j != i), key=lambda j: shares[i, j])
        found, lost = format_percent(shares[i, i], 0), format_percent(shares[i, j], 0)
        parts.append(f"{label} {found} right, {lost} taken for {LABELS[j]}")
    return f"Confusion matrix of {name}: {'; '.join(parts)}."
