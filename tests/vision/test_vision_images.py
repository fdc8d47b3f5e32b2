"""Every picture that a visitor may upload is read, upright and in RGB, or refused in one sentence."""

import threading
import time
import zlib

import numpy as np
import pytest
from picture_files import (
    HEIC,
    MP4,
    PDF,
    SVG,
    TEXT,
    draw_gradient,
    encode,
    make_heic,
    make_png,
    make_png_16bit_colour,
    make_tiff_16bit_colour,
    png_chunk,
    with_orientation,
)
from PIL import Image, ImageFile, features

from fer_core.vision import images
from fer_core.vision.images import ImageError, clean_name, read_image
from fer_core.vision.jpeg_passes import MAX_SCANS, has_one_pass, takes_too_long

GRADIENT = draw_gradient()
RGB = np.asarray(GRADIENT).astype(int)
GREY = np.asarray(GRADIENT.convert("L")).astype(int)
KINDS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"] + ["AVIF"] * features.check("avif")


def add_scans(jpeg: bytes, n: int) -> bytes:
    """The same picture, its last scan sent `n` times more."""
    last = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    return jpeg[:-2] + n * last + jpeg[-2:]


def difference(rgb: np.ndarray, expected: np.ndarray) -> float:
    expected = expected if expected.ndim == 3 else expected[..., None].repeat(3, axis=2)
    assert rgb.dtype == np.uint8 and rgb.shape == expected.shape
    return float(np.abs(rgb.astype(int) - expected).mean())


@pytest.mark.parametrize("kind", KINDS)
def test_formats_are_read_whatever_the_name_says(kind):
    loaded = read_image(encode(GRADIENT, kind), "holiday.txt")
    assert difference(loaded.rgb, RGB) < 6
    assert loaded.name == "holiday.txt" and loaded.notes == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("GIF", "BMP")])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(kind, orientation):
    stored = {
        1: RGB, 2: RGB[:, ::-1], 3: RGB[::-1, ::-1], 4: RGB[::-1],
        5: RGB.transpose(1, 0, 2), 6: np.rot90(RGB), 7: np.rot90(RGB, 2).transpose(1, 0, 2), 8: np.rot90(RGB, -1),
    }[orientation]  # fmt: skip
    data = with_orientation(Image.fromarray(np.ascontiguousarray(stored, dtype=np.uint8)), kind, orientation)
    assert difference(read_image(data).rgb, RGB) < 4


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_impossible_orientation_is_ignored(orientation):
    assert difference(read_image(with_orientation(GRADIENT, "JPEG", orientation)).rgb, RGB) < 4


def test_colour_modes():
    assert difference(read_image(encode(GRADIENT.convert("L"), "PNG")).rgb, GREY) == 0
    assert difference(read_image(encode(GRADIENT.convert("LA"), "PNG")).rgb, GREY) == 0
    assert difference(read_image(encode(GRADIENT.convert("CMYK"), "JPEG", quality=95)).rgb, RGB) < 4
    assert difference(read_image(encode(GRADIENT.quantize(256), "PNG")).rgb, RGB) < 4
    assert set(np.unique(read_image(encode(GRADIENT.convert("1"), "PNG")).rgb)) == {0, 255}


@pytest.mark.parametrize("opacity", [0, 128, 255])
def test_transparency_lies_on_white(opacity):
    layer = Image.merge("RGBA", (*GRADIENT.split(), Image.new("L", GRADIENT.size, opacity)))
    expected = RGB * (opacity / 255) + 255 * (1 - opacity / 255)
    assert difference(read_image(encode(layer, "PNG")).rgb, expected) < 1
    assert difference(read_image(encode(layer.convert("LA"), "PNG")).rgb, expected.mean(axis=2)) < 40


def test_palette_with_transparency():
    picture = Image.new("P", (40, 30), 1)
    picture.putpalette([200, 0, 0, 0, 90, 0])
    picture.paste(0, (0, 0, 20, 30))
    rgb = read_image(encode(picture, "PNG", transparency=0)).rgb
    assert rgb[5, 5].tolist() == [255, 255, 255] and rgb[5, 35].tolist() == [0, 90, 0]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("step", [257, 16])
def test_sixteen_bit_grey(kind, step):
    """Full 16 bits, and the 12 that a camera stores in 16."""
    deep = Image.fromarray((GREY * step).astype(np.uint16))
    assert difference(read_image(encode(deep, kind)).rgb, GREY) < 2.5


