"""Faces with something painted over the mouth, as a mask or a hand covers it: no photos of such faces are needed."""

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from fer_core.preprocessing import IMAGE_SIZE

SCALE = 4
"""Painted on the enlarged face, so that edges come out as a camera's: between the pixels."""
Painter = Callable[[ImageDraw.ImageDraw, np.ndarray, np.random.Generator], None]


def cover_faces(faces: np.ndarray, cover: str, rng: np.random.Generator) -> np.ndarray:
    """Paint a `cover` of COVERS on each face, uint8 (n, 48, 48); returns the same shape, the faces stay as they are."""
    return np.stack([_paint(face, COVERS[cover], rng) for face in faces])


def _paint(face: np.ndarray, painter: Painter, rng: np.random.Generator) -> np.ndarray:
    side = SCALE * IMAGE_SIZE
    picture = Image.fromarray(face).resize((side, side), Image.Resampling.BICUBIC)
    painter(ImageDraw.Draw(picture), face, rng)
    picture = picture.filter(ImageFilter.GaussianBlur(1.5))
    return np.asarray(picture.resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BOX))


def _paint_mask(pen: ImageDraw.ImageDraw, face: np.ndarray, rng: np.random.Generator) -> None:
    """A cloth from the nose to below the chin, of any grey, with three folds."""
    level, top = int(rng.integers(40, 245)), int(rng.integers(98, 112))
    edge = [(18, top + 8), (96, top - 6), (174, top + 8), (168, 150), (130, 186), (62, 186), (24, 150)]
    pen.polygon(edge, fill=level)
    for fold in range(3):
        y = top + 24 + 18 * fold
        pen.line([(30, y), (96, y + 6), (162, y)], fill=max(level - 18, 0), width=2)


def _paint_hand(pen: ImageDraw.ImageDraw, face: np.ndarray, rng: np.random.Generator) -> None:
    """Four fingers of the face's own grey across the mouth."""
    level, x = int(np.median(face[20:34, 14:34])), int(rng.integers(50, 80))
    for finger in range(4):
        y = 112 + 17 * finger
        box = [x - 30, y, x + 100, y + 16]
        pen.rounded_rectangle(box, 8, fill=min(level + 8 * (finger % 2), 255), outline=max(level - 40, 0))


def _paint_board(pen: ImageDraw.ImageDraw, face: np.ndarray, rng: np.random.Generator) -> None:
    """Everything below the nose behind an edge of any grey: a book, a collar, a table."""
    pen.rectangle([0, 112, 192, 192], fill=int(rng.integers(20, 235)))


def _paint_phone(pen: ImageDraw.ImageDraw, face: np.ndarray, rng: np.random.Generator) -> None:
    """Something dark and narrow before the mouth: a telephone, a microphone, a cup."""
    pen.rectangle([66, 100, 126, 200], fill=int(rng.integers(10, 60)))


COVERS: Mapping[str, Painter] = {
    "mask": _paint_mask,
    "hand": _paint_hand,
    "board": _paint_board,
    "phone": _paint_phone,
}
