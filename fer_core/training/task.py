"""What a run learns: FER2013's labels, softened by teachers where there are any, or the crowd's votes as shares."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fer_core.data import DatasetError, FerDataset, Split, compute_vote_majority, count_seven_votes
from fer_core.training.distillation import check_teacher, compute_teacher_targets
from fer_core.training.dlib_weights import load_dlib_weights
from fer_core.training.experiments import Experiment

FEWEST_VOTES = 5
"""Votes for the seven classes that a picture needs to be learned from: fewer are an opinion, not a share."""


@dataclass(frozen=True)
class Task:
    """Rows to train and to validate on, the answer that counts as right, and the target where that is softer.

    `train`, `validation`: int64 rows of the dataset; `labels` (n,) uint8 and `targets` (n, 7) float32 or None: for
    every picture of the dataset.
    """

    train: np.ndarray
    validation: np.ndarray
    labels: np.ndarray
    targets: np.ndarray | None = None


def check_ingredients(experiment: Experiment, dataset: FerDataset, checkpoints: Path, anew: bool) -> None:
    """Find out, before anything is thrown away or trained for hours, that what the experiment learns from is missing.

    `checkpoints` holds its teachers' weights; only a run that begins `anew` needs pre-trained ones. Raises DatasetError,
    TeacherError or PretrainedError.
    """
    if experiment.learns == "votes":
        _check_votes(dataset)
    for teacher in experiment.teachers:
        check_teacher(checkpoints / teacher, experiment)
    if experiment.pretrained and anew:
        load_dlib_weights()


def make_task(experiment: Experiment, dataset: FerDataset, split: Split, checkpoints: Path) -> Task:
    """The experiment's task. `checkpoints` holds its teachers' weights. Raises DatasetError where votes are missing."""
    if experiment.learns == "votes":
        return make_vote_task(dataset, split)
    targets = compute_teacher_targets(experiment, dataset, split, checkpoints) if experiment.teachers else None
    return Task(split.train, split.validation, dataset.labels, targets)


def make_vote_task(dataset: FerDataset, split: Split) -> Task:
    """Learn how ten people vote (Barsoum et al. 2016, arXiv:1608.01041, "probabilistic label drawing" without drawing).

    The target is each class's share of the votes for the seven; right is what most people chose. Pictures with fewer
    than five such votes are left out of training and validation, never out of the test.
    """
    _check_votes(dataset)
    votes = count_seven_votes(dataset.votes)
    total = votes.sum(axis=1)
    known = np.flatnonzero(total >= FEWEST_VOTES)
    targets = (votes / np.maximum(total, 1)[:, None]).astype("float32")
    majority = compute_vote_majority(dataset.votes)
    labels = np.where(total > 0, majority, dataset.labels).astype("uint8")
    return Task(np.intersect1d(split.train, known), np.intersect1d(split.validation, known), labels, targets)


def _check_votes(dataset: FerDataset) -> None:
    if dataset.votes is None:
        raise DatasetError(
            "This experiment learns from the crowd's votes: give FER+'s csv with --votes or FERPLUS_PATH."
        )


def compute_draw_weights(targets: np.ndarray, rarity: float) -> np.ndarray:
    """How often to draw each picture, float64 (n,) with mean 1: its answers' shares ** -`rarity`, averaged.

    `targets`: float (n, 7), rows of shares or one-hot labels. So a picture that half the crowd calls disgust counts
    half as a picture of disgust.
    """
    share = np.maximum(targets.mean(axis=0, dtype="float64"), 1 / len(targets))
    weights = targets @ share**-rarity
    return weights / weights.mean()
