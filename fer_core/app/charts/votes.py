"""What ten people said and what a network says about one face, line by line."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.theme import make_figure
from fer_core.app.wording import Wording
from fer_core.labels import COLORS, LABELS


def view_votes(
    bars: dict[str, Sequence[float]], texts: dict[str, Sequence[str]], label: str = "", height: int = 290
) -> View:
    """Show panels of seven bars side by side, one per entry of `bars`: title -> seven shares, at most 1.

    `texts`: what stands at the bars; `label`: FER2013's, in bold, or "" while it is not shown.
    """
    return View(_make_votes_chart(bars, texts, label, height), _describe_votes(texts, label or "not shown yet"))


def _make_votes_chart(
    bars: dict[str, Sequence[float]], texts: dict[str, Sequence[str]], strong: str, height: int
) -> go.Figure:
    figure = make_figure(height=height)
    names = [f"<b>{label}</b>" if label == strong else label for label in LABELS]
    width = 1 / len(bars)
    for i, (title, shares) in enumerate(bars.items(), 1):
        number = "" if i == 1 else str(i)
        top, left = int(np.argmax(shares)), (i - 1) * width + 0.06 * (i > 1)
        figure.add_bar(
            x=list(map(float, shares)), y=names, orientation="h", xaxis=f"x{number}", yaxis="y", cliponaxis=False,
            marker={"color": [COLORS[label] for label in LABELS], "opacity": [1 if j == top else 0.55 for j in range(7)]},
            text=list(texts[title]), textposition="outside", hovertemplate=f"{title}: " + "%{y} %{text}<extra></extra>",
        )  # fmt: skip
        axis = {"domain": [left, i * width - 0.08], "range": [0, 1], "fixedrange": True, "anchor": "y", "side": "top"}
        axis |= {"showgrid": False, "showticklabels": False, "zeroline": False, "ticks": ""}
        title = {"text": f"<b>{title}</b>", "font": {"size": 14}, "standoff": 4}
        figure.update_layout({f"xaxis{number}": axis | {"title": title}})
    figure.update_layout(
        margin={"t": 36, "r": 8, "b": 8}, yaxis={"autorange": "reversed", "showgrid": False, "tickfont": {"size": 14}}
    )
    return figure


def collect_votes(votes: Sequence[int] | None, probability: Sequence[float], wording: Wording) -> tuple[dict, dict]:
    """Return bars and texts of view_votes: ten people, where they were asked, beside the network."""
    network = "Network, votes of ten" if wording.votes else "Network"
    bars, texts = {}, {}
    if votes is not None:
        bars["Ten people"], texts["Ten people"] = np.asarray(votes) / 10, [str(int(n)) if n else "" for n in votes]
    bars[network], texts[network] = probability, wording.write_shares(probability)
    return bars, texts


def _describe_votes(texts: dict[str, Sequence[str]], label: str) -> str:
    """Return the chart in words, for alt texts."""
    parts = [
        f"{title}: " + ", ".join(f"{name} {text}" for name, text in zip(LABELS, row, strict=True) if text)
        for title, row in texts.items()
    ]
    return f"Label {label}. " + ". ".join(parts)
