"""Present mode in a real browser: keys, links, notes, a second window, touch, and text that the back row can read."""

import re

import pytest
from server import PHONE, WAIT, run_server

DECK = "dialog.deck[open]"
SMALLEST = 0.024  # of the height
READ_TEXTS = """
() => {
  const dialog = findDeck(document);
  const stage = dialog.querySelector(".stage");
  const scale = stage.getBoundingClientRect().width / stage.offsetWidth;
  const found = [];
  const walk = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!node.textContent.trim() || !box.width || node.parentElement.closest("style, script")) continue;
    const size = parseFloat(getComputedStyle(node.parentElement).fontSize) * scale;
    found.push({ text: node.textContent, size, left: box.left, right: box.right, top: box.top, bottom: box.bottom,
                 sentence: Boolean(node.parentElement.closest(".sentence")) });
  }
  return found;

  function findDeck(node) {
    for (const element of node.querySelectorAll("*")) {
      if (element.matches("dialog.deck")) return element;
      const inside = element.shadowRoot && findDeck(element.shadowRoot);
      if (inside) return inside;
    }
    return null;
  }
}
"""
SWIPE = """
(dialog, [from, to]) => {
  const touch = (x) => new Touch({ identifier: 1, target: dialog, clientX: x, clientY: 300 });
  dialog.dispatchEvent(new TouchEvent("touchstart", { touches: [touch(from)], changedTouches: [touch(from)] }));
  dialog.dispatchEvent(new TouchEvent("touchend", { touches: [], changedTouches: [touch(to)] }));
}
"""


@pytest.fixture(scope="module")
def committed_server():
    """A server on what the repository ships with: every slide has something to show."""
    with run_server() as (address, _):
        yield address


@pytest.fixture
def wall(committed_server, visit):
    """A visitor who presents on the committed artifacts."""
    return visit(committed_server)


def open_deck(visitor, path: str, **look):
    page = visitor.open(path, **{"width": 1280, "height": 720} | look)
    page.locator(DECK).wait_for(timeout=WAIT)
    return page


def number(page) -> str:
    return page.locator(f"{DECK} .number").inner_text()


def wait_for_slide(page, name: str) -> None:
    page.locator(f'{DECK} .body[data-slide="{name}"]').wait_for(timeout=WAIT)


def wait_until_drawn(page) -> None:
    if page.locator(f"{DECK} .chart").count():
        page.locator(f"{DECK} .chart[data-drawn]").wait_for(timeout=WAIT)


def test_every_text_is_read_from_the_back_row(wall):
    page = open_deck(wall, "/results?present=1")  # the first thing that this server sees: a cold link
    total = int(number(page).split("/")[1])
    assert total == 14
    for place in range(total):
        wait_until_drawn(page)
        texts = page.evaluate(READ_TEXTS)
        small = [text for text in texts if text["size"] < SMALLEST * 720]
        assert not small, f"slide {place + 1}"
        assert all(text["size"] >= 40 * 720 / 1080 for text in texts if text["sentence"])
        outside = [t for t in texts if t["left"] < 0 or t["right"] > 1280 or t["top"] < 0 or t["bottom"] > 720]
        assert not outside, f"slide {place + 1}"
        page.keyboard.press("PageDown")


