"""What all tests share: the real FER2013, where this machine has it, and a drawn one everywhere."""

import gc
import os
from contextlib import suppress
from pathlib import Path

with suppress(ImportError):
    import pylibsrtp  # noqa: F401 - of live video: loaded after TensorFlow, it takes the process down

import pytest

from fer_core.data import find_votes, load_dataset, make_drawn_dataset

REPOSITORY = Path(__file__).resolve().parent.parent
BESIDE = REPOSITORY.parent / "shared" / "data" / "fer2013.zip"
SLOW_FOLDERS = (REPOSITORY / "tests" / "training",)
"""Everything here starts TensorFlow, which takes five seconds, and compiles networks."""
SLOW_FILES = {"test_robustness.py"}
"""Each of its tests answers hundreds of spoiled pictures."""
SLOW_FIXTURES = {"open_page", "written_artifacts", "real_dataset", "real_dataset_path"}
"""Whoever asks for these runs whole pages, exports a network, or reads 35,887 pictures."""


def pytest_ignore_collect(collection_path, config) -> bool | None:
    """Do not even import what the fast lane leaves out."""
    wanted = config.option.markexpr or ""
    return True if "not slow" in wanted and collection_path in SLOW_FOLDERS else None


def pytest_collection_modifyitems(items) -> None:
    """Mark as `slow` what its place or its fixtures make slow: `-m "not slow and not browser"` is the fast lane."""
    for item in items:
        place = item.path.name in SLOW_FILES or any(folder in item.path.parents for folder in SLOW_FOLDERS)
        if place or SLOW_FIXTURES & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module", autouse=True)
def cheap_collections():
    """Keep what earlier modules loaded out of garbage collections: with TensorFlow one takes half a second, and Streamlit
    asks for one after every run of a page.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def real_dataset_path() -> Path:
    """The real FER2013: FER2013_PATH, or ../shared/data/fer2013.zip beside the repository; skips without it."""
    path = Path(os.environ.get("FER2013_PATH") or BESIDE)
    if not path.exists():
        pytest.skip(f"the real FER2013 is not on this machine: set FER2013_PATH, or put it at {BESIDE}")
    return path


@pytest.fixture(scope="session")
def real_votes_path(real_dataset_path) -> Path:
    """The FER+ votes beside the real FER2013, or at FERPLUS_PATH; skips without them."""
    path = find_votes(real_dataset_path)
    if path is None:
        pytest.skip(f"no FER+ votes beside {real_dataset_path}: set FERPLUS_PATH")
    return path


@pytest.fixture(scope="session")
def real_dataset(real_dataset_path):
    """The real FER2013 without votes, through the user's cache."""
    return load_dataset(real_dataset_path)


@pytest.fixture(scope="session")
def drawn_dataset():
    """70 training and 28 test pictures, ten and four of each class."""
    return make_drawn_dataset(70, 28, seed=1)
