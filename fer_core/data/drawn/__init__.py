"""Drawn faces that stand in for FER2013: free to show, free to commit, never to be mistaken for results."""

import numpy as np

from fer_core.data.dataset import FerDataset, make_dataset
from fer_core.data.drawn.face import draw_change, draw_face, draw_framed
from fer_core.data.votes import spread_seven_votes
from fer_core.labels import LABELS
from fer_core.preprocessing import IMAGE_SIZE

__all__ = ["draw_change", "draw_face", "draw_framed", "draw_votes", "make_drawn_dataset"]

SURE = 0.7
"""How likely each of ten made-up people names the expression that was drawn; else one of the seven, each as likely."""


def make_drawn_dataset(n_train: int = 700, n_test: int = 280, seed: int = 0) -> FerDataset:
    """Draw a dataset of faces, the classes in turn; `drawn` is True.

    Half of the test pictures are named PublicTest_*, half PrivateTest_*, as in FER2013. The same seed draws the same
    pictures. Raises ValueError on negative numbers.
    """
    if n_train < 0 or n_test < 0:
        raise ValueError(f"A drawn dataset cannot have {n_train} and {n_test} pictures.")
    train, test = np.arange(n_train), np.arange(n_test)
    labels = np.concatenate([train, test]) % len(LABELS)
    usages = ["Training"] * n_train + ["PublicTest"] * (n_test // 2) + ["PrivateTest"] * (n_test - n_test // 2)
    # A generator for each picture: the first ones stay the same when more are asked for.
    seeds = [(seed, 0, row) for row in range(n_train)] + [(seed, 1, row) for row in range(n_test)]
    images = np.empty((len(seeds), IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    for row, key in enumerate(seeds):
        images[row] = draw_face(int(labels[row]), np.random.default_rng(key))
    files = [f"{usage}_{row:06d}.png" for row, usage in enumerate(usages)]
    is_test = np.arange(len(seeds)) >= n_train
    return make_dataset(images, labels, files, is_test, "drawn faces", drawn=True)


def draw_votes(labels: np.ndarray, seed: int = 0) -> np.ndarray:
    """Draw ten votes for each drawn face, `labels` (n,): uint8 (n, 10) in the columns of FER+. To rehearse with, no more."""
    chances = np.full((len(labels), len(LABELS)), (1 - SURE) / len(LABELS))
    chances[np.arange(len(labels)), labels] += SURE
    return spread_seven_votes(np.random.default_rng(seed).multinomial(10, chances).astype(np.uint8))
