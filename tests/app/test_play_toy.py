"""The face to play with: what the sliders do to it, whatever a browser sends, and its page."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from fer_core.app.play import toy_views
from fer_core.app.play.faces import read_portrait
from fer_core.app.play.toy import Knobs, change_face, parse_knobs, read_knobs, write_knobs
from fer_core.app.sentences import play as sentences

FACE = np.arange(48 * 48, dtype=np.uint32).reshape(48, 48).astype(np.uint8)


@pytest.mark.parametrize(
    "sent", [None, 7, "turn", [], {}, {"turn": "x", "blur": None}, {"turn": float("nan")}, {"other": 1, "light": [1]}]
)
def test_what_a_browser_sends_is_not_trusted(sent):
    assert read_knobs(sent) == Knobs()


def test_numbers_are_brought_into_their_limits():
    knobs = read_knobs({"turn": 9e9, "blur": -4, "light": 1e300, "disc": 99, "x": -5, "upside": True, "number": 3})
    assert knobs == Knobs(turn=180, blur=0, light=120, disc=30, x=0, upside=1)
    assert knobs.moved == ["turn", "light", "disc", "upside"]


def test_untouched_the_face_stays_as_it_is():
    assert np.array_equal(change_face(FACE, Knobs()), FACE)
    assert np.array_equal(change_face(FACE, Knobs(upside=1)), FACE[::-1])


def test_each_slider_does_what_it_says():
    face = read_portrait()
    for knobs in (Knobs(turn=30), Knobs(blur=2), Knobs(light=40), Knobs(disc=16)):
        changed = change_face(face, knobs)
        assert changed.dtype == np.uint8 and changed.shape == (48, 48) and not np.array_equal(changed, face)
    covered = change_face(face, Knobs(disc=16, x=10, y=12))
    assert np.array_equal(covered[24:], face[24:]) and not np.array_equal(covered[8:16, 6:14], face[8:16, 6:14])
    assert change_face(face, Knobs(light=60)).mean() > face.mean() + 30


def test_what_was_done_is_said():
    assert sentences.describe_knobs(Knobs()) == "As it was"
    assert sentences.describe_knobs(Knobs(turn=30, upside=1)) == "Turned by 30°, upside down"
    assert "half of its training faces upside down" in sentences.describe_measured(Knobs(upside=1), {})


def test_one_slider_is_joined_with_what_was_measured(committed_artifacts, open_page, all_text):
    app = open_page("toy")
    app.session_state[toy_views.BOARD] = {"knobs": {"turn": -44, "number": 1}}
    app.run()
    text = all_text(app)
    assert re.search(r"rotation \+\d+ \(degrees\) leaves [^.]* right", text) and not app.exception


@pytest.mark.parametrize("state", ["committed_artifacts", "artifacts"])
def test_the_page_offers_faces_and_networks(state, request, open_page, all_text):
    request.getfixturevalue(state)
    app = open_page("toy", toy_face="Drawn face", toy_label="sad")
    assert not app.exception and "A drawn sad face" in all_text(app)
    app = open_page("toy")
    assert "Eileen Collins" in all_text(app)


def test_an_own_photo_and_a_broken_one(artifacts, open_page, all_text):
    app = open_page("toy", toy_face="Your own")
    app.file_uploader(key=toy_views.UPLOAD).upload("x.jpg", b"nothing", "image/jpeg").run()
    assert "not a picture" in app.error[0].value and not app.exception
    buffer = io.BytesIO()
    Image.new("L", (64, 64), 90).save(buffer, "PNG")
    app.file_uploader(key=toy_views.UPLOAD).upload("grey.png", buffer.getvalue(), "image/png").run()
    assert "No face found: the middle of your photo" in all_text(app) and not app.error


def test_without_a_network_it_says_how_to_get_one(no_artifacts, open_page, all_text):
    assert "No network to ask yet" in all_text(open_page("toy"))


def test_an_address_holds_the_sliders():
    knobs = Knobs(turn=-44, blur=1.5, disc=16, x=10, y=12, upside=1)
    assert parse_knobs(write_knobs(knobs)) == knobs
    assert write_knobs(Knobs(x=3)) == "" and parse_knobs("") == Knobs()
    for text in ("turn", "turn:", ":,::", "turn:1e9,blur:nan", "other:3", "turn:" + "9" * 5000):
        assert parse_knobs(text) == Knobs()


def test_a_shared_address_opens_with_its_sliders(artifacts, open_page, all_text):
    app = open_page("toy", toy_knobs="upside:1")
    assert "half of its training faces upside down" in all_text(app) and not app.exception
