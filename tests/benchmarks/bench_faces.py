"""Which faces are found, in photos made of free pictures: turned, small, in great mosaics, cut by the frame, none.

    python tests/benchmarks/bench_faces.py [--code CHECKOUT] [--only turns,sizes,mosaics,cuts,without] [--faces 24]

Prints recall, false boxes and the time of a look per kind. `--code`: measure another checkout's detector with the same
photos, for figures before and after a change. Heads: the astronaut and the cameraman of scikit-image, mirrored, dimmed
and greyed, drawn ones, and, where FER2013 is on the machine, as many of its pictures as `--faces`.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

ROOT = Path(__file__).resolve().parents[2]
GREY = (110, 120, 130)
HEADS = {
    "astronaut.png": ((95, 0, 350, 255), (180, 58, 271, 175)),
    "camera.png": ((160, 40, 310, 190), (200, 120, 257, 196)),
}
"""Picture -> the part with the head, and the face in it, pixels by eye."""
WITHOUT = ["chelsea.png", "coins.png", "coffee.png", "rocket.jpg", "brick.png", "page.png", "grass.png", "gravel.png", "moon.png", "text.png", "motorcycle_left.png", "retina.jpg", "hubble_deep_field.jpg", "ihc.png", "cell.png", "horse.png", "color.png"]  # fmt: skip
MOSAICS = ((1600, 1200, 40), (8192, 922, 60), (6144, 2766, 90), (6000, 4000, 40), (4000, 3000, 40))
"""Width, height, and the height of the smallest face in pixels."""


def find_free(name: str) -> Image.Image:
    import skimage

    return Image.open(Path(skimage.__file__).parent / "data" / name).convert("RGB")


def make_heads(n_real: int) -> list[tuple[Image.Image, np.ndarray]]:
    """Square pictures with one face each, and the face's box in shares of their side."""
    heads = []
    for name, (part, box) in HEADS.items():
        head, side = find_free(name).crop(part), part[2] - part[0]
        share = (np.array(box) - np.tile(part[:2], 2)) / side
        mirrored = np.array([1 - share[2], share[1], 1 - share[0], share[3]])
        heads += [(head, share), (ImageOps.mirror(head), mirrored)]
        heads += [(ImageEnhance.Brightness(head).enhance(0.5), share), (head.convert("L").convert("RGB"), share)]
    return heads + make_drawn_heads(14) + make_real_heads(n_real)


def make_drawn_heads(n: int) -> list[tuple[Image.Image, np.ndarray]]:
    from fer_core.data.drawn.face import draw_face
    from fer_core.labels import LABELS

    rng = np.random.default_rng(0)
    drawn = [Image.fromarray(draw_face(LABELS[i % len(LABELS)], rng, 240)).convert("RGB") for i in range(n)]
    return [(head, np.array([0.12, 0.04, 0.87, 1.0])) for head in drawn]


def make_real_heads(n: int) -> list[tuple[Image.Image, np.ndarray]]:
    from fer_core.data import find_dataset, load_dataset

    if not n or not find_dataset():
        return []
    pictures = load_dataset().images
    chosen = np.random.default_rng(7).choice(len(pictures), n, replace=False)
    big = [
        Image.fromarray(np.pad(pictures[i], 12, mode="edge")).resize((288, 288), Image.Resampling.BICUBIC)
        for i in chosen
    ]
    return [(head.convert("RGB"), np.array([1, 1, 5, 5]) / 6 + np.array([0.04, 0, -0.04, 0])) for head in big]


def count(faces, truth: np.ndarray) -> tuple[int, int]:
    """How many of the true boxes (n, 4) are found, and how many boxes are of none."""
    centre, side = (truth[:, :2] + truth[:, 2:]) / 2, (truth[:, 2:] - truth[:, :2]).mean(axis=1)
    hit = np.zeros(len(truth), bool)
    false = 0
    for face in faces:
        at = (np.array(face.box[:2]) + face.box[2:]) / 2
        away = np.abs(centre - at).max(axis=1) / side
        size = np.abs(np.log((face.width + face.height) / 2 / side))
        good = (away < 0.4) & (size < np.log(2)) & ~hit
        hit[np.flatnonzero(good)[:1]] = True
        false += not good.any()
    return int(hit.sum()), false


