"""One door to FER2013, whatever form it comes in."""

import dataclasses
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from fer_core.data.cache import get_cache_path, load_cached, write_cached
from fer_core.data.contest import load_contest_csv
from fer_core.data.dataset import DatasetError, FerDataset, Progress, check_classes, check_real_counts
from fer_core.data.locate import CSV_NAMES, HOW_TO_GET, KAGGLE_HANDLE, find_dataset, find_votes
from fer_core.data.pictures import load_pictures
from fer_core.data.sources import Member, compute_kind, open_source
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
    try:
        cache_path = get_cache_path(place) if cache else None
        dataset = load_cached(cache_path, describe_place(place)) if cache_path else None
        if dataset is None:
            dataset = _read(place, describe_place(place), progress)
            if cache_path:
                write_cached(cache_path, dataset)
    except OSError as error:
        raise DatasetError(f"{place} cannot be read: {error.strerror or error}.") from error
    if check_counts:
        check_real_counts(dataset)
    if votes:
        dataset = dataclasses.replace(dataset, votes=load_votes(votes, dataset))
    if progress:
        progress(1.0, f"{len(dataset):,} pictures")
    return dataset


def load_voted(path: str | Path | None = None, needed: bool = True, **options) -> FerDataset:
    """`load_dataset` with the votes that lie in or beside the data (`find_votes`); all `options` are passed on.

    Where votes are `needed` and there are none, raises DatasetError; else they are not looked for.
    """
    place = find_dataset(path)
    votes = find_votes(place) if needed else None
    if needed and place and votes is None:
        raise DatasetError(
            "This network learned people's votes, so FER+'s csv is needed: lay it beside FER2013 or set FERPLUS_PATH."
        )
    return load_dataset(place, votes=votes, **options)


def describe_place(path: Path) -> str:
    """Name a dataset for people: its file or folder, or Kaggle where the folder is just a version's number."""
    name = path.resolve().name
    return f"Kaggle's {KAGGLE_HANDLE}, version {name}" if name.isdecimal() else name


def _read(path: Path, source: str, progress: Progress | None) -> FerDataset:
    kind = compute_kind(path)
    if kind == "empty":
        raise DatasetError(f"{source} is an empty file: get the dataset again.")
    if kind == "unknown":
        raise DatasetError(f"{source} is neither a folder, zip, tar nor csv of FER2013: {HOW_TO_GET}.")
    try:
        if kind == "csv":
            with open(path, "rb") as file:
                dataset = load_contest_csv(file, path.stat().st_size, source, progress)
        else:
            dataset = _read_members(path, kind, source, progress)
    except (zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, EOFError) as error:
        raise DatasetError(f"{source} is cut off or damaged: download it again.") from error
    except (RuntimeError, NotImplementedError) as error:  # zipfile's way to refuse encryption and rare methods
        raise DatasetError(f"{source} cannot be unpacked ({error}): get the original archive from Kaggle.") from error
    if dataset is None:
        raise DatasetError(f"{source} holds no FER2013 pictures: {HOW_TO_GET}.")
    check_classes(dataset)
    return dataset


def _read_members(path: Path, kind: str, source: str, progress: Progress | None) -> FerDataset | None:
    """Read an archive or folder: the pictures in train/ and test/, else the contest's csv."""
    csvs: list[Member] = []

    def keep_csvs(members: Iterator[Member]) -> Iterator[Member]:
        for member in members:
            if member.name.lower().endswith(".csv"):
                csvs.append(member)
            yield member

    with open_source(path, kind) as members:
        dataset = load_pictures(keep_csvs(members), source, progress)
        if dataset is None and csvs:
            # The contest's own archive has further tables beside the complete one.
            named = [member for member in csvs if member.name.lower().rpartition("/")[2] in CSV_NAMES]
            member = (named or csvs)[0]
            with member.open() as file:
                dataset = load_contest_csv(file, member.size, source, progress)
    return dataset
