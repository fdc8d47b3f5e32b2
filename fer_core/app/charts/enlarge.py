"""A chart made for a page, made large enough for the back row."""

import plotly.graph_objects as go

SMALLEST = 26
"""Pixels of the smallest text on a slide of 1920 x 1080: 2.4 % of its height."""
TEXT, MARKS = 2.0, 1.8
"""How much larger than on a page text is, and marks and lines."""


def enlarge(figure: go.Figure) -> go.Figure:
    """Return a copy of `figure` without a size of its own and with larger text, marks, lines and margins."""
    content = figure.to_plotly_json()
    layout = content["layout"]
    layout.pop("height", None)
    layout.setdefault("font", {}).setdefault("size", 14)
    content = _scale(content)
    top = 84 if figure.layout.showlegend else 64 if figure.layout.annotations else 24
    right = max(40, round(TEXT * (figure.layout.margin.r or 0)))  # numbers may stand there
    content["layout"]["margin"] = {"l": 16, "r": right, "t": top, "b": 16, "pad": 8}
    return go.Figure(content)


def _scale(node, key: str = ""):
    if isinstance(node, dict):
        return {name: _scale_value(name, value, key) for name, value in node.items()}
    if isinstance(node, (list, tuple)):
        return [_scale(item, key) for item in node]
    return node


def _scale_value(name: str, value, parent: str):
    if name == "size" and parent.endswith("font"):
        return max(SMALLEST, round(TEXT * value))
    if (name == "size" and parent == "marker") or (
        name == "width" and (parent == "line" or parent.startswith("error"))
    ):
        return _multiply(value)
    if name == "thickness" and parent.startswith("error"):
        return _multiply(value)
    return _scale(value, name)


def _multiply(value):
    if isinstance(value, (int, float)):
        return MARKS * value
    return [_multiply(item) for item in value] if isinstance(value, (list, tuple)) else value
