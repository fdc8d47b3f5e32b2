"""Free pictures to try without a photo of one's own: photos, the same face under hard conditions, drawn faces, a cat."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from fer_core.app import shell
from fer_core.data import draw_face

PORTRAIT_BOX = (110, 0, 350, 300)
"""Head and shoulders in example.jpg, pixels."""
LYING_BOX = (0, 162, 300, 402)
"""The same after a quarter turn to the left."""
MOUTH_BOX = (186, 128, 282, 196)
"""From under the nose to the chin in example.jpg, pixels."""
WALL = "#cfcac2"
DRAWN_SIZE, DRAWN_MARGIN = 320, 60


@dataclass(frozen=True)
class Example:
    """A picture file to try: `read` returns its bytes, `credit` says whose it is, `hint` what to look at.

    `part`: the box, in pixels, that a small picture of it shows; None for all of it.
    """

    file_name: str
    read: Callable[[], bytes]
    credit: str
    hint: str
    part: tuple[int, int, int, int] | None = None


def read_asset(name: str) -> bytes:
    """Return a bundled picture, a JPEG file."""
    return (shell.ASSETS / name).read_bytes()


def open_portrait() -> Image.Image:
    """Return the portrait as a picture."""
    return Image.open(io.BytesIO(read_asset("example.jpg"))).convert("RGB")


def make_six_versions() -> bytes:
    """Compose one picture of the portrait as it is, mirrored, dim, blurred, tilted and small; a JPEG file."""
    face = open_portrait().crop(PORTRAIT_BOX)
    small = Image.new("RGB", face.size, WALL)
    small.paste(face.reduce(4), (face.width * 3 // 8, face.height * 3 // 8))
    versions = [
        face,
        ImageOps.mirror(face),
        ImageEnhance.Brightness(face).enhance(0.3),
        face.filter(ImageFilter.GaussianBlur(4)),
        face.rotate(25, Image.Resampling.BICUBIC, fillcolor=WALL),
        small,
    ]
    sheet = Image.new("RGB", (3 * face.width, 2 * face.height))
    for place, version in enumerate(versions):
        sheet.paste(version, (place % 3 * face.width, place // 3 * face.height))
    return _encode(sheet)


def make_lying() -> bytes:
    """Turn the portrait by a quarter; a JPEG file."""
    return _encode(open_portrait().rotate(90, expand=True))


def make_covered() -> bytes:
    """Hide the portrait's mouth behind a grey bar; a JPEG file."""
    picture = open_portrait()
    ImageDraw.Draw(picture).rounded_rectangle(MOUTH_BOX, radius=20, fill="#8b867e")
    return _encode(picture)


def make_drawn(label: str, seed: int) -> bytes:
    """Draw a face that is meant to show `label`; a JPEG file."""
    face = draw_face(label, np.random.default_rng(seed), DRAWN_SIZE)
    return _encode(Image.fromarray(np.pad(face, DRAWN_MARGIN, mode="edge")).convert("RGB"))


def _encode(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _draw(label: str, seed: int) -> Example:
    hint = f"Drawn to show **{label}**. Would you have said so? Networks that learned from photos often do not."
    return Example(f"drawn-{label}.jpg", partial(make_drawn, label, seed), "Drawn by this project's code, MIT", hint)


_NASA = "Eileen Collins, photo by NASA, public domain (from scikit-image)"
FIRST = "Admiral"
"""The example that stands there before a visitor chooses, because it divides people: what this project is about."""
EXAMPLES = {
    "Admiral": Example(
        "admiral.jpg", partial(read_asset, "hopper.jpg"),
        "Grace Hopper, photo by the US Navy, public domain (from Matplotlib)",
        "Is she serious, amused, or neither? People would not agree either.",
    ),
    "Portrait": Example("portrait.jpg", partial(read_asset, "example.jpg"), _NASA, "", PORTRAIT_BOX),
    "Photographer": Example(
        "photographer.jpg", partial(read_asset, "photographer.jpg"),
        "Cameraman, photo by Lav Varshney, CC0 (from scikit-image)",
        "A face from the side, 60 pixels high, half hidden by a camera. Is there enough to go by?",
    ),
    "Mouth covered": Example(
        "mouth-covered.jpg", make_covered, _NASA, "The portrait again, its mouth hidden. Can you still tell?",
        PORTRAIT_BOX,
    ),
    "Lying down": Example(
        "lying-down.jpg", make_lying, _NASA, "The portrait turned by a quarter. It has to be turned back before it is read.",
        LYING_BOX,
    ),
    "Six versions": Example(
        "six-versions.jpg", make_six_versions, _NASA,
        "One photo, six times: as it is, mirrored, dim, blurred, tilted, small. A good reader would not change its mind.",
    ),
    "Drawn anger": _draw("angry", 5),
    "Drawn disgust": _draw("disgust", 9),
    "Drawn fear": _draw("fear", 0),
    "Drawn sadness": _draw("sad", 3),
    "Drawn surprise": _draw("surprise", 8),
    "Cat": Example(
        "cat.jpg", partial(read_asset, "cat.jpg"), "Chelsea, photo by Stéfan van der Walt, CC0 (from scikit-image)",
        "No human face here, and it says so.",
    ),
}  # fmt: skip
"""What the examples are called, on the page and in its address."""
