"""A chart as one object, so that figure, words and numbers are always about the same thing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pandas takes 0.7 s to import, and every page's parts know this class
    import pandas as pd
    import plotly.graph_objects as go


class View:
    """`alt` says in words what `figure` shows; `table` holds its numbers, to take away, where a chart has that many.

    Where there is a `drawing`, HTML of ours, pages show that: it appears at once. Its figure, for slides, report and what
    one may save, is then given as the function that makes it, and made when somebody asks.
    """

    def __init__(
        self, figure: go.Figure | Callable[[], go.Figure], alt: str, table: pd.DataFrame | None = None,
        drawing: str | None = None,
    ):  # fmt: skip
        self._figure, self.alt, self.table, self.drawing = figure, alt, table, drawing

    @cached_property
    def figure(self) -> go.Figure:
        return self._figure() if callable(self._figure) else self._figure
