"""The report in a real browser: taken from the page, opened from a file without a network, printed on A4."""

import re

import pytest
from server import WAIT, Visitor, run_server

from fer_core.labels import LABELS

A4 = (595, 842)  # points
PAGE_HEIGHT = 990  # CSS pixels between the margins
MEASURE = """
() => [...document.querySelectorAll("figure")].map((figure) => {
  const box = figure.getBoundingClientRect();
  const paper = figure.querySelector(".main-svg")?.getBoundingClientRect();
  const cut = paper ? [...figure.querySelectorAll(".main-svg text")].filter((text) => {
    const at = text.getBoundingClientRect();
    return at.width && (at.left < paper.left - 1 || at.right > paper.right + 1 || at.top < paper.top - 1
      || at.bottom > paper.bottom + 1);
  }).map((text) => text.textContent) : [];
  return { width: box.width, height: box.height, plot: Boolean(paper), cut, label: figure.innerText.slice(0, 20) };
})
"""


@pytest.fixture(scope="module")
def report(browser, tmp_path_factory):
    """The report that a visitor downloads from the lesson page, signed."""
    with run_server() as (address, _):
        visitor = Visitor(browser, address)
        page = visitor.open("/lesson")
        page.get_by_role("textbox", name="Authors").fill("A. One, B. Two")
        page.get_by_role("textbox", name="Authors").press("Tab")
        visitor.wait(page)
        with page.expect_download(timeout=WAIT) as download:
            page.get_by_role("button", name="Report", exact=True).click()
        file = tmp_path_factory.mktemp("report") / download.value.suggested_filename
        download.value.save_as(file)
        visitor.close()
        assert visitor.problems == []
    return file


@pytest.fixture
def opened(browser, report):
    """The report's page, opened from the disk; it fails on every request for another file and on every error."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url) if request.url != report.as_uri() else None)
    page.goto(report.as_uri())
    page.wait_for_function("[...document.querySelectorAll('.plot')].every((box) => box.querySelector('.main-svg'))")
    yield page
    page.close()
    assert problems == []


def test_it_stands_alone_and_its_figures_live(opened):
    assert opened.locator(".byline").inner_text().startswith("A. One, B. Two")
    assert opened.locator(".plot .main-svg").count() >= 10
    opened.locator(".plot .bars .point").first.hover(force=True)  # Plotly listens on a layer above the bars
    opened.locator(".hoverlayer .hovertext").first.wait_for(timeout=WAIT)


def test_no_figure_is_cut_on_screen_or_phone(opened):
    for width in (1280, 390):
        opened.set_viewport_size({"width": width, "height": 900})
        opened.wait_for_timeout(500)
        for figure in opened.evaluate(MEASURE):
            assert width == 390 or not figure["cut"], figure
        assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints_on_a4_without_cuts_or_controls(opened, tmp_path):
    pdfium = pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed")
    opened.emulate_media(media="print")
    for figure in opened.evaluate(MEASURE):
        if figure["plot"]:
            assert figure["width"] <= 650 and figure["height"] < PAGE_HEIGHT and not figure["cut"], figure
    assert not any(control.is_visible() for control in opened.locator(".control").all())
    opened.emulate_media(media="null")
    opened.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    pages = list(pdfium.PdfDocument(tmp_path / "report.pdf"))
    texts = [page.get_textpage().get_text_range() for page in pages]
    assert 8 < len(pages) < 20 and all(_round(page.get_size()) == A4 for page in pages)
    assert "Print or save" not in "".join(texts)
    (balance,) = [text for text in texts if "Figure 1." in text]
    assert all(label in balance for label in LABELS), "the figure is on the page of its caption"
    captions = sorted(int(n) for text in texts for n in re.findall(r"Figure (\d+)\.", text))
    assert captions == list(range(1, len(captions) + 1)) and len(captions) >= 10


def _round(size) -> tuple[int, int]:
    return round(size[0]), round(size[1])
