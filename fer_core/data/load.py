"""One door to FER2013, whatever form it comes in."""

import dataclasses
import lzma
import tarfile
import zipfile
import zlib
from pathlib import Path

from fer_core.data.cache import get_cache_path, load_cached, write_cached
from fer_core.data.dataset import DatasetError, FerDataset, check_real_counts
from fer_core.data.locate import HOW_TO_GET, find_dataset
from fer_core.data.pictures import Progress, load_pictures
from fer_core.data.sources import compute_kind, open_source
from fer_core.data.votes import load_votes


def load_dataset(
    path: str | Path | None = None,
    votes: str | Path | None = None,
    cache: bool = True,
    progress: Progress | None = None,
    check_counts: bool = False,
) -> FerDataset:
    """Read FER2013 from a folder, zip, tar or csv.

    `path`: see find_dataset. `votes`: FER+ csv, see load_votes. `cache`: keep the decoded pictures for next time.
    `progress`: called with a fraction 0..1 and a text. `check_counts`: demand the real FER2013's counts per class.
    Raises DatasetError with one sentence for anything wrong with the data.
    """
    place = find_dataset(path)
    if place is None:
        raise DatasetError(f"FER2013 was not found: {HOW_TO_GET}.")
    cache_path = get_cache_path(place) if cache else None
    dataset = load_cached(cache_path, place.name) if cache_path else None
    if dataset is None:
        dataset = _read(place, progress)
        if cache_path:
            write_cached(cache_path, dataset)
    if check_counts:
        check_real_counts(dataset)
    if votes:
        dataset = dataclasses.replace(dataset, votes=load_votes(votes, dataset))
    if progress:
        progress(1.0, f"{len(dataset):,} pictures")
    return dataset


def _read(path: Path, progress: Progress | None) -> FerDataset:
    kind = compute_kind(path)
    if kind == "empty":
        raise DatasetError(f"{path.name} is an empty file: get the dataset again.")
    if kind == "unknown":
        raise DatasetError(f"{path.name} is neither a folder, zip, tar nor csv of FER2013: {HOW_TO_GET}.")
    try:
        with open_source(path, kind) as members:
            dataset = load_pictures(members, path.name, progress)
    except (zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, EOFError) as error:
        raise DatasetError(f"{path.name} is cut off or damaged: download it again.") from error
    if dataset is None:
        raise DatasetError(f"{path.name} holds no FER2013: {HOW_TO_GET}.")
    return dataset
