"""The live page in this process: what it offers, what it says when something is missing; the connection is never made."""

import sys

import pytest

from fer_core.app.live import connection
from fer_core.app.live.session import LiveSession
from fer_core.app.sentences.camera import DENIED, INSECURE, MISSING


def find_links(app) -> list:
    return [element.proto for element in app.get("page_link")]


def test_page_offers_the_video_and_a_snapshot(artifacts, open_page, all_text):
    app = open_page("live", live_way="The server")
    text = all_text(app)
    assert not app.exception and not app.error and not app.warning
    assert "never stored" in text and "Not for judging people" in text and "Press **Start**" in text
    assert len(app.get("component_instance")) == 1
    assert any("predict-from=Camera" in found.query_string for found in find_links(app))


def test_without_a_network_it_says_how_to_get_one(no_artifacts, open_page, all_text):
    app = open_page("live", live_way="The server")
    assert "train.py train compact" in all_text(app)
    assert not app.get("component_instance")


def test_missing_package_is_named(artifacts, open_page, monkeypatch):
    monkeypatch.setitem(sys.modules, "streamlit_webrtc", None)
    app = open_page("live", live_way="The server")
    assert not app.exception
    assert "pip install streamlit-webrtc" in app.warning[0].value
    assert any("predict-from=Camera" in found.query_string for found in find_links(app))


def test_wrong_servers_are_told_and_do_no_harm(artifacts, open_page, monkeypatch):
    monkeypatch.setenv("FER_ICE_SERVERS", "not JSON")
    app = open_page("live", live_way="The server")
    assert not app.exception
    assert "FER_ICE_SERVERS is no JSON" in app.warning[0].value


@pytest.mark.parametrize("camera, title", [(DENIED, "blocked"), (MISSING, "no camera"), (INSECURE, "https")])
def test_what_the_browser_says_of_the_camera_is_told(camera, title, artifacts, open_page, monkeypatch):
    monkeypatch.setattr("fer_core.app.live.through_server.watch_camera", lambda: camera)
    app = open_page("live", live_way="The server")
    (warning,) = app.warning
    assert title in f"{warning.proto.title} {warning.value}"
    assert any("predict-from=Camera" in found.query_string for found in find_links(app))


def test_mirror_is_kept_in_the_address(artifacts, open_page):
    app = open_page("live", live_way="The server", live_mirror="false")
    assert not app.session_state[connection.SESSION].mirrored
    app.toggle(key="live-mirror").set_value(True).run()
    assert app.session_state[connection.SESSION].mirrored


def test_session_is_made_anew_once_it_was_closed(artifacts, open_page):
    app = open_page("live", live_way="The server")
    first = app.session_state[connection.SESSION]
    assert isinstance(first, LiveSession)
    app.run()
    assert app.session_state[connection.SESSION] is first
    first.close()
    app.run()
    second = app.session_state[connection.SESSION]
    assert second is not first and not second.closed
