"""Live video in the visitor's own browser: frames per second, memory over minutes, a phone, and the server beside it.

    python tests/benchmarks/bench_browser.py [--minutes 10] [--network NAME]

One face and three sway before the camera at 640x480, 30 frames a second, in headless Chromium. The page's own figure is
read every half second; beside it stand milliseconds per frame in the worker alone. Then the same camera through the
server, on the same machine. A phone is emulated by slowing Chromium's processor down four times, the worker included.
Targets on two quiet cores: 12 frames a second with one face, 8 with three, flat memory.
"""

import argparse
import os
import re
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser")]

import psutil
from bench_live_browser import FIGURES, write_film
from playwright.sync_api import sync_playwright
from server import CHROMIUM, FLAGS, WAIT, Visitor, run_server

READINGS = 20
RATE = re.compile(r"(\d+) frames per second")
SLOWDOWN = 4  # how much slower a middling phone is than this machine


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
    show(f"browser, {film.stem} face(s)", read_rates(page, RATE, ".rate"))
    chromium.close()


def measure_phone(driver, address: str, film: Path, network: str) -> None:
    """The page and its worker, with a processor that is slowed down.

    Chromium slows down a page's own thread, and each worker by a session of its own.
    """
    chromium = launch(driver, film, "--remote-debugging-port=0")
    page = open_live(Visitor(chromium, address), network)
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.wait_for_timeout(3000)
    show(f"phone ({SLOWDOWN} times slower), {film.stem} face(s)", read_rates(page, RATE, ".rate"))
    chromium.close()


def measure_server(driver, address: str, film: Path) -> None:
    chromium = launch(driver, film)
    page = Visitor(chromium, address).open("/live?live-way=The+server", height=1150)
    page.frame_locator('iframe[title*="webrtc_streamer"]').get_by_role("button", name="Start").click(timeout=WAIT)
    page.get_by_text("frames per second").first.wait_for(timeout=WAIT)
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
        print(f"minute {minute:2}  renderer {find_renderer_memory():5.0f} MB, page's heap {heap:4.0f} MB, {rate and rate[1]} frames/s", flush=True)
    chromium.close()


def find_renderer_memory() -> float:
    """Memory in MB that belongs to the largest renderer among this process's children alone."""
    sizes = []
    for process in psutil.Process(os.getpid()).children(recursive=True):
        try:
            if any("--type=renderer" in part for part in process.cmdline()):
                sizes.append(process.memory_full_info().uss / 1e6)
        except psutil.Error:
            continue
    return max(sizes, default=0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--network", default="", help="its name as the live page shows it")
    arguments = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder, run_server() as (address, _), sync_playwright() as driver:
        films = [write_film(faces, folder) for faces in (1, 3)]
        for film in films:
            measure_browser(driver, address, film, arguments.network)
            measure_server(driver, address, film)
            measure_phone(driver, address, film, arguments.network)
        measure_memory(driver, address, films[0], arguments.network, arguments.minutes)


if __name__ == "__main__":
    main()
