"""What is worth knowing about the dataset, as an artifact: a page can show it without a single picture at hand."""

import zipfile
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import numpy as np
from pydantic import ConfigDict, Field, model_validator

from fer_core.data.dataset import DatasetError, FerDataset
from fer_core.data.duplicates import (
    compute_blank_mask,
    compute_conflict_mask,
    compute_duplicate_groups,
    compute_near_mask,
    compute_twin_mask,
)
from fer_core.data.people import compute_people
from fer_core.data.splits import Split, make_grouped_split, make_study_split
from fer_core.data.votes import (
    NO_MAJORITY,
    VOTE_COLUMNS,
    compute_vote_agreement,
    compute_vote_majority,
    compute_vote_shares,
)
from fer_core.files import FileError, read_arrays, write_atomically, write_json
from fer_core.labels import LABELS
from fer_core.records import Count, Number, Record, Share, Text, read_record

FACTS_SCHEMA = 1
PICTURE_COLUMNS = (
    "file", "label", "is_test", "duplicate_group", "twin", "conflict", "blank", "vote_majority", "vote_agreement",
)  # fmt: skip
ARRAYS = ("mean_faces", "pictures")
SETS = ("train", "test", "all")
LABELS_RANGE = range(len(LABELS))

Counts = dict[str, dict[str, Count]]
ByName = dict[str, Share | None]
Matrix = Annotated[
    tuple[Annotated[tuple[Number, ...], Field(min_length=7, max_length=7)], ...], Field(min_length=7, max_length=7)
]


class Duplicates(Record):
    """Identical pictures: groups of them, test pictures that also stand in the training folder, contradictions."""

    groups: Count
    pictures: Count
    twins: Count
    twins_same_label: Count
    near_twins: Count | None = None  # further test pictures that a training picture nearly repeats
    conflicting_groups: Count
    conflicting_pictures: Count


class Conflict(Record):
    """How many groups of identical pictures carry just these labels."""

    labels: tuple[Literal[LABELS], ...]
    groups: Count


class CrowdConfusion(Record):
    """How often the crowd chose `crowd` where FER2013 says `label`: pictures, and share of that label's."""

    label: Literal[LABELS]
    crowd: Literal[LABELS]
    pictures: Number
    share: Share | None


class People(Record):
    """How well people predict one another (fer_core.data.people.compute_people)."""

    one: Share | None
    one_n: Count
    five: Share | None
    five_n: Count


class CrowdFacts(Record):
    """FER+'s crowd beside FER2013's labels (compute_crowd_facts)."""

    voted: Count
    not_voted: Count
    not_a_face: Count
    agreement: ByName
    unity: ByName
    people: People | None = None
    confusion: Matrix
    top_confusions: tuple[CrowdConfusion, ...]

    @model_validator(mode="after")
    def _check(self):
        if not {"all", "train", "test", *LABELS} <= set(self.agreement) or not set(LABELS) <= set(self.unity):
            raise ValueError("should name every class")
        return self


class FactsFile(Record):
    """`facts.json`: what DatasetFacts holds but for the arrays."""

    model_config = ConfigDict(extra="forbid")
    number: int = Field(alias="schema")
    source: Text
    drawn: bool
    counts: Counts
    usages: Counts
    study_split: Counts
    grouped_split: Counts
    duplicates: Duplicates
    conflicts: tuple[Conflict, ...]
    blank: Count
    crowd: CrowdFacts | None

    @model_validator(mode="after")
    def _check(self):
        for counts in (self.counts, self.usages, self.study_split, self.grouped_split):
            if any(list(classes) != list(LABELS) for classes in counts.values()):
                raise ValueError("should count the seven classes in their order")
        if not {"train", "test"} <= set(self.counts):
            raise ValueError("should count both folders")
        return self


