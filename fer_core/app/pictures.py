"""Small grey pictures as the browser takes them: enlarged, encoded, side by side on sheets. No Streamlit."""

import base64
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageColor

from fer_core.preprocessing import IMAGE_SIZE


def encode_png(picture: np.ndarray | Image.Image) -> bytes:
    """Encode a picture, uint8 (h, w) or (h, w, 3 or 4) or PIL's, as PNG."""
    buffer = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(buffer, "PNG", compress_level=1)  # fast: sixty of them stand on one page
    return buffer.getvalue()


def encode_jpeg(picture: Image.Image, quality: int = 88) -> bytes:
    """Encode a picture as JPEG, without any of the photo's own notes (place, camera, time)."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def make_data_url(picture: np.ndarray | Image.Image) -> str:
    """Encode a picture as an address that holds it, so that sixty pictures need no sixty requests."""
    return "data:image/png;base64," + base64.b64encode(encode_png(picture)).decode()


def enlarge(picture: np.ndarray, size: int) -> Image.Image:
    """Enlarge a uint8 picture smoothly to `size` x `size` pixels."""
    return Image.fromarray(picture).resize((size, size), Image.Resampling.BICUBIC)


def make_sheet(
    pictures: np.ndarray, columns: int, scale: int = 2, marked: Sequence[bool] = (), mark: str = "#7a6fe0"
) -> Image.Image:
    """Put pictures, uint8 (n, 48, 48), on one transparent sheet, row by row.

    `scale` enlarges each by a whole number. Those `marked` get a frame in the colour `mark`, which lies in the gap
    between the pictures and hides no pixel.
    """
    side, gap = IMAGE_SIZE * scale, 2 * scale
    rows = -(-len(pictures) // columns)
    pitch = side + gap
    sheet = Image.new("RGBA", (columns * pitch + gap, rows * pitch + gap))
    frame = Image.new("RGBA", (pitch + gap, pitch + gap), (*ImageColor.getrgb(mark), 255))
    for place, picture in enumerate(pictures):
        x, y = place % columns * pitch, place // columns * pitch
        if place < len(marked) and marked[place]:
            sheet.paste(frame, (x, y))
        sheet.paste(enlarge(picture, side), (x + gap, y + gap))
    return sheet


def make_average_picture(face: np.ndarray, size: int = 240) -> Image.Image:
    """Show a mean face, floats (48, 48) of grey levels, with its contrast stretched to the full range."""
    face = np.nan_to_num(face.astype(np.float32), nan=127.0)
    low, high = np.percentile(face, (1, 99))
    return enlarge(_to_grey((face - low) * 255 / max(high - low, 1e-3)), size)


def make_difference_picture(
    face: np.ndarray, average: np.ndarray, colors: Sequence[str], size: int = 240
) -> Image.Image:
    """Show where a mean face is darker (first colours) or brighter (last colours) than the average of all classes.

    Both are floats (48, 48); their own mean level is taken out first. The scale ends at 24 grey levels.
    """
    face, average = np.nan_to_num(face.astype(np.float32)), np.nan_to_num(average.astype(np.float32))
    difference = (face - face.mean()) - (average - average.mean())
    smooth = np.asarray(Image.fromarray(difference).resize((size, size), Image.Resampling.BICUBIC))
    place = (np.clip(smooth / 24, -1, 1) + 1) / 2
    stops = np.linspace(0, 1, len(colors))
    channels = np.array([ImageColor.getrgb(color) for color in colors], np.float32).T
    return Image.fromarray(np.stack([np.interp(place, stops, levels) for levels in channels], -1).astype(np.uint8))


def _to_grey(levels: np.ndarray) -> np.ndarray:
    return np.clip(np.round(levels), 0, 255).astype(np.uint8)
