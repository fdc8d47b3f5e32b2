"""The photo as a chart on which a tap sets the middle of a face, with the square that goes to the network."""

import numpy as np
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.theme import ACCENT, make_figure

N_POINTS = 36
"""Places to tap along the longer side."""
WIDTH, PHONE_WIDTH = 420, 330
"""Pixels that the chart usually gets; its height follows from the photo's shape."""


def compute_square(size: tuple[int, int], across: float, down: float, share: float) -> tuple[float, ...]:
    """Return the square (x0, y0, x1, y1) in pixels around a point given in percent of the photo's `size`.

    `share`: the square's side in percent of the shorter side.
    """
    x, y, half = size[0] * across / 100, size[1] * down / 100, min(size) * share / 200
    return x - half, y - half, x + half, y + half


def view_taps(picture: str, size: tuple[int, int], square: tuple[float, ...], shown_width: int = WIDTH) -> View:
    """Show the photo (a data URL, `size` pixels) with `square` marked and a net of invisible places to tap.

    `shown_width`: pixels of the chart. The places stand at their pixels, the axes are those of the photo.
    """
    width, height = size
    step = max(size) / N_POINTS
    x, y = np.meshgrid(np.arange(step / 2, width, step), np.arange(step / 2, height, step))
    marker = {"symbol": "square", "size": shown_width / N_POINTS, "opacity": 0}
    net = go.Scatter(
        x=x.ravel(), y=y.ravel(), mode="markers", marker=marker, hoverinfo="none",
        selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}},
    )  # fmt: skip
    figure = make_figure(net, height=int(np.clip(shown_width * height / width, 120, 560)))
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0}, clickmode="event+select")
    figure.add_layout_image(
        source=picture, xref="x", yref="y", x=0, y=0, sizex=width, sizey=height, sizing="stretch", layer="below"
    )
    x0, y0, x1, y1 = square
    for color, thickness in (("#111418", 6), ("#ffffff", 3), (ACCENT, 2)):
        figure.add_shape(type="rect", x0=x0, y0=y0, x1=x1, y1=y1, line={"color": color, "width": thickness})
    figure.update_xaxes(range=[0, width], visible=False, constrain="domain")
    figure.update_yaxes(range=[height, 0], visible=False, scaleanchor="x", constrain="domain")
    return View(figure, "The photo with the marked square. Tap the middle of a face, or use the sliders.")
