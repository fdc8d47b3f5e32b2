"""Finding FER2013 on this machine."""

import os
from pathlib import Path

from fer_core.data.dataset import DatasetError

KAGGLE_HANDLE = "msambare/fer2013"
HOW_TO_GET = (
    "set FER2013_PATH to the Kaggle folder, zip, tar or fer2013.csv, or put it into data/ "
    f"(https://www.kaggle.com/datasets/{KAGGLE_HANDLE})"
)
ARCHIVE_SUFFIXES = (".zip", ".tar", ".tar.xz", ".tar.gz", ".tgz", ".txz", ".tar.bz2")
CSV_NAMES = ("fer2013.csv", "icml_face_data.csv")


def find_dataset(path: str | Path | None = None) -> Path | None:
    """Find FER2013: the argument, FER2013_PATH, data/, or Kaggle's cache, in this order.

    Returns a folder with train/ and test/, an archive, a csv, or None. Raises DatasetError when the argument or
    FER2013_PATH names nothing that exists.
    """
    given = path or os.environ.get("FER2013_PATH")
    if given:
        place = Path(given).expanduser()
        if not place.exists():
            origin = "" if path else " (from FER2013_PATH)"
            raise DatasetError(f"There is nothing at {place}{origin}: give the FER2013 folder, zip, tar or csv.")
        return find_inside(place) or place
    for place in (Path("data"), *reversed(_list_kaggle_versions())):
        if place.is_dir() and (found := find_inside(place)):
            return found
    return None


def find_inside(place: Path) -> Path | None:
    """Find the dataset in a folder: train/ and test/ at most two levels down, else a csv, else an archive."""
    if not place.is_dir():
        return place
    levels = [[place]]
    for _ in range(2):
        levels.append([child for folder in levels[-1] for child in _list_children(folder) if child.is_dir()])
    folders = [folder for level in levels for folder in level]
    for folder in folders:
        if {"train", "test"} & {child.name.lower() for child in _list_children(folder) if child.is_dir()}:
            return folder
    files = [child for folder in folders for child in _list_children(folder) if child.is_file()]
    csvs = [file for file in files if file.name.lower() in CSV_NAMES]
    archives = [file for file in files if file.name.lower().endswith(ARCHIVE_SUFFIXES)]
    archives.sort(key=lambda file: "fer" not in file.name.lower())  # stable: those named after FER2013 first
    return next(iter(csvs + archives), None)


def _list_children(folder: Path) -> list[Path]:
    try:
        return sorted(child for child in folder.iterdir() if not child.name.startswith((".", "__MACOSX")))
    except OSError:
        return []


def _list_kaggle_versions() -> list[Path]:
    root = Path(os.environ.get("KAGGLEHUB_CACHE") or Path.home() / ".cache" / "kagglehub")
    versions = [path for path in root.glob(f"datasets/{KAGGLE_HANDLE}/versions/*") if path.name.isdecimal()]
    return sorted(versions, key=lambda path: int(path.name))
