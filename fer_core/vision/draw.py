"""The answer drawn into the picture: a numbered box around each face, in its expression's colour."""

import io
from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fer_core.labels import COLORS
from fer_core.vision.analysis import FaceResult

UNSURE_COLOR = "#5F6670"
DARK, LIGHT = "#111418", "#FFFFFF"
SHOWN_PIXELS, SHOWN_SIDE = 2_000_000, 4096
TEXT_SHARE = 1 / 30
"""Of the picture's width: 12 pixels on a phone, 17 in half a page, whatever the photo's own size."""
SMALLEST_SHARE = 1 / 45
WIDEST_TAG = 1.6
"""Times a face's width: where tags get wider, in a crowd, they would hide the neighbours, and the number alone stays."""


def draw_faces(
    rgb: np.ndarray, results: list[FaceResult], labels: bool = True, names: Mapping[int, str] | None = None
) -> Image.Image:
    """Return the picture, uint8 (height, width, 3), with boxes, numbers and, if asked, labels ("1 happy").

    `names`: face number -> what its label says instead. Large pictures come back reduced to what a screen shows. In a crowd a small face gets its number alone.
    """
    picture = reduce_to_show(rgb)
    zoom = picture.width / rgb.shape[1]
    pen = ImageDraw.Draw(picture)
    size = _choose_size(picture, [zoom * result.face.height for result in results])
    places = [[round(zoom * edge) for edge in result.face.box] for result in results]
    for result, box in zip(results, places):
        _draw_box(pen, result, box, max(2, size // 7))
    for result, box in zip(results, places):  # after all boxes, so that no box crosses a text
        text = _write_tag(result, names or {})
        if not (labels and (len(results) == 1 or _has_room(text, box, size))):
            text = str(result.number)
        _draw_tag(pen, picture.size, result, box, size, text)
    return picture


def encode_jpeg(picture: Image.Image, quality: int = 88) -> bytes:
    """Encode a picture as JPEG, without any of the photo's own notes (place, camera, time)."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def reduce_to_show(rgb: np.ndarray) -> Image.Image:
    """Return a picture, uint8 (height, width, 3), with as many pixels as a screen shows: a copy, or reduced."""
    picture = Image.fromarray(rgb)
    scale = min(1.0, (SHOWN_PIXELS / (picture.width * picture.height)) ** 0.5, SHOWN_SIDE / max(picture.size))
    if scale == 1:
        return picture
    size = [max(1, round(side * scale)) for side in picture.size]
    return picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2)


def _choose_size(picture: Image.Image, heights: list[float]) -> int:
    """Pixels of the text: readable where the picture is shown, smaller in a crowd so that it hides no face."""
    size = min(TEXT_SHARE * picture.width, picture.height / 8)
    if heights:
        size = min(size, max(float(np.median(heights)) / 2, SMALLEST_SHARE * picture.width))
    return max(round(size), 12)


def _has_room(text: str, box: list[int], size: int) -> bool:
    return _measure(text, size)[0] <= WIDEST_TAG * (box[2] - box[0])


def _write_tag(result: FaceResult, names: Mapping[int, str]) -> str:
    return f"{result.number} {names.get(result.number, result.label if result.sure else 'not sure')}"


def _measure(text: str, size: int) -> tuple[float, float, float, float]:
    """Width and height of a tag, and where its text begins, in pixels."""
    left, top, right, bottom = ImageFont.load_default(size).getbbox(text)
    margin = size // 4
    return right - left + 2 * margin, bottom - top + 2 * margin, margin - left, margin - top


def get_color(result: FaceResult) -> str:
    """The expression's colour, or grey when the network is not sure."""
    return COLORS[result.label] if result.sure else UNSURE_COLOR


def _draw_box(pen: ImageDraw.ImageDraw, result: FaceResult, box: list[int], width: int) -> None:
    x0, y0, x1, y1 = box
    corners = x0, y0, max(x0, x1), max(y0, y1)
    halo = (corners[0] - 1, corners[1] - 1, corners[2] + 1, corners[3] + 1)
    pen.rectangle(halo, outline=DARK, width=width + 2)  # a dark edge keeps the line visible on every background
    pen.rectangle(corners, outline=get_color(result), width=width)


def _draw_tag(
    pen: ImageDraw.ImageDraw, picture: tuple[int, int], result: FaceResult, box: list[int], size: int, text: str
) -> None:
    width, height, across, down = _measure(text, size)
    x0, y0, _, y1 = box
    y = y0 - height if y0 >= height else min(y1, picture[1] - height)  # above the box, else below it
    x = min(max(x0, 0), max(picture[0] - width, 0))
    color = get_color(result)
    pen.rectangle((x, y, x + width, y + height), fill=color)
    pen.text((x + across, y + down), text, font=ImageFont.load_default(size), fill=choose_text_color(color))


def choose_text_color(color: str) -> str:
    """Dark or light, whichever stands out more on `color` ("#rrggbb"): WCAG's relative luminance."""
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return DARK if linear @ [0.2126, 0.7152, 0.0722] > 0.18 else LIGHT
