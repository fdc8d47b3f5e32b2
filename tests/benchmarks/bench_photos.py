"""Recall and precision of the face detector on photos of your own, marked by eye.

    python tests/benchmarks/bench_photos.py FOLDER [FOLDER ...] [--code CHECKOUT]

A folder holds `images/` and `truth.json`: {"file name": {"source": ..., "size": [width, height], "faces": [{"x", "y", "w",
"h", "kind", "must"}]}}, boxes from brow to chin and ear to ear in the file's own pixels, upright. Faces with "must": false
(from behind, tiny, printed) count neither way. A found box belongs to a face when their centres lie within .4 and their
sides within a factor of 2. Prints every miss and every box on nothing, then the totals with 95 % intervals (Wilson).
`--code`: measure another checkout's detector, for figures before and after a change.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def is_near(found: np.ndarray, face: np.ndarray) -> bool:
    """Whether a found box is about this face; boxes (4,) as x0, y0, x1, y1."""
    side, other = ((box[2:] - box[:2]).mean() for box in (face, found))
    away = np.abs((found[:2] + found[2:]) / 2 - (face[:2] + face[2:]) / 2).max() / side
    return bool(away < 0.4 and abs(np.log(other / side)) < np.log(2))


def match(boxes: list[np.ndarray], faces: list[dict]) -> tuple[list[dict], list[np.ndarray]]:
    """Give each marked face one box: the faces that must be found and are not, and the boxes on nothing."""
    left, missed = list(boxes), []
    for face in faces:
        marked = np.array([face["x"], face["y"], face["x"] + face["w"], face["y"] + face["h"]], float)
        near = [i for i, box in enumerate(left) if is_near(box, marked)]
        if near:
            left.pop(min(near, key=lambda i: np.abs(left[i] - marked).sum()))
        elif face["must"]:
            missed.append(face)
    return missed, left


def measure(detector, folder: Path) -> np.ndarray:
    """Print what is wrong; returns how many faces must be found, were, boxes there were, and boxes on nothing."""
    from fer_core.vision import read_image

    total = np.zeros(4, int)
    for name, truth in sorted(json.loads((folder / "truth.json").read_text()).items()):
        rgb = read_image((folder / "images" / name).read_bytes(), name).rgb
        zoom = truth["size"][0] / rgb.shape[1]
        boxes = [np.array(face.box) * zoom for face in detector.detect(rgb)]
        missed, wrong = match(boxes, truth["faces"])
        must = sum(face["must"] for face in truth["faces"])
        total += [must, must - len(missed), len(boxes), len(wrong)]
        for face in missed:
            print(f"{name}: missed, {face['kind']}, {face['w']} px wide")
        for box in wrong:
            print(f"{name}: a box on nothing at {box.round().astype(int).tolist()}")
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--code", type=Path, default=ROOT)
    arguments = parser.parse_args()
    sys.path.insert(0, str(arguments.code.resolve()))
    from fer_core.runs.metrics import compute_wilson_interval
    from fer_core.vision.in_use import DETECTOR

    detector, started = DETECTOR(), time.perf_counter()
    must, found, boxes, wrong = sum(measure(detector, folder) for folder in arguments.folders)
    for what, part, whole in (("recall", found, must), ("precision", boxes - wrong, boxes)):
        low, high = compute_wilson_interval(part / whole, whole)
        print(f"{what} {part / whole:.1%} ({low:.1%} to {high:.1%}), {part} of {whole}")
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
