"""FER2013 for a hosted dashboard: fetched once, from where its operator says."""

import os
import shutil
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from fer_core.data.cache import get_cache_path, write_cached
from fer_core.data.dataset import DatasetError, Progress
from fer_core.data.download import download_dataset
from fer_core.data.load import load_dataset
from fer_core.data.locate import FETCHED, VOTES, get_fetch_folder
from fer_core.data.sources import compute_kind, open_source

SETTING = "FER2013_FETCH"
KAGGLE = "kaggle"
MAX_BYTES = 600_000_000
CHUNK = 1 << 20
SECONDS = 60  # without a byte


def fetch_dataset(origin: str, progress: Progress) -> Path:
    """Bring FER2013 from `origin`, "kaggle" or the https address of an archive, and check that it is complete.

    An archive may hold FER+'s ferplus_votes.csv as well. Returns the folder or file, where find_dataset finds it from now
    on. Raises DatasetError with one sentence.
    """
    if origin.lower() == KAGGLE:
        return download_dataset(progress)
    if urllib.parse.urlsplit(origin).scheme != "https":
        raise DatasetError(f"{SETTING} must be {KAGGLE!r} or an address that begins with https://.")
    place = get_fetch_folder() / FETCHED
    part = place.with_suffix(".part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _download(origin, part, progress)
        progress(0.95, "Reading the pictures")
        dataset = load_dataset(part, cache=False, check_counts=True)
        _unpack_votes(part, place.parent)
        os.replace(part, place)
        write_cached(get_cache_path(place), dataset)  # so that the first visitor need not wait
    except OSError as error:
        raise DatasetError(f"FER2013 could not be fetched ({_explain(error)}): see {SETTING}.") from error
    finally:
        part.unlink(missing_ok=True)
    progress(1.0, "Here")
    return place


def _download(origin: str, part: Path, progress: Progress) -> None:
    with urllib.request.urlopen(origin, timeout=SECONDS) as answer, part.open("wb") as file:
        expected = min(int(answer.headers.get("Content-Length") or 0), MAX_BYTES)
        done = 0
        while chunk := answer.read(CHUNK):
            done += len(chunk)
            if done > MAX_BYTES:
                raise DatasetError(f"What {SETTING} names is larger than {MAX_BYTES // 10**6} MB: it is not FER2013.")
            file.write(chunk)
            of = f" of {expected / 1e6:.0f}" if expected else ""
            progress(0.9 * done / max(expected, done), f"Fetching FER2013: {done / 1e6:.0f}{of} MB")
    if shutil.disk_usage(part.parent).free < CHUNK:
        raise DatasetError("The disk is full: FER2013 takes 60 MB, and 90 MB unpacked.")


def _unpack_votes(archive: Path, folder: Path) -> None:
    """Lay the votes that came with the pictures beside them, where find_votes looks."""
    with open_source(archive, compute_kind(archive)) as members:
        for member in members:
            if member.name.rpartition("/")[2] == VOTES:
                with member.open() as file:
                    (folder / VOTES).write_bytes(file.read())


def _explain(error: OSError) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"the address answers {error.code}"
    return "no connection" if isinstance(error, urllib.error.URLError) else error.strerror or type(error).__name__
