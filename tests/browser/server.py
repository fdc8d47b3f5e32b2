"""Start the real server, open pages in a real Chromium, collect what went wrong there."""

import contextlib
import functools
import http.server
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = 390
WAIT = 90_000  # ms; a small machine that does something else at the same time is slow
ERROR_BOXES = '[data-testid="stException"], [class*="st-key-page-error"]'
# Below a page's address Streamlit first asks for its own files there and gets a 404 before it finds the root.
EXPECTED_404 = ("/_stcore/health", "/_stcore/host-config")


@contextlib.contextmanager
def run_server(artifacts: Path | None = None, **settings: str):
    """Run `streamlit run streamlit_app.py` on a free port until the block ends; yields (address, process).

    `settings`: further variables of the server's environment.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", f"--server.port={port}"]
    environment = os.environ | ({"FER_ARTIFACTS": str(artifacts)} if artifacts else {}) | settings
    process = subprocess.Popen([*command, "--server.address=127.0.0.1"], cwd=ROOT, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(address, process)
        yield address, process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_healthy(address: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + WAIT / 1000
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server stopped with exit code {process.returncode}.")
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            if urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).status == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(f"The server did not answer within {WAIT / 1000:.0f} s.")


class Visitor:
    """One person with a browser at one server. `problems` grows with every console error and error box.

    Pages of the same look share a browser profile, and so its cache: Plotly alone is 5 MB of script to compile.
    """

    _profiles: ClassVar[dict] = {}

    def __init__(self, browser, address: str):
        self.browser, self.address = browser, address
        self.problems: list[str] = []
        self._pages = []

    def open(
        self, path="/", theme="light", width: int = 1280, height: int = 900, user_agent: str | None = None, camera=True
    ):
        """Open `path` in a new tab, which is a new session, and wait until it stands; returns the Playwright page.

        `camera`: whether pages may use it; otherwise the browser refuses.
        """
        look = (self.browser, theme, width, height, user_agent, camera)
        if look not in self._profiles:
            viewport = {"width": width, "height": height}
            self._profiles[look] = self.browser.new_context(
                color_scheme=theme,
                viewport=viewport,
                permissions=["camera" if camera else "geolocation"],  # those not named are refused
                user_agent=user_agent,
            )
            self._profiles[look].set_default_timeout(WAIT)
        page = self._profiles[look].new_page()
        self._pages.append(page)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.problems.append(f"{path}: {error}"))
        page.goto(self.address + path, wait_until="commit")  # `wait` knows better than "load" when it stands
        self.wait(page)
        return page

    def wait(self, page) -> None:
        """Wait until the script has run and nothing on the page is stale; note error boxes."""
        page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=WAIT)
        page.wait_for_selector('[data-testid="stMain"] h1', timeout=WAIT)
        page.wait_for_timeout(150)
        page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=WAIT)
        for box in page.locator(ERROR_BOXES).all():
            self.problems.append(f"{page.url}: {box.inner_text()}")
        if page.get_by_text("Page not found").count():
            self.problems.append(f"{page.url}: page not found")

    def follow(self, page, title: str) -> None:
        """Click the navigation's link `title`, opening the sidebar first where it is folded away."""
        link = page.get_by_test_id("stSidebarNavLink").filter(has=page.get_by_text(title, exact=True))
        if not link.is_visible():
            page.get_by_test_id("stExpandSidebarButton").click()
        link.click()
        page.wait_for_function("title => document.title.startsWith(title)", arg=title, timeout=WAIT)
        self.wait(page)

    def close(self) -> None:
        """Close what was opened, keeping `problems`."""
        for page in self._pages:
            page.close()
        self._pages.clear()

    def _note_console(self, message) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and not url.endswith(EXPECTED_404):
            self.problems.append(f"console: {message.text} ({url})")


def launch(browser, *flags: str, without: str = "nothing"):
    """Another browser with its own flags, and without those usual ones that hold the words `without`."""
    kept = [flag for flag in FLAGS if without not in flag]
    return browser.browser_type.launch(executable_path=str(CHROMIUM), args=[*kept, *flags])


FILM_RUNS = """
const video = document.querySelector('[data-testid="stCameraInput"] video');
return video && video.videoWidth > 0 && video.currentTime > 1;
"""  # a shutter pressed before the first picture takes none, and the fake camera's first ones are black


def take_photo(page) -> None:
    """Press the shutter of `st.camera_input` as soon as the camera's film runs."""
    shutter = page.get_by_role("button", name="Take Photo")
    shutter.wait_for(timeout=WAIT)
    page.wait_for_function(f"() => {{{FILM_RUNS}}}", timeout=WAIT)
    shutter.click()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serve_folder(folder: Path):
    """Serve a folder as any static host would until the block ends; yields its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
