"""Frames per second of live video: what process_frame alone takes, for one face and for three that move.

    python tests/benchmarks/bench_live.py [artifacts/<run>/model.onnx]

The camera, the browser and the encoding of the video come on top: about 15 ms a frame on the same two cores.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
EXAMPLE = ROOT / "fer_core/app/assets/example.jpg"
HEAD = (110, 0, 350, 300)
WIDTH, HEIGHT, RATE, SECONDS = 640, 480, 20, 10


def make_film(faces: int) -> list[np.ndarray]:
    """Four seconds, 640x480 at 20 frames a second, of the example's head `faces` times, swaying."""
    head = Image.open(EXAMPLE).convert("RGB").crop(HEAD).resize((200, 250))
    frames = []
    for step in range(4 * RATE):
        frame = Image.new("RGB", (WIDTH, HEIGHT), "#7a7a78")
        for i in range(faces):
            sway = np.array([12, 25]) * np.sin(2 * np.pi * (step / (2 * RATE) + np.array([i / 3, i / 5])))
            x = (i + 0.5) * WIDTH / faces - 100
            frame.paste(head, (round(x + sway[0]), round(110 + sway[1])))
        frames.append(np.asarray(frame))
    return frames


def measure(faces: int, detector, predictor) -> None:
    """Print frames per second, and how long single frames take, over SECONDS of the film."""
    from fer_core.vision.stream import LiveReader

    film, reader, took, seen = make_film(faces), LiveReader(detector, predictor), [], []
    clock = time.perf_counter
    for i in range(RATE):  # warm up
        reader.process_frame(film[i])
    start, i = clock(), 0
    while clock() - start < SECONDS:
        before = clock()
        reader.process_frame(film[i % len(film)])
        took.append(clock() - before)
        seen.append(len(reader.read().tracks))
        i += 1
    low, median, high = 1000 * np.quantile(took, [0, 0.5, 0.95])
    numbers = [history.number for history in reader.read_timeline()]
    print(
        f"{faces} face{'s' if faces > 1 else ' '}  {i / SECONDS:6.1f} frames/s   "
        f"median {median:.1f} ms, best {low:.1f}, 95 % {high:.1f}   "
        f"all faces in {np.mean(np.array(seen) == faces):.1%} of frames, numbers given: {numbers}"
    )


def main(model: str | Path | None = None) -> None:
    from default_model import find_default_model

    from fer_core.vision import PairedDetector, Predictor

    model = model or find_default_model()
    detector, predictor = PairedDetector(), Predictor(model)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {WIDTH}x{HEIGHT}, {Path(model).parent.name}")
    for faces in (1, 3):
        measure(faces, detector, predictor)


if __name__ == "__main__":
    main(*sys.argv[1:2])