def test_sixteen_bit_colour_and_fractions():
    assert difference(read_image(make_png_16bit_colour(GRADIENT)).rgb, RGB) <= 1
    assert difference(read_image(make_tiff_16bit_colour(GRADIENT)).rgb, RGB) <= 1
    fractions = Image.fromarray((GREY / 255).astype(np.float32))
    assert difference(read_image(encode(fractions, "TIFF")).rgb, GREY) < 30
    broken = Image.fromarray(np.full((30, 30), np.nan, np.float32))
    assert read_image(encode(broken, "TIFF")).rgb.max() == 0


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_animations_give_their_first_picture(kind):
    frames = {"save_all": True, "append_images": [Image.new("RGB", GRADIENT.size, "blue")]}
    loaded = read_image(encode(GRADIENT, kind, **frames))
    assert difference(loaded.rgb, RGB) < 8
    assert loaded.rgb.flags.writeable
    assert loaded.notes == ["Only its first picture was read."]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photos_keep_their_pixels(kind):
    options = {"compress_level": 1} if kind == "PNG" else {"quality": 80, "method": 0} if kind == "WEBP" else {}
    loaded = read_image(encode(draw_gradient(3200, 400), kind, **options))
    assert loaded.rgb.shape == (400, 3200, 3) and loaded.notes == []
    assert difference(loaded.rgb, np.asarray(draw_gradient(3200, 400)).astype(int)) < 3


def test_huge_photos_are_reduced_and_the_visitor_told(monkeypatch):
    monkeypatch.setattr(images, "MAX_PIXELS", 320_000)
    loaded = read_image(encode(draw_gradient(3200, 400), "JPEG"))
    assert loaded.rgb.shape == (200, 1600, 3)
    assert loaded.notes == [
        "Reduced from 3200 x 400 to 1600 x 200 pixels: faces under 80 of your pixels may be missed."
    ]
    assert difference(loaded.rgb, np.asarray(draw_gradient(1600, 200)).astype(int)) < 3
    turned = read_image(with_orientation(draw_gradient(3200, 400), "JPEG", 6))
    assert turned.rgb.shape == (1600, 200, 3) and "to 200 x 1600 pixels" in turned.notes[0]


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_108_megapixel_photo_is_reduced_while_decoding():
    data = encode(Image.new("L", (12000, 9000), 90), "JPEG")
    loaded = read_image(data)
    assert loaded.rgb.shape == (4330, 5774, 3) and "faces under 83 of your pixels" in loaded.notes[0]


TRAILER = np.random.default_rng(0).bytes(8_000_000)
"""As the video that phones append to a photo: it looks like more than a hundred passes."""


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
def test_what_lies_behind_a_photo_does_not_count(options):
    assert TRAILER.count(b"\xff\xda") > MAX_SCANS
    assert difference(read_image(encode(GRADIENT, "JPEG", **options) + TRAILER).rgb, RGB) < 6


def test_a_48_megapixel_photo_with_a_video_behind_it_is_reduced():
    loaded = read_image(encode(Image.new("L", (8000, 6000), 90), "JPEG") + TRAILER)
    assert loaded.rgb.shape == (4330, 5774, 3) and "Reduced from 8000 x 6000" in loaded.notes[0]


@pytest.mark.skipif(not images.HAS_HEIC, reason="pillow-heif is not installed")
@pytest.mark.parametrize("orientation", [1, 6])
def test_heic(orientation):
    stored = RGB if orientation == 1 else np.rot90(RGB)
    picture = Image.fromarray(np.ascontiguousarray(stored, dtype=np.uint8))
    loaded = read_image(make_heic(picture, orientation), "IMG_1.heic")
    assert difference(loaded.rgb, RGB) < 6


