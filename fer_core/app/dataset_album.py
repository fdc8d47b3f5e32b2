"""The pictures to browse, with everything that the browser filters by. Found on this machine, or drawn."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import streamlit as st

from fer_core.app import loading
from fer_core.app.hosting import hide_folders
from fer_core.data import (
    DatasetError,
    FerDataset,
    compute_blank_mask,
    compute_duplicate_groups,
    compute_vote_agreement,
    compute_vote_majority,
    find_votes,
    load_votes,
    make_drawn_dataset,
    make_study_split,
)
from fer_core.labels import LABELS
from fer_core.runs.crowd import UNITED

PARTS = ("train", "validation", "test")
NO_MAJORITY = 255
N_DRAWN = (140, 70)
"""Drawn pictures for training and test: enough for four pages of the browser, drawn in about a second."""

CROWD = {
    "any": "Any votes",
    "agrees": "Agrees with label",
    "disagrees": "Other than label",
    "united": "United, 8 of 10 up",
    "divided": "Divided, 5 of 10 at most",
    "none": "No votes",
}
FINDINGS = {
    "all": "Every picture",
    "duplicates": "Exact duplicates",
    "twins": "In both train and test",
    "contradictions": "Contradictory labels",
    "blank": "Blank pictures",
}
NETWORK = {
    "any": "Any answer",
    "right": "Right",
    "wrong": "Wrong",
    "none": "None stored",
}
ORDERS = {
    "mixed": "Mixed",
    "files": "Class and file name",
    "united": "United crowd first",
    "divided": "Divided crowd first",
}


@dataclass(frozen=True)
class Album:
    """A dataset and one array per column to filter by, each (n,)."""

    dataset: FerDataset
    key: np.ndarray  # str "happy/Training_1.jpg": a name alone is not unique in FER2013
    part: np.ndarray  # uint8, index into PARTS: the study's split
    majority: np.ndarray  # uint8, the crowd's label, 255 = none
    agreement: np.ndarray  # float32, that label's share of all votes, nan = none
    group: np.ndarray  # int32, group of identical pictures, -1 = unique
    twin: np.ndarray  # bool: the same pixels lie in the training and in the test folder
    conflict: np.ndarray  # bool: the same pixels carry another label elsewhere
    blank: np.ndarray  # bool
    problem: str = ""  # why there are no votes, if a file of votes is broken

    @property
    def has_crowd(self) -> bool:
        return bool((self.majority != NO_MAJORITY).any())

    @cached_property
    def rows(self) -> dict[str, int]:
        """Row of each picture by its key."""
        return {key: row for row, key in enumerate(self.key.tolist())}

    def find(self, key: str | None) -> int | None:
        """Return the row of the picture called `key`, or None."""
        return self.rows.get(key)

    def twins_of(self, row: int) -> np.ndarray:
        """Return the other rows with exactly the same pixels."""
        same = np.flatnonzero((self.group == self.group[row]) & (self.group[row] >= 0))
        return same[same != row]


@dataclass(frozen=True)
class Filter:
    """What to show and how sorted; the empty Filter shows everything.

    `part` is one of PARTS or None; `crowd`, `finding`, `network` and `order` are keys of CROWD, FINDINGS, NETWORK and
    ORDERS.
    """

    classes: tuple[str, ...] = ()
    part: str | None = None
    crowd: str = "any"
    finding: str = "all"
    network: str = "any"
    name: str = ""
    order: str = "files"


def find_rows(album: Album, chosen: Filter, predicted: np.ndarray | None = None) -> np.ndarray:
    """Return the rows that pass, int64, in order; identical pictures stand together where they are looked for.

    `predicted`: uint8 (n,), a network's answers, NO_MAJORITY where none is stored.
    """
    keep = np.ones(len(album.dataset), bool)
    if chosen.classes:
        keep &= np.isin(album.dataset.labels, [LABELS.index(label) for label in chosen.classes])
    if chosen.part in PARTS:
        keep &= album.part == PARTS.index(chosen.part)
    if chosen.name.strip():
        keep &= np.strings.find(np.strings.lower(album.dataset.files), chosen.name.strip().lower()) >= 0
    keep &= _match_crowd(album, chosen.crowd) & _match_finding(album, chosen.finding)
    if predicted is not None:
        keep &= _match_network(album, predicted, chosen.network)
    rows = np.flatnonzero(keep)
    if chosen.finding in ("duplicates", "twins", "contradictions"):
        return rows[np.argsort(album.group[rows], kind="stable")]
    return _sort(album, rows, chosen.order)


def _sort(album: Album, rows: np.ndarray, order: str) -> np.ndarray:
    if order == "mixed":  # the same mix every time, so that an address shows the same page to everyone
        return rows[np.argsort(np.random.default_rng(0).random(len(album.dataset))[rows], kind="stable")]
    if order in ("united", "divided"):
        sign = -1 if order == "united" else 1
        return rows[np.argsort(sign * album.agreement[rows], kind="stable")]  # without votes (nan): last
    return rows


def is_united(agreement: np.ndarray) -> np.ndarray:
    """Mark pictures on which at least UNITED of ten people agree; `agreement`: shares of tenths, float16 (n,)."""
    return np.rint(10 * np.nan_to_num(agreement.astype(np.float32))) >= UNITED


def _match_crowd(album: Album, crowd: str) -> np.ndarray:
    voted = album.majority != NO_MAJORITY
    same = album.majority == album.dataset.labels
    with np.errstate(invalid="ignore"):  # nan, where nobody voted, compares false
        return {
            "agrees": voted & same,
            "disagrees": voted & ~same,
            "united": is_united(album.agreement),
            "divided": album.agreement < 0.51,
            "none": ~voted,
        }.get(crowd, np.True_)


def _match_network(album: Album, predicted: np.ndarray, network: str) -> np.ndarray:
    answered = predicted != NO_MAJORITY
    right = predicted == album.dataset.labels
    return {"right": answered & right, "wrong": answered & ~right, "none": ~answered}.get(network, np.True_)


def _match_finding(album: Album, finding: str) -> np.ndarray:
    return {
        "duplicates": album.group >= 0,
        "twins": album.twin,
        "contradictions": album.conflict,
        "blank": album.blank,
    }.get(finding, np.True_)


def make_album(dataset: FerDataset, problem: str = "") -> Album:
    """Compute the columns of an album."""
    groups = compute_duplicate_groups(dataset.images)
    split = make_study_split(dataset)
    part = np.zeros(len(dataset), np.uint8)
    part[split.validation], part[split.test] = 1, 2
    if dataset.votes is None:
        majority = np.full(len(dataset), NO_MAJORITY, np.uint8)
        agreement = np.full(len(dataset), np.nan, np.float32)
    else:
        majority, agreement = compute_vote_majority(dataset.votes), compute_vote_agreement(dataset.votes)
    names = np.array(LABELS)[dataset.labels]
    return Album(
        dataset=dataset,
        key=np.strings.add(np.strings.add(names, "/"), dataset.files),
        part=part,
        majority=majority,
        agreement=agreement,
        group=groups,
        twin=_mark_groups_with_several(groups, dataset.is_test),
        conflict=_mark_groups_with_several(groups, dataset.labels),
        blank=compute_blank_mask(dataset.images),
        problem=problem,
    )


def _mark_groups_with_several(groups: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mark all pictures of the groups in which `values` are not all the same."""
    pairs = np.unique(np.stack([groups, values.astype(np.int32)])[:, groups >= 0], axis=1)
    number, count = np.unique(pairs[0], return_counts=True)
    return np.isin(groups, number[count > 1])


