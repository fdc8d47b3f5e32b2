"""Cards side by side, as HTML: one element of the page instead of six for each card."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

STYLE = """
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18.75rem), 1fr)); gap: 1rem; margin-bottom: .5rem }
.cards > div { padding: 1rem; border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: .5rem; overflow-wrap: break-word }
.cards > div > strong { display: block; margin-bottom: .5rem }
.cards img { display: block; width: 100%; max-width: 32rem; margin-bottom: .5rem }
.cards p { margin: 0 0 .75rem }
.cards .line { font-size: .875rem; opacity: .78; margin-top: .25rem }
"""


@dataclass(frozen=True)
class Card:
    """A `name`, then pictures (`sheet`, a data URL, and its words), a `drawing` in HTML and a `line` of text below; or `text`.

    `text`: paragraphs, in which **words** are bold. Everything but the drawing is escaped here.
    """

    name: str
    sheet: str = ""
    sheet_alt: str = ""
    drawing: str = ""
    line: str = ""
    text: Sequence[str] = ()


def draw_cards(cards: Sequence[Card]) -> str:
    """Return HTML: the cards in as many columns as fit."""
    return f'<div class="cards"><style>{STYLE}</style>{"".join(map(_draw_card, cards))}</div>'


def _draw_card(card: Card) -> str:
    sheet = f'<img src="{escape(card.sheet)}" alt="{escape(card.sheet_alt)}"/>' if card.sheet else ""
    text = "".join(f"<p>{_write_bold(paragraph)}</p>" for paragraph in card.text)
    line = f'<div class="line">{escape(card.line)}</div>' if card.line else ""
    return f"<div><strong>{escape(card.name)}</strong>{sheet}{card.drawing}{text}{line}</div>"


def _write_bold(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text))
