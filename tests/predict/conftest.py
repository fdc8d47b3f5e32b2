"""A folder as people have them: photos, a video, and what is neither; networks small and real."""

import io
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from picture_files import encode_portrait
from PIL import Image
from sample_artifacts import make_tiny_network, write_sample_runs
from video_files import encode_video, film_portrait

from fer_core.predict import __main__ as command
from fer_core.predict.network import Network, open_engine
from fer_core.predict.spreading import Workers


@pytest.fixture(scope="session")
def written_artifacts(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("artifacts")
    write_sample_runs(root)
    return root


@pytest.fixture(autouse=True)
def plain_main(monkeypatch):
    """New processes begin by importing the main module: tests of pages before this one may have left an app there."""
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))


@pytest.fixture(autouse=True)
def artifacts(written_artifacts, monkeypatch) -> Path:
    """Two good runs, of which compact-s0 brings a network."""
    monkeypatch.setenv("FER_ARTIFACTS", str(written_artifacts))
    return written_artifacts


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """Seven files, of which three are unreadable, and hidden ones, which do not count."""
    root = tmp_path_factory.mktemp("files")
    (root / "deep").mkdir()
    (root / ".hidden").mkdir()
    portrait = encode_portrait()
    (root / "a portrait.jpg").write_bytes(portrait)
    (root / "b\nbreak, and comma.png").write_bytes(portrait)
    scene = film_portrait(20)
    (root / "clip").write_bytes(encode_video(scene + [np.uint8(frame * [0.3, 0.5, 0.6]) for frame in scene]))
    (root / "cut.jpg").write_bytes(portrait[: len(portrait) // 3])
    (root / "deep" / "wall.png").write_bytes(_encode_wall())
    (root / "empty.jpg").touch()
    (root / "text.txt").write_text("no picture")
    (root / ".hidden" / "x.jpg").write_bytes(portrait)
    (root / ".DS_Store").write_bytes(b"x")
    return root


def _encode_wall() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (200, 150), "#8a9").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def in_this_process(monkeypatch):
    """The command's work is done by a thread: quick, and what is patched here counts there."""

    @contextmanager
    def use_thread(network, n=None):
        open_engine(network)
        yield Workers(1, lambda: ThreadPoolExecutor(1))

    monkeypatch.setattr(command, "use_processes", use_thread)


@pytest.fixture(scope="session")
def network() -> Network:
    return Network("tiny-s0", make_tiny_network())
