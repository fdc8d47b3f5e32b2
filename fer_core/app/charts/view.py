"""A chart as one object, so that figure, words and numbers are always about the same thing."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go


@dataclass(frozen=True)
class View:
    """`alt` says in words what `figure` shows; `table` holds its numbers, to take away."""

    figure: go.Figure
    alt: str
    table: pd.DataFrame
