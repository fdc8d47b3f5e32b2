"""Free pictures to try without a photo of one's own: a face, the same face in six conditions, and no face at all."""

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from fer_core.app import shell

PORTRAIT_BOX = (110, 0, 350, 300)
"""Head and shoulders in example.jpg, pixels."""


@dataclass(frozen=True)
class Example:
    """A picture file to try: `read` returns its bytes, `credit` says whose photo it is, `hint` what to look at."""

    file_name: str
    read: Callable[[], bytes]
    credit: str
    hint: str


def read_portrait() -> bytes:
    """Return the portrait, a JPEG file."""
    return (shell.ASSETS / "example.jpg").read_bytes()


def read_cat() -> bytes:
    """Return the cat, a JPEG file."""
    return (shell.ASSETS / "cat.jpg").read_bytes()


def make_six_versions() -> bytes:
    """Compose one picture of the portrait as it is, mirrored, dim, blurred, tilted and small; a JPEG file."""
    face = Image.open(io.BytesIO(read_portrait())).convert("RGB").crop(PORTRAIT_BOX)
    small = Image.new("RGB", face.size, "#cfcac2")
    small.paste(face.reduce(4), (face.width * 3 // 8, face.height * 3 // 8))
    versions = [
        face,
        ImageOps.mirror(face),
        ImageEnhance.Brightness(face).enhance(0.3),
        face.filter(ImageFilter.GaussianBlur(4)),
        face.rotate(25, Image.Resampling.BICUBIC, fillcolor="#cfcac2"),
        small,
    ]
    sheet = Image.new("RGB", (3 * face.width, 2 * face.height))
    for place, version in enumerate(versions):
        sheet.paste(version, (place % 3 * face.width, place // 3 * face.height))
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


_NASA = "Eileen Collins, photo by NASA"
EXAMPLES = {
    "Portrait": Example("portrait.jpg", read_portrait, _NASA, ""),
    "Six versions": Example(
        "six-versions.jpg",
        make_six_versions,
        _NASA,
        "One photo, six times: as it is, mirrored, dim, blurred, tilted, small. A good reader would not change its mind.",
    ),
    "Cat": Example(
        "cat.jpg", read_cat, "Chelsea, photo by Stéfan van der Walt, CC0", "No human face here, and it says so."
    ),
}
"""What the examples are called, on the page and in its address."""
