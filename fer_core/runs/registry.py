"""The metrics of a run, one entry each: what it is called, what it means, which pictures count, how it is computed.

The contract of `metrics.json`, the cards, the leaderboard and the console read this list. A new metric is one entry
here and one command, `python train.py rewrite`, which adds it to every run there is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from statistics import mean

import numpy as np

from fer_core.labels import LABELS
from fer_core.probability import compute_log
from fer_core.runs.confidence import compute_augrc, compute_ece
from fer_core.runs.crowd import ENOUGH, UNITED, compute_crowd_loss, compute_crowd_recall, find_majority, find_united

NO_VOTE = 255
PERCENT, NUMBER = "percent", "number"
"""Formats: a share from 0 to 1, shown as a percentage; any other number, shown with four digits."""
ALL = "All test pictures"


@dataclass(frozen=True)
class Answers:
    """What metrics are computed from: labels (n,) 0..6, probabilities (n, 7) float64, rounded as stored.

    Optional, all (n,) but `votes`: `file` Kaggle base names, `twin` bool, `ferplus` 0..6 or 255, `votes` uint8 (n, 7).
    `by_crowd`: the labels are the crowd's first choices, so calibration is against the shares of the votes.
    """

    label: np.ndarray
    probability: np.ndarray
    file: np.ndarray | None = None
    twin: np.ndarray | None = None
    ferplus: np.ndarray | None = None
    votes: np.ndarray | None = None
    by_crowd: bool = False

    @cached_property
    def predicted(self) -> np.ndarray:
        return self.probability.argmax(axis=1)

    @cached_property
    def correct(self) -> np.ndarray:
        return self.predicted == self.label


Value = tuple[float | dict[str, float | None] | None, int]
"""A metric's value, None where no picture counts, and the number of pictures that count."""


@dataclass(frozen=True)
class Metric:
    """One metric. `name` is its key in metrics.json, `count` the key of the number of pictures that count.

    `label` and `help` are for readers, `subset` names the pictures. `compute` returns None when the arrays that it
    needs are not there. `per_class`: a share for each class. `ranked`: another way of counting the same answers, which
    the leaderboard offers.
    """

    name: str
    label: str
    help: str
    compute: Callable[[Answers], Value | None]
    count: str = "n"
    subset: str = ALL
    format: str = PERCENT
    per_class: bool = False
    ranked: bool = False

    def read(self, scores):
        """The metric's value in a section of metrics.json; None where it has none."""
        return getattr(scores, self.name, None)

    def read_count(self, scores) -> int | None:
        """The number of pictures that count in a section of metrics.json."""
        return getattr(scores, self.count, None)

    def write(self, value: float | None) -> str:
        """The value as text: "68.0 %", "0.9312", or a dash."""
        if value is None:
            return "–"
        return f"{value:.1%}".replace("%", " %") if self.format == PERCENT else f"{value:.4f}"


def _share(hits: np.ndarray, rows: np.ndarray) -> Value:
    if rows.shape != hits.shape:
        raise ValueError(f"expected {len(hits)} entries to count pictures by, got shape {rows.shape}")
    n = int(rows.sum())
    return (float(hits[rows].mean()) if n else None), n


def _compute_f1(answers: Answers) -> Value:
    from sklearn.metrics import f1_score

    f1 = f1_score(answers.label, answers.predicted, labels=range(len(LABELS)), average="macro", zero_division=0)
    return float(f1), len(answers.label)


def _compute_loss(answers: Answers) -> Value:
    right = answers.probability[np.arange(len(answers.label)), answers.label]
    return float(-compute_log(right).mean()), len(answers.label)


def _count_usage(usage: str) -> Callable[[Answers], Value | None]:
    def compute(answers: Answers) -> Value | None:
        if answers.file is None:
            return None
        return _share(answers.correct, np.char.startswith(answers.file.astype(str), f"{usage}_"))

    return compute


def _count_without_twins(answers: Answers) -> Value | None:
    return None if answers.twin is None else _share(answers.correct, ~np.asarray(answers.twin, bool))


def _count_agreement(answers: Answers) -> Value | None:
    if answers.ferplus is None:
        return None
    return _share(answers.predicted == answers.ferplus, np.asarray(answers.ferplus) != NO_VOTE)


def _with_votes(compute: Callable[[Answers], Value]) -> Callable[[Answers], Value | None]:
    return lambda answers: None if answers.votes is None else compute(answers)


def _count_crowd(answers: Answers) -> Value:
    majority, unique = find_majority(answers.votes)
    return _share(answers.predicted == majority, unique)


