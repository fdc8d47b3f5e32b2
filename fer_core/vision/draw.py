"""The answer drawn into the picture: a numbered box around each face, in its expression's colour."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fer_core.labels import COLORS
from fer_core.vision.analysis import FaceResult

UNSURE_COLOR = "#5F6670"
DARK, LIGHT = "#111418", "#FFFFFF"
SHOWN_PIXELS, SHOWN_SIDE = 2_000_000, 4096
CROWD = 12  # faces


def draw_faces(rgb: np.ndarray, results: list[FaceResult], labels: bool = True) -> Image.Image:
    """Return the picture, uint8 (height, width, 3), with boxes, numbers and, if asked, labels ("1 happy").

    Large pictures come back reduced to what a screen shows.
    """
    picture = reduce_to_show(rgb)
    zoom = picture.width / rgb.shape[1]
    pen = ImageDraw.Draw(picture)
    size = _choose_size(picture, [zoom * result.face.height for result in results])
    places = [[round(zoom * edge) for edge in result.face.box] for result in results]
    for result, box in zip(results, places):
        _draw_box(pen, result, box, max(2, size // 7))
    for result, box in zip(results, places):  # after all boxes, so that no box crosses a text
        _draw_tag(pen, picture.size, result, box, size, labels)
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
    """Pixels of the text: by the picture, but in a crowd not so large that it hides the faces."""
    size = (picture.width * picture.height) ** 0.5 / 39
    if heights:
        size = min(size, max(0.4 * float(np.median(heights)), 10))
    return max(round(size), 10 if len(heights) > CROWD else 12)


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
    pen: ImageDraw.ImageDraw, picture: tuple[int, int], result: FaceResult, box: list[int], size: int, labels: bool
) -> None:
    name = result.label if result.sure else "not sure"
    text = f"{result.number} {name}" if labels else str(result.number)
    font = ImageFont.load_default(size)
    left, top, right, bottom = pen.textbbox((0, 0), text, font=font)
    margin = size // 4
    width, height = right - left + 2 * margin, bottom - top + 2 * margin
    x0, y0, _, y1 = box
    y = y0 - height if y0 >= height else min(y1, picture[1] - height)  # above the box, else below it
    x = min(max(x0, 0), max(picture[0] - width, 0))
    color = get_color(result)
    pen.rectangle((x, y, x + width, y + height), fill=color)
    pen.text((x + margin - left, y + margin - top), text, font=font, fill=choose_text_color(color))


def choose_text_color(color: str) -> str:
    """Dark or light, whichever stands out more on `color` ("#rrggbb"): WCAG's relative luminance."""
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return DARK if linear @ [0.2126, 0.7152, 0.0722] > 0.18 else LIGHT
