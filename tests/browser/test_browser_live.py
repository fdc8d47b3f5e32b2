"""The live page with a real browser, a camera before which a face moves, and a connection on this very machine."""

import io
import math
import re

import psutil
import pytest
from PIL import Image
from server import CHROMIUM, FLAGS, PHONE, WAIT, Visitor, run_server

from fer_core.app.faces.examples import EXAMPLES

STREAMER = 'iframe[title*="webrtc_streamer"]'
RELAY_ONLY = """
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration) { super({ ...configuration, iceTransportPolicy: "relay" }); }
};
"""  # no way but a TURN server, and there is none: what a firewall that blocks UDP leaves
SPARE_THREADS = 12  # pools of the server and of the decoder, which stay for the next visitor


def launch(browser, *flags: str, without: str = "nothing"):
    """Another browser with its own flags, and without those usual ones that hold the words `without`."""
    kept = [flag for flag in FLAGS if without not in flag]
    return browser.browser_type.launch(executable_path=str(CHROMIUM), args=[*kept, *flags])


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """A face that sways, as a file that Chromium plays in place of a camera."""
    portrait = Image.open(io.BytesIO(EXAMPLES["Portrait"].read())).resize((480, 480))
    buffer = io.BytesIO()
    for step in range(40):
        frame = Image.new("RGB", (640, 480), "#444444")
        frame.paste(portrait, (80 + round(40 * math.sin(2 * math.pi * step / 40)), 0))
        frame.save(buffer, "JPEG", quality=92)
    file = tmp_path_factory.mktemp("camera") / "face.mjpeg"
    file.write_bytes(buffer.getvalue())
    return file


@pytest.fixture(scope="module")
def face_camera(browser, film):
    chromium = launch(browser, f"--use-file-for-fake-video-capture={film}")
    yield chromium
    chromium.close()


@pytest.fixture(scope="module")
def live_server():
    """A server with the committed network, which can tell a smile: (address, process)."""
    with run_server() as server:
        yield server


@pytest.fixture
def guest(live_server):
    """Make a Visitor with a browser of one's own: guest(browser). What goes wrong there fails the test."""
    visitors = []

    def guest(chromium) -> Visitor:
        visitors.append(Visitor(chromium, live_server[0]))
        return visitors[-1]

    yield guest
    for visitor in visitors:
        visitor.close()
    assert [problem for visitor in visitors for problem in visitor.problems] == []


def press(page, name: str) -> None:
    page.frame_locator(STREAMER).get_by_role("button", name=name).click(timeout=WAIT)


def wait_for_smile(page) -> None:
    """Wait for the answer beside the video, and for the video to run."""
    page.get_by_text(re.compile(r"^\d+ · .*Happy")).first.wait_for(timeout=WAIT)
    video = page.frame_locator(STREAMER).locator("video")
    start = video.evaluate("video => video.currentTime")
    page.wait_for_timeout(1500)
    assert video.evaluate("video => video.currentTime") > start
    assert video.evaluate("video => [video.videoWidth, video.videoHeight]") == [640, 480]


def test_face_is_found_left_and_found_again(face_camera, guest, live_server):
    visitor = guest(face_camera)
    page = visitor.open("/live")  # also the first page that this server shows: a cold deep link
    before = psutil.Process(live_server[1].pid).num_threads()
    press(page, "Start")
    wait_for_smile(page)
    page.get_by_role("heading", name="The last minute").wait_for(timeout=WAIT)
    chart = page.get_by_role("img", name="happy led")
    chart.or_(page.locator('[aria-label*="happy led"]')).first.wait_for(state="attached", timeout=WAIT)

    visitor.follow(page, "Predict")
    wait_until_freed(page, live_server[1].pid, before)

    visitor.follow(page, "Live")
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
    pages = [visitor.open("/live") for _ in range(2)]
    for page in pages:
        press(page, "Start")
    for page in pages:
        wait_for_smile(page)


def test_phone_in_the_dark(face_camera, guest):
    page = guest(face_camera).open("/live", theme="dark", width=PHONE, height=844)
    press(page, "Start")
    wait_for_smile(page)
    overflow = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth")
    assert overflow <= 0


def test_refused_camera_is_told(browser, guest):
    chromium = launch(browser, without="fake-ui")  # which would give the camera whatever the visitor decided
    page = guest(chromium).open("/live", camera=False)
    box = page.locator(".st-key-live-problem")
    box.get_by_text("blocked for this page").wait_for(timeout=WAIT)
    press(page, "Start")
    page.frame_locator(STREAMER).get_by_text("NotAllowedError").wait_for(timeout=WAIT)
    box.get_by_role("link", name="Take a snapshot").click()
    page.wait_for_url("**/predict?*predict-from=Camera*", timeout=WAIT)
    chromium.close()


def test_missing_camera_is_told(browser, guest):
    chromium = launch(browser, without="media-stream")
    page = guest(chromium).open("/live")
    page.locator(".st-key-live-problem").get_by_text("has no camera").wait_for(timeout=WAIT)
    chromium.close()


def test_blocked_network_is_told(face_camera, guest):
    visitor = guest(face_camera)
    page = visitor.open("/about")
    page.add_init_script(RELAY_ONLY)
    page.goto(f"{visitor.address}/live")
    visitor.wait(page)
    press(page, "Start")
    box = page.locator(".st-key-live-problem")
    box.get_by_text(re.compile("Still no connection|could not connect")).wait_for(timeout=WAIT)
    assert box.get_by_role("link", name="Take a snapshot").count() == 1
