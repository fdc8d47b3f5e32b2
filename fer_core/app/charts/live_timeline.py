"""The last minute of live video: all seven probabilities of one face, or the leading one of each."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import format_percent
from fer_core.app.theme import DASHES, SERIES, make_figure
from fer_core.labels import COLORS, LABELS
from fer_core.vision.tracking import TrackHistory

GAP = 1.5  # seconds; longer pauses interrupt the line
SPAN = 60
HEIGHT = 260


def view_face_timeline(history: TrackHistory, now: float) -> View:
    """Show all seven probabilities of one face; `now`: the present on the clock of `history.seconds`."""
    return View(_make_face_timeline(history, now), _describe_timeline([history], now))


def view_leading_timeline(histories: Sequence[TrackHistory], now: float) -> View:
    """Show a line per face: the probability of whatever expression leads at the time."""
    return View(_make_leading_timeline(histories, now), _describe_timeline(histories, now))


def _make_face_timeline(history: TrackHistory, now: float) -> go.Figure:
    """Return seven stacked areas; they fill the chart where the face was seen."""
    seconds, probability = split_at_gaps(history.seconds - now, history.probability, 0.0)
    figure = make_figure(height=HEIGHT, legend=True)
    for label, values in zip(LABELS, probability.T):
        figure.add_scatter(
            x=seconds, y=values, name=label, stackgroup="all", mode="lines", line={"color": COLORS[label], "width": 0.5},
            fillcolor=COLORS[label], hovertemplate=f"{label} %{{y:.0%}}<extra></extra>",
        )  # fmt: skip
    return _set_axes(figure)


def _make_leading_timeline(histories: Sequence[TrackHistory], now: float) -> go.Figure:
    figure = make_figure(height=HEIGHT, legend=True)
    for history in histories:
        seconds, probability = split_at_gaps(history.seconds - now, history.probability, np.nan)
        place = (history.number - 1) % len(SERIES)
        figure.add_scatter(
            x=seconds, y=probability.max(axis=1), name=f"Face {history.number}", mode="lines",
            line={"color": SERIES[place], "dash": DASHES[place], "width": 2.5},
            text=[LABELS[int(p.argmax())] if np.isfinite(p).all() else "" for p in probability],
            hovertemplate=f"face {history.number}: %{{text}} %{{y:.0%}}<extra></extra>",
        )  # fmt: skip
    return _set_axes(figure)


def _describe_timeline(histories: Sequence[TrackHistory], now: float) -> str:
    """Return the chart in words: for each face how long it was seen and what it showed most and last."""
    return "; ".join(_describe_history(history, now) for history in histories) or "No face in the last minute"


def split_at_gaps(seconds: np.ndarray, values: np.ndarray, filler: float) -> tuple[np.ndarray, np.ndarray]:
    """Put two rows of `filler` into every pause longer than GAP, so that no line or area spans it.

    `seconds`: (n,), rising; `values`: (n, 7). Returns both, longer by two rows for each pause.
    """
    places = np.flatnonzero(np.diff(seconds) > GAP) + 1
    edges = np.stack([seconds[places - 1] + 1e-3, seconds[places] - 1e-3], axis=1).ravel()
    places = np.repeat(places, 2)
    return np.insert(seconds, places, edges), np.insert(np.asarray(values, float), places, filler, axis=0)


def _set_axes(figure: go.Figure) -> go.Figure:
    ticks = list(range(-SPAN, 1, 15))
    names = ["now" if tick == 0 else f"{-tick} s ago" if tick == -SPAN else f"{-tick} s" for tick in ticks]
    figure.update_xaxes(range=[-SPAN, 0], tickvals=ticks, ticktext=names, showgrid=False, ticklabeloverflow="allow")
    figure.update_yaxes(range=[0, 1], tickformat=".0%", nticks=5)
    # the same revision keeps what the visitor switched off in the legend while new points arrive
    figure.update_layout(hovermode="x unified", uirevision="live", margin={"r": 24})
    return figure


def _describe_history(history: TrackHistory, now: float) -> str:
    leading = history.probability.argmax(axis=1)
    most = int(np.bincount(leading, minlength=len(LABELS)).argmax())
    share, last = float((leading == most).mean()), int(leading[-1])
    first = now - float(history.seconds[0])
    return (
        f"Face {history.number}, seen since {first:.0f} seconds ago: {LABELS[most]} led {format_percent(share, 0)} of the "
        f"time, {LABELS[last]} last"
    )
