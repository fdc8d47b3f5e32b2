"""Frames per second of live video through the server: a real browser's camera film, the network, the video back.

    python tests/benchmarks/bench_live_browser.py [FOLDER]

One face and then three sway before the camera at 640x480, 30 frames a second; the page's own figures are read for some
seconds. Browser, both encoders and the server share the machine. With FOLDER, screenshots of the page go there.
"""

import io
import re
import sys
import tempfile
from pathlib import Path

import numpy as np
from bench_live import make_film
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser")]

from server import CHROMIUM, FLAGS, WAIT, Visitor, run_server

READINGS = 16
FIGURES = re.compile(r"(\d+) frames? per second,\s*(\d+)\s*ms behind")


def write_film(faces: int, folder: str) -> Path:
    """The film as a file that Chromium plays in place of a camera."""
    buffer = io.BytesIO()
    for frame in make_film(faces):
        Image.fromarray(frame).save(buffer, "JPEG", quality=92)
    file = Path(folder) / f"{faces}.mjpeg"
    file.write_bytes(buffer.getvalue())
    return file


def measure(driver, address: str, film: Path, shots: str | None, theme: str = "light") -> None:
    """Print what the page says of its speed while the film plays."""
    chromium = driver.chromium.launch(
        executable_path=str(CHROMIUM), args=[*FLAGS, f"--use-file-for-fake-video-capture={film}"]
    )
    visitor = Visitor(chromium, address)
    page = visitor.open("/live?live-way=The+server", theme, height=1150)
    page.frame_locator('iframe[title*="webrtc_streamer"]').get_by_role("button", name="Start").click(timeout=WAIT)
    page.get_by_text("frames per second").first.wait_for(timeout=WAIT)
    page.wait_for_timeout(4000)
    readings = []
    for _ in range(READINGS):
        page.wait_for_timeout(500)
        if found := FIGURES.search(page.get_by_test_id("stMain").inner_text()):
            readings.append([int(figure) for figure in found.groups()])
    (rate, behind), slowest = np.median(readings, axis=0), min(readings)[0]
    print(f"{film.stem} face(s), {theme}: {rate:.0f} frames/s (least {slowest}), {behind:.0f} ms behind", flush=True)
    if shots:
        page.screenshot(path=Path(shots) / f"live-{film.stem}-{theme}.png")
    visitor.close()
    chromium.close()
    print(*visitor.problems, sep="\n", end="")


def main(shots: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder, run_server() as (address, _), sync_playwright() as driver:
        for faces, theme in ((1, "light"), (3, "dark")):
            measure(driver, address, write_film(faces, folder), shots, theme)


if __name__ == "__main__":
    main(*sys.argv[1:2])
