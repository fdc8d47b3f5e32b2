"""Taking part in a real browser: a game by the keyboard, two phones in one room, a face that answers while one drags."""

from server import PHONE, WAIT

NEXT = "See the result"


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
    assert all(box["width"] > 140 and box["height"] >= 38 for box in boxes)
    assert boxes[1]["y"] + boxes[1]["height"] <= 844, "no scrolling before the first guess"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