@dataclass(frozen=True)
class DatasetFacts:
    """Counts and findings; every dictionary of counts goes from a set's name to a class to a number of pictures."""

    source: str
    drawn: bool
    counts: Counts  # Kaggle's folders: train, test
    usages: Counts  # Training, PublicTest, PrivateTest
    study_split: Counts  # train, validation, test
    grouped_split: Counts
    duplicates: Duplicates
    conflicts: tuple[Conflict, ...]  # the most frequent first
    blank: int
    crowd: CrowdFacts | None  # None without FER+ votes
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
        duplicates=Duplicates(
            groups=int(groups.max(initial=-1)) + 1,
            pictures=int((groups >= 0).sum()),
            twins=int(twin.sum()),
            twins_same_label=sum(pair in in_train for pair in zip(groups[twin], dataset.labels[twin])),
            near_twins=int((compute_near_mask(dataset.images, dataset.is_test) & ~twin).sum()),
            conflicting_groups=len(np.unique(groups[conflict])),
            conflicting_pictures=int(conflict.sum()),
        ),
        conflicts=_list_conflicts(groups[conflict], dataset.labels[conflict]),
        blank=int(blank.sum()),
        crowd=None if dataset.votes is None else CrowdFacts.model_validate(compute_crowd_facts(dataset), strict=False),
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
    names = [field.name for field in fields(facts) if field.name not in ARRAYS]
    plain = FactsFile(schema=FACTS_SCHEMA, **{name: getattr(facts, name) for name in names})
    write_json(folder / "facts.json", plain.model_dump(mode="json", by_alias=True))
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
    name = "facts.json"
    try:
        plain = read_record(folder / name, FactsFile, FACTS_SCHEMA)
        arrays = {}
        for kind in ARRAYS:
            name = f"{kind}.npz"
            arrays[kind] = read_arrays(folder / name)
        parts = {field: getattr(plain, field) for field in FactsFile.model_fields if field != "number"}
        facts = DatasetFacts(**parts, **arrays)
        _check_shapes(facts)
    except FileError as error:
        raise DatasetError(f"{folder.name}/{name} {error}: run `python train.py facts` to write it again.") from None
    return facts


def _check_shapes(facts: DatasetFacts) -> None:
    pictures, faces = facts.pictures, facts.mean_faces
    n = sum(sum(counts.values()) for counts in facts.counts.values())
    if not set(PICTURE_COLUMNS) <= set(pictures) or {pictures[name].shape for name in PICTURE_COLUMNS} != {(n,)}:
        raise FileError(f"does not describe the {n} pictures that facts.json counts")
    if pictures["file"].dtype.kind != "U" or any(
        pictures[name].dtype.kind not in "biuf" for name in PICTURE_COLUMNS if name != "file"
    ):
        raise FileError("holds columns of another type")
    codes = (("label", LABELS_RANGE), ("vote_majority", [*LABELS_RANGE, NO_MAJORITY]))
    if not all(np.isin(pictures[name], allowed).all() for name, allowed in codes):
        raise FileError("holds a class that does not exist")
    shape = (len(LABELS), 48, 48)
    if any(faces.get(name) is None or faces[name].shape != shape or faces[name].dtype.kind != "f" for name in SETS):
        raise DatasetError(
            "dataset/mean_faces.npz does not hold 7 faces each: run `python train.py facts` to write it again."
        )


def _count(dataset: FerDataset, rows: np.ndarray) -> dict[str, int]:
    return dict(zip(LABELS, np.bincount(dataset.labels[rows], minlength=len(LABELS)).tolist()))


def _count_split(dataset: FerDataset, split: Split) -> Counts:
    return {name: _count(dataset, getattr(split, name)) for name in ("train", "validation", "test")}


def _list_conflicts(groups: np.ndarray, labels: np.ndarray) -> tuple[Conflict, ...]:
    sets = [tuple(np.unique(labels[groups == group]).tolist()) for group in np.unique(groups)]
    ranked = sorted(set(sets), key=lambda labels: (-sets.count(labels), labels))
    return tuple(Conflict(labels=tuple(LABELS[i] for i in labels), groups=sets.count(labels)) for labels in ranked)


def _compute_mean_faces(dataset: FerDataset, rows: np.ndarray) -> np.ndarray:
    faces = [dataset.images[rows & (dataset.labels == label)] for label in range(len(LABELS))]
    empty = np.full(dataset.images.shape[1:], np.nan)
    return np.stack([images.mean(axis=0) if len(images) else empty for images in faces]).astype(np.float16)


def _mean(values: np.ndarray) -> float | None:
    return round(float(values.mean()), 4) if len(values) else None
