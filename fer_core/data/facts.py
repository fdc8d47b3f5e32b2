"""What is worth knowing about the dataset, as an artifact: a page can show it without a single picture at hand."""

import json
import zipfile
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np

from fer_core.data.cache import write_atomically
from fer_core.data.dataset import DatasetError, FerDataset
from fer_core.data.duplicates import (
    compute_blank_mask,
    compute_conflict_mask,
    compute_duplicate_groups,
    compute_twin_mask,
)
from fer_core.data.people import compute_people
from fer_core.data.splits import Split, make_grouped_split, make_study_split
from fer_core.data.votes import (
    VOTE_COLUMNS,
    compute_vote_agreement,
    compute_vote_majority,
    compute_vote_shares,
)
from fer_core.labels import LABELS

FACTS_SCHEMA = 1
PICTURE_COLUMNS = (
    "file", "label", "is_test", "duplicate_group", "twin", "conflict", "blank", "vote_majority", "vote_agreement",
)  # fmt: skip
ARRAYS = ("mean_faces", "pictures")

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class DatasetFacts:
    """Counts and findings; every dictionary of counts goes from a set's name to a class to a number of pictures."""

    source: str
    drawn: bool
    counts: Counts  # Kaggle's folders: train, test
    usages: Counts  # Training, PublicTest, PrivateTest
    study_split: Counts  # train, validation, test
    grouped_split: Counts
    duplicates: dict[str, int]  # groups, pictures, twins, twins_same_label, conflicting_groups, conflicting_pictures
    conflicts: list[dict]  # {"labels": [...], "groups": n}, the most frequent first
    blank: int
    crowd: dict | None  # see compute_crowd_facts; None without FER+ votes
    mean_faces: dict[str, np.ndarray]  # "train", "test", "all": float16 (7, 48, 48), grey levels
    pictures: dict[str, np.ndarray]  # PICTURE_COLUMNS, each (n,), in the order of the dataset


def compute_dataset_facts(dataset: FerDataset) -> DatasetFacts:
    """Compute everything that `artifacts/dataset/` holds."""
    groups = compute_duplicate_groups(dataset.images)
    conflict = compute_conflict_mask(dataset)
    twin = compute_twin_mask(dataset)
    blank = compute_blank_mask(dataset.images)
    none = np.zeros((len(dataset), len(VOTE_COLUMNS)), np.uint8)
    votes = none if dataset.votes is None else dataset.votes
    pictures = {
        "file": dataset.files,
        "label": dataset.labels,
        "is_test": dataset.is_test,
        "duplicate_group": groups,
        "twin": twin,
        "conflict": conflict,
        "blank": blank,
        "vote_majority": compute_vote_majority(votes),
        "vote_agreement": compute_vote_agreement(votes).astype(np.float16),
    }
    in_train = {(group, label) for group, label in zip(groups[~dataset.is_test], dataset.labels[~dataset.is_test])}
    usage = np.array([name.partition("_")[0] for name in dataset.files.tolist()])
    return DatasetFacts(
        source=dataset.source,
        drawn=dataset.drawn,
        counts=dataset.counts,
        usages={name: _count(dataset, usage == name) for name in ("Training", "PublicTest", "PrivateTest")},
        study_split=_count_split(dataset, make_study_split(dataset)),
        grouped_split=_count_split(dataset, make_grouped_split(dataset)),
        duplicates={
            "groups": int(groups.max(initial=-1)) + 1,
            "pictures": int((groups >= 0).sum()),
            "twins": int(twin.sum()),
            "twins_same_label": sum(pair in in_train for pair in zip(groups[twin], dataset.labels[twin])),
            "conflicting_groups": len(np.unique(groups[conflict])),
            "conflicting_pictures": int(conflict.sum()),
        },
        conflicts=_list_conflicts(groups[conflict], dataset.labels[conflict]),
        blank=int(blank.sum()),
        crowd=None if dataset.votes is None else compute_crowd_facts(dataset),
        mean_faces={
            "train": _compute_mean_faces(dataset, ~dataset.is_test),
            "test": _compute_mean_faces(dataset, dataset.is_test),
            "all": _compute_mean_faces(dataset, np.ones(len(dataset), bool)),
        },
        pictures=pictures,
    )


