"""Accuracy on spoiled pictures as small SVG charts: of Plotly's, thirteen on a page keep a browser busy for a second."""

from collections.abc import Mapping
from html import escape

from fer_core.app.charts.marks import draw_mark, stroke_line
from fer_core.app.charts.robustness import describe_corruption, list_ticks, place_points
from fer_core.app.formats import format_percent
from fer_core.app.looks import Look, pick_look
from fer_core.app.theme import MUTED
from fer_core.runs.corruptions import Corruption
from fer_core.runs.robustness import Robustness

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340, 212, 40, 10, 10, 44
"""Units of the drawing; about a pixel each on the screen."""
HIGHEST, GRID = 0.85, (0, 0.2, 0.4, 0.6, 0.8)


def draw_corruption(
    corruption: Corruption, measured: Mapping[str, Robustness], floor: float | None, looks: Mapping[str, Look]
) -> str:
    """Return one chart as SVG in HTML: accuracy against strength, a line per network with its 95 % intervals.

    Arguments as for `robustness.view_corruption`. A point says its numbers under the mouse, the whole chart in its label.
    """
    ticks = list_ticks(corruption)
    step = (WIDTH - LEFT - RIGHT) / len(ticks)
    columns = {tick: LEFT + step * (place + 0.5) for place, tick in enumerate(ticks)}

    def row(accuracy: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * accuracy / HIGHEST

    parts = [_draw_frame(corruption.unit, columns, {share: row(share) for share in GRID})]
    if floor is not None:
        parts.append(f'<path d="M{LEFT} {row(floor):.1f}H{WIDTH - RIGHT}" stroke="{MUTED}" stroke-dasharray="2 3"/>')
    for place, (name, found) in enumerate(measured.items()):
        look = pick_look(looks, name, place)
        points = [(columns[tick], tick, point) for tick, point in place_points(corruption, found)]
        bars = "".join(f"M{x:.1f} {row(point.ci95[0]):.1f}V{row(point.ci95[1]):.1f}" for x, _, point in points)
        line = "L".join(f"{x:.1f} {row(point.accuracy):.1f}" for x, _, point in points)
        parts.append(
            f'<path d="{bars}" stroke="{look.color}" stroke-width="1.5"/><path d="M{line}" {stroke_line(look)}/>'
        )
        for x, tick, point in points:
            told = f"{name}, {tick} {corruption.unit}: {format_percent(point.accuracy)}"
            parts.append(draw_mark(look, f"translate({x:.1f} {row(point.accuracy):.1f})", told))
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