class Table:
    """Adds up photos per kind and prints a line for each."""

    def __init__(self, detector):
        self.detector = detector
        print(
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {'kind':<20}faces  recall  false   seconds a photo"
        )

    def measure(self, kind: str, photos) -> None:
        found = n = false = 0
        seconds = []
        for picture, truth in photos:
            rgb = np.asarray(picture)
            start = time.perf_counter()
            faces = self.detector(rgb)
            seconds.append(time.perf_counter() - start)
            hits, wrong = count(faces, truth)
            found, n, false = found + hits, n + len(truth), false + wrong
        recall = f"{found / n:7.1%}" if n else "       "
        print(f"{kind:<44}{n:5d} {recall} {false:6d} {np.median(seconds):9.3f}", flush=True)


def turn(head: Image.Image, share: np.ndarray, degrees: int):
    """The head on a wall, leaning clockwise by `degrees`."""
    photo, side = Image.new("RGB", (480, 480), GREY), 300
    photo.paste(head.resize((side, side)), (90, 90))
    centre = 90 + side * (share[:2] + share[2:]) / 2
    half = side * (share[2:] - share[:2]).mean() / 2
    return photo.rotate(-degrees, Image.Resampling.BICUBIC, center=tuple(centre), fillcolor=GREY), np.array(
        [[*(centre - half), *(centre + half)]]
    )


def make_mosaic(heads, width: int, height: int, smallest: int, rng):
    """Heads in rows on coffee, their faces `smallest` to 1.5 times as many pixels high."""
    photo = find_free("coffee.png").resize((width, height))
    pitch = round(4 * smallest)
    truth = []
    for top in range(0, height - pitch + 1, pitch):
        for left in range(0, width - pitch + 1, pitch):
            head, share = heads[rng.integers(len(heads))]
            side = round(min(smallest * rng.uniform(1, 1.5) / (share[3] - share[1]), pitch))
            photo.paste(head.resize((side, side), Image.Resampling.LANCZOS), (left, top))
            truth.append(share * side + [left, top, left, top])
    return photo, np.array(truth)


def cut(head: Image.Image, share: np.ndarray, edge: int, part: float):
    """A photo whose frame cuts `part` of the face off: on the left, top, right or bottom (`edge` 0 to 3)."""
    photo, side = Image.new("RGB", (480, 400), GREY), 300
    box = share * side
    corner = np.array([90, 60])
    photo.paste(head.resize((side, side)), tuple(corner))
    box = box + np.tile(corner, 2)
    at = box[edge] + (1 if edge < 2 else -1) * part * (box[edge % 2 + 2] - box[edge % 2])
    frame = [0, 0, *photo.size]
    frame[edge] = round(at)
    return photo.crop(frame), (box - np.tile(frame[:2], 2))[None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--code", type=Path, default=ROOT)
    parser.add_argument("--only", default="turns,sizes,mosaics,cuts,without")
    parser.add_argument("--faces", type=int, default=24)
    options = parser.parse_args()
    sys.path.insert(0, str(options.code.resolve()))
    from fer_core.vision.in_use import DETECTOR

    table, heads, rng = Table(DETECTOR().detect), make_heads(options.faces), np.random.default_rng(0)
    kinds = options.only.split(",")
    if "turns" in kinds:
        for degrees in range(0, 360, 15):
            table.measure(f"turned by {degrees}", (turn(*head, degrees) for head in heads))
    if "sizes" in kinds:
        for size in (30, 40, 60, 100, 200):
            photos = (make_mosaic([head], 1600, 1200, size, rng) for head in heads)
            table.measure(f"alone, {size} pixels high, in 1600 x 1200", (alone(*photo, rng, size) for photo in photos))
    if "mosaics" in kinds:
        for width, height, smallest in MOSAICS:
            table.measure(
                f"mosaic {width} x {height}, from {smallest} pixels", [make_mosaic(heads, width, height, smallest, rng)]
            )
    if "cuts" in kinds:
        for part in (0.1, 0.2, 0.3, 0.4):
            table.measure(f"{part:.0%} cut off", (cut(*head, edge, part) for head in heads for edge in range(4)))
    if "without" in kinds:
        for side in (None, 1600, 4000):
            pictures = (find_free(name) for name in WITHOUT)
            scaled = (
                p if side is None else p.resize([round(s * side / max(p.size)) for s in p.size]) for p in pictures
            )
            table.measure(f"no face, {side or 'own'} pixels", ((picture, np.empty((0, 4))) for picture in scaled))


def alone(mosaic: Image.Image, truth: np.ndarray, rng, size: int):
    """One head of a mosaic in a photo of the same size."""
    i = rng.integers(len(truth))
    box = truth[i]
    photo = find_free("coffee.png").resize(mosaic.size)
    left, top = (int(edge // (4 * size) * 4 * size) for edge in box[:2])
    photo.paste(mosaic.crop((left, top, left + 4 * size, top + 4 * size)), (left, top))
    return photo, box[None]


if __name__ == "__main__":
    main()
