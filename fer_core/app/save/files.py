"""What a saved chart holds: the figure on light paper, as on the page and large for slides, and the words around it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

from fer_core.app.charts.enlarge import enlarge
from fer_core.app.theme import make_export

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

PAPER, STRONG = "#ffffff", "strong"
"""Texts of traces with this `meta` stand on a strong colour."""


@dataclass(frozen=True)
class Words:
    """What stands around a saved chart: `title` and `about` (networks, pictures) above, `note` and `source` below."""

    title: str
    about: str = ""
    note: str = ""
    source: str = ""


def write_source(page: str, day: date) -> str:
    """Return the line that says where a saved chart comes from."""
    return f"Seven expressions, {page}. Data: FER2013 (2013), FER+ (2016). Saved {day.day} {day:%B %Y}."


def make_content(figure: go.Figure, words: Words, table: pd.DataFrame | None, name: str) -> dict:
    """Return all that the menu needs in the browser, as plain data."""
    light = make_export(figure).update_traces(textfont_color=PAPER, selector={"meta": STRONG})
    light.update_layout(margin=figure.layout.margin)
    return {
        "name": name,
        "words": {key: plain(text) for key, text in asdict(words).items()},
        "figure": json.loads(light.to_json()),
        "slide": json.loads(enlarge(light).to_json()),
        "height": figure.layout.height or 400,
        "csv": "" if table is None else table.to_csv(index=False),
    }


def plain(text: str) -> str:
    """Return a sentence without its Markdown marks."""
    for mark in ("**", "`", "*"):
        text = text.replace(mark, "")
    return text
