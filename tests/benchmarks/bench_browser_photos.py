"""How long a photo takes in the visitor's own browser, and on the server, in one run on one machine.

    python tests/benchmarks/bench_browser_photos.py [--rounds 5]

The static page in headless Chromium, beside Python's analyse_image on as many threads as the server uses. Prints medians in
milliseconds, decoding left out; the same faces have to be found by both.
"""

import argparse
import base64
import io
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser")]

from in_page import OPEN
from playwright.sync_api import sync_playwright
from server import CHROMIUM, FLAGS, serve_folder

from fer_core.app import loading
from fer_core.app.browser.static_page import write_static_page
from fer_core.app.faces.examples import EXAMPLES
from fer_core.vision import analyse_image

ANSWER = """
async ([address, rounds]) => {
  const picture = await window.read(address), times = [];
  let faces;
  for (let i = 0; i <= rounds; i++) {
    const before = performance.now();
    faces = (await window.engine.answerPhoto(picture)).length;
    if (i) times.push(performance.now() - before);  // the first one warms up
  }
  return [faces, times];
}
"""


def make_photos() -> dict[str, Image.Image]:
    """One face, twelve in a large picture, one in 12 megapixels, and none in as many."""
    portrait, cat = (Image.open(io.BytesIO(EXAMPLES[name].read())).convert("RGB") for name in ("Portrait", "Cat"))
    crowd, large = (Image.new("RGB", size, "#cfcac2") for size in ((1900, 1500), (4000, 3000)))
    for place in range(12):
        size = 150 + 40 * place
        crowd.paste(portrait.resize((size, size)), (place % 4 * 470, place // 4 * 480))
    large.paste(portrait.resize((3000, 3000)), (500, 0))
    return {"portrait, 512x512": portrait, "twelve faces, 1900x1500": crowd, "one face, 4000x3000": large,
            "a cat, 4000x3000": cat.resize((4000, 3000))}  # fmt: skip


def measure_here(picture: Image.Image, rounds: int) -> tuple[int, list[float]]:
    """Faces found by the server's own code, and milliseconds of each round after the first."""
    engine, rgb, times = loading.load_engine(), np.asarray(picture), []
    for _ in range(rounds + 1):
        before = time.perf_counter()
        faces = len(analyse_image(rgb, engine.detector, engine.predictor))
        times.append(1000 * (time.perf_counter() - before))
    return faces, times[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        write_static_page(loading.load_default_run(), Path(folder))
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        with serve_folder(folder) as address:
            page = browser.new_page()
            page.goto(address)
            page.evaluate(OPEN)
            print(f"{'':<26}{'browser, ms':>13}{'server, ms':>12}{'faces':>8}")
            for name, picture in make_photos().items():
                buffer = io.BytesIO()
                picture.save(buffer, "JPEG", quality=92)
                data = "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
                faces, there = page.evaluate(ANSWER, [data, rounds])
                found, here = measure_here(Image.open(buffer).convert("RGB"), rounds)
                print(
                    f"{name:<26}{statistics.median(there):>13.0f}{statistics.median(here):>12.0f}{faces:>5} {found:>2}"
                )
        browser.close()


if __name__ == "__main__":
    main()
