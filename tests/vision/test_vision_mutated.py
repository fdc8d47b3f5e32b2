"""Mutated pictures: whatever the bytes are, an answer or an ImageError comes back, and memory does not grow."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from picture_files import HEIC, PDF, SVG, draw_gradient, encode, make_png_16bit_colour, make_tiff_16bit_colour
from PIL import Image

from fer_core.vision import images
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
    encode(SMALL, "TIFF", compression="tiff_lzw"),
    make_tiff_16bit_colour(SMALL),
    HEIC,
    PDF,
    SVG,
]
MUTATION = st.tuples(st.sampled_from(["set", "cut", "drop", "repeat", "swap"]), st.integers(0), st.binary(max_size=8))


def mutate(data: bytes, mutations) -> bytes:
    for kind, position, value in mutations:
        i = position % (len(data) + 1)
        if kind == "set":
            data = data[:i] + value + data[i + len(value) :]
        elif kind == "cut":
            data = data[:i]
        elif kind == "drop":
            data = data[:i] + data[i + len(value) :]
        elif kind == "repeat":
            data = data[:i] + data[max(0, i - 20) : i] * len(value) + data[i:]
        else:
            data = data[i:] + data[:i]
    return data


def read(data: bytes) -> None:
    try:
        loaded = read_image(data)
    except ImageError as error:
        assert str(error).endswith(".")
    else:
        assert loaded.rgb.dtype == np.uint8 and loaded.rgb.ndim == 3 and loaded.rgb.shape[2] == 3
        assert images.MIN_SIDE <= min(loaded.rgb.shape[:2]) and max(loaded.rgb.shape[:2]) <= images.MAX_SIDE


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SEEDS), st.lists(MUTATION, min_size=1, max_size=4))
def test_mutated_pictures_never_crash(seed, mutations):
    read(mutate(seed, mutations))


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=300))
def test_random_bytes_never_crash(data):
    read(data)


@pytest.mark.filterwarnings("ignore")
def test_memory_does_not_grow():
    psutil = pytest.importorskip("psutil")
    rng = np.random.default_rng(0)

    def round_of_files(n):
        for _ in range(n):
            seed = SEEDS[rng.integers(len(SEEDS))]
            position = int(rng.integers(len(seed)))
            read(seed[:position] + rng.bytes(2) + seed[position + 2 :])

    round_of_files(300)
    before = psutil.Process().memory_info().rss
    round_of_files(800)
    assert psutil.Process().memory_info().rss - before < 20e6
