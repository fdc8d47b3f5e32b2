"""What the save menu gives: a slide, a vector picture, a page and numbers; light and opaque whatever the visitor sees."""

import csv
import io

import pytest
from PIL import Image
from server import PHONE, WAIT


def save(page, kind: str):
    """Open the first chart's menu, if it is not open, and save that kind of file."""
    choice = page.get_by_role("button", name=kind, exact=True)
    if not choice.count():
        page.get_by_role("button", name="Save").first.click()
    with page.expect_download(timeout=WAIT) as download:
        choice.click(timeout=WAIT)
    return download.value


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("dark", PHONE)])
def test_a_slide_is_light_opaque_and_as_large_as_a_projector(app, theme, width):
    page = app.open("/leaderboard", theme=theme, width=width)
    file = save(page, "PNG for slides (16:9)")
    assert file.suggested_filename.endswith(".png")
    picture = Image.open(file.path())
    assert picture.size == (1920, 1080)
    assert picture.convert("RGBA").getextrema()[3] == (255, 255), "no pixel lets the page behind it through"
    grey = picture.convert("L")
    assert grey.getpixel((5, 5)) == 255
    top, bottom = grey.crop((56, 56, 1864, 120)), grey.crop((56, 1000, 1864, 1030))
    assert top.getextrema()[0] < 80 and bottom.getextrema()[0] < 160, "a title above, a source below"


def test_a_vector_picture_names_title_networks_and_source(app):
    page = app.open("/results?results-run=compact-s0", theme="dark")
    svg = save(page, "SVG").path().read_text()
    assert svg.startswith("<svg") and 'fill="#ffffff"' in svg
    for words in (
        "Which expressions get confused",
        "Compact network",
        "280 test pictures",
        "Seven expressions, Results.",
    ):
        assert words in svg


def test_a_page_stands_alone_and_numbers_are_a_table(app):
    page = app.open("/results?results-run=compact-s0")
    html = save(page, "Interactive HTML").path().read_text()
    assert "Plotly.newPlot" in html and "Compact network" in html
    assert 'src="http' not in html and "<link" not in html
    rows = list(csv.reader(io.StringIO(save(page, "CSV").path().read_text())))
    assert len(rows) > 7 and all(len(row) == len(rows[0]) for row in rows)
