"""Identical pictures: FER2013 holds more than three thousand of them, some on both sides of the test."""

import numpy as np

from fer_core.data.dataset import FerDataset

NEAR, SLACK, BLOCK = 0.98, 0.05, 1024
"""Correlation from which two pictures are near copies; what halving may take from it; training pictures at a time."""


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


def compute_near_mask(images: np.ndarray, is_test: np.ndarray) -> np.ndarray:
    """Mark the test pictures that a training picture nearly repeats: correlation of the grey levels above NEAR.

    `images`: uint8 (n, h, w), even sides; `is_test`: bool (n,). Returns bool (n,); pixel-identical pictures are among them,
    blank ones are not. Halves of the size find candidates, which are then compared in full.
    """
    half, full = _standardise(_halve(images)), _standardise(images)
    test, train = np.flatnonzero(is_test), np.flatnonzero(~is_test)
    near = np.zeros(len(images), bool)
    for start in range(0, len(train), BLOCK):
        block = train[start : start + BLOCK]
        rows, columns = np.nonzero(half[test] @ half[block].T > NEAR - SLACK)
        pairs = test[rows], block[columns]
        alike = np.einsum("ij,ij->i", full[pairs[0]], full[pairs[1]]) > NEAR
        near[pairs[0][alike]] = True
    return near


def _halve(images: np.ndarray) -> np.ndarray:
    n, h, w = images.shape
    return images.reshape(n, h // 2, 2, w // 2, 2).mean(axis=(2, 4), dtype=np.float32)


def _standardise(images: np.ndarray) -> np.ndarray:
    """Pictures as rows of mean 0 and length 1, float32, so that products are correlations; 0 for blank ones."""
    flat = images.reshape(len(images), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)


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
