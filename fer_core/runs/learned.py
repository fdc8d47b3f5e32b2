"""Which pictures a run learned from: recomputed from its configuration and the dataset, by the code that trained it."""

import numpy as np

from fer_core.data import FerDataset, count_seven_votes, make_grouped_split, make_study_split, take_share
from fer_core.runs.crowd import ENOUGH
from fer_core.runs.run import Run


def find_learned(run: Run, dataset: FerDataset) -> np.ndarray | None:
    """Mark the pictures that `run` was trained on, bool (n,); None where that cannot be told for certain.

    It can when the split is known, holds as many training pictures as the run's configuration counts, and leaves the very
    pictures for validation that the run answered: the contest's file has the same pictures in another order, and would be
    split otherwise. Raises ArtifactError when the run's answers cannot be read.
    """
    config = run.config
    if config.dataset is None or dataset.drawn != config.dataset.drawn:
        return None
    if config.split not in ("study", "grouped", "all") or (config.learns == "votes" and dataset.votes is None):
        return None
    split = make_study_split(dataset) if config.split == "study" else make_grouped_split(dataset)
    rows = np.union1d(split.train, split.validation) if config.split == "all" else split.train
    if config.train_share < 1:
        rows = take_share(rows, dataset.labels, config.train_share)
    counts = {len(rows)}  # before pictures with too few votes go: that is what the configuration counts
    if config.learns == "votes":
        rows = rows[count_seven_votes(dataset.votes[rows]).sum(axis=1) >= ENOUGH]
    if config.dataset.train.total not in counts | {len(rows)} or not _are_validated(run, dataset, split.validation):
        return None
    learned = np.zeros(len(dataset), bool)
    learned[rows] = True
    return learned


def _are_validated(run: Run, dataset: FerDataset, rows: np.ndarray) -> bool:
    answers = run.predictions("validation")
    return np.array_equal(dataset.files[rows], answers.file) and np.array_equal(dataset.labels[rows], answers.fer_label)
