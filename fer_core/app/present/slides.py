"""What a slide is, and how it travels to the browser. Pure data, no Streamlit."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from fer_core.app.charts.enlarge import enlarge
from fer_core.app.charts.view import View

LONGEST = 150
"""Characters of a slide's sentence: two lines on the wall."""


@dataclass(frozen=True)
class Chart:
    """A chart. Its text is enlarged for the wall on the way out.

    `tall`: another view for phones held upright, where the wide one does not fit.
    """

    view: View
    tall: View | None = None

    def to_json(self) -> dict:
        figures = {"figure": self.view.figure} | ({} if self.tall is None else {"tall": self.tall.figure})
        enlarged = {name: json.loads(enlarge(figure).to_json()) for name, figure in figures.items()}
        return {"kind": "chart", "alt": self.view.alt, **enlarged}


@dataclass(frozen=True)
class Pictures:
    """Pictures in a row, as (address that holds it, caption)."""

    pictures: Sequence[tuple[str, str]]

    def to_json(self) -> dict:
        return {"kind": "pictures", "pictures": [{"src": src, "caption": text} for src, text in self.pictures]}


@dataclass(frozen=True)
class Table:
    """A small table; `strong` marks the rows that are ours."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    strong: Sequence[bool]

    def to_json(self) -> dict:
        return {"kind": "table", "columns": list(self.columns), "rows": list(self.rows), "strong": list(self.strong)}


@dataclass(frozen=True)
class Lists:
    """Lists beside each other: heading -> lines."""

    lists: dict[str, Sequence[str]]

    def to_json(self) -> dict:
        return {"kind": "lists", "lists": [{"title": t, "lines": list(lines)} for t, lines in self.lists.items()]}


@dataclass(frozen=True)
class Demo:
    """Pages of this app inside the slide: label of the switch -> address from the app's root."""

    pages: dict[str, str]

    def to_json(self) -> dict:
        return {"kind": "demo", "pages": [{"label": label, "path": path} for label, path in self.pages.items()]}


@dataclass(frozen=True)
class Missing:
    """What the slide would show, and the next step."""

    text: str

    def to_json(self) -> dict:
        return {"kind": "missing", "text": self.text}


@dataclass(frozen=True)
class Notes:
    """For the speaker: what to say, what to ask the class, what to know if somebody asks."""

    say: str
    ask: str = ""
    more: str = ""


@dataclass(frozen=True)
class Slide:
    """One slide. `sentence` is what it says, at most LONGEST characters; `source` stands small below.

    `minutes` is how long to stay; `page` is the dashboard's page that goes deeper.
    """

    name: str
    title: str
    sentence: str
    body: Chart | Pictures | Table | Lists | Demo | Missing
    notes: Notes
    minutes: float
    source: str = ""
    page: str | None = None

    def to_json(self) -> dict:
        """Return what the browser needs, JSON-ready."""
        plain = {key: getattr(self, key) for key in ("name", "title", "sentence", "minutes", "source")}
        return plain | {"body": self.body.to_json(), "notes": asdict(self.notes)}
