"""Taking part in a real browser: a game by the keyboard, two phones in one room, a face that answers while one drags."""

import re

from server import PHONE, WAIT, take_photo

FIND = """((look) => look(document, look))((node, look) => {
  for (const element of node.querySelectorAll("*")) {
    if (element.matches(".toy")) return element;
    const inside = element.shadowRoot && look(element.shadowRoot, look);
    if (inside) return inside;
  }
  return null;
})"""


def press(app, page, key: str, text: str) -> None:
    page.keyboard.press(key)
    page.get_by_text(text).first.wait_for(timeout=WAIT)
    app.wait(page)


def test_a_game_is_played_through_with_the_keyboard(app):
    page = app.open("/game?game-number=3")
    for number in range(1, 11):
        press(app, page, "4", "The label is")
        press(app, page, "Enter", "What would you call this expression?" if number < 10 else "All ten again")
    assert "game 3: me" in page.get_by_test_id("stCode").inner_text()
    assert "game-number=3" in page.url


def test_the_buttons_of_a_game_are_in_reach_of_a_thumb(app):
    page = app.open("/game", width=PHONE, height=844)
    boxes = [page.get_by_role("button", name=name).bounding_box() for name in ("Angry", "Surprise")]
    assert all(box["width"] > 140 and box["height"] >= 50 for box in boxes)
    assert boxes[1]["y"] + boxes[1]["height"] <= 844, "no scrolling before the first guess"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_the_bars_move_while_one_drags(app):
    page = app.open("/toy")
    toy = page.locator(".toy")
    toy.locator(".bar").first.wait_for(timeout=WAIT)
    before, face = toy.locator(".answers").inner_text(), toy.locator(".face").get_attribute("src")
    box = toy.locator(".stage").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 60 + 10 * step, box["y"] + 60 + 10 * step)
        page.wait_for_timeout(60)
    page.wait_for_function("face => findToy().querySelector('.face').src !== face".replace("findToy()", FIND), arg=face)
    # Answers come while the button is still down, however slow the machine.
    page.wait_for_function("Number(findToy().dataset.answered) >= 2".replace("findToy()", FIND), timeout=WAIT)
    page.mouse.up()
    toy.locator("[name=upside]").check()
    toy.locator("[name=turn]").fill("90")
    page.wait_for_url(re.compile("toy-knobs=turn%3A90"), timeout=WAIT)
    assert toy.locator(".answers").inner_text() != before
    toy.locator(".reset").click()
    page.wait_for_function("face => findToy().querySelector('.face').src === face".replace("findToy()", FIND), arg=face)


def test_two_phones_in_one_room(app):
    wall = app.open("/room")
    wall.get_by_role("button", name="Open a room").click()
    wall.get_by_text("No phone yet").wait_for(timeout=WAIT)
    code = re.search(r"Code\s+([2-9A-Z]{6})", wall.get_by_test_id("stMain").inner_text())[1]
    first = app.open(f"/join?room={code}", width=PHONE)
    second = app.open("/join", width=PHONE, theme="dark")
    second.get_by_placeholder("ABC234").fill(code.lower())
    second.get_by_role("button", name="Join", exact=True).click()
    for phone, name in ((first, "Happy"), (second, "Sad")):
        phone.get_by_role("button", name=name).click(timeout=WAIT)
        phone.get_by_text(f"You said {name.lower()}").wait_for(timeout=WAIT)
    wall.get_by_text("2 of 2 phones voted").wait_for(timeout=WAIT)
    first.reload()
    first.get_by_text("You said happy").wait_for(timeout=WAIT)
    wall.get_by_role("button", name="Show the label").click()
    second.get_by_text("The label is").wait_for(timeout=WAIT)
    wall.get_by_text("2 of 2 phones voted").wait_for(timeout=WAIT)
    wall.reload()
    wall.get_by_role("button", name="Next face").click(timeout=WAIT)
    second.get_by_text("Face 2 of 10").wait_for(timeout=WAIT)


def test_a_snapshot_is_scored_or_asked_for_again(app):
    page = app.open("/act?act-way=Snapshots")
    take_photo(page)
    page.get_by_text("No face found").wait_for(timeout=WAIT)  # the browser's test picture shows none
