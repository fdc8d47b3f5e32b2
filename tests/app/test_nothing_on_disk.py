"""Visitors' photos never touch the disk: a real server under watch, with real uploads small, large and broken."""

import io
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from server import run_server
from wire_visitor import WireVisitor

from fer_core.app.faces import photo

WATCH = Path(__file__).with_name("write_watch.py")


def make_noisy_picture() -> bytes:
    """The portrait beside noise: a PNG of 3 MB that cannot be packed, beyond what a web server holds in memory."""
    noise = np.random.default_rng(0).integers(0, 255, (1000, 1000, 3), np.uint8)
    picture = Image.fromarray(noise)
    picture.paste(Image.open(photo.EXAMPLE))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


@pytest.mark.skipif(sys.platform == "win32", reason="watches POSIX flags")
def test_uploads_are_never_written_to_disk(artifacts, tmp_path):
    site, home, notes = tmp_path / "site", tmp_path / "home", tmp_path / "notes"
    site.mkdir(), home.mkdir()
    shutil.copy(WATCH, site / "sitecustomize.py")
    settings = {"PYTHONPATH": str(site), "WRITE_WATCH": str(notes)}
    settings |= dict.fromkeys(["HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"], str(home))
    large, small = make_noisy_picture(), photo.EXAMPLE.read_bytes()
    assert len(large) > 2.5e6

    with run_server(artifacts, **settings) as (address, _), WireVisitor(address) as visitor:
        visitor.open("predict")
        visitor.upload("predict-uploads", ("large.png", large), ("text.jpg", b"no picture"), ("mine.jpg", small))
        assert visitor.shows("large.png, ") and visitor.shows("mine.jpg, 1 face") and visitor.shows("not a picture")
        assert all(picture[:2] == b"\xff\xd8" for picture in visitor.fetch_pictures()[:1])
        visitor.open("")
        visitor.upload("overview-upload", ("large.png", large))
        assert visitor.shows("large.png, ")

    control, *writes = notes.read_text().splitlines()
    assert "notes.control" in control
    assert [line for line in writes if "__pycache__" not in line] == []
    assert list(home.rglob("*")) == [], "files of libraries in C, which the watch does not see"
