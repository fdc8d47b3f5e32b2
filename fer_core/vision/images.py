"""Reading pictures that strangers upload: every file gives either an RGB array or one clear sentence.

Everything happens in memory. Sizes are checked before anything is decoded, only common formats are tried, and large
photos are decoded one at a time, so that memory stays bounded however many visitors upload at once. Pictures keep
their own pixels up to 25 million of them, so that small faces in great group photos can be found.
"""

import importlib.util
import io
import threading
import warnings
from dataclasses import dataclass, field

import numpy as np
from PIL import ExifTags, Image, features

from fer_core.vision.jpeg_passes import has_one_pass, takes_too_long

MEGA = 1_000_000
MAX_BYTES = 60 * MEGA
MAX_PIXELS = 25 * MEGA  # what we keep: 75 MB as RGB, and twice that on the way
MAX_PIXELS_WEBP = 16 * MEGA  # its decoder holds four
MAX_PIXELS_JPEG = 170 * MEGA  # baseline JPEG is reduced while it is decoded, so phones' largest photos are fine
MIN_SIDE = 24
SMALLEST_FACE = 40  # pixels of the picture as kept; smaller ones may be missed
BIG = 8 * MEGA  # from this many pixels on, one picture at a time
STRIP = 2 * MEGA  # pixels converted at once

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
HAS_HEIC = importlib.util.find_spec("pillow_heif") is not None
READABLE = ", ".join(
    ["JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF"] + ["AVIF"] * features.check("avif") + ["HEIC"] * HAS_HEIC
)
HEIC_KINDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
EIGHT_BIT_MODES = ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV")
TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation -> what brings the picture upright."""

_one_big_picture = threading.Lock()
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # we check the size ourselves, at once


class ImageError(ValueError):
    """The file is no picture that can be read; the message is one sentence saying why and what to do.

    It never holds the file's name, which strangers choose: show that beside it, escaped.
    """


@dataclass(frozen=True, eq=False)
class LoadedImage:
    """An upright picture, uint8 RGB (height, width, 3), of at most 25 million pixels.

    `name`: the file's name without folders and control characters; `notes`: what was done to the picture.
    """

    rgb: np.ndarray
    name: str
    notes: list[str] = field(default_factory=list)


def read_image(data: bytes, name: str = "picture") -> LoadedImage:
    """Decode an uploaded file; its content decides, not its name. Raises ImageError. Safe for threads."""
    _check_content(data)
    try:
        with Image.open(io.BytesIO(data), formats=_choose_formats(data)) as image:
            _check_size(image, data)
            if image.width * image.height < BIG:
                return _load(image, name)
            with _one_big_picture:
                return _load(image, name)
    except ImageError:
        raise
    except Image.UnidentifiedImageError:
        raise ImageError(f"This file is not a picture that can be read here: use one of {READABLE}.") from None
    except Image.DecompressionBombError:
        raise _too_large(MAX_PIXELS) from None
    except MemoryError:
        raise ImageError("This picture needs more memory than the app has: make it smaller and try again.") from None
    except Exception:  # noqa: BLE001 - whatever a decoder says about a damaged file, it says nothing to a visitor
        raise ImageError(
            "This picture is damaged or incomplete: open it in a photo app, save it again as JPEG or PNG, and retry."
        ) from None


def check_bytes(n_bytes: int) -> None:
    """Refuse a file by its size alone. Raises ImageError."""
    if not n_bytes:
        raise ImageError("This file is empty: choose another one, or bring it again.")
    if n_bytes > MAX_BYTES:
        size = f"{n_bytes / MEGA:.0f} MB, and at most {MAX_BYTES // MEGA} MB"
        raise ImageError(f"This file has {size} can be read: save a smaller copy and bring that.")


def clean_name(name: str) -> str:
    """Return a file's name for display: no folders, no control characters, at most 80 characters.

    Browsers send a quotation mark as %22 (https://html.spec.whatwg.org, multipart/form-data): it is one again.
    """
    name = name.replace("%22", '"')
    base = name.replace("\\", "/").rpartition("/")[2]
    base = "".join(letter for letter in base if letter.isprintable()).strip()
    return base if 0 < len(base) <= 80 else (base[:60] + "…" + base[-15:] if base else "picture")


def _check_content(data: bytes) -> None:
    """Say what is wrong where the first bytes already tell."""
    check_bytes(len(data))
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    kind = _find_brand(data)
    if not HAS_HEIC and _is_heic(data):
        raise ImageError(
            "HEIC photos cannot be read here: export it as JPEG (iPhone: Settings, Camera, Formats, Most Compatible)."
        )
    if kind and kind not in (b"avif", b"avis", *HEIC_KINDS):
        raise ImageError("This is a video, not a picture: take a still from it, or a photo.")
    if kind and not _is_heic(data) and not features.check("avif"):
        raise ImageError(f"AVIF pictures cannot be read here: save it as one of {READABLE}.")
    if start.startswith(b"%pdf"):
        raise ImageError("This is a PDF document, not a picture: save the page as PNG or JPEG.")
    if start.startswith(b"<svg") or (
        start.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in data[:4096]
    ):
        raise ImageError("This is an SVG drawing, not a photo: save it as PNG or JPEG.")
    if data.startswith(b"\xff\xd8") and takes_too_long(data):
        raise ImageError("This JPEG is built in an unusual way that takes too long to read: save it again as JPEG.")


def _find_brand(data: bytes) -> bytes:
    """What an ISO media file says it is, b"" for other files."""
    return data[8:12] if data[4:8] == b"ftyp" else b""


def _is_heic(data: bytes) -> bool:
    return _find_brand(data) in HEIC_KINDS and b"avif" not in data[:64]


def _choose_formats(data: bytes) -> tuple[str, ...]:
    """Pillow's names of what the file may be. HEIC needs a reader of its own, loaded with the first such photo."""
    if not _is_heic(data):
        return FORMATS
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    return ("HEIF",)


def _check_size(image: Image.Image, data: bytes) -> None:
    """Refuse sizes that are too large to decode, or too small to hold a face, before decoding."""
    reducible = image.format in ("JPEG", "MPO") and has_one_pass(data)
    limit = MAX_PIXELS_JPEG if reducible else MAX_PIXELS_WEBP if image.format == "WEBP" else MAX_PIXELS
    if image.width * image.height > limit:
        raise _too_large(limit, image.size)
    if min(image.size) < MIN_SIDE:
        raise ImageError(
            f"This picture has only {image.width} x {image.height} pixels: "
            f"use one with at least {MIN_SIDE} pixels on its shorter side."
        )


def _too_large(limit: int, size: tuple[int, int] | None = None) -> ImageError:
    has = f"has {size[0]} x {size[1]} pixels" if size else "has far too many pixels"
    return ImageError(f"This picture {has}, and at most {limit // MEGA} million can be read: make it smaller.")


def _load(image: Image.Image, name: str) -> LoadedImage:
    notes, size = [], image.size
    scale = min(1.0, (MAX_PIXELS / (size[0] * size[1])) ** 0.5)
    kept = (round(size[0] * scale), round(size[1] * scale))
    image.draft(None, kept)  # JPEG only: decodes at 1/2, 1/4 or 1/8
    image.load()
    rgb = _to_rgb(image)
    if rgb.size != kept:
        rgb = rgb.resize(kept, Image.Resampling.BILINEAR, reducing_gap=2)
    orientation = _read_orientation(image)
    if orientation in TRANSPOSE:
        rgb = rgb.transpose(TRANSPOSE[orientation])
        notes.append("Turned upright as the camera noted.")
    if scale < 1:
        smallest = f"faces under {SMALLEST_FACE / scale:.0f} of your pixels may be missed"
        notes.insert(0, f"Reduced from {size[0]} x {size[1]} to {rgb.width} x {rgb.height} pixels: {smallest}.")
    if _has_more_frames(image):
        notes.append("Only its first picture was read.")
    return LoadedImage(np.array(rgb), clean_name(name), notes)


def _to_rgb(image: Image.Image) -> Image.Image:
    """Bring any mode to RGB, strip by strip: each step would otherwise hold another copy of a large picture."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    to_rgb = _choose_conversion(image)
    rgb, rows = Image.new("RGB", image.size), max(1, STRIP // image.width)
    for top in range(0, image.height, rows):
        rgb.paste(to_rgb(image.crop((0, top, image.width, min(top + rows, image.height)))), (0, top))
    return rgb


def _choose_conversion(image: Image.Image):
    """What turns a strip of this picture into RGB."""
    if image.mode in EIGHT_BIT_MODES:
        return _flatten
    if image.mode.startswith("I") or image.mode == "F":
        white = _find_white(image)
        return lambda strip: _to_eight_bits(strip, white)
    raise ImageError(f"This picture has an unusual colour mode ({image.mode}): save it as an ordinary RGB JPEG.")


def _flatten(image: Image.Image) -> Image.Image:
    """RGB, transparent parts on white."""
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def _find_white(image: Image.Image) -> float:
    """The grey level that means white: cameras store 10, 12 or 14 bits in 16, and fractions go up to 1."""
    rows = max(1, STRIP // image.width)
    strips = (image.crop((0, top, image.width, min(top + rows, image.height))) for top in range(0, image.height, rows))
    peak = max(float(_to_numbers(strip).max()) for strip in strips)
    steps = (1, 255, 1023, 4095, 16383, 65535) if image.mode == "F" else (255, 1023, 4095, 16383, 65535)
    return next((step for step in steps if peak <= step), peak)


def _to_eight_bits(image: Image.Image, white: float) -> Image.Image:
    return Image.fromarray((_to_numbers(image) * (255 / white)).round().astype(np.uint8)).convert("RGB")


def _to_numbers(image: Image.Image) -> np.ndarray:
    return np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0).clip(0)


def _read_orientation(image: Image.Image) -> int:
    try:
        return image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # noqa: BLE001 - a damaged note beside an intact picture
        return 1


def _has_more_frames(image: Image.Image) -> bool:
    try:
        return image.format != "MPO" and bool(getattr(image, "is_animated", False))
    except Exception:  # noqa: BLE001 - the first picture is intact, a later one is not
        return True
