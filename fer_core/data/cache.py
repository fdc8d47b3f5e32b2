"""Decoded datasets on disk, so that the second start takes a fraction of a second."""

import hashlib
import os
import zipfile
from pathlib import Path

import numpy as np

from fer_core.data.dataset import FerDataset
from fer_core.data.sources import list_files
from fer_core.files import write_atomically

CACHE_SCHEMA = 1


def get_cache_folder() -> Path:
    """Give the folder of the cache: FER_CACHE, or fer-report under the user's cache folder."""
    if os.environ.get("FER_CACHE"):
        return Path(os.environ["FER_CACHE"]).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fer-report"


def get_cache_path(path: Path) -> Path:
    """Name the cache file of a dataset after its path and a fingerprint of the names, sizes and times of its files."""
    path = path.resolve()
    digest = hashlib.sha256(str(CACHE_SCHEMA).encode())
    for file in list_files(path) if path.is_dir() else [path]:
        status = file.stat()
        name = os.fspath(file).removeprefix(str(path))  # with its folder: that is its class
        digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    place = hashlib.sha256(str(path).encode()).hexdigest()[:12]
    return get_cache_folder() / f"fer2013-{place}-{digest.hexdigest()[:16]}.npz"


def load_cached(cache_path: Path, source: str) -> FerDataset | None:
    """Read a cached dataset; None where there is none or it is damaged."""
    try:
        with np.load(cache_path, allow_pickle=False) as arrays:
            images, labels, files, is_test = (arrays[name] for name in ("images", "labels", "files", "is_test"))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    n = len(images)
    sound = images.shape == (n, 48, 48) and images.dtype == np.uint8 and n == len(labels) == len(files) == len(is_test)
    return FerDataset(images, labels, files, is_test, None, source) if sound and n else None


def write_cached(cache_path: Path, dataset: FerDataset) -> None:
    """Write a dataset's arrays; a full or read-only disk is no reason to fail."""
    arrays = {name: getattr(dataset, name) for name in ("images", "labels", "files", "is_test")}
    try:
        cache_path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(cache_path, lambda file: np.savez(file, **arrays))
        for old in cache_path.parent.glob(f"{cache_path.stem.rpartition('-')[0]}-*.npz"):
            if old != cache_path:
                old.unlink()
    except OSError:
        pass
