"""FERC's steps as pictures: skin, circles, points with their distances. No Streamlit."""

import numpy as np
from PIL import Image, ImageDraw

from fer_core.app.theme import SERIES
from fer_core.ferc.face import Found
from fer_core.ferc.points import NAMES, Points
from fer_core.ferc.vector import PAIRS

SIDE = 480
"""Pixels of the shorter side."""
FACE, INNER, OTHER = "#F0E442", "#56B4E9", "#8a8a8a"
DARK = 0.25
"""Of their brightness is left to pixels that are taken for background."""
MARGIN = 0.15


def draw_skin(found: Found) -> Image.Image:
    """The picture, dark wherever there is no skin; as it is where it has no colour to go by."""
    picture = found.picture.convert("RGB")
    if found.skin is not None:
        picture = Image.composite(picture, _darken(picture), Image.fromarray(found.skin))
    return _enlarge(picture)[0]


def draw_circles(found: Found) -> Image.Image:
    """The circles: the chosen one, those in it, and in grey those that were not chosen; dark outside."""
    picture = found.picture.convert("RGB")
    inside = Image.new("1", picture.size)
    ImageDraw.Draw(inside).ellipse(found.box, fill=1)
    shown, zoom = _enlarge(Image.composite(picture, _darken(picture), inside))
    draw = ImageDraw.Draw(shown)
    for circles, color, width in ((found.others, OTHER, 1), (found.inner, INNER, 2), ([found.face], FACE, 4)):
        for x, y, radius in np.asarray(circles).reshape(-1, 3) * zoom:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=color, width=width)
    return shown


def draw_points(found: Found, points: Points) -> Image.Image:
    """The face cut out, its points and the distances that are measured between them."""
    low = np.minimum(points.places.min(axis=0), found.box[:2])
    high = np.maximum(points.places.max(axis=0), found.box[2:])
    half = (high - low).max() * (0.5 + MARGIN)
    corner = (low + high) / 2 - half
    box = tuple(round(float(edge)) for edge in (*corner, *(corner + 2 * half)))
    shown, zoom = _enlarge(found.grey.crop(box).convert("RGB"))
    places = (points.places - box[:2]) * zoom
    draw = ImageDraw.Draw(shown)
    for start, end in PAIRS:
        draw.line([tuple(places[NAMES.index(name)]) for name in (start, end)], fill=INNER, width=2)
    for x, y in places:
        draw.ellipse((x - 6, y - 6, x + 6, y + 6), fill=SERIES[1], outline="white", width=2)
    return shown


def _darken(picture: Image.Image) -> Image.Image:
    return picture.point(lambda level: level * DARK)


def _enlarge(picture: Image.Image) -> tuple[Image.Image, float]:
    zoom = SIDE / min(picture.size)
    return picture.resize([round(side * zoom) for side in picture.size], Image.Resampling.BICUBIC), zoom
