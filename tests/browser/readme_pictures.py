"""Take the README's pictures: python tests/browser/readme_pictures.py, which writes docs/screenshots/.

For looking at, not a test. Runs on the committed artifacts, without the dataset, so that only drawn and free pictures
are on the pages.
"""

import io
import os
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from server import CHROMIUM, FLAGS, ROOT, WAIT, Visitor, run_server

sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "benchmarks")]

from bench_live import make_film

FOLDER = ROOT / "docs" / "screenshots"
SIZE = (1280, 940)
PAGES = {
    "overview": ("/", "light"),
    "predict": ("/predict?predict-why=true", "light"),
    "video": ("/video", "light"),
    "live": ("/live", "dark"),
    "results": ("/results", "light"),
    "training": ("/training", "dark"),
    "robustness": ("/robustness", "light"),
}


def play_example(page) -> None:
    """Have the example read, and go down to what was found."""
    page.get_by_text("Moving portrait").click()
    page.get_by_role("heading", name="Over time").wait_for(timeout=WAIT)
    page.wait_for_timeout(3000)
    page.get_by_role("heading", name="Over time").scroll_into_view_if_needed()


def start_camera(page) -> None:
    """Start the video, and wait until the last minute has something in it."""
    page.locator(".seven[data-ready]").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Start").click()
    page.get_by_text(re.compile("frames? per second")).wait_for(timeout=WAIT)
    page.wait_for_timeout(15_000)


BEFORE = {"video": play_example, "live": start_camera}


def save(picture: bytes, name: str) -> None:
    """WebP: a quarter of a PNG's size."""
    Image.open(io.BytesIO(picture)).convert("RGB").save(FOLDER / f"{name}.webp", quality=90, method=6)
    print(name, flush=True)


def main(*names: str) -> None:
    os.environ["FER2013_PATH"] = "/nowhere"
    with tempfile.TemporaryDirectory() as folder, run_server() as (address, _), sync_playwright() as driver:
        film = Path(folder) / "face.mjpeg"
        film.write_bytes(b"".join(_encode(frame) for frame in make_film(2)))
        flags = [*FLAGS, f"--use-file-for-fake-video-capture={film}"]
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        for name in names or PAGES:
            path, theme = PAGES[name]
            visitor = Visitor(browser, address)
            page = visitor.open(path, theme, *SIZE)
            BEFORE.get(name, lambda page: None)(page)
            page.wait_for_timeout(2000)
            save(page.screenshot(timeout=WAIT), name)
            visitor.close()
            print(*visitor.problems, sep="\n", end="")
        browser.close()


def _encode(frame) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(frame).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


if __name__ == "__main__":
    main(*sys.argv[1:])
