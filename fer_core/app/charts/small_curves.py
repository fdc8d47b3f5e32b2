"""Accuracy on spoiled pictures as small SVG charts: of Plotly's, thirteen on a page keep a browser busy for a second."""

from collections.abc import Mapping, Sequence
from html import escape

from fer_core.app.charts.robustness import describe_corruption, list_ticks, place_points
from fer_core.app.formats import format_percent
from fer_core.app.looks import Look, pick_look
from fer_core.app.theme import MUTED
from fer_core.runs.corruptions import Corruption
from fer_core.runs.robustness import Robustness

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340, 212, 40, 10, 10, 44
"""Units of the drawing; about a pixel each on the screen."""
HIGHEST, GRID = 0.85, (0, 0.2, 0.4, 0.6, 0.8)
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


def draw_legend(names: Sequence[str], looks: Mapping[str, Look]) -> str:
    """Return HTML: a line with its mark and the name of each network, as many side by side as fit."""
    entries = []
    for place, name in enumerate(names):
        look = pick_look(looks, name, place)
        line = f'<path d="M0 8H32" {_stroke(look)}/>{_mark(look, 16, 8)}'
        entries.append(
            f'<span style="display:inline-flex;align-items:center;gap:.5rem"><svg width="32" height="16">{line}</svg>'
            f"{escape(name)}</span>"
        )
    return f'<div style="display:flex;flex-wrap:wrap;gap:.25rem 1.5rem">{"".join(entries)}</div>'


def draw_corruption(
    corruption: Corruption, measured: Mapping[str, Robustness], floor: float | None, looks: Mapping[str, Look],
    named: bool = False,
) -> str:  # fmt: skip
    """Return one chart as SVG in HTML: accuracy against strength, a line per network with its 95 % intervals.

    Arguments as for `robustness.view_corruption`; `named` writes the names at the upper right. A point says its numbers under
    the mouse, the whole chart in its label.
    """
    ticks, top = list_ticks(corruption), HIGHEST + 0.1 * named
    step = (WIDTH - LEFT - RIGHT) / len(ticks)
    columns = {tick: LEFT + step * (place + 0.5) for place, tick in enumerate(ticks)}

    def row(accuracy: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * accuracy / top

    parts = [_draw_frame(corruption.unit, columns, {share: row(share) for share in GRID})]
    if floor is not None:
        parts.append(f'<path d="M{LEFT} {row(floor):.1f}H{WIDTH - RIGHT}" stroke="{MUTED}" stroke-dasharray="2 3"/>')
    for place, (name, found) in enumerate(measured.items()):
        look = pick_look(looks, name, place)
        points = [(columns[tick], tick, point) for tick, point in place_points(corruption, found)]
        bars = "".join(f"M{x:.1f} {row(point.ci95[0]):.1f}V{row(point.ci95[1]):.1f}" for x, _, point in points)
        line = "L".join(f"{x:.1f} {row(point.accuracy):.1f}" for x, _, point in points)
        parts.append(f'<path d="{bars}" stroke="{look.color}" stroke-width="1.5"/><path d="M{line}" {_stroke(look)}/>')
        for x, tick, point in points:
            told = f"{name}, {tick} {corruption.unit}: {format_percent(point.accuracy)}"
            parts.append(_mark(look, x, row(point.accuracy), told))
    if named:
        parts += _name_lines(measured, looks)
    return (
        f'<div><svg viewBox="0 0 {WIDTH} {HEIGHT}" style="width:100%;max-width:27rem" role="img" '
        f'aria-label="{escape(describe_corruption(corruption, measured))}" font-size="12" fill="currentColor">'
        f"{''.join(parts)}</svg></div>"
    )


def _draw_frame(unit: str, columns: Mapping[str, float], rows: Mapping[float, float]) -> str:
    """Draw the grid and what stands at the axes."""
    lines = "".join(f"M{LEFT} {y:.1f}H{WIDTH - RIGHT}" for y in rows.values())
    shares = "".join(
        f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{format_percent(share, 0)}</text>'
        for share, y in rows.items()
    )
    ticks = "".join(
        f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{escape(tick)}</text>'
        for tick, x in columns.items()
    )
    title = f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{escape(unit)}</text>'
    return f'<path d="{lines}" stroke="currentColor" opacity=".13"/><g opacity=".78">{shares}{ticks}{title}</g>'


def _name_lines(measured: Mapping[str, Robustness], looks: Mapping[str, Look]) -> list[str]:
    """Write the names at the upper right, each behind a piece of its line."""
    lines = []
    for place, name in enumerate(measured):
        y, color = TOP + 8 + 16 * place, pick_look(looks, name, place).color
        piece = f'<tspan fill="{color}" font-weight="bold">— </tspan>'
        lines.append(f'<text x="{WIDTH - RIGHT}" y="{y}" text-anchor="end">{piece}{escape(name)}</text>')
    return lines


def _stroke(look: Look) -> str:
    dashes = DASH_ARRAYS[look.dash]
    return f'fill="none" stroke="{look.color}" stroke-width="2.5"' + (f' stroke-dasharray="{dashes}"' if dashes else "")


def _mark(look: Look, x: float, y: float, told: str = "") -> str:
    title = f"<title>{escape(told)}</title>" if told else ""
    return (
        f'<path d="{MARK_PATHS[look.mark]}" transform="translate({x:.1f} {y:.1f})" fill="{look.color}">{title}</path>'
    )
