"""What our own drawings share: a network's mark and the dashes of its line as SVG, and a legend."""

from collections.abc import Mapping, Sequence
from html import escape

from fer_core.app.looks import Look, pick_look

DASH_ARRAYS = {
    "solid": "",
    "dash": "9 5",
    "dot": "3 3",
    "dashdot": "9 3 3 3",
    "longdash": "14 6",
    "longdashdot": "14 4 3 4",
}
"""Plotly's dashes as SVG writes them."""
MARK_PATHS = {
    "circle": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z",
    "square": "M-4-4H4V4H-4Z",
    "diamond": "M0-5L5 0L0 5L-5 0Z",
    "cross": "M-1.6-5H1.6V-1.6H5V1.6H1.6V5H-1.6V1.6H-5V-1.6H-1.6Z",
    "triangle-up": "M0-5L5 4H-5Z",
    "triangle-down": "M0 5L5-4H-5Z",
    "star": "M0-6L1.5-2H6L2.4.6L3.8 5L0 2.4L-3.8 5L-2.4.6L-6-2H-1.5Z",
    "hexagon": "M-4.6 0L-2.3-4.2H2.3L4.6 0L2.3 4.2H-2.3Z",
}
"""Plotly's marks, around 0 0."""
OPEN = "-open"
"""Ends the name of a hollow mark."""


def draw_mark(look: Look, place: str, told: str = "") -> str:
    """Return a network's mark as SVG, moved by the transform `place`; `told` is said under the mouse."""
    title = f"<title>{escape(told)}</title>" if told else ""
    fill = (
        f'fill="none" stroke="{look.color}" stroke-width="1.6"' if look.mark.endswith(OPEN) else f'fill="{look.color}"'
    )
    return f'<path d="{MARK_PATHS[look.mark.removesuffix(OPEN)]}" transform="{place}" {fill}>{title}</path>'


def stroke_line(look: Look) -> str:
    """Return the attributes of a network's line."""
    dashes = DASH_ARRAYS[look.dash]
    return f'fill="none" stroke="{look.color}" stroke-width="2.5"' + (f' stroke-dasharray="{dashes}"' if dashes else "")


def draw_legend(names: Sequence[str], looks: Mapping[str, Look], lines: bool = True) -> str:
    """Return HTML: each network's mark, on its line where the chart has `lines`, and its name, as many side by side as fit."""
    entries = []
    for place, name in enumerate(names):
        look = pick_look(looks, name, place)
        line = f'<path d="M0 8H32" {stroke_line(look)}/>' if lines else ""
        width = 32 if lines else 14
        mark = draw_mark(look, f"translate({width / 2:.0f} 8)")
        entries.append(
            f'<span style="display:inline-flex;align-items:center;gap:.5rem"><svg width="{width}" height="16">{line}{mark}'
            f"</svg>{escape(name)}</span>"
        )
    return f'<div style="display:flex;flex-wrap:wrap;gap:.25rem 1.5rem">{"".join(entries)}</div>'