def compute_crowd_facts(dataset: FerDataset) -> dict:
    """Compare FER+'s crowd with FER2013's labels; in a tie each winner counts in equal parts.

    Returns `voted`, `not_voted`, `not_a_face` (pictures), `agreement` ({"all", "train", "test"} and one per class,
    share of the voted pictures whose label the crowd chose), `unity` (per class, mean share of the winner among the
    ten votes), `confusion` (7 x 7 pictures, rows FER2013's label, columns the crowd's) and `top_confusions`.
    """
    shares = compute_vote_shares(dataset.votes)
    voted = shares.any(axis=1)
    agreed = shares[np.arange(len(dataset)), dataset.labels]
    confusion = np.stack([shares[dataset.labels == label].sum(axis=0) for label in range(len(LABELS))])
    sets = {"all": voted, "train": voted & ~dataset.is_test, "test": voted & dataset.is_test}
    sets |= {name: voted & (dataset.labels == label) for label, name in enumerate(LABELS)}
    unity = compute_vote_agreement(dataset.votes)
    off_diagonal = [(label, crowd) for label in range(len(LABELS)) for crowd in range(len(LABELS)) if label != crowd]
    off_diagonal.sort(key=lambda cell: -confusion[cell])
    return {
        "voted": int(voted.sum()),
        "not_voted": int((~dataset.votes.any(axis=1)).sum()),
        "not_a_face": int((dataset.votes[:, VOTE_COLUMNS.index("NF")] > dataset.votes.sum(axis=1) / 2).sum()),
        "agreement": {name: _mean(agreed[rows]) for name, rows in sets.items()},
        "unity": {name: _mean(unity[sets[name]]) for name in LABELS},
        "people": compute_people(dataset.votes[dataset.is_test]),
        "confusion": np.round(confusion, 1).tolist(),
        "top_confusions": [
            {
                "label": LABELS[label],
                "crowd": LABELS[crowd],
                "pictures": round(float(confusion[label, crowd]), 1),
                "share": _mean(shares[sets[LABELS[label]], crowd]),
            }
            for label, crowd in off_diagonal[:10]
        ],
    }


def write_dataset_facts(dataset: FerDataset, folder: str | Path) -> DatasetFacts:
    """Compute the facts and write facts.json, mean_faces.npz and pictures.npz into a folder; returns the facts."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    facts = compute_dataset_facts(dataset)
    for name in ARRAYS:
        arrays = getattr(facts, name)
        write_atomically(folder / f"{name}.npz", partial(_write_arrays, arrays))
    plain = {"schema": FACTS_SCHEMA} | {key: value for key, value in asdict(facts).items() if key not in ARRAYS}
    text = json.dumps(plain, indent=1) + "\n"
    write_atomically(folder / "facts.json", lambda file: file.write(text.encode()))
    return facts


def _write_arrays(arrays: dict[str, np.ndarray], file: BinaryIO) -> None:
    # Not np.savez_compressed: it takes no array named "file". The fixed date keeps the bytes reproducible.
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def load_dataset_facts(folder: str | Path) -> DatasetFacts:
    """Read what write_dataset_facts wrote. Raises DatasetError when a file is missing, damaged or of another schema."""
    folder = Path(folder)
    again = "run `python train.py facts` to write it again"
    try:
        plain = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        schema = plain.pop("schema")
        if schema != FACTS_SCHEMA:
            raise DatasetError(f"{folder}/facts.json has schema {schema}, this version reads {FACTS_SCHEMA}: {again}.")
        arrays = {}
        for name in ARRAYS:
            with np.load(folder / f"{name}.npz", allow_pickle=False) as stored:
                arrays[name] = dict(stored)
        facts = DatasetFacts(**plain, **arrays)
        _check_shapes(facts)
        return facts
    except FileNotFoundError as error:
        raise DatasetError(f"{folder} has no {Path(error.filename).name}: {again}.") from error
    except DatasetError:
        raise
    except (OSError, ValueError, TypeError, KeyError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise DatasetError(f"The facts of the dataset in {folder} are damaged: {again}.") from error


def _check_shapes(facts: DatasetFacts) -> None:
    lengths = {len(facts.pictures[name]) for name in PICTURE_COLUMNS}
    shapes = {facts.mean_faces[name].shape for name in ("train", "test", "all")}
    if len(lengths) != 1 or shapes != {(len(LABELS), 48, 48)}:
        raise ValueError("arrays of unexpected shapes")


def _count(dataset: FerDataset, rows: np.ndarray) -> dict[str, int]:
    return dict(zip(LABELS, np.bincount(dataset.labels[rows], minlength=len(LABELS)).tolist()))


def _count_split(dataset: FerDataset, split: Split) -> Counts:
    return {name: _count(dataset, getattr(split, name)) for name in ("train", "validation", "test")}


def _list_conflicts(groups: np.ndarray, labels: np.ndarray) -> list[dict]:
    sets = [tuple(np.unique(labels[groups == group]).tolist()) for group in np.unique(groups)]
    ranked = sorted(set(sets), key=lambda labels: (-sets.count(labels), labels))
    return [{"labels": [LABELS[label] for label in labels], "groups": sets.count(labels)} for labels in ranked]


def _compute_mean_faces(dataset: FerDataset, rows: np.ndarray) -> np.ndarray:
    faces = [dataset.images[rows & (dataset.labels == label)] for label in range(len(LABELS))]
    empty = np.full(dataset.images.shape[1:], np.nan)
    return np.stack([images.mean(axis=0) if len(images) else empty for images in faces]).astype(np.float16)


def _mean(values: np.ndarray) -> float | None:
    return round(float(values.mean()), 4) if len(values) else None
