"""Identical pictures: FER2013 holds more than three thousand of them, some on both sides of the test."""

import numpy as np

from fer_core.data.dataset import FerDataset


def compute_duplicate_groups(images: np.ndarray) -> np.ndarray:
    """Number the groups of pixel-identical pictures.

    `images`: uint8 (n, ...). Returns int32 (n,): the group, numbered by first appearance, or -1 for a unique picture.
    """
    members: dict[bytes, list[int]] = {}
    for row, image in enumerate(images):
        members.setdefault(image.tobytes(), []).append(row)
    groups = np.full(len(images), -1, np.int32)
    for number, rows in enumerate(rows for rows in members.values() if len(rows) > 1):
        groups[rows] = number
    return groups


def compute_twin_mask(dataset: FerDataset) -> np.ndarray:
    """Mark the test pictures whose exact pixels also stand in the training folder. Returns bool (n,)."""
    groups = compute_duplicate_groups(dataset.images)
    return dataset.is_test & np.isin(groups, groups[~dataset.is_test & (groups >= 0)])


def compute_conflict_mask(dataset: FerDataset) -> np.ndarray:
    """Mark the pictures of groups of identical pictures that carry more than one label. Returns bool (n,)."""
    groups = compute_duplicate_groups(dataset.images)
    pairs = np.unique(np.stack([groups, dataset.labels.astype(np.int32)])[:, groups >= 0], axis=1)
    number, labels = np.unique(pairs[0], return_counts=True)
    return np.isin(groups, number[labels > 1])


def compute_blank_mask(images: np.ndarray) -> np.ndarray:
    """Mark the pictures without content: grey levels within 5 of one another, which leaves room for JPEG noise.

    `images`: uint8 (n, h, w). Returns bool (n,).
    """
    flat = images.reshape(len(images), -1)
    return flat.max(axis=1) - flat.min(axis=1) < 5
