"""A real server on small artifacts and a real Chromium. Everything here is marked `browser`."""

import io
import math
from pathlib import Path

import pytest
from PIL import Image
from sample_artifacts import write_sample_runs
from server import CHROMIUM, FLAGS, Visitor, launch, run_server, serve_folder

from fer_core.app import loading
from fer_core.app.browser import runtime
from fer_core.app.browser.static_page import write_static_page
from fer_core.app.faces.examples import EXAMPLES

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}: install Debian's `chromium` package")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def sample_artifacts(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("artifacts")
    write_sample_runs(root)
    return root


@pytest.fixture(scope="session")
def server(sample_artifacts):
    """Address of one server that all tests share."""
    with run_server(sample_artifacts) as (address, _):
        yield address


@pytest.fixture
def visit(browser):
    """Make a Visitor at an address: visit(address). The test fails if anything went wrong in its browser."""
    visitors = []

    def visit(address: str) -> Visitor:
        visitors.append(Visitor(browser, address))
        return visitors[-1]

    yield visit
    for visitor in visitors:
        visitor.close()
    assert [problem for visitor in visitors for problem in visitor.problems] == []


@pytest.fixture
def app(server, visit) -> Visitor:
    """A visitor at the shared server: page = app.open("/results?...", theme="dark", width=390)."""
    return visit(server)


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def face_camera(browser, film):
    chromium = launch(browser, f"--use-file-for-fake-video-capture={film}")
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def own_runtime():
    """What computes in the browser is at hand; else the test skips."""
    if not runtime.find_folder():
        pytest.skip("ONNX Runtime Web is not here: run python -m fer_core.app.browser.fetch")


@pytest.fixture(scope="session")
def static_folder(own_runtime, tmp_path_factory) -> Path:
    """The static page of the committed network."""
    folder = tmp_path_factory.mktemp("static")
    write_static_page(loading.load_default_run(), folder)
    return folder


@pytest.fixture(scope="session")
def static_page(static_folder):
    """Its address."""
    with serve_folder(static_folder) as address:
        yield address
