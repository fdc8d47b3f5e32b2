"""Mutated pictures: whatever the bytes are, an answer or an ImageError comes back, and memory does not grow.

FER_MUTATIONS=20000 python -m pytest tests/vision/test_vision_mutated.py tries so many, others each time; by default
it is the same few hundred, which take seconds.
"""

import os
import struct
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from picture_files import (
    HEIC,
    PDF,
    SVG,
    draw_gradient,
    encode,
    make_png_16bit_colour,
    make_tiff_16bit_colour,
    with_orientation,
)
from PIL import Image, features

from fer_core.vision import analyse_image, draw_faces, images
from fer_core.vision.images import ImageError, read_image

SMALL = draw_gradient(30, 26)
FRAMES = {"save_all": True, "append_images": [SMALL.transpose(Image.Transpose.ROTATE_180)]}
SEEDS = [
    encode(SMALL, "JPEG"),
    encode(SMALL, "JPEG", progressive=True),
    encode(SMALL.convert("CMYK"), "JPEG"),
    encode(SMALL, "PNG"),
    encode(SMALL.quantize(16), "PNG", transparency=3),
    make_png_16bit_colour(SMALL),
    encode(SMALL, "PNG", **FRAMES),
    encode(SMALL, "GIF", **FRAMES),
    encode(SMALL, "WEBP"),
    encode(SMALL, "WEBP", lossless=True, **FRAMES),
    encode(SMALL, "BMP"),
    encode(SMALL.convert("1"), "BMP"),
    encode(SMALL.convert("LA"), "PNG"),
    encode(Image.fromarray(np.full((26, 30), 40_000, np.uint16)), "PNG"),
    encode(Image.fromarray(np.linspace(0, 1, 780, dtype=np.float32).reshape(26, 30)), "TIFF"),
    *(with_orientation(SMALL, kind, 6) for kind in ["JPEG", "PNG", "WEBP", "TIFF"]),
    *([encode(SMALL, "AVIF"), encode(SMALL, "AVIF", **FRAMES)] if features.check("avif") else []),
    encode(SMALL, "TIFF", compression="tiff_lzw"),
    make_tiff_16bit_colour(SMALL),
    HEIC,
    PDF,
    SVG,
]
KINDS = ["set", "number", "cut", "drop", "repeat", "swap"]
MUTATION = st.tuples(st.sampled_from(KINDS), st.integers(0), st.binary(max_size=8))
PNG = b"\x89PNG\r\n\x1a\n"
EXTREMES = [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\xff\xff", b"\xff\xff\0\0", b"\0\0\x20\0"]
N = int(os.environ.get("FER_MUTATIONS", "300"))
ALWAYS_THE_SAME = "FER_MUTATIONS" not in os.environ


def mutate(data: bytes, mutations) -> bytes:
    for kind, position, value in mutations:
        i = position % (len(data) + 1)
        if kind == "set":
            data = data[:i] + value + data[i + len(value) :]
        elif kind == "number":  # sizes, offsets and counts at their extremes
            data = data[:i] + EXTREMES[position % len(EXTREMES)] + data[i + 4 :]
        elif kind == "cut":
            data = data[:i]
        elif kind == "drop":
            data = data[:i] + data[i + len(value) :]
        elif kind == "repeat":
            data = data[:i] + data[max(0, i - 20) : i] * len(value) + data[i:]
        else:
            data = data[i:] + data[:i]
    return repair_png(data) if data.startswith(PNG) else data


def repair_png(data: bytes) -> bytes:
    """Make the check sums of a PNG's chunks right again: else the first one ends the reading, and little is tried."""
    repaired, rest = PNG, data[len(PNG) :]
    while len(rest) >= 12:
        (length,) = struct.unpack(">I", rest[:4])
        body = rest[4 : 8 + length]
        repaired += rest[:4] + body + struct.pack(">I", zlib.crc32(body))
        rest = rest[12 + length :]
    return repaired + rest


def read(data: bytes) -> np.ndarray | None:
    try:
        loaded = read_image(data)
    except ImageError as error:
        assert str(error).endswith(".")
    else:
        assert loaded.rgb.dtype == np.uint8 and loaded.rgb.ndim == 3 and loaded.rgb.shape[2] == 3
        assert images.MIN_SIDE <= min(loaded.rgb.shape[:2]) and loaded.rgb[..., 0].size <= 1.001 * images.MAX_PIXELS
        return loaded.rgb
    return None


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=N, deadline=None, derandomize=ALWAYS_THE_SAME, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SEEDS), st.lists(MUTATION, min_size=1, max_size=4))
def test_mutated_pictures_never_crash(seed, mutations):
    read(mutate(seed, mutations))


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=N // 2, deadline=None, derandomize=ALWAYS_THE_SAME)
@given(st.binary(max_size=300))
def test_random_bytes_never_crash(data):
    read(data)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=N // 10, deadline=None, derandomize=ALWAYS_THE_SAME, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SEEDS), st.lists(MUTATION, min_size=1, max_size=2))
def test_what_was_read_can_be_answered(detector, predictor, seed, mutations):
    rgb = read(mutate(seed, mutations))
    if rgb is not None:
        draw_faces(rgb, analyse_image(rgb, detector, predictor))


@pytest.mark.filterwarnings("ignore")
def test_memory_does_not_grow():
    psutil = pytest.importorskip("psutil")
    rng = np.random.default_rng(0)

    def round_of_files(n):
        for _ in range(n):
            seed = SEEDS[rng.integers(len(SEEDS))]
            kind, position, value = rng.choice(KINDS), int(rng.integers(2**31)), rng.bytes(2)
            read(mutate(seed, [(kind, position, value)]))

    round_of_files(N)
    before = psutil.Process().memory_info().rss
    round_of_files(2 * N)
    assert psutil.Process().memory_info().rss - before < 20e6
