"""Acting: what three seconds are worth, whatever the camera's page reports, and a round through to the board."""

from types import SimpleNamespace

import numpy as np
import pytest

from fer_core.app import shell
from fer_core.app.browser.component import LiveResult
from fer_core.app.play import act_views
from fer_core.app.play.acting import BOARD_SIZE, add_to_board, compute_share, make_round
from fer_core.app.sentences import acting as sentences
from fer_core.labels import LABELS


def report(label: str, share: float, seconds, face: int = 1) -> list:
    """Rows as the camera's page reports them: one face that shows `label` with that share."""
    shares = [share if name == label else (1 - share) / 6 for name in LABELS]
    return [[face, second, *shares] for second in seconds]


def test_a_round_asks_for_each_expression_once():
    round_ = make_round(5)
    asked = []
    while round_.wanted:
        asked.append(round_.wanted)
        round_.begin(1.0)
        round_.score(0.5)
    assert sorted(asked) == sorted(LABELS) and round_.total == 35 and round_.started is None
    assert make_round(5).order == round_.order


def test_only_the_three_seconds_and_the_face_seen_most_count():
    points = report("sad", 0.8, [10, 11, 12]) + report("sad", 0.1, [5, 14]) + report("sad", 0.0, [11], face=2)
    assert compute_share(points, "sad", 9.5, 12.5) == pytest.approx(0.8)
    assert compute_share(points, "sad", 100, 103) is None


ODD_ROWS = [
    *([], [1, 11], [1, float("nan")] + [0.1] * 7, [1, 11] + [float("inf")] * 7),
    *([1, 11, None] + [0.1] * 6, [1, None] + [0.1] * 7, [1, 11] + ["0.1"] * 7, [[1]] + [11] + [0.1] * 7),
    *(None, 11, "123456789", {"face": 1}, [1, 11, *[10**400] * 7]),
]


@pytest.mark.parametrize("row", ODD_ROWS, ids=lambda row: repr(row)[:40])
def test_odd_reports_are_left_out(row):
    assert compute_share([row], "sad", 9, 12) is None


def test_the_board_is_sorted_short_and_plain():
    board = []
    for number in range(20):
        board = add_to_board(board, f"<b>P{number}</b>![x](y)", number)
    assert len(board) == BOARD_SIZE and board[0][1] == 19 and board[0][0].isalnum()
    assert add_to_board([], "  ", 1) == [("Somebody", 1)]


@pytest.fixture
def camera(monkeypatch):
    """What the camera's page reports; change its fields."""
    told = {"result": LiveResult()}
    monkeypatch.setattr(act_views, "render_live", lambda engine, key, share: told["result"])
    return told


def test_a_round_with_live_video(artifacts, camera, open_page, all_text, monkeypatch):
    clock = SimpleNamespace(now=500.0)
    monkeypatch.setattr(act_views, "time", SimpleNamespace(monotonic=lambda: clock.now))
    app = open_page("act")
    assert "Start the camera first" in all_text(app) and not app.button
    for number in range(7):
        round_ = app.session_state[act_views.ROUND]
        label = round_.wanted
        camera["result"] = LiveResult("", report(label, 0.2, [clock.now - 400]), clock.now - 400)  # its clock is behind
        app.run()
        app.button(key=f"act-go-{number}").click().run()
        seconds = np.arange(clock.now - 400, clock.now - 397, 0.2)
        clock.now += 4
        camera["result"] = LiveResult("", report(label, 0.9, seconds), clock.now - 400)
        app.run()
        assert round_.points[label] == 9 and not app.exception
    assert "63 of 70 points" in all_text(app)
    app.text_input(key="act-name").set_value("Ada")
    app.button[0].click().run()
    assert "1. Ada: **63**" in all_text(app)
    app.button(key="act-again").click().run()
    assert app.session_state[act_views.ROUND].points == {} and "1. Ada" in all_text(app)


def test_a_try_without_a_face_is_taken_back(artifacts, camera, open_page, all_text, monkeypatch):
    camera["result"] = LiveResult("", report("sad", 0.9, [1.0]), 1.0)
    app = open_page("act")
    app.button(key="act-go-0").click().run()
    monkeypatch.setattr(act_views, "PATIENCE", -1)
    camera["result"] = LiveResult("", [], 2.0)
    app.run()
    assert "No face was seen" in all_text(app) and not app.exception
    assert app.session_state[act_views.ROUND].points == {}


def test_a_round_with_snapshots(artifacts, open_page, all_text):
    app = open_page("act", act_way="Snapshots")
    for number in range(7):
        shot = ("shot.jpg", (shell.ASSETS / "example.jpg").read_bytes(), "image/jpeg")
        app.camera_input(key=f"act-shot-{number}").set_value(shot).run()
        assert not app.exception and len(app.session_state[act_views.ROUND].points) == number + 1
    assert "of 70 points" in all_text(app) and len(app.metric) == 7


def test_a_bad_snapshot_gets_a_sentence(artifacts, open_page):
    app = open_page("act", act_way="Snapshots")
    app.camera_input(key="act-shot-0").set_value(("shot.jpg", b"nothing", "image/jpeg")).run()
    assert "not a picture" in app.error[0].value and not app.exception


def test_where_live_video_fails_snapshots_are_named(artifacts, camera, open_page):
    camera["result"] = LiveResult("denied")
    app = open_page("act")
    assert "Snapshots work without live video" in app.warning[0].value and not app.exception


def test_without_a_network_it_says_how_to_get_one(no_artifacts, open_page, all_text):
    assert "No network to ask yet" in all_text(open_page("act"))


def test_every_expression_has_a_hint():
    assert set(sentences.HINTS) == set(LABELS)
