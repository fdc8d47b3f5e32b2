"""The confusion matrix in a real browser: a pressed cell, two select boxes and the address always say the same."""

from urllib.parse import parse_qs, urlparse

import pytest
from server import PHONE

from fer_core.labels import LABELS


def press_cell(page, true: str, predicted: str, across: float = 0.5, down: float = 0.5) -> None:
    """Press inside a cell of the matrix; `across`, `down` from 0 to 1 inside the cell."""
    area = page.locator(".st-key-results-matrix .nsewdrag").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    page.mouse.click(
        box["x"] + box["width"] * (LABELS.index(predicted) + across) / len(LABELS),
        box["y"] + box["height"] * (LABELS.index(true) + down) / len(LABELS),
    )


def wait_for_cell(page, true: str, predicted: str) -> None:
    for key, label in (("results-true", true), ("results-predicted", predicted)):
        page.wait_for_function(
            "([key, label]) => document.querySelector(`.st-key-${key} input`)?.value === label", arg=[key, label]
        )


def read_address(page) -> tuple[str, str]:
    query = parse_qs(urlparse(page.url).query)
    return query.get("results-true", ["sad"])[0], query.get("results-predicted", ["neutral"])[0]


@pytest.mark.parametrize("width", [1280, PHONE])
def test_a_pressed_cell_chooses_its_classes(width, app):
    page = app.open("/results", width=width, height=1600 if width > PHONE else 2600)
    for true, predicted, across in (("angry", "fear", 0.5), ("happy", "happy", 0.9), ("surprise", "sad", 0.1)):
        press_cell(page, true, predicted, across, across)
        wait_for_cell(page, true, predicted)
        app.wait(page)
        assert read_address(page) == (true, predicted)
        assert f"labelled {true}" in page.get_by_test_id("stMain").inner_text()


def test_a_second_press_keeps_the_cell_and_a_choice_in_between_does_not_confuse_it(app):
    page = app.open("/results", height=1600)
    press_cell(page, "fear", "sad")
    wait_for_cell(page, "fear", "sad")
    app.wait(page)
    press_cell(page, "fear", "sad")
    app.wait(page)
    wait_for_cell(page, "fear", "sad")
    page.locator(".st-key-results-true input").click()
    page.get_by_role("option", name="happy").click()
    wait_for_cell(page, "happy", "sad")
    app.wait(page)
    press_cell(page, "fear", "sad")
    wait_for_cell(page, "fear", "sad")


def test_a_shared_address_opens_the_same_view(app):
    page = app.open("/results?results-true=fear&results-predicted=happy&results-with=study&results-numbers=Counts")
    wait_for_cell(page, "fear", "happy")
    assert page.get_by_text("minus The study, experiment 2, in pictures").count() == 1


def test_training_curves_open_from_their_address(app):
    page = app.open("/training?training-metric=Loss&training-view=Gap&training-smoothing=0.5&training-differences=true")
    chart = page.locator(".st-key-training-curves")
    chart.get_by_text(": training minus validation").wait_for()
    assert chart.locator(".legend .traces").count() >= 3
