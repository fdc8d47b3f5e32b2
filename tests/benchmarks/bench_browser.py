"""Live video in the visitor's own browser: frames per second, memory over minutes, a phone, and the server beside it.

    python tests/benchmarks/bench_browser.py [--minutes 10] [--network NAME]

One face and three sway before the camera at 640x480, 30 frames a second, in headless Chromium. The page's own figure is
read every half second; beside it stands the processor time that the browser's process takes for a frame, which other work
on the machine changes less. Then the same camera through the server, on the same machine. A phone is emulated by doing
all the work in the page's own thread and letting Chromium slow that down four times.
Targets on two quiet cores: 12 frames a second with one face, 8 with three, flat memory.
"""

import argparse
import contextlib
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser")]

import psutil
from bench_live_browser import FIGURES, write_film
from in_page import OPEN
from playwright.sync_api import sync_playwright
from server import CHROMIUM, FLAGS, WAIT, Visitor, run_server, serve_folder

from fer_core.app import loading
from fer_core.app.browser.static_page import write_static_page

READINGS, SECONDS = 20, 10
RATE = re.compile(r"(\d+) frames? per second")
SLOWDOWN = 4  # how much slower a middling phone is than this machine


FOLLOW = """
async (seconds) => {
  const { Camera, FrameReader } = await import(new URL("modules/camera.js", document.baseURI));
  const { Picture } = await import(new URL("modules/pixels.js", document.baseURI));
  const camera = new Camera(document.createElement("video"));
  await camera.open();
  const [frames, reader, took] = [new FrameReader(camera.video, 640), engine.openVideo(), []];
  let [faces, end] = [0, Infinity];
  while (performance.now() < end) {
    const { width, height, data } = await frames.read();
    const start = performance.now();
    const tracks = await reader.read(Picture.fromRgba(width, height, data), start / 1000);
    if (end === Infinity && start > 0 && tracks.length) end = performance.now() + 1000 * seconds;
    else if (end < Infinity) {
      took.push(performance.now() - start);
      faces += tracks.length;
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  frames.close();
  camera.close();
  return [took, faces / Math.max(took.length, 1)];
}
"""


def launch(driver, film: Path, *flags: str):
    return driver.chromium.launch(
        executable_path=str(CHROMIUM), args=[*FLAGS, f"--use-file-for-fake-video-capture={film}", *flags]
    )


def open_live(visitor: Visitor, network: str):
    page = visitor.open("/live" + (f"?live-network={network}" if network else ""), height=1150)
    page.locator(".seven[data-ready]").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Start").click()
    page.locator(".answers").get_by_text("·").first.wait_for(timeout=WAIT)
    page.wait_for_timeout(3000)
    return page


def read_rates(page, pattern: re.Pattern, place: str, readings: int = READINGS) -> list[int]:
    """What the page says of its speed, every half second."""
    rates = []
    for _ in range(readings):
        page.wait_for_timeout(500)
        if found := pattern.search(page.locator(place).inner_text()):
            rates.append(int(found[1]))
    return rates


def show(what: str, rates: list[int]) -> None:
    median = statistics.median(rates) if rates else 0
    print(f"{what:42} {median:5.0f} frames/s (least {min(rates, default=0)})", flush=True)


def measure_browser(driver, address: str, film: Path, network: str) -> None:
    chromium = launch(driver, film)
    visitor = Visitor(chromium, address)
    page = open_live(visitor, network)
    before, begun = find_renderer().cpu_times(), time.perf_counter()
    rates = read_rates(page, RATE, ".rate")
    after, seconds = find_renderer().cpu_times(), time.perf_counter() - begun
    show(f"browser, {film.stem} face(s)", rates)
    spent = after.user + after.system - before.user - before.system
    print(
        f"  {1000 * spent / (statistics.mean(rates) * seconds):.0f} ms of processor time a frame, both threads",
        flush=True,
    )
    chromium.close()


def measure_phone(driver, page_address: str, film: Path) -> None:
    """The same work in the page's own thread, which Chromium can slow down (workers it cannot)."""
    chromium = launch(driver, film)
    page = chromium.new_page()
    page.goto(page_address)
    page.evaluate(OPEN)
    session = page.context.new_cdp_session(page)
    for rate in (1, SLOWDOWN):
        session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
        took, faces = page.evaluate(FOLLOW, SECONDS)
        what = f"one thread, {rate} times slower" if rate > 1 else "one thread"
        median = statistics.median(took)
        print(
            f"{what}, {film.stem} face(s)".ljust(42),
            f"{len(took) / SECONDS:5.1f} frames/s, {median:.0f} ms a frame, best {min(took):.0f}, {faces:.1f} faces",
            flush=True,
        )
    chromium.close()


def measure_server(driver, address: str, film: Path) -> None:
    chromium = launch(driver, film)
    page = Visitor(chromium, address).open("/live?live-way=The+server", height=1150)
    page.frame_locator('iframe[title*="webrtc_streamer"]').get_by_role("button", name="Start").click(timeout=WAIT)
    page.get_by_text(re.compile("frames? per second")).first.wait_for(timeout=WAIT)
    page.wait_for_timeout(4000)
    show(f"server, {film.stem} face(s)", read_rates(page, FIGURES, '[data-testid="stMain"]'))
    chromium.close()


def measure_memory(driver, address: str, film: Path, network: str, minutes: float) -> None:
    """Memory of the page's process and size of its heap, once a minute."""
    chromium = launch(driver, film, "--enable-precise-memory-info")
    page = open_live(Visitor(chromium, address), network)
    for minute in range(int(minutes) + 1):
        if minute:
            page.wait_for_timeout(60_000)
        heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
        rate = RATE.search(page.locator(".rate").inner_text())
        print(
            f"minute {minute:2}  renderer {find_renderer().memory_full_info().uss / 1e6:5.0f} MB, page's heap {heap:4.0f} MB, {rate and rate[1]} frames/s",
            flush=True,
        )
    chromium.close()


def find_renderer() -> psutil.Process:
    """The process of the page: the renderer that has worked most."""
    renderers = []
    for process in psutil.Process(os.getpid()).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if any("--type=renderer" in part for part in process.cmdline()):
                renderers.append((process.cpu_times().user, process))
    return max(renderers, key=lambda pair: pair[0])[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--network", default="", help="its name as the live page shows it")
    arguments = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        films = [write_film(faces, folder) for faces in (1, 3)]
        write_static_page(loading.load_default_run(), Path(folder) / "page")
        page_address = stack.enter_context(serve_folder(Path(folder) / "page"))
        address, _ = stack.enter_context(run_server())
        driver = stack.enter_context(sync_playwright())
        for film in films:
            measure_browser(driver, address, film, arguments.network)
            measure_server(driver, address, film)
            measure_phone(driver, page_address, film)
        if arguments.minutes:
            measure_memory(driver, address, films[0], arguments.network, arguments.minutes)


if __name__ == "__main__":
    main()
