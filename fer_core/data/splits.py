"""The study's split and ours."""

from dataclasses import dataclass

import numpy as np

from fer_core.data.dataset import FerDataset
from fer_core.data.duplicates import compute_duplicate_groups
from fer_core.labels import LABELS


@dataclass(frozen=True)
class Split:
    """Three sets of rows of a dataset, each an ascending int64 index array."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def make_study_split(dataset: FerDataset, fraction: float = 0.2) -> Split:
    """Split as the paper did: per class, in file order, the first int(fraction * n) training pictures validate.

    This is what Keras' `ImageDataGenerator(validation_split=.2)` does; it ignores duplicates.
    """
    train, validation = [], []
    for label in range(len(LABELS)):
        rows = np.flatnonzero(~dataset.is_test & (dataset.labels == label))
        cut = int(fraction * len(rows))
        validation.append(rows[:cut])
        train.append(rows[cut:])
    return Split(np.concatenate(train), np.concatenate(validation), np.flatnonzero(dataset.is_test))


def take_share(rows: np.ndarray, labels: np.ndarray, share: float, seed: int = 0) -> np.ndarray:
    """Keep `share`, 0 to 1, of each class of `rows`, int64 (n,), ascending; a smaller share is part of a larger one.

    `labels`: of the whole dataset. At least one picture of each class stays.
    """
    kept = []
    for label in range(len(LABELS)):
        own = np.random.default_rng((seed, label)).permutation(rows[labels[rows] == label])
        kept.append(own[: max(1, round(share * len(own)))])
    return np.sort(np.concatenate(kept))


def make_grouped_split(dataset: FerDataset, fraction: float = 0.1, seed: int = 0) -> Split:
    """Split without leaks: stratified by class, identical pictures on one side, none of them a test picture.

    Training pictures whose exact pixels stand in the test folder are left out of both train and validation.
    """
    groups = compute_duplicate_groups(dataset.images)
    in_test = np.isin(groups, groups[dataset.is_test & (groups >= 0)])
    rows = np.flatnonzero(~dataset.is_test & ~in_test)
    # A unit is what must stay together: a group of duplicates, or one picture by itself.
    unit = np.where(groups >= 0, groups, groups.max(initial=-1) + 1 + np.arange(len(groups)))[rows]
    _, first, unit, size = np.unique(unit, return_index=True, return_inverse=True, return_counts=True)
    unit_label = dataset.labels[rows[first]]
    rng = np.random.default_rng(seed)
    chosen = np.zeros(len(size), bool)
    for label in range(len(LABELS)):
        candidates = rng.permutation(np.flatnonzero(unit_label == label))
        pictures_before = np.cumsum(size[candidates]) - size[candidates]
        chosen[candidates[pictures_before < round(fraction * size[candidates].sum())]] = True
    return Split(rows[~chosen[unit]], rows[chosen[unit]], np.flatnonzero(dataset.is_test))
