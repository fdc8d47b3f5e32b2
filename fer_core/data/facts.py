"""What is worth knowing about the dataset, as an artifact: a page can show it without a single picture at hand."""

import numpy as np

from fer_core.data.dataset import FerDataset
from fer_core.data.duplicates import (
    compute_blank_mask,
    compute_conflict_mask,
    compute_duplicate_groups,
    compute_near_mask,
    compute_twin_mask,
)
from fer_core.data.facts_records import Conflict, Counts, CrowdFacts, DatasetFacts, Duplicates
from fer_core.data.people import compute_people
from fer_core.data.splits import Split, make_grouped_split, make_study_split
from fer_core.data.votes import (
    VOTE_COLUMNS,
    compute_vote_agreement,
    compute_vote_majority,
    compute_vote_shares,
)
from fer_core.labels import LABELS


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