@pytest.mark.skipif(not images.HAS_HEIC, reason="pillow-heif is not installed")
def test_damaged_heic_is_one_sentence():
    data = make_heic(draw_gradient(300, 200), 1)
    for cut in (100, len(data) // 2, len(data) - 50):
        with pytest.raises(ImageError, match="damaged|not a picture"):
            read_image(data[:cut])


def test_heic_without_its_reader_is_one_sentence(monkeypatch):
    monkeypatch.setattr(images, "HAS_HEIC", False)
    with pytest.raises(ImageError, match="HEIC photos cannot be read here"):
        read_image(HEIC)


REFUSED = {
    "empty": (b"", "empty"),
    "text named .jpg": (TEXT, "not a picture"),
    "HEIC": (HEIC, "picture"),
    "video": (MP4, "video"),
    "PDF": (PDF, "PDF"),
    "SVG": (SVG, "SVG"),
    "SVG without declaration": (b"\n  <svg></svg>", "SVG"),
    "1 x 1": (encode(Image.new("RGB", (1, 1)), "PNG"), "1 x 1"),
    "5000 x 8": (encode(Image.new("RGB", (5000, 8)), "PNG"), "5000 x 8"),
    "0 x 0": (make_png(0, 0, b""), "picture"),
    "truncated JPEG": (encode(GRADIENT, "JPEG")[:-200], "damaged"),
    "truncated PNG": (encode(draw_gradient(300, 300), "PNG")[:-900], "damaged"),
    "truncated WebP": (encode(draw_gradient(300, 300), "WEBP")[:-90], "damaged"),
    "header only": (encode(GRADIENT, "JPEG")[:30], "picture"),
    "108-megapixel PNG": (make_png(12000, 9000, bytes(1000)), "12000 x 9000"),
    "decompression bomb": (make_png(60000, 60000, bytes(10**6)), "too many pixels"),
    "endless passes": (b"\xff\xd8" + b"\xff\xda\0\0" * 500, "unusual way"),
    "endless passes over a photo": (add_scans(encode(GRADIENT, "JPEG", progressive=True), 500), "unusual way"),
    "endless segments": (b"\xff\xd8" + b"\xff\xfe\0\2" * 20_000, "unusual way"),
}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("case", REFUSED)
def test_bad_files_get_one_clear_sentence(case):
    data, words = REFUSED[case]
    with pytest.raises(ImageError) as caught:
        read_image(data, "<b>qzx</b>.jpg")
    message = str(caught.value)
    assert words in message
    assert message[0].isupper() and message.endswith(".") and "\n" not in message and len(message) < 160
    assert "qzx" not in message, "strangers choose the file's name: it must not be in the message"


def test_zip_bomb_in_the_text_of_a_png():
    """Refused, not unpacked."""
    bomb = png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(5 * 10**6), 9))
    with pytest.raises(ImageError):
        read_image(make_png(30, 30, bytes(30 * 91), extra=bomb))


def test_too_many_bytes():
    with pytest.raises(ImageError, match="at most 60 MB"):
        read_image(bytes(images.MAX_BYTES + 1))


def test_huge_progressive_jpeg_is_refused_before_decoding():
    data = encode(Image.new("L", (20000, 2500)), "JPEG", progressive=True)
    with pytest.raises(ImageError, match="20000 x 2500"):
        read_image(data)


@pytest.mark.parametrize("filling", [b"\xff", b"\xff\0", b"\xff\xd0", b"\xff\xfe\0\2", b"\xff\xfe\xff\xff"])
def test_odd_bytes_are_walked_through_quickly(filling):
    begin = time.process_time()
    data = b"\xff\xd8" + filling * (images.MAX_BYTES // len(filling))
    assert not has_one_pass(data) and not has_one_pass(data[:100]) and takes_too_long(data) in (True, False)
    assert time.process_time() - begin < 5


def test_unusual_colour_mode():
    lab = Image.new("LAB", (40, 40))
    with pytest.raises(ImageError, match="LAB"):
        read_image(encode(lab, "TIFF"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\me.jpg", "me.jpg"),
        ("a\x00b\n\u202ec.png", "abc.png"),
        ("", "picture"),
        ("the %22big%22 one 50%.jpg", 'the "big" one 50%.jpg'),
        ("x" * 300 + ".jpeg", "x" * 60 + "…" + "x" * 10 + ".jpeg"),
    ],
)
def test_names_are_cleaned(name, shown):
    assert clean_name(name) == shown


def test_many_threads_at_once(monkeypatch):
    monkeypatch.setattr(images, "BIG", 10_000)  # so that some have to wait for each other
    files = [encode(draw_gradient(200, 180), kind) for kind in ("JPEG", "PNG")] * 3
    files += [encode(GRADIENT, kind) for kind in KINDS] * 2
    expected = [read_image(data).rgb for data in files]
    results = [None] * len(files)

    def work(i):
        results[i] = read_image(files[i]).rgb

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(files))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(a, b) for a, b in zip(results, expected))


def test_settings_of_pillow_stay_as_they_were():
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    read_image(encode(GRADIENT, "JPEG"))
    assert before == (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)


def test_webp_has_a_limit_of_its_own(monkeypatch):
    """Its decoder holds four bytes a pixel, several times."""
    monkeypatch.setattr(images, "MAX_PIXELS_WEBP", 2000)
    with pytest.raises(ImageError, match="has 60 x 40 pixels"):
        read_image(encode(draw_gradient(60, 40), "WEBP"))
    assert read_image(encode(draw_gradient(60, 40), "PNG")).rgb.shape == (40, 60, 3)
