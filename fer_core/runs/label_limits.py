"""Where FER2013's own labels hold a network back: its answers beside the ten votes of FER+'s crowd."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fer_core.labels import LABELS
from fer_core.runs.crowd import UNITED, find_majority
from fer_core.runs.metrics import NO_VOTE, compute_wilson_interval
from fer_core.runs.predictions import Predictions

TOPS = (50, 100, 200, 500, 1000)


@dataclass(frozen=True)
class CrowdView:
    """The crowd on the pictures of a run's answers, in their order.

    `majority` (n,) uint8: label with the most votes, 255 none or a tie; `votes` (n,) int8: votes for it out of ten, -1 none.
    """

    majority: np.ndarray
    votes: np.ndarray

    @property
    def voted(self) -> np.ndarray:
        return self.majority != NO_VOTE


@dataclass(frozen=True)
class Share:
    """A share of `n` pictures with its 95 % interval (Wilson); None for no pictures."""

    n: int
    value: float | None
    interval: tuple[float, float] | None


def compute_share(hits: np.ndarray) -> Share:
    """Count a bool array (n,)."""
    n = len(hits)
    value = float(np.mean(hits)) if n else None
    return Share(n, value, compute_wilson_interval(value, n) if n else None)


def match_crowd(answers: Predictions, pictures: Mapping[str, np.ndarray]) -> CrowdView | None:
    """The crowd on the pictures of `answers`: by the votes that these carry, ties left out, as everywhere a run is judged.

    Older runs carry none: then the pictures are looked up among the dataset's `pictures` (file, label, is_test,
    vote_majority, ...), which settle a tie by a fixed mix. None when a picture is missing there or nobody voted. Two of Kaggle's names stand in two folders, so the key is
    label and name.
    """
    if answers.votes is not None:
        winner, unique = find_majority(answers.votes)
        counts = np.where(unique, answers.votes.max(axis=1), -1).astype(np.int8)
        return CrowdView(np.where(unique, winner, NO_VOTE).astype(np.uint8), counts) if unique.any() else None
    rows = np.flatnonzero(pictures["is_test"])
    names = zip(pictures["label"][rows].tolist(), pictures["file"][rows].tolist(), strict=True)
    place = dict(zip(names, rows.tolist(), strict=True))
    found = [place.get(key) for key in zip(answers.label.tolist(), answers.file.tolist(), strict=True)]
    if None in found:
        return None
    majority = np.asarray(pictures["vote_majority"])[found]
    agreement = np.asarray(pictures["vote_agreement"], np.float32)[found]
    votes = np.where(majority == NO_VOTE, -1, np.rint(10 * np.nan_to_num(agreement))).astype(np.int8)
    return CrowdView(majority, votes) if (majority != NO_VOTE).any() else None


def compute_half_share(crowd: CrowdView) -> float:
    """Share of the voted pictures whose first choice has no more than half of the ten votes: no majority of people."""
    return float((crowd.votes[crowd.voted] <= 5).mean())


@dataclass(frozen=True)
class ClassLimit:
    """One class of the test pictures: how often the crowd confirms its label, how often the network names it, and how often
    the label is that where the network names it."""

    label: str
    crowd: Share
    recall: Share
    precision: Share


def compute_class_limits(answers: Predictions, crowd: CrowdView) -> list[ClassLimit]:
    """Compare crowd and network per class, in the order of LABELS."""
    limits = []
    for index, label in enumerate(LABELS):
        mine = answers.label == index
        confirmed = (crowd.majority == answers.label)[mine & crowd.voted]
        named = answers.predicted == index
        shares = (compute_share(answers.correct[rows]) for rows in (mine, named))
        limits.append(ClassLimit(label, compute_share(confirmed), *shares))
    return limits


@dataclass(frozen=True)
class UnityRow:
    """Pictures on which `votes` of ten (or a range, in words) agree, three shares of them."""

    votes: str
    label_right: Share  # the network names FER2013's label
    crowd_right: Share  # the network names the crowd's label
    label_confirmed: Share  # the crowd names FER2013's label


def compute_unity_rows(answers: Predictions, crowd: CrowdView) -> list[UnityRow]:
    """Compare network, label and crowd by how united the crowd is, from divided to unanimous."""
    groups = {"4 or fewer": (0, 4)} | {str(votes): (votes, votes) for votes in range(5, 11)}
    rows = [_make_unity_row(name, answers, crowd, *bounds) for name, bounds in groups.items()]
    return [row for row in rows if row.label_right.n]


def compute_united(answers: Predictions, crowd: CrowdView) -> tuple[UnityRow, UnityRow]:
    """Split at UNITED votes of ten: (united, divided)."""
    return (
        _make_unity_row(f"{UNITED} or more", answers, crowd, UNITED, 10),
        _make_unity_row(f"fewer than {UNITED}", answers, crowd, 0, UNITED - 1),
    )


def _make_unity_row(name: str, answers: Predictions, crowd: CrowdView, low: int, high: int) -> UnityRow:
    rows = crowd.voted & (crowd.votes >= low) & (crowd.votes <= high)
    named = crowd.majority[rows] == answers.predicted[rows]
    confirmed = crowd.majority[rows] == answers.label[rows]
    return UnityRow(name, compute_share(answers.correct[rows]), compute_share(named), compute_share(confirmed))


@dataclass(frozen=True)
class MistakeRow:
    """The `top` most confident mistakes that the crowd judged: whom it sides with, as shares that sum to 1."""

    top: int
    n: int
    network: float
    label: float
    neither: float


def compute_mistake_rows(answers: Predictions, crowd: CrowdView, tops: Sequence[int] = TOPS) -> list[MistakeRow]:
    """Ask whom the crowd sides with among the most confident mistakes; the last row takes all mistakes."""
    wrong = np.flatnonzero(~answers.correct & crowd.voted)
    order = wrong[np.argsort(-answers.confidence[wrong], kind="stable")]
    rows = []
    for top in sorted({min(top, len(order)) for top in (*tops, len(order))} - {0}):
        chosen = order[:top]
        network = float((crowd.majority[chosen] == answers.predicted[chosen]).mean())
        label = float((crowd.majority[chosen] == answers.label[chosen]).mean())
        rows.append(MistakeRow(top, len(order), network, label, 1 - network - label))
    return rows
