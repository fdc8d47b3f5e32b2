"""How quickly the dashboard opens, changes pages and answers a photo, and what it weighs.

    python tests/benchmarks/bench_dashboard.py [--rounds 3]

Starts the real server on the committed artifacts and drives it with a real Chromium; prints medians over the rounds.
Seconds to the first page count from the start of the server's process to the heading on the screen; those of a page
change from the click until the script has run and its last charts are painted, once for a visitor who is the first on
the page since the server's start, and once for all who come later. Browser and server share this machine.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser")]

import psutil
from playwright.sync_api import sync_playwright
from server import CHROMIUM, FLAGS, WAIT, Visitor, run_server

from fer_core.app.shell import PAGES


def change_page(visitor: Visitor, page, title: str) -> float:
    """Follow the navigation to `title`; returns the seconds until all of it is on the screen."""
    link = page.get_by_test_id("stSidebarNavLink").filter(has=page.get_by_text(title, exact=True))
    clicked = time.monotonic()
    link.click()
    page.wait_for_function("title => document.title.startsWith(title)", arg=title, timeout=WAIT)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=WAIT)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    seconds = time.monotonic() - clicked
    visitor.wait(page)  # and nothing goes wrong afterwards
    return seconds


def measure_round(browser) -> dict[str, float]:
    """One fresh server: seconds to the first page, seconds per page change, megabytes early and after visiting all."""
    figures = {}
    started = time.monotonic()
    with run_server() as (address, process):
        visitor = Visitor(browser, address)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector('[data-testid="stMain"] h1', timeout=WAIT)
        figures["first page, s"] = time.monotonic() - started
        visitor.wait(page)
        figures["memory after the first page, MB"] = psutil.Process(process.pid).memory_info().rss / 1e6
        for visit in ("first", "again"):
            for entry in [*(page for page in PAGES[1:] if page.listed), PAGES[0]]:
                figures[f"{entry.title}, {visit}, s"] = change_page(visitor, page, entry.title)
        server = psutil.Process(process.pid)
        figures["memory after all pages, MB"] = server.memory_info().rss / 1e6
        layers = sum(child.memory_info().rss for child in server.children(recursive=True)) / 1e6
        figures["the augmentation's own process, MB"] = layers
        if visitor.problems:
            print(*visitor.problems, sep="\n")
        context.close()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        measured = [measure_round(browser) for _ in range(rounds)]
        browser.close()
    for name in measured[0]:
        values = sorted(figures[name] for figures in measured)
        print(f"{name:<38} median {statistics.median(values):8.2f}   from {values[0]:.2f} to {values[-1]:.2f}")


if __name__ == "__main__":
    main()