def _count_united(answers: Answers) -> Value:
    majority, _ = find_majority(answers.votes)
    return _share(answers.predicted == majority, find_united(answers.votes))


def _compute_recalls(answers: Answers) -> Value:
    return compute_crowd_recall(answers.votes, answers.predicted), int(find_majority(answers.votes)[1].sum())


def _compute_macro_recall(answers: Answers) -> Value:
    recalls = compute_crowd_recall(answers.votes, answers.predicted)
    found = [recall for recall in recalls.values() if recall is not None]
    return (mean(found) if found else None), int(find_majority(answers.votes)[1].sum())


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "accuracy", "Test accuracy", "Share of the test pictures whose label the network names.",
            lambda answers: (float(answers.correct.mean()), len(answers.label)), ranked=True,
        ),
        Metric(
            "public_accuracy", "PublicTest", "The half that ranked the contest while it ran.",
            _count_usage("PublicTest"), "public_n", "PublicTest", ranked=True,
        ),
        Metric(
            "private_accuracy", "PrivateTest", "The half that decided the contest.",
            _count_usage("PrivateTest"), "private_n", "PrivateTest", ranked=True,
        ),
        Metric(
            "deduplicated_accuracy", "Without twins",
            "Accuracy on the test pictures that are not also, pixel for pixel, in the training folder. Twins are easier "
            "for every network, even for one that never saw them.",
            _count_without_twins, "deduplicated_n", "Without twins", ranked=True,
        ),
        Metric(
            "ferplus_agreement", "What most people see, ties drawn",
            "How often the answer is the one that more of ten people gave for the same picture than any other (FER+); ties are "
            "drawn.",
            _count_agreement, "ferplus_n", "What most people see, ties drawn", ranked=True,
        ),
        Metric(
            "crowd_accuracy", "What most people see",
            "How often the answer is the one that more of ten people gave than any other (FER+).",
            _with_votes(_count_crowd), "crowd_n", "What most people see", ranked=True,
        ),
        Metric(
            "crowd_united_accuracy", "Where 8 of 10 agree",
            f"The same, on the pictures where at least {UNITED} of ten people agree.",
            _with_votes(_count_united), "crowd_united_n", "Where 8 of 10 agree", ranked=True,
        ),
        Metric(
            "crowd_recall_macro", "Crowd recall",
            "Mean over the classes of the crowd's faces that the network finds: all classes equal.",
            _with_votes(_compute_macro_recall), "crowd_n", "What most people see",
        ),
        Metric(
            "crowd_recall", "Crowd recall per class", "Of the faces in which the crowd sees a class, the share found.",
            _with_votes(_compute_recalls), "crowd_n", "What most people see", per_class=True,
        ),
        Metric(
            "crowd_log_loss", "Crowd log loss",
            "How far the probabilities lie from the shares of the crowd's votes (cross-entropy in nats, lower is "
            f"better). Only pictures with at least {ENOUGH} votes for the seven classes count.",
            _with_votes(lambda answers: compute_crowd_loss(answers.votes, answers.probability)), "crowd_log_loss_n",
            f"At least {ENOUGH} votes", NUMBER,
        ),
        Metric("f1_macro", "Macro F1", "Mean of the seven classes' F1 scores.", _compute_f1),
        Metric(
            "loss", "Log loss", "Mean cross-entropy against the labels, in nats; lower is better.", _compute_loss,
            format=NUMBER,
        ),
        Metric(
            "ece", "Calibration error",
            "The average gap between confidence and accuracy (expected calibration error, 15 bins); where the "
            "crowd judges, stated share and share of its votes.",
            lambda answers: (
                compute_ece(answers.label, answers.probability, votes=answers.votes if answers.by_crowd else None),
                len(answers.label),
            ),
        ),
        Metric(
            "augrc", "Risk of a silent mistake",
            "Share of the pictures that are answered and wrong, averaged over all shares one may choose to answer, the "
            "most confident first (AUGRC; lower is better).",
            lambda answers: (compute_augrc(answers.probability.max(axis=1), answers.correct), len(answers.label)),
        ),
    )
}  # fmt: skip
"""By name, in the order in which they are shown."""

RANKED = tuple(metric for metric in METRICS.values() if metric.ranked)


def compute_registered(answers: Answers) -> dict:
    """Every metric that the arrays allow, with its count: the flat keys of a section of metrics.json."""
    found = {}
    for metric in METRICS.values():
        if (value := metric.compute(answers)) is not None:
            found |= {metric.name: value[0], metric.count: value[1]}
    return found