def find_album() -> Album | None:
    """Return FER2013 when it is on this machine, else None. Raises DatasetError when it is there but broken."""
    return load_album() if loading.find_dataset_path() else None


def load_album() -> Album:
    """Return FER2013 when it is on this machine, else drawn faces. Raises DatasetError when it is there but broken."""
    path = loading.find_dataset_path()
    if path is None:
        return load_drawn_album()
    return _load_album(str(path), path.stat().st_mtime_ns, *_find_votes(path), loading.load_pictures())


def _find_votes(path) -> tuple[str, str]:
    try:
        return str(find_votes(path) or ""), ""
    except DatasetError as error:
        return "", hide_folders(str(error))


@st.cache_resource(show_spinner="Looking for duplicates and reading the votes", max_entries=1)
def _load_album(path: str, changed: int, votes: str, problem: str, _dataset: FerDataset) -> Album:
    if votes and _dataset.votes is None:
        try:
            _dataset = replace(_dataset, votes=load_votes(votes, _dataset))
        except DatasetError as error:  # no reason to hide the pictures
            problem = hide_folders(str(error))
    return make_album(_dataset, problem)


@st.cache_resource(show_spinner="Drawing faces that stand in for FER2013")
def load_drawn_album() -> Album:
    """Return the stand-in for a machine without FER2013: drawn faces, without crowd and without findings."""
    return make_album(make_drawn_dataset(*N_DRAWN))
