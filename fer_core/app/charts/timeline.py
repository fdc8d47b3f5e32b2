"""One face's seven probabilities over time, with a band of its answers below."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.formats import SPACE, format_percent
from fer_core.app.theme import MUTED, SYMBOLS, make_figure
from fer_core.labels import COLORS, LABELS
from fer_core.vision.draw import choose_text_color

NOT_SURE = "not sure"
BREAK = 1.0  # seconds without the face after which its lines are interrupted
STEP = 0.25  # seconds that the last answer stands for
QUIET = 0.2  # an expression that never reaches this share is drawn thin
SYMBOLS_PER_LINE = 10
LINES, BAND = [0.24, 1.0], [0.0, 0.13]


@dataclass(frozen=True)
class Spell:
    """A stretch of time with one answer: `label` of LABELS or "not sure", `start` and `end` in seconds.

    `doubtful`: whether something about the face, as that it seems drawn, speaks against the answer.
    """

    label: str
    start: float
    end: float
    doubtful: bool = False

    @property
    def text(self) -> str:
        return write_answer(self.label, self.doubtful)


def write_answer(label: str, doubtful: bool) -> str:
    """Return "happy", or "happy?" where something speaks against it."""
    return f"{label}?" if doubtful else label


def find_answers(probability: np.ndarray, threshold: float | None = None) -> np.ndarray:
    """Return the answer of each row of `probability` (n, 7): its likeliest label, or "not sure" below the threshold."""
    probability = np.asarray(probability, float)
    labels = np.array(LABELS, dtype=object)[probability.argmax(axis=1)]
    return np.where(probability.max(axis=1) >= (threshold or 0), labels, NOT_SURE)


def find_spells(
    seconds: Sequence[float], answers: Sequence[str], doubtful: Sequence[bool] | None = None
) -> list[Spell]:
    """Join equal answers that follow each other. A face out of sight for longer than BREAK ends its spell."""
    spells = []
    doubtful = [False] * len(seconds) if doubtful is None else doubtful
    for i, (now, answer, doubt) in enumerate(zip(seconds, answers, doubtful, strict=True)):
        following = seconds[i + 1] if i + 1 < len(seconds) else now + STEP
        spell = Spell(
            str(answer), float(now), float(following if following - now <= BREAK else now + STEP), bool(doubt)
        )
        if spells and spells[-1].text == spell.text and abs(spells[-1].end - now) < 1e-6:
            spells[-1] = replace(spell, start=spells[-1].start)
        else:
            spells.append(spell)
    return spells


def view_timeline(
    seconds: Sequence[float],
    probability: np.ndarray,
    threshold: float | None = None,
    name: str = "The face",
    span: tuple[float, float] | None = None,
    doubtful: Sequence[bool] | None = None,
) -> View:
    """Show the seven probabilities of the face `name` over time and the answers as a band.

    `seconds` (n,), rising; `probability` (n, 7), in the order of LABELS; `threshold`: share below which an answer
    counts as not sure; `span`: first and last second of the axis, when several faces share one; `doubtful` (n,): whether
    something speaks against the answer.
    """
    spells = find_spells(seconds, find_answers(probability, threshold), doubtful)
    figure = _make_timeline_chart(seconds, probability, spells, threshold, span)
    return View(figure, _describe_timeline(seconds, probability, spells, name))


def _make_timeline_chart(
    seconds: Sequence[float],
    probability: np.ndarray,
    spells: Sequence[Spell],
    threshold: float | None,
    span: tuple[float, float] | None,
) -> go.Figure:
    seconds, probability = np.asarray(seconds, float), np.asarray(probability, float).reshape(-1, len(LABELS))
    figure = make_figure(height=360, x="Seconds", legend=True)
    for index in probability.max(axis=0, initial=0).argsort():  # the strongest on top
        _add_line(figure, seconds, probability[:, index], LABELS[index])
    _add_band(figure, spells)
    if threshold:
        figure.add_hline(y=threshold, line={"color": MUTED, "dash": "dot", "width": 1})
    figure.update_layout(
        hovermode="x unified",
        barmode="overlay",
        bargap=0,
        uniformtext={"mode": "hide", "minsize": 12},
        legend={"traceorder": "normal"},
        yaxis={"domain": LINES, "range": [0, 1.02], "tickformat": ".0%", "nticks": 6},
        yaxis2={"domain": BAND, "range": [-0.5, 0.5], "showticklabels": False, "fixedrange": True, "showgrid": False},
    )
    figure.update_xaxes(showgrid=False, anchor="y2", zeroline=False)
    if span is None and len(seconds):
        span = (seconds[0], max(seconds[-1] + STEP, seconds[0] + 1))
    figure.update_xaxes(range=span)
    return figure


def _add_line(figure: go.Figure, seconds: np.ndarray, share: np.ndarray, label: str) -> None:
    """One expression: its line, with symbols here and there, because colour never stands alone."""
    loud = share.max(initial=0) >= QUIET
    gaps = np.flatnonzero(np.diff(seconds) > BREAK) + 1
    x, y = np.insert(seconds, gaps, np.nan), np.insert(share, gaps, np.nan)
    order, symbol = LABELS.index(label), SYMBOLS[label]
    figure.add_scatter(
        x=x, y=y, mode="lines", name=label, legendgroup=label, showlegend=False, connectgaps=False,
        line={"color": COLORS[label], "width": 2.5 if loud else 1}, opacity=1 if loud else 0.6,
        hovertemplate="%{y:.0%}",
    )  # fmt: skip
    step = max(1, len(seconds) // SYMBOLS_PER_LINE)
    places = np.arange(order * step // len(LABELS), len(seconds), step)  # not all lines at the same moment
    places = places[share[places] >= QUIET]
    figure.add_scatter(
        x=[None, *seconds[places]], y=[None, *share[places]], mode="lines+markers", name=label,
        legendgroup=label, legendrank=order, hoverinfo="skip", line={"color": COLORS[label], "width": 0},
        marker={"symbol": symbol, "size": 9, "color": COLORS[label]},
    )  # fmt: skip


def _add_band(figure: go.Figure, spells: Sequence[Spell]) -> None:
    """The answers one after the other, in words where there is room."""
    colors = [COLORS.get(spell.label, MUTED) for spell in spells]
    figure.add_bar(
        base=[spell.start for spell in spells], x=[spell.end - spell.start for spell in spells], y=[0] * len(spells),
        orientation="h", width=1, yaxis="y2", showlegend=False, text=[spell.text for spell in spells],
        textposition="inside", insidetextanchor="middle", textangle=0, constraintext="inside",
        insidetextfont={"color": [choose_text_color(color) for color in colors], "size": 13},
        marker={
            "color": colors,
            "line": {"width": 0},
            "pattern": {
                "shape": [_choose_pattern(spell) for spell in spells],
                "fillmode": "overlay",  # "replace" would let the page shine through, and dark text would drown in it
                "fgopacity": 0.3,
                "solidity": 0.25,
            },
        },
        customdata=[[spell.start, spell.end] for spell in spells],
        hovertemplate="%{text}, %{customdata[0]:.1f} to %{customdata[1]:.1f} s<extra></extra>",
    )  # fmt: skip


def _choose_pattern(spell: Spell) -> str:
    return "/" if spell.label == NOT_SURE or spell.doubtful else ""


def _describe_timeline(seconds: Sequence[float], probability: np.ndarray, spells: Sequence[Spell], name: str) -> str:
    """Return the chart in words, for alt texts: who, from when to when, which answers for how long, the peak."""
    probability = np.asarray(probability, float).reshape(-1, len(LABELS))
    if not len(probability):
        return f"{name}: nothing seen yet."
    total = sum(spell.end - spell.start for spell in spells)
    times = {text: sum(s.end - s.start for s in spells if s.text == text) for text in {spell.text for spell in spells}}
    parts = [f"{label} {format_percent(t / total, 0)}" for label, t in sorted(times.items(), key=lambda p: -p[1]) if t]
    row, column = np.unravel_index(probability.argmax(), probability.shape)
    peak = f"{LABELS[column]}, {format_percent(probability[row, column], 0)} at {seconds[row]:.1f}{SPACE}s"
    return (
        f"{name}, {seconds[0]:.1f} to {seconds[-1]:.1f}{SPACE}s. "
        f"Share of its time: {', '.join(parts)}. Strongest: {peak}."
    )
