"""Picture files of every kind, made in memory."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

EXAMPLE = Path(__file__).resolve().parent.parent / "fer_core/app/assets/example.jpg"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200)
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(200)
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
TEXT = b"This is a text, and somebody named it photo.jpg.\n" * 20


def encode(picture: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def make_heic(picture: Image.Image, orientation: int) -> bytes:
    """A HEIC photo, with EXIF orientation as phones note it."""
    import pillow_heif

    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    pillow_heif.from_pillow(picture).save(buffer, quality=90, exif=exif.tobytes())
    return buffer.getvalue()


def draw_gradient(width: int = 60, height: int = 40) -> Image.Image:
    """A smooth picture whose corners differ: dark and red top left, bright bottom right."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    return Image.fromarray(np.uint8(np.stack([255 - 200 * x, 40 + 180 * x, 40 + 180 * y], axis=2)))


def make_png(width: int, height: int, rows: bytes, depth: int = 8, colour: int = 2, extra: bytes = b"") -> bytes:
    """A PNG with any header over any rows: `colour` 0 grey, 2 RGB; `extra`: chunks before the pixels."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + extra + png_chunk(b"IDAT", zlib.compress(rows, 9)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def make_png_16bit_colour(picture: Image.Image) -> bytes:
    values = np.asarray(picture.convert("RGB")).astype(">u2") * 257
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return make_png(picture.width, picture.height, rows, depth=16)


def make_tiff_16bit_colour(picture: Image.Image) -> bytes:
    """A little-endian, uncompressed RGB TIFF with 16 bits per channel, which Pillow reads but does not write."""
    pixels = (np.asarray(picture.convert("RGB")).astype("<u2") * 257).tobytes()
    entries = [
        (256, 3, 1, picture.width), (257, 3, 1, picture.height), (258, 3, 3, 8 + 2 + 9 * 12 + 4),
        (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 128), (277, 3, 1, 3), (278, 3, 1, picture.height),
        (279, 4, 1, len(pixels)),
    ]  # fmt: skip
    folder = struct.pack("<H", 9) + b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4)
    head = b"II*\0" + struct.pack("<I", 8) + folder + struct.pack("<HHH", 16, 16, 16)
    return head.ljust(128, b"\0") + pixels


def with_orientation(picture: Image.Image, kind: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 95} if kind in ("JPEG", "WEBP", "AVIF") else {}
    return encode(picture, kind, exif=exif, **options)


def encode_portrait(side: int = 256) -> bytes:
    """The bundled example, one face, as a JPEG of `side` by `side` pixels."""
    return encode(Image.open(EXAMPLE).convert("RGB").resize((side, side)), "JPEG")
