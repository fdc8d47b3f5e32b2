"""Pictures to press: each tile is one button, with a caption and badges. What stands in for a missing picture."""

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from fer_core.labels import COLORS, LABELS

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Badge:
    """A sign on a tile: `symbol` is one character or two, `meaning` says it in words, `tone` is "right", "wrong" or ""."""

    symbol: str
    meaning: str
    tone: str = ""


WRONG, RIGHT = Badge("✗", "wrong answer", "wrong"), Badge("✓", "right answer", "right")
TWIN = Badge("2×", "the same pixels also lie in the other folder")
COPY = Badge("+1", "the same pixels are there more than once")
CROWD = Badge("≠", "most people see something else than the label says")
BLANK = Badge("0", "no face at all")


@dataclass(frozen=True)
class Tile:
    """A picture to press: `key` names it, `source` is the address of its image, `lines` stand below, the first bold."""

    key: str
    source: str
    alt: str
    lines: Sequence[str] = ()
    badges: Sequence[Badge] = ()


_mount = st.components.v2.component(
    "picture-tiles",
    html='<div class="tiles"></div>',
    css=(HERE / "tiles.css").read_text(encoding="utf-8"),
    js=(HERE / "tiles.js").read_text(encoding="utf-8"),
)


def render_tiles(
    tiles: Sequence[Tile],
    key: str,
    on_press: Callable[[str], None],
    columns: int = 12,
    narrowest: int = 72,
    reveal: str = "",
) -> None:
    """Show tiles in at most `columns`, none narrower than `narrowest` pixels; a pressed one calls `on_press(key)`.

    Whenever `reveal` changes, a phone scrolls to them.
    """
    data = {
        "tiles": [
            {
                "key": tile.key,
                "src": tile.source,
                "alt": tile.alt,
                "lines": list(tile.lines),
                "badges": [[badge.symbol, badge.meaning, badge.tone] for badge in tile.badges],
            }
            for tile in tiles
        ],
        "columns": columns,
        "narrowest": narrowest,
        "reveal": reveal,
    }
    _mount(key=key, data=data, on_pressed_change=lambda: on_press(st.session_state[key].pressed))
    if meanings := describe_badges(tiles):
        st.caption(meanings)


def describe_badges(tiles: Iterable[Tile]) -> str:
    """Return the legend of the badges in use: "✗ wrong answer · ≠ most people see ...", "" without badges."""
    used = dict.fromkeys(badge for tile in tiles for badge in tile.badges)
    return " · ".join(f"{badge.symbol} {badge.meaning}" for badge in used)


def make_stand_in(probability: np.ndarray, votes: np.ndarray | None = None) -> str:
    """Draw an answer where its picture is missing, as an address: seven bars up for the network, down for the votes.

    `probability`: seven shares; `votes`: seven counts of at most ten, or None.
    """
    bars = [_draw_bar(place, 30, -26 * float(share)) for place, share in enumerate(probability)]
    if votes is not None:
        bars += [_draw_bar(place, 34, 2.6 * int(count)) for place, count in enumerate(votes)]
    line = '<rect x="3" y="31.5" width="58" height="1" fill="#8b867e"/>'
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="6" fill="#8b867e" '
        f'fill-opacity=".14"/>{line}{"".join(bars)}</svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _draw_bar(place: int, base: float, height: float) -> str:
    top = base + min(height, 0)
    return (
        f'<rect x="{4 + 8 * place}" y="{top:.1f}" width="7" height="{abs(height):.1f}" fill="{COLORS[LABELS[place]]}"/>'
    )
