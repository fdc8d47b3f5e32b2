"""What an article is made of. Texts are Markdown; pure data, no Streamlit."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from fer_core.app.charts.view import View


@dataclass(frozen=True)
class Text:
    """Paragraphs, lists or tables in Markdown."""

    markdown: str


@dataclass(frozen=True)
class Figure:
    """An interactive chart. A `wide` one scrolls sideways on a phone."""

    view: View
    caption: str
    wide: bool = False


@dataclass(frozen=True)
class Table:
    """A table of text, a row per record."""

    frame: pd.DataFrame
    caption: str


@dataclass(frozen=True)
class Section:
    """A part of the article; `anchor` is its link target."""

    anchor: str
    title: str
    blocks: Sequence[Text | Figure | Table]


@dataclass(frozen=True)
class Reference:
    """A work that the article stands on; `key` is what the text cites it by."""

    key: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Article:
    """The whole report. `authors` and `date` as they should be printed; "" leaves them out."""

    title: str
    authors: str
    date: str
    abstract: str
    sections: Sequence[Section]
    references: Sequence[Reference]