def test_keys_turn_the_slides_and_the_address_follows(wall):
    page = open_deck(wall, "/study?present=1&slide=5")
    wait_for_slide(page, "upside-down")
    for key, expected in (
        ("ArrowRight", 6), ("ArrowLeft", 5), ("PageDown", 6), (" ", 7), ("End", 14), ("ArrowRight", 14), ("Home", 1),
        ("ArrowLeft", 1), ("ArrowDown", 2),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert number(page) == f"{expected} / 14"
        assert f"slide={expected}" in page.url and "/study?" in page.url
    page.reload()
    wall.wait(page)
    wait_for_slide(page, "data")


@pytest.mark.parametrize(("asked", "shown"), [("99", 14), ("x", 1)])
def test_an_address_beyond_the_slides_shows_the_nearest(wall, asked, shown):
    page = open_deck(wall, f"/?present=1&slide={asked}")
    assert number(page) == f"{shown} / 14"


def test_the_home_page_presents_at_its_other_address_too(wall):
    page = open_deck(wall, "/overview?present=1&slide=7")
    assert number(page) == "7 / 14" and "slide=7" in page.url


def test_notes_come_up_below_and_in_a_second_window(wall):
    page = open_deck(wall, "/?present=1&slide=3")
    panel = page.locator(f"{DECK} .panel")
    assert panel.is_hidden()
    page.keyboard.press("n")
    assert panel.is_visible() and "most important slide" in panel.inner_text()
    page.keyboard.press("n")
    assert panel.is_hidden()
    with page.expect_popup() as popup:
        page.keyboard.press("w")
    window = popup.value
    assert window.locator("h1").inner_text().startswith("3 of 14: Asked again, ten people confirm")
    assert re.match(r"0:0\d gone", window.locator(".clock").inner_text())
    window.keyboard.press("ArrowRight")
    assert number(page) == "4 / 14"
    assert window.locator("h1").inner_text().startswith("4 of 14: ")
    window.close()
    page.keyboard.press("ArrowLeft")
    assert number(page) == "3 / 14"


def test_f_fills_the_screen(app):
    page = open_deck(app, "/?present=1&slide=4")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement", timeout=WAIT)
    page.keyboard.press("f")
    page.wait_for_function("!document.fullscreenElement", timeout=WAIT)
    assert number(page).startswith("4 /")


def test_escape_leads_back_to_the_page_as_it_was(app):
    page = open_deck(app, "/results?present=1&slide=4&results-score=Recall")
    page.keyboard.press("Escape")
    page.locator(DECK).wait_for(state="detached", timeout=WAIT)
    page.get_by_role("heading", name="Results", level=1).wait_for(timeout=WAIT)
    app.wait(page)
    assert "present" not in page.url and "slide" not in page.url and "results-score=Recall" in page.url


def test_the_button_on_a_page_opens_the_slides_and_back_leaves_them(app):
    page = app.open("/study", width=1280, height=720)
    page.get_by_role("link", name="Present").click()
    page.locator(DECK).wait_for(timeout=WAIT)
    assert "/study?present=1" in page.url
    page.go_back()
    page.locator(DECK).wait_for(state="detached", timeout=WAIT)
    page.get_by_role("heading", name="The study", level=1).wait_for(timeout=WAIT)


def test_a_phone_is_swiped(app):
    page = open_deck(app, "/?present=1&slide=4", width=PHONE, height=844)
    deck = page.locator(DECK)
    deck.evaluate(SWIPE, [300, 100])
    assert number(page).startswith("5 /")
    deck.evaluate(SWIPE, [100, 300])
    deck.evaluate(SWIPE, [100, 130])  # too short to be meant
    assert number(page).startswith("4 /")
    wait_until_drawn(page)
    texts = page.evaluate(READ_TEXTS)
    assert all(0 <= text["left"] and text["right"] <= PHONE for text in texts)
    assert min(text["size"] for text in texts) >= 11


def test_missing_artifacts_are_named_on_the_slide(app):
    page = open_deck(app, "/?present=1&slide=2")
    assert "python train.py facts" in page.locator(f"{DECK} .missing").inner_text()


def test_the_app_answers_on_the_last_slide(wall):
    page = open_deck(wall, "/limits?present=1&slide=14")
    frame = page.frame_locator(f"{DECK} iframe")
    frame.get_by_text(re.compile("photo by (NASA|the US Navy)")).wait_for(timeout=WAIT)  # the example is answered
    page.get_by_role("button", name="Camera").click()
    frame.get_by_text("Your video never leaves this device").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Previous slide").click()
    assert number(page) == "13 / 14"
