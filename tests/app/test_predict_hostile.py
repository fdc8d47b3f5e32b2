"""Whatever is dropped on the predict page: a sentence beside each file's name, an answer for every picture."""

import io
import zipfile
import zlib

import numpy as np
import pytest
from picture_files import (
    HEIC,
    MP4,
    PDF,
    SVG,
    TEXT,
    encode,
    make_png,
    make_png_16bit_colour,
    make_tiff_16bit_colour,
    png_chunk,
    with_orientation,
)
from PIL import Image
from predict_page import read_table

from fer_core.app.faces import photo
from fer_core.app.faces.export import make_zip

PORTRAIT = Image.open(photo.EXAMPLE).convert("RGB").crop((110, 0, 350, 300)).resize((192, 240))
FACE = encode(PORTRAIT, "JPEG", quality=95)
"""Where nothing holds a face there is no table."""
TURNED = {
    1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
}  # fmt: skip
"""EXIF orientation -> how a camera that notes it stores an upright picture."""
REFUSED = {
    "empty.jpg": (b"", "empty"),
    "text.jpg": (TEXT, "not a picture"),
    "cut.jpg": (photo.EXAMPLE.read_bytes()[:2000], "damaged"),
    "huge.png": (make_png(12000, 9000, bytes(1000)), "12000 x 9000"),
    "bomb.png": (make_png(60000, 60000, bytes(10**6)), "too many pixels"),
    "textbomb.png": (
        make_png(30, 30, bytes(30 * 91), extra=png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(5 * 10**6), 9))),
        "picture",
    ),
    "dot.png": (encode(Image.new("RGB", (1, 1)), "PNG"), "1 x 1"),
    "strip.png": (encode(Image.new("RGB", (5000, 8)), "PNG"), "5000 x 8"),
    "iphone.jpg": (HEIC, "picture"),
    "drawing.png": (SVG, "SVG"),
    "paper.jpg": (PDF, "PDF"),
    "film.jpg": (MP4, "video"),
}


def make_answered() -> dict[str, bytes]:
    grey = np.asarray(PORTRAIT.convert("L")).astype(np.uint16) * 257
    half_clear = PORTRAIT.copy()
    half_clear.putalpha(200)
    files = {
        "grey16.png": encode(Image.fromarray(grey), "PNG"),
        "colour16.png": make_png_16bit_colour(PORTRAIT),
        "colour16.tif": make_tiff_16bit_colour(PORTRAIT),
        "cmyk.jpg": encode(PORTRAIT.convert("CMYK"), "JPEG", quality=95),
        "palette.png": encode(PORTRAIT.quantize(256), "PNG"),
        "alpha.png": encode(half_clear, "PNG"),
        "animated.gif": encode(PORTRAIT, "GIF", save_all=True, append_images=[Image.new("RGB", PORTRAIT.size)]),
        "really-a-png.jpg": encode(PORTRAIT, "PNG"),
    }
    for orientation, turn in TURNED.items():
        stored = PORTRAIT if turn is None else PORTRAIT.transpose(turn)
        files[f"exif{orientation}.jpg"] = with_orientation(stored, "JPEG", orientation)
    return files


def upload(app, files: dict[str, bytes]):
    for name, data in files.items():
        app.file_uploader(key="predict-uploads").upload(name, data, "image/jpeg")
    return app.run()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_hostile_files_get_sentences_and_pictures_of_every_kind_answers(artifacts, open_page):
    answered = make_answered()
    app = upload(open_page("predict"), {name: data for name, (data, _) in REFUSED.items()} | answered)
    assert not app.exception and not app.error
    (warning,) = app.warning
    (rest,) = (expander for expander in app.expander if expander.label.startswith("The other"))
    lines = [*warning.value.splitlines(), *rest.markdown[0].value.splitlines()]
    assert len(lines) == len(REFUSED)
    for line, (name, (_, word)) in zip(lines, REFUSED.items(), strict=True):
        assert line.startswith(f"- `{name}`: ") and word in line and line.endswith(".")
    table = read_table(app)
    faces = table.groupby("file")["face"].max()
    assert {name for name, n in faces.items() if n == 0} == set(REFUSED)
    assert (faces[list(answered)] == 1).all()


def test_a_hundred_files_at_once(artifacts, open_page, all_text):
    tiny = {f"p{n:03d}.png": encode(Image.new("L", (32, 32), n), "PNG") for n in range(98)}
    app = upload(open_page("predict"), tiny | {"bad.jpg": TEXT, "face.jpg": FACE})
    assert not app.exception and not app.error
    assert len(read_table(app)) == 100 and "`bad.jpg`" in app.warning[0].value
    assert "in 99 photos" in all_text(app)


NAMES = [
    "<script>alert(1)</script>.jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "../../etc/passwd.jpg",
    "..\\..\\boot.jpg",
    "**bold** _it_ # h.jpg",
    "[link](https://example.org).jpg",
    "![x](https://example.org/x.png).jpg",
    "`code`:smile: $x^2$ :red[a].jpg",
    "two\nlines.jpg",
    "\u202egpj.exe\u200f.jpg",
    "=HYPERLINK(A1).jpg",
    "n" * 300 + ".jpg",
]


@pytest.mark.parametrize("data", [encode(Image.new("L", (32, 32)), "PNG"), TEXT], ids=["read", "refused"])
@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_names_are_data_wherever_they_show(artifacts, open_page, name, data):
    app = upload(open_page("predict"), {name: data, "other.jpg": data, "face.jpg": FACE})
    assert not app.exception and not app.error
    markdown = [*(element.value for kind in ("markdown", "caption", "warning") for element in getattr(app, kind))]
    labels = [text for button in app.button for text in (button.label, button.help) if text]
    for text in [*markdown, *labels]:
        outside = "".join(text.split("`")[::2])  # what Markdown would interpret
        assert not any(part in outside for part in ("alert", "bold", "example.org", ":smile:", "HYPERLINK", "gpj"))
        assert "\u202e" not in text and "\u200f" not in text
    shown = read_table(app)["file"][0]
    assert shown.isprintable() and len(shown) <= 81 and "/" not in shown and not shown.startswith("=")


def test_zip_entries_stay_in_their_folder(artifacts, open_page):
    table = read_table(upload(open_page("predict"), {"a.jpg": FACE}))
    with zipfile.ZipFile(io.BytesIO(make_zip([(n, name, b"") for n, name in enumerate(NAMES)], table))) as archive:
        for entry in archive.namelist():
            assert entry.isascii() and not set(entry) & set("/\\<>:\n") and ".." not in entry and len(entry) < 80
