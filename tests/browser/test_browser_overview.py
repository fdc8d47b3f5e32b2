"""The overview in a real browser: a photo dropped in, charts that can be taken away; the study's table on a phone."""

import pytest
from server import PHONE, WAIT

from fer_core.app.faces.photo import EXAMPLE


def test_dropped_photo_is_answered(app):
    page = app.open("/")
    page.get_by_text("photo by the US Navy").wait_for(timeout=WAIT)
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(EXAMPLE)
    page.get_by_text("photo by the US Navy").wait_for(state="detached", timeout=WAIT)
    app.wait(page)
    picture = page.get_by_role("img", name="example.jpg, 1 face marked")
    assert picture.count() == 1
    assert page.get_by_role("img", name="as the network sees it").count() == 1
    chart = page.get_by_label("Face 1 in example.jpg: ")
    assert chart.locator("g.bars g.point").count() == 7
    page.get_by_role("link", name="Several photos").click()
    page.get_by_text("1 photo from before is still here.").wait_for(timeout=WAIT)
    picture.wait_for(timeout=WAIT)
    app.follow(page, "Overview")
    picture.wait_for(timeout=WAIT)


def test_example_is_answered_when_its_picture_is_pressed(app):
    page = app.open("/")
    tile = page.get_by_role("radio", name="Portrait")
    style = "button => getComputedStyle(button, '::before').backgroundImage"
    assert tile.evaluate(style).startswith('url("data:image/jpeg')
    tile.click()
    page.get_by_text("photo by NASA").wait_for(timeout=WAIT)


def test_answer_is_in_sight_on_a_phone(app):
    page = app.open("/", width=PHONE, height=844)
    verdict = page.get_by_role("img", name="as the network sees it")
    verdict.wait_for(timeout=WAIT)
    box = verdict.bounding_box()
    assert box["y"] + box["height"] < 844
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth") <= 0


def test_file_that_is_no_picture_gets_a_sentence(app, tmp_path):
    file = tmp_path / "notes.jpg"
    file.write_text("no picture at all")
    page = app.open("/")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    alert = page.get_by_test_id("stAlert").filter(has_text="This file cannot be read")
    alert.wait_for(timeout=WAIT)
    assert "Traceback" not in page.content()
    assert page.get_by_role("heading", name="What was found").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_chart_text_stands_out_from_the_page(app, theme):
    page = app.open("/", theme=theme)
    label = page.locator(".js-plotly-plot .ytick text").first
    label.wait_for(timeout=WAIT)
    text = _luminance(label.evaluate("node => getComputedStyle(node).fill"))
    paper = _luminance(page.get_by_test_id("stApp").evaluate("node => getComputedStyle(node).backgroundColor"))
    assert (paper < 0.1) == (theme == "dark")
    light, dark = max(text, paper), min(text, paper)
    assert (light + 0.05) / (dark + 0.05) >= 3, "contrast of large text, WCAG AA"


def test_study_table_fits_a_phone(app):
    page = app.open("/study", width=PHONE, height=844)
    tables = page.get_by_test_id("stTable")
    tables.first.wait_for(timeout=WAIT)
    assert tables.count() >= 3
    for table in tables.all():
        box = table.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE


def test_next_step_leads_to_its_page(app):
    page = app.open("/")
    page.get_by_test_id("stMain").get_by_role("link", name="Results").click()
    page.wait_for_url("**/results", timeout=WAIT)
    app.wait(page)


def _luminance(css: str) -> float:
    red, green, blue = (float(part) / 255 for part in css[css.index("(") + 1 : -1].split(",")[:3])
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
