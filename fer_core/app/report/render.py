"""The article as one HTML file: text, style, script, data and Plotly inside, so that it needs no other file or host."""

import json
from itertools import count
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from fer_core.app.charts.side_by_side import STRONG
from fer_core.app.report import beginning, ending
from fer_core.app.report.article import Article, Figure, Table, Text
from fer_core.app.report.references import list_references
from fer_core.app.story import Story
from fer_core.app.theme import make_export

FOLDER = Path(__file__).parent / "page"
SHRINK = 0.85
"""Height of a figure here, of its height on a page, but for wide ones: more of them fit under each other on A4."""
PAPER = "#ffffff"
TITLE = "Seven expressions: a study of faces, run again"
SECTIONS = (
    beginning.make_question,
    beginning.make_data,
    beginning.make_method,
    beginning.make_experiments,
    ending.make_results,
    ending.make_comparison,
    ending.make_limits,
    ending.make_open,
    ending.make_use,
    ending.make_card,
)
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def make_article(story: Story, title: str = "", authors: str = "", date: str = "") -> Article:
    """Write the report from the artifacts; an empty `title` is TITLE."""
    sections = [make(story) for make in SECTIONS]
    return Article(title or TITLE, authors, date, beginning.make_abstract(story), sections, list_references())


def render_article(article: Article) -> str:
    """Return the article as HTML, about 5 MB, nearly all of it Plotly."""
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    figures, tables = count(1), count(1)
    blocks = {
        section.anchor: [_prepare(block, figures, tables) for block in section.blocks] for section in article.sections
    }
    return environment.get_template("article.html").render(
        article=article,
        blocks=blocks,
        markdown=_to_html,
        style=Markup(_read("article.css")),
        script=Markup(_read("article.js")),
        plotly=Markup(_guard(get_plotlyjs())),
    )


def _prepare(block: Text | Figure | Table, figures, tables) -> dict:
    if isinstance(block, Text):
        return {"kind": "text", "html": _to_html(block.markdown)}
    if isinstance(block, Table):
        rows = block.frame.astype(str).to_numpy().tolist()
        return {
            "kind": "table",
            "number": next(tables),
            "caption": block.caption,
            "columns": list(block.frame),
            "rows": rows,
        }
    return {
        "kind": "figure", "number": next(figures), "caption": block.caption, "alt": block.view.alt,
        "height": round((1 if block.wide else SHRINK) * (block.view.figure.layout.height or 400)), "wide": block.wide,
        "content": Markup(_guard(_to_json(block.view.figure))),
    }  # fmt: skip


def _to_json(figure) -> str:
    right = max(44, figure.layout.margin.r or 0)
    export = make_export(figure).update_layout(height=None, margin=figure.layout.margin).update_layout(margin_r=right)
    export.update_traces(textfont_color=PAPER, selector={"meta": STRONG})
    export.update_xaxes(title_standoff=10).update_yaxes(title_standoff=10)  # else titles lie on the tick labels
    return json.dumps(json.loads(export.to_json()), separators=(",", ":"))


def _to_html(markdown: str) -> Markup:
    return Markup(_markdown.render(markdown))


def _guard(text: str) -> str:
    """Keep a script's content from ending its element."""
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
