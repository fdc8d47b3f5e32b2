"""A chart as one object, so that figure, words and numbers are always about the same thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pandas takes 0.7 s to import, and every page's parts know this class
    import pandas as pd
    import plotly.graph_objects as go


@dataclass(frozen=True)
class View:
    """`alt` says in words what `figure` shows; `table` holds its numbers, to take away, where a chart has that many."""

    figure: go.Figure
    alt: str
    table: pd.DataFrame | None = None
