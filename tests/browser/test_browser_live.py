"""Live video through the server: a real browser, a camera before which a face moves, a connection on this very machine."""

import re

import psutil
import pytest
from server import PHONE, WAIT, launch

LIVE = "/live?live-way=The+server"
STREAMER = 'iframe[title*="webrtc_streamer"]'
RELAY_ONLY = """
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration) { super({ ...configuration, iceTransportPolicy: "relay" }); }
};
"""  # no way but a TURN server, and there is none: what a firewall that blocks UDP leaves
SPARE_THREADS = 12  # pools of the server and of the decoder, which stay for the next visitor


def press(page, name: str) -> None:
    page.frame_locator(STREAMER).get_by_role("button", name=name).click(timeout=WAIT)


def wait_for_smile(page) -> None:
    """Wait for the answer beside the video, and for the video to run."""
    page.get_by_text(re.compile(r"^\d+ · .*Happy")).first.wait_for(timeout=WAIT)
    video = page.frame_locator(STREAMER).locator("video")
    start = video.evaluate("video => video.currentTime")
    page.wait_for_timeout(1500)
    assert video.evaluate("video => video.currentTime") > start
    width, height = video.evaluate("video => [video.videoWidth, video.videoHeight]")
    assert 160 <= width <= 640 and 3 * width == 4 * height, (
        "WebRTC sends fewer pixels while the processor cannot follow"
    )


def test_face_is_found_left_and_found_again(face_camera, guest, live_server):
    visitor = guest(face_camera)
    page = visitor.open(LIVE)  # also the first page that this server shows: a cold deep link
    before = psutil.Process(live_server[1].pid).num_threads()
    press(page, "Start")
    wait_for_smile(page)
    page.get_by_role("heading", name="The last minute").wait_for(timeout=WAIT)
    chart = page.get_by_role("img", name="happy led")
    chart.or_(page.locator('[aria-label*="happy led"]')).first.wait_for(state="attached", timeout=WAIT)

    visitor.follow(page, "Predict")
    wait_until_freed(page, live_server[1].pid, before)

    visitor.follow(page, "Live")
    page.get_by_role("radio", name="The server").click()
    press(page, "Start")
    wait_for_smile(page)
    press(page, "Stop")
    page.get_by_text("let the browser use your camera").wait_for(timeout=WAIT)
    wait_until_freed(page, live_server[1].pid, before)


def wait_until_freed(page, pid: int, before: int) -> None:
    """Wait until the server has about as many threads as before there was a video."""
    for _ in range(40):
        if psutil.Process(pid).num_threads() <= before + SPARE_THREADS:
            return
        page.wait_for_timeout(500)
    pytest.fail(f"{psutil.Process(pid).num_threads()} threads are left; there were {before} before the video")


def test_two_tabs_at_once(face_camera, guest):
    visitor = guest(face_camera)
    pages = [visitor.open(LIVE) for _ in range(2)]
    for page in pages:
        press(page, "Start")
    for page in pages:
        wait_for_smile(page)


def test_phone_in_the_dark(face_camera, guest):
    page = guest(face_camera).open(LIVE, theme="dark", width=PHONE, height=844)
    press(page, "Start")
    wait_for_smile(page)
    overflow = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth")
    assert overflow <= 0


def test_refused_camera_is_told(browser, guest):
    chromium = launch(browser, without="fake-ui")  # which would give the camera whatever the visitor decided
    page = guest(chromium).open(LIVE, camera=False)
    box = page.locator(".st-key-live-problem")
    box.get_by_text("blocked for this page").wait_for(timeout=WAIT)
    press(page, "Start")
    page.frame_locator(STREAMER).get_by_text("NotAllowedError").wait_for(timeout=WAIT)
    box.get_by_role("link", name="Take a snapshot").click()
    page.wait_for_url("**/predict?*predict-from=Camera*", timeout=WAIT)
    chromium.close()


def test_missing_camera_is_told(browser, guest):
    chromium = launch(browser, without="media-stream")
    page = guest(chromium).open(LIVE)
    page.locator(".st-key-live-problem").get_by_text("has no camera").wait_for(timeout=WAIT)
    chromium.close()


def test_blocked_network_is_told(face_camera, guest):
    visitor = guest(face_camera)
    page = visitor.open("/about")
    page.add_init_script(RELAY_ONLY)
    page.goto(visitor.address + LIVE)
    visitor.wait(page)
    press(page, "Start")
    box = page.locator(".st-key-live-problem")
    box.get_by_text(re.compile("Still no connection|could not connect")).wait_for(timeout=WAIT)
    assert box.get_by_role("link", name="Take a snapshot").count() == 1
