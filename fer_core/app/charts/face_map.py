"""The map of the faces: a point per test picture, those alike to the network close together."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from fer_core.app.charts.view import View
from fer_core.app.pictures import make_average_picture, make_data_url
from fer_core.app.theme import MUTED, make_figure
from fer_core.labels import COLORS, LABELS

FACE_SIZE = 0.2
"""Of an average face, where the map goes from -1 to 1."""


def view_face_map(
    xy: np.ndarray,
    classes: np.ndarray,
    rows: np.ndarray,
    texts: Sequence[str],
    faces: np.ndarray | None = None,
    lasso: bool = True,
) -> View:
    """Show the map: `rows` in the colours of their `classes`, all others grey.

    `xy` (n, 2), `classes` (n,) indices into LABELS, `rows`: of them; `texts`: a line for each row; `faces`: the classes'
    average faces, uint8 (7, 48, 48), zeros where there is none, laid over their middle; `lasso` False: until it is asked
    for, a drag draws nothing. Points carry their row as customdata.
    """
    return View(_make_face_map(xy, classes, rows, texts, faces, lasso), _describe_face_map(classes, rows))


def _make_face_map(
    xy: np.ndarray,
    classes: np.ndarray,
    rows: np.ndarray,
    texts: Sequence[str],
    faces: np.ndarray | None,
    lasso: bool,
) -> go.Figure:
    rest = np.setdiff1d(np.arange(len(xy)), rows)
    traces = [_make_points(xy[rest], "others", MUTED, 0.25)] if len(rest) else []
    texts = np.asarray(texts, object)
    for label, name in enumerate(LABELS):
        own = classes[rows] == label
        if own.any():
            points = _make_points(xy[rows[own]], name, COLORS[name], 0.8)
            points.update(customdata=rows[own].tolist(), text=texts[own], hovertemplate="%{text}<extra></extra>")
            traces.append(points)
    figure = make_figure(*traces, height=560, legend=True)
    hidden = {"visible": False, "range": [-1.08, 1.08], "fixedrange": True}
    figure.update_layout(
        xaxis=hidden, yaxis=hidden | {"scaleanchor": "x", "scaleratio": 0.8}, clickmode="event+select",
        dragmode="lasso" if lasso else False, legend={"itemsizing": "constant"},
    )  # fmt: skip
    if faces is not None:
        _lay_faces(figure, xy, classes, faces)
    return figure


def _make_points(xy: np.ndarray, name: str, color: str, opacity: float) -> go.Scattergl:
    return go.Scattergl(
        x=xy[:, 0], y=xy[:, 1], mode="markers", name=name, hoverinfo="skip",
        marker={"size": 5, "color": color, "opacity": opacity}, unselected={"marker": {"opacity": 0.12}},
    )  # fmt: skip


def _lay_faces(figure: go.Figure, xy: np.ndarray, classes: np.ndarray, faces: np.ndarray) -> None:
    for label in range(len(LABELS)):
        if faces[label].any() and (classes == label).any():
            x, y = np.median(xy[classes == label], axis=0)
            figure.add_layout_image(
                source=make_data_url(make_average_picture(faces[label], 96)), x=x, y=y, xref="x", yref="y",
                sizex=FACE_SIZE, sizey=FACE_SIZE * 1.25, xanchor="center", yanchor="middle", opacity=0.9,
            )  # fmt: skip
            figure.add_annotation(
                x=x, y=y - 0.62 * FACE_SIZE * 1.25, text=f"<b>{LABELS[label]}</b>", showarrow=False,
                font={"size": 13, "color": "#ffffff"}, bgcolor="#211f27",
            )  # fmt: skip


def _describe_face_map(classes: np.ndarray, rows: np.ndarray) -> str:
    """Return the map in words, for alt texts."""
    counts = ", ".join(f"{name} {int((classes[rows] == label).sum())}" for label, name in enumerate(LABELS))
    return f"Map of {len(classes)} test faces; those that look alike to the network lie close together. In colour: {counts}."
