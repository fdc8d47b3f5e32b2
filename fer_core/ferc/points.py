"""Stage 2 of FERC, first half: the parts of the face, as 13 points.

Five come from MTCNN's last network (Zhang et al. 2016, https://arxiv.org/abs/1604.02878; weights of the `mtcnn` wheel,
MIT): eyes, tip of the nose, corners of the mouth. It is shown a square around the face, and once more the one that it
corrects. The other eight, brows, lids and lips, lie where the picture's gradients (3x3 Sobel filters) above and below
those five are strongest: ours.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image

from fer_core.sessions import make_session
from fer_core.vision.cascade import square
from fer_core.vision.mtcnn_graphs import make_onet

INPUT = 48
LOOKS = 2
NAMES = (
    "left eye", "right eye", "nose", "left corner of the mouth", "right corner of the mouth", "left brow", "right brow",
    "left upper lid", "right upper lid", "left lower lid", "right lower lid", "upper lip", "lower lip",
)  # fmt: skip
"""Left and right as seen."""
UPRIGHT, EYES, APART = 64, (32.0, 24.0), 20.0
"""The face turned upright: pixels of the square, the middle between its eyes, their distance."""
BAND = 2
"""Columns to each side over which rows are averaged."""


@dataclass(frozen=True, eq=False)
class Points:
    """`score`: how much a face this is, 0 to 1; `places`: float (13, 2), x and y in the picture, as NAMES; `upright`:
    the same with the eyes level and one apart."""

    score: float
    places: np.ndarray
    upright: np.ndarray


@cache
def _load_network():
    return make_session(make_onet(), threads=1)


def find_points(grey: Image.Image, box: tuple[float, float, float, float]) -> Points:
    """Find the parts of the face in a square of a grey picture. Raises DetectorError without MTCNN's weights."""
    five, score = find_five(grey, box)
    to_picture = align(five)
    patch = np.asarray(
        grey.transform((UPRIGHT, UPRIGHT), Image.Transform.AFFINE, to_picture.ravel(), Image.Resampling.BICUBIC)
    )
    turned = (five - to_picture[:, 2]) @ np.linalg.inv(to_picture[:, :2]).T
    points = np.concatenate([turned, find_edge_points(patch.astype(float), turned)])
    return Points(score, points @ to_picture[:, :2].T + to_picture[:, 2], points / APART)


def find_five(grey: Image.Image, box: tuple[float, float, float, float]) -> tuple[np.ndarray, float]:
    """Eyes, nose and corners of the mouth, float (5, 2), and the score of the last look."""
    for _ in range(LOOKS):
        (box,) = square(np.array([box], float)).tolist()
        corner, side = np.array(box[:2]), box[2] - box[0]
        part = grey.crop([round(edge) for edge in box]).resize((INPUT, INPUT), Image.Resampling.BILINEAR)
        patch = np.asarray(part.convert("RGB"))[None]
        offset, score, landmarks = _load_network().run(["offset", "score", "landmarks"], {"image": patch})
        box = np.array(box) + offset[0] * side
    return corner + landmarks.reshape(2, 5).T * side, float(score[0, 1])


def align(five: np.ndarray) -> np.ndarray:
    """The map from the upright square to the picture, float (2, 3): the eyes come to lie level, APART pixels apart."""
    across = (five[1] - five[0]) / APART
    if not across.any():
        across = np.array([1.0, 0.0])
    turn = np.array([[across[0], -across[1]], [across[1], across[0]]])
    return np.column_stack([turn, five[:2].mean(axis=0) - turn @ EYES])


def find_edge_points(patch: np.ndarray, five: np.ndarray) -> np.ndarray:
    """Brows, upper lids, lower lids (left, right each), upper and lower lip: float (8, 2).

    `patch`: float (64, 64), grey; `five`: float (5, 2), in its pixels. A brow is where it is darkest; an edge is the
    middle of the gradients of its direction, weighted by their squares.
    """
    from scipy import ndimage

    down = ndimage.sobel(patch, axis=0)
    mouth = five[3:].mean(axis=0)

    def find(x: float, y: float, above: float, below: float, weigh) -> tuple[float, float]:
        column = int(np.clip(round(x), BAND, UPRIGHT - 1 - BAND))
        first = int(np.clip(round(y - above), 0, UPRIGHT - 2))
        rows = np.arange(first, int(np.clip(round(y + below), first + 1, UPRIGHT - 1)) + 1)
        band = slice(column - BAND, column + BAND + 1)
        weights = weigh(patch[rows, band].mean(axis=1), down[rows, band].mean(axis=1)) ** 2 + 1e-6
        return x, float(weights @ rows / weights.sum())

    def darkest(levels, gradients):
        return levels.max() - levels

    def to_dark(levels, gradients):
        return np.maximum(-gradients, 0)

    def to_bright(levels, gradients):
        return np.maximum(gradients, 0)

    eyes = five[:2]
    return np.array(
        [find(*eye, 13, -5, darkest) for eye in eyes]
        + [find(*eye, 5, 0, to_dark) for eye in eyes]
        + [find(*eye, 0, 5, to_bright) for eye in eyes]
        + [find(*mouth, 7, 0, to_dark), find(*mouth, 0, 9, to_bright)]
    )
