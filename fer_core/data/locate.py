"""Finding FER2013 on this machine."""

import os
from pathlib import Path

from fer_core.data.cache import get_cache_folder
from fer_core.data.dataset import DatasetError

KAGGLE_HANDLE = "msambare/fer2013"
HOW_TO_GET = (
    "set FER2013_PATH to the Kaggle folder, zip, tar or fer2013.csv, or put it into data/ "
    f"(https://www.kaggle.com/datasets/{KAGGLE_HANDLE})"
)
ARCHIVE_SUFFIXES = (".zip", ".tar", ".tar.xz", ".tar.gz", ".tgz", ".txz", ".tar.bz2")
FETCHED = "fer2013.zip"
VOTES = "ferplus_votes.csv"
CSV_NAMES = ("fer2013.csv", "icml_face_data.csv")


def find_dataset(path: str | Path | None = None) -> Path | None:
    """Find FER2013: the argument, FER2013_PATH, data/, what FER2013_FETCH brought, or Kaggle's cache, in this order.

    Returns a folder with train/ and test/, an archive, a csv, or None. Raises DatasetError when the argument or
    FER2013_PATH names nothing that exists.
    """
    given = path or os.environ.get("FER2013_PATH")
    if given:
        place = Path(given).expanduser()
        if not place.exists():
            origin = "" if path else " (from FER2013_PATH)"
            raise DatasetError(f"There is nothing at {place}{origin}: give the FER2013 folder, zip, tar or csv.")
        return (place.is_dir() and find_inside(place)) or place
    for place in (Path("data"), get_fetch_folder(), *reversed(_list_kaggle_versions())):
        if found := find_inside(place):
            return found
    return None


def find_inside(place: Path) -> Path | None:
    """Find the dataset in a folder, at most two levels down: train/ and test/, else a csv, else an archive."""
    level = [place]
    for _ in range(3):
        children = [child for folder in level for child in _list_children(folder)]
        folders = [child for child in children if child.is_dir()]
        for folder in folders:
            if folder.name.lower() in ("train", "test"):
                return folder.parent
        files = [child for child in children if child.is_file()]
        csvs = [file for file in files if file.name.lower() in CSV_NAMES]
        archives = [file for file in files if file.name.lower().endswith(ARCHIVE_SUFFIXES)]
        archives.sort(key=lambda file: "fer" not in file.name.lower())  # stable: those named after FER2013 first
        if csvs or archives:
            return (csvs + archives)[0]
        level = folders
    return None


def _list_children(folder: Path) -> list[Path]:
    try:
        return sorted(child for child in folder.iterdir() if not child.name.startswith((".", "__MACOSX")))
    except OSError:
        return []


def find_votes(dataset_path: str | Path | None = None) -> Path | None:
    """Find the csv of FER+ votes: FERPLUS_PATH, in or beside the dataset, or in data/; None without one.

    For the contest's csv this is Microsoft's fer2013new.csv, which follows its rows; for all else ferplus_votes.csv,
    which has Kaggle's names. Raises DatasetError when FERPLUS_PATH names no file.
    """
    if given := os.environ.get("FERPLUS_PATH"):
        file = Path(given).expanduser()
        if not file.is_file():
            raise DatasetError(f"There is no file at {file} (from FERPLUS_PATH): give the csv of FER+ votes.")
        return file
    places, name = [Path("data")], VOTES
    if dataset_path:
        path = Path(dataset_path)
        places = [path, path.parent, *places]
        name = "fer2013new.csv" if path.suffix.lower() == ".csv" else name
    return next((place / name for place in places if (place / name).is_file()), None)


def get_fetch_folder() -> Path:
    """Give the folder in which fetch.py keeps FER2013, whether it exists or not."""
    return get_cache_folder() / "fetched"


def get_kaggle_folder() -> Path:
    """Give the folder in which kagglehub keeps FER2013, whether it exists or not."""
    root = os.environ.get("KAGGLEHUB_CACHE") or Path.home() / ".cache" / "kagglehub"
    return Path(root) / "datasets" / KAGGLE_HANDLE


def _list_kaggle_versions() -> list[Path]:
    folder = get_kaggle_folder()
    # kagglehub marks a version when it is completely unpacked.
    numbers = [int(mark.stem) for mark in folder.glob("*.complete") if mark.stem.isdecimal()]
    return [folder / "versions" / str(number) for number in sorted(numbers)]
