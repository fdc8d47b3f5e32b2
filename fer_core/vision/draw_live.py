"""Answers drawn over live video: boxes and labels as on photos, and the seven bars beside each face."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fer_core.labels import COLORS, LABELS
from fer_core.vision.crop import Box
from fer_core.vision.draw import DARK, LIGHT, draw_faces
from fer_core.vision.tracking import Track

MAX_PANELS = 4  # in a crowd the bars would hide the faces
DIM, OPACITY = "#B9BFC7", 190


def draw_tracks(rgb: np.ndarray, tracks: list[Track]) -> np.ndarray:
    """Return a copy of the frame, uint8 (height, width, 3), with every track's box, label and, of few, seven bars."""
    if not tracks:
        return rgb
    picture = draw_faces(rgb, [track.to_result() for track in tracks])
    if len(tracks) <= MAX_PANELS:
        size = max(11, round(max(picture.size) / 50))
        taken = [track.box for track in tracks]
        for track in tracks:
            panel = make_panel(track.probability, size)
            corner = choose_corner(track.box, panel.size, picture.size, taken)
            picture.paste(panel, corner, panel)
            taken.append((*corner, corner[0] + panel.width, corner[1] + panel.height))
    return np.asarray(picture)


def make_panel(probability: np.ndarray, size: int) -> Image.Image:
    """Return seven bars with their names, light on dark and a little transparent, RGBA; `size`: of the text, pixels."""
    panel = _make_empty_panel(size).copy()
    pen, row, start = ImageDraw.Draw(panel), _row(size), _start(size)
    for i, label in enumerate(LABELS):
        y, length = _margin(size) + i * row, float(probability[i]) * (panel.width - start - _margin(size))
        pen.rectangle((start, y + row // 5, start + max(round(length), 1), y + row - row // 5 - 1), fill=COLORS[label])
    best = int(np.argmax(probability))
    pen.text((_margin(size), _margin(size) + best * row), LABELS[best], font=_font(size), fill=LIGHT)
    return panel


def choose_corner(box: Box, size: tuple[int, int], picture: tuple[int, int], taken: list[Box]) -> tuple[int, int]:
    """Where a panel of `size` beside `box` hides least of what is `taken`: right, left, below or above, in the picture."""
    gap, (width, height) = 6, size
    x0, y0, x1, y1 = box
    places = [(x1 + gap, y0), (x0 - gap - width, y0), (x0, y1 + gap), (x0, y0 - gap - height)]
    places = [
        (round(min(max(x, 0), max(picture[0] - width, 0))), round(min(max(y, 0), max(picture[1] - height, 0))))
        for x, y in places
    ]
    return min(places, key=lambda place: sum(_overlap((*place, place[0] + width, place[1] + height), b) for b in taken))


def _overlap(a: Box, b: Box) -> float:
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0)


@lru_cache(maxsize=8)
def _make_empty_panel(size: int) -> Image.Image:
    height = len(LABELS) * _row(size) + 2 * _margin(size)
    panel = Image.new("RGBA", (_start(size) + 5 * size, height))
    pen = ImageDraw.Draw(panel)
    pen.rounded_rectangle((0, 0, panel.width - 1, height - 1), size // 3, fill=f"{DARK}{OPACITY:02X}")
    for i, label in enumerate(LABELS):
        pen.text((_margin(size), _margin(size) + i * _row(size)), label, font=_font(size), fill=DIM)
    return panel


def _row(size: int) -> int:
    return round(1.2 * size)


def _margin(size: int) -> int:
    return max(3, size // 3)


@lru_cache(maxsize=8)
def _start(size: int) -> int:
    """Where the bars begin, right of the longest name."""
    return round(2 * _margin(size) + max(_font(size).getlength(label) for label in LABELS))


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)
