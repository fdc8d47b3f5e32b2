"""Live video and photos in the visitor's own browser, on the dashboard: a real camera film, the real server."""

import re

import pytest
from server import PHONE, WAIT, Visitor, launch, run_server

from fer_core.app.browser import runtime

pytestmark = pytest.mark.usefixtures("own_runtime")

WATCH_CAMERA = """
window.streams = [];
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await open(wanted);
  window.streams.push(stream);
  return stream;
};
"""
LIVE_TRACKS = "streams.flatMap((stream) => stream.getTracks()).filter((track) => track.readyState === 'live').length"


def open_live(visitor: Visitor, **look):
    """The live page with its network loaded, and `streams`: every camera stream that it will open."""
    page = visitor.open("/about", **look)
    page.add_init_script(WATCH_CAMERA)
    page.goto(f"{visitor.address}/live")
    visitor.wait(page)
    page.locator(".seven[data-ready]").wait_for(timeout=WAIT)
    return page


def start(page) -> None:
    page.get_by_role("button", name="Start").click()
    page.locator(".answers strong").get_by_text("Happy").wait_for(timeout=WAIT)


def test_camera_is_answered_here_and_stops_when_the_page_is_left(face_camera, guest):
    visitor = guest(face_camera)
    page = open_live(visitor)
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    start(page)
    page.get_by_text(re.compile("frames? per second")).wait_for(timeout=WAIT)
    assert page.evaluate(LIVE_TRACKS) == 1
    visitor.follow(page, "Predict")
    page.wait_for_function(f"{LIVE_TRACKS} === 0", timeout=WAIT)
    assert not [url for url in sent if not url.startswith((visitor.address, "blob:", "data:"))]


def test_numbers_are_saved_here_and_never_sent(face_camera, guest):
    page = open_live(guest(face_camera))
    start(page)
    page.locator("canvas.minute").wait_for(timeout=WAIT)
    assert page.get_by_role("button", name="CSV").count() == 1
    with page.expect_download(timeout=WAIT) as download:
        page.get_by_role("button", name="Save CSV").click()
    header, first, *_ = download.value.path().read_text().splitlines()
    assert header.startswith("seconds,face,label,sure,angry") and len(first.split(",")) == 11


def test_bars_stand_below_a_small_picture(face_camera, guest):
    page = open_live(guest(face_camera), width=PHONE, height=844)
    start(page)
    bars = page.locator(".seven .answers .bars").first
    bars.wait_for(timeout=WAIT)
    assert "happy" in bars.inner_text() and bars.bounding_box()["height"] > 7 * 18


def test_pause_mirror_and_stop(face_camera, guest):
    page = open_live(guest(face_camera), theme="dark", width=PHONE, height=844)
    start(page)
    video = page.locator(".seven video")
    page.get_by_role("button", name="Pause").click()
    assert video.evaluate("video => video.paused")
    page.get_by_role("button", name="Go on").click()
    assert not video.evaluate("video => video.paused")
    mirror = page.get_by_role("button", name="Mirror")
    before = mirror.get_attribute("aria-pressed")
    mirror.click()
    assert mirror.get_attribute("aria-pressed") != before
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Press Start").wait_for(timeout=WAIT)
    assert page.evaluate(LIVE_TRACKS) == 0
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth") <= 0


def test_cameras_can_be_changed(browser, guest):
    chromium = launch(browser, "--use-fake-device-for-media-stream=device-count=2", without="use-fake-device")
    page = open_live(guest(chromium))
    page.get_by_role("button", name="Start").click()
    page.get_by_text(re.compile("frames? per second")).wait_for(timeout=WAIT)
    used = "streams.at(-1).getVideoTracks()[0].label"
    first = page.evaluate(used)
    page.get_by_role("button", name="Other camera").click()
    page.wait_for_function(f"(first) => ({used}) !== first", arg=first, timeout=WAIT)
    assert page.evaluate(LIVE_TRACKS) == 1
    chromium.close()


def test_refused_camera_is_told(browser, guest):
    chromium = launch(browser, without="fake-ui")  # which would give the camera whatever the visitor decided
    page = open_live(guest(chromium), camera=False)
    page.get_by_role("button", name="Start").click()
    box = page.locator(".st-key-live-problem")
    box.get_by_text("blocked for this page").wait_for(timeout=WAIT)
    assert box.get_by_role("link", name="Take a snapshot").count() == 1
    chromium.close()


def test_without_the_runtime_the_server_answers(face_camera):
    """Neither a folder of its own nor a public server that can be reached."""
    with run_server(**{runtime.ADDRESS: "http://127.0.0.1:9/"}) as (address, _):
        visitor = Visitor(face_camera, address)
        page = visitor.open("/live")
        box = page.locator(".st-key-live-problem")
        box.get_by_text("cannot answer by itself").wait_for(timeout=WAIT)
        assert box.get_by_role("link", name="Take a snapshot").count() == 1
        page.get_by_role("button", name="Let the server answer").click()
        page.locator('iframe[title*="webrtc_streamer"]').wait_for(timeout=WAIT)
        visitor.close()


def test_photo_is_answered_on_the_device(browser, guest):
    visitor = guest(browser)
    page = visitor.open("/predict?predict-on-device=true")
    page.locator(".seven[data-ready]").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Try the example").click()
    page.locator(".seven[data-answered]").wait_for(timeout=WAIT)
    card = page.locator(".seven article")
    assert card.count() == 1 and "Happy" in card.inner_text()
    page.get_by_text("Answer on this device", exact=True).click()
    page.get_by_text("photos stay in this server's memory").wait_for(timeout=WAIT)
