"""The report: what it says, that it stands alone, and the command that writes it."""

import re

import pytest

from fer_core.app.report import offer, references
from fer_core.app.report.__main__ import main
from fer_core.app.report.article import Figure, Table
from fer_core.app.report.render import TITLE, make_article, render_article
from fer_core.app.story import load_story
from fer_core.runs.literature import LITERATURE
from fer_core.runs.paper import PAPER_FINDINGS, PAPER_TABLE

PARTS = ("question", "data", "method", "experiments", "results", "literature", "limits", "open", "use", "model-card")
LOADED = re.compile(r"""(?:\bsrc|<link[^>]*\bhref)\s*=\s*["']?+(?!data:)|@import|url\((?!#)""")
"""What makes a browser load another file."""


def without_plotly(page: str) -> str:
    start = page.index("<script>")
    return page[:start] + page[page.index("</script>", start) :]


@pytest.mark.parametrize("state", ["committed_artifacts", "artifacts", "no_artifacts", "broken_artifacts"])
def test_all_parts_stand_there_whatever_is_missing(state, request):
    request.getfixturevalue(state)
    page = without_plotly(render_article(make_article(load_story(), "A title", "A. One", "26 November 2026")))
    assert all(f'<section id="{part}">' in page for part in (*PARTS, "abstract", "references"))
    assert "A. One" in page and "26 November 2026" in page and "<h1>A title</h1>" in page
    assert not LOADED.search(page)
    assert "**" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL), "Markdown that was not rendered"
    assert not re.search(r"\bNone\b|\bnan\b", re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL))


def test_numbers_are_those_of_the_artifacts(committed_artifacts):
    story = load_story()
    article = make_article(story)
    assert article.title == TITLE
    accuracy = story.default.as_served().test.accuracy
    assert f"{100 * accuracy:.1f}\u00a0%" in article.abstract and "63.5\u00a0%" in article.abstract
    (table,) = [b for b in _section(article, "experiments").blocks if isinstance(b, Table)]
    for experiment in PAPER_TABLE:
        printed = [text for cells in experiment.cells.values() for text in cells.values()]
        assert table.frame[f"{experiment.number}: study"].tolist() == printed
    assert table.frame["1: here"].iloc[5].startswith(f"{story.again.metrics.test.accuracy:.4f}")
    figures = [b for section in article.sections for b in section.blocks if isinstance(b, Figure)]
    assert len(figures) >= 10 and all(len(figure.view.alt) > 40 for figure in figures)
    limits = " ".join(getattr(block, "markdown", "") for block in _section(article, "limits").blocks)
    assert all(title in limits for title in PAPER_FINDINGS)


def test_the_model_card_names_no_run_folder(committed_artifacts):
    story = load_story()
    section = _section(make_article(story), "model-card")
    assert story.default.name not in section.title + section.blocks[0].markdown


def test_authors_cannot_bring_markup(no_artifacts):
    page = render_article(make_article(load_story(), "</title><script>alert(1)</script>", "<img src=x>"))
    assert "<script>alert" not in page and "<img src=x>" not in page


def test_every_work_is_cited_by_its_number_once():
    listed = references.list_references()
    assert len({reference.url for reference in listed if reference.url}) == len(listed) - 1  # the study has no address
    assert {row.url for row in LITERATURE if row.url} <= {reference.url for reference in listed}
    assert references.cite("fer2013", "ferplus") == "[[2](#ref-2), [3](#ref-3)]"
    with pytest.raises(KeyError):
        references.cite("nobody")


def test_the_command_writes_the_file_or_says_why_not(no_artifacts, tmp_path, capsys):
    out = tmp_path / "report.html"
    assert main([str(out), "--title", "Our report", "--authors", "B. Two"]) == 0
    assert "<title>Our report</title>" in out.read_text() and "B. Two" in out.read_text()
    assert main([str(tmp_path / "nowhere" / "report.html")]) == 2
    assert "name a file in a folder that exists" in capsys.readouterr().err


def test_one_button_takes_it_home(artifacts, open_page):
    app = open_page("lesson")
    assert not app.exception and [button.proto.label for button in app.get("download_button")] == ["Report"]
    assert offer.write_date(None) == "" and offer.write_date(app.date_input(key="report-date").value)[-4:].isdigit()


def _section(article, anchor: str):
    return next(section for section in article.sections if section.anchor == anchor)
