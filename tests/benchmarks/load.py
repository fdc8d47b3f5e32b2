"""Twenty visitors upload a photo at the same moment: how many are answered, how quickly, in how much memory.

    python tests/benchmarks/load.py [--visitors 20] [--rounds 3] [--greedy]

Starts the real server on the committed artifacts. Each visitor is a real Streamlit session (tests/wire_visitor.py): page
opened, photo uploaded, the page's answer received, its pictures fetched. Seconds count from the start of the upload to
the last picture. Every visitor and round has its own photo, 640 pixels wide with one face, so that nothing is cached.
`--greedy` adds somebody who meanwhile sends files of 20 MB under invented names as fast as the server takes them.
Targets on 2 cores: all answered, 95 % within 3 s, the server within 500 MB.
"""

import argparse
import collections
import io
import multiprocessing
import os
import sys
import threading
import time
import urllib.error
import uuid
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

import psutil
from PIL import Image, ImageEnhance
from server import run_server
from wire_visitor import WireVisitor

EXAMPLE = ROOT / "fer_core/app/assets/example.jpg"
TARGETS = {"p95": 3.0, "memory": 500.0}


def make_photo(brightness: float) -> bytes:
    """The example as a JPEG of 640 x 640, a little brighter or darker."""
    buffer = io.BytesIO()
    picture = Image.open(EXAMPLE).convert("RGB").resize((640, 640))
    ImageEnhance.Brightness(picture).enhance(brightness).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


class PeakMemory(threading.Thread):
    """Watches a process's resident memory; `peak` in MB."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.process, self.peak = psutil.Process(pid), 0.0
        self.start()

    def run(self) -> None:
        while self.process.is_running():
            try:
                self.peak = max(self.peak, self.process.memory_info().rss / 1e6)
            except psutil.NoSuchProcess:
                return
            time.sleep(0.02)


def visit(address: str, photos: list[tuple[str, bytes]], start: threading.Barrier, seconds: list[float]) -> None:
    """One visitor: opens the page, then uploads each photo when all the others do. Appends NaN for no answer."""
    with WireVisitor(address) as visitor:
        visitor.open("predict")
        for name, data in photos:
            start.wait()
            begun = time.perf_counter()
            visitor.upload("predict-uploads", (name, data))
            visitor.fetch_pictures()
            answered = visitor.shows(f"{name}, 1 face marked")
            seconds.append(time.perf_counter() - begun if answered else float("nan"))
        start.wait()  # the sessions stay open until everybody has an answer, as tabs do


def be_greedy(address: str, ended, found) -> None:
    """Send 20 MB again and again under names that the server never gave, until `ended`; puts counts of answers into `found`.

    In a process of its own that steps back: the work of sending would be another machine's.
    """
    os.nice(19)
    statuses = collections.Counter()
    with WireVisitor(address) as visitor:
        visitor.open("predict")
        place = visitor._ask_for_addresses([("x", b"")])[0].upload_url.rpartition("/")[0]
        while not ended.is_set():
            try:
                visitor._put(f"{place}/{uuid.uuid4()}", "x.jpg", bytes(20_000_000))
                statuses[204] += 1
            except urllib.error.HTTPError as error:
                statuses[error.code] += 1
            except urllib.error.URLError:  # refused before all was sent
                statuses["closed"] += 1
    found.put(statuses)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--greedy", action="store_true")
    options = parser.parse_args()
    n, rounds = options.visitors, options.rounds
    levels = np.linspace(0.9, 1.1, n * rounds).reshape(n, rounds)
    photos = [[(f"v{i}-{k}.jpg", make_photo(level)) for k, level in enumerate(row)] for i, row in enumerate(levels)]
    seconds: list[float] = []
    with run_server() as (address, process):
        memory = PeakMemory(process.pid)
        with WireVisitor(address) as first:
            begun = time.perf_counter()
            first.open("predict")
            opened = time.perf_counter() - begun
            begun = time.perf_counter()
            first.upload("predict-uploads", ("first.jpg", make_photo(1)))
            first_answer = time.perf_counter() - begun
            alone = memory.peak
        ended, found = multiprocessing.Event(), multiprocessing.Queue()
        if options.greedy:
            multiprocessing.Process(target=be_greedy, args=(address, ended, found), daemon=True).start()
        start = threading.Barrier(n, timeout=120)
        visitors = [threading.Thread(target=visit, args=(address, row, start, seconds)) for row in photos]
        for visitor in visitors:
            visitor.start()
        for visitor in visitors:
            visitor.join()
        ended.set()
        statuses = found.get(timeout=60) if options.greedy else {}
    answered = np.array(seconds)[np.isfinite(seconds)]
    p50, p95 = np.quantile(answered, [0.5, 0.95]) if len(answered) else (np.nan, np.nan)
    print(f"{os.cpu_count()} cores, load before {os.getloadavg()[2]:.1f} (15 minutes)")
    print(f"cold server: page in {opened:.2f} s, then first answer {first_answer:.2f} s after the upload")
    print(f"{n} visitors at once, {rounds} rounds: {len(answered)} of {n * rounds} answered")
    print(
        f"upload to answer: p50 {p50:.2f} s, p95 {p95:.2f} s (target {TARGETS['p95']:.0f} s), slowest {answered.max():.2f} s"
    )
    print(
        f"server's memory: {alone:.0f} MB with one visitor, peak {memory.peak:.0f} MB (target {TARGETS['memory']:.0f})"
    )
    if options.greedy:
        print(f"answers to the greedy one's 20 MB files: {dict(statuses)}")
    return 0 if len(answered) == n * rounds and p95 <= TARGETS["p95"] and memory.peak <= TARGETS["memory"] else 1


if __name__ == "__main__":
    sys.exit(main())
