"""Values with their 95 % intervals, one under the other (a forest plot), as HTML: three of Plotly's take a browser half a second.

Names, numbers and ticks are text of the page's size at every width; only places are shares of the width.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from fer_core.app.charts.marks import draw_legend, draw_mark
from fer_core.app.looks import Look

EDGE = 0.03
"""Empty place beside the outermost intervals, as a share of what all of them span; their numbers stand outside."""
N_TICKS = 8
STYLE = """
.forest { --names: 13.5rem; --left: 0rem; --right: 4rem; font-size: .875rem; line-height: 1.25; container-type: inline-size; margin: .25rem 0 }
.forest.both { --left: 3rem }
.forest .rows { position: relative; padding-bottom: 1.75rem; margin-top: .75rem }
.forest .grid { position: absolute; inset: 0 var(--right) 0 calc(var(--names) + var(--left)) }
.forest .grid span { position: absolute; bottom: 0; transform: translateX(-50%); white-space: nowrap }
.forest .row { position: relative; display: grid; grid-template-columns: var(--names) 1fr; align-items: center }
.forest .row + .row.many { border-top: 1px solid color-mix(in srgb, currentColor 10%, transparent) }
.forest .name { text-align: right; padding-right: 1rem; text-wrap: balance }
.forest .name, .forest .title, .forest .grid span { opacity: .85 }
.forest .strong .name { font-weight: 600; opacity: 1 }
.forest .dots { margin: 0 var(--right) 0 var(--left); padding: .2rem 0; background: var(--lines) }
.forest .dot { position: relative; height: 1.5rem }
.forest .many .dot { height: 1.3rem }
.forest .bar { position: absolute; top: 50%; height: 2px; translate: 0 -1px; background: var(--ink) }
.forest .bar::before, .forest .bar::after { content: ""; position: absolute; top: -4px; height: 10px; width: 2px; background: var(--ink) }
.forest .bar::before { left: -1px } .forest .bar::after { right: -1px }
.forest svg.mark { position: absolute; top: 50%; width: 16px; height: 16px; translate: -8px -8px }
.forest .value { position: absolute; top: 50%; translate: 0 -50%; padding: 0 .5rem; white-space: nowrap }
.forest .title { text-align: center; padding: 0 var(--right) 0 calc(var(--names) + var(--left)) }
@container (max-width: 34rem) {
  .forest .grid, .forest .title { --names: 0rem }
  .forest:not(.both) > * { --left: 1rem }
  .forest .row { grid-template-columns: 1fr }
  .forest .name { text-align: left; padding: .35rem 0 0 }
}
"""


@dataclass(frozen=True)
class Dot:
    """One value, a share or a difference of shares: `told` stands under the mouse, `text` beside its interval."""

    value: float
    interval: tuple[float, float]
    text: str
    told: str
    look: Look


def draw_forest(
    rows: Mapping[str, Sequence[Dot]], alt: str, write_tick: Callable[[float, int], str], legend: Mapping[str, Look] = {},
    zero: bool = False, title: str = "", strong: Collection[str] = (),
) -> str:  # fmt: skip
    """Return HTML: a row per name with its values, the first on top; `alt` says the whole in words.

    `write_tick` gets a share and the digits after the point that tell neighbouring ticks apart, as formats.py's functions do.
    `zero` marks where nothing changes and writes the numbers of losses at their left; `title` names the axis; the names in
    `strong` are bold.
    """
    ends = [end for dots in rows.values() for dot in dots for end in dot.interval] + [0.0] * zero
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    edge = EDGE * (high - low or 1.0)
    low, high = low - edge, high + edge

    def place(value: float) -> str:
        return f"{100 * (value - low) / (high - low):.2f}%"

    ticks = choose_ticks(low, high)
    digits = count_digits(100 * (ticks[1] - ticks[0]))
    lines = ",".join(_draw_line(place(tick), dotted=zero and tick == 0) for tick in ticks)
    numbers = "".join(f'<span style="left:{place(tick)}">{escape(write_tick(tick, digits))}</span>' for tick in ticks)
    drawn = "".join(_draw_row(name, dots, place, zero, name in strong) for name, dots in rows.items())
    names = draw_legend(list(legend), legend, lines=False) if len(legend) > 1 else ""
    below = f'<div class="title">{escape(title)}</div>' if title else ""
    return (
        f'<div class="forest{" both" * zero}" role="img" aria-label="{escape(alt)}"><style>{STYLE}</style>{names}'
        f'<div class="rows" style="--lines:{lines}"><div class="grid">{numbers}</div>{drawn}</div>{below}</div>'
    )


def _draw_line(place: str, dotted: bool) -> str:
    """Return an upright line as a layer of CSS's background: behind values, never through a name above them."""
    if dotted:
        strong = "color-mix(in srgb,currentColor 55%,transparent)"
        return f"repeating-linear-gradient({strong} 0 2px,transparent 2px 4px) {place} 0/2px 100% no-repeat"
    faint = "color-mix(in srgb,currentColor 10%,transparent)"
    return f"linear-gradient({faint},{faint}) {place} 0/1px 100% no-repeat"


def _draw_row(name: str, dots: Sequence[Dot], place: Callable[[float], str], zero: bool, strong: bool) -> str:
    drawn = "".join(_draw_dot(dot, place, zero) for dot in dots)
    kind = " many" * (len(dots) > 1) + " strong" * strong
    return f'<div class="row{kind}"><div class="name">{escape(name)}</div><div class="dots">{drawn}</div></div>'


def _draw_dot(dot: Dot, place: Callable[[float], str], zero: bool) -> str:
    low, high = map(place, dot.interval)
    beside = f"right:calc(100% - {low})" if zero and dot.value < 0 else f"left:{high}"
    mark = draw_mark(dot.look, "translate(8 8) scale(1.4)")
    return (
        f'<div class="dot" style="--ink:{dot.look.color}" title="{escape(dot.told)}">'
        f'<div class="bar" style="left:{low};right:calc(100% - {high})"></div>'
        f'<svg class="mark" style="left:{place(dot.value)}">{mark}</svg>'
        f'<span class="value" style="{beside}">{escape(dot.text)}</span></div>'
    )


def choose_ticks(low: float, high: float) -> list[float]:
    """Choose round numbers from `low` to `high`, low < high, at most N_TICKS: steps of 1, 2 or 5 times a power of ten."""
    least = (high - low) / N_TICKS
    power = 10.0 ** math.floor(math.log10(least))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)
    return [round(place * step, 10) for place in range(math.ceil(low / step), math.floor(high / step) + 1)]


def count_digits(step: float) -> int:
    """How many digits after the point a number has that is 1, 2 or 5 times a power of ten."""
    return max(0, -math.floor(math.log10(step) + 1e-9))
