"""Which test pictures to look at: asked by right or wrong, label, answer, confidence, votes, twins. Pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fer_core.app.formats import format_count
from fer_core.labels import LABELS
from fer_core.runs import Predictions
from fer_core.runs.crowd import find_majority, find_united

ANY = "any"
VERDICTS = {"wrong": "Wrong", "right": "Right", ANY: "All"}
PAIR_VERDICTS = {
    "only-first": "Only {first} right",
    "only-second": "Only {second} right",
    "both": "Both right",
    "neither": "Neither right",
}
VOTES = {
    ANY: "Any votes",
    "network": "Most side with the network",
    "label": "Most side with the label",
    "united": "United, 8 of 10 up",
    "divided": "Nobody has half of the votes",
    "none": "No votes",
}
TWINS = {ANY: "With and without a twin", "only": "Only with a twin", "without": "Only without a twin"}
ORDERS = {"sure": "Most sure first", "unsure": "Least sure first", "votes": "Fewest votes for the answer first"}


@dataclass(frozen=True)
class Query:
    """What is asked for: keys of VERDICTS or PAIR_VERDICTS, VOTES, TWINS and ORDERS; None for any class; percent."""

    verdict: str = "wrong"
    label: str | None = None
    answer: str | None = None
    confidence: tuple[int, int] = (0, 100)
    votes: str = ANY
    twins: str = ANY
    order: str = "sure"


def name_verdicts(first: str, second: str | None = None) -> dict[str, str]:
    """Return the verdicts to choose from; with a `second` network those about both."""
    if second is None:
        return VERDICTS
    return VERDICTS | {key: text.format(first=first, second=second) for key, text in PAIR_VERDICTS.items()}


def find_rows(answers: Predictions, query: Query, other: Mapping[tuple[int, str], bool] | None = None) -> np.ndarray:
    """Return the rows of `answers` that pass, int64, in the order asked for.

    `other`: (FER2013's label, file) -> whether the network compared with is right; pictures it lacks pass no verdict
    about both.
    """
    keep = _match_verdict(answers, query.verdict, other)
    for name, array in ((query.label, answers.label), (query.answer, answers.predicted)):
        if name in LABELS:
            keep = keep & (array == LABELS.index(name))
    low, high = query.confidence
    keep = keep & (np.round(100 * answers.confidence) >= low) & (np.round(100 * answers.confidence) <= high)
    if answers.votes is not None:
        keep = keep & _match_votes(answers, query.votes)
    if answers.twin is not None and query.twins != ANY:
        keep = keep & (answers.twin == (query.twins == "only"))
    rows = np.flatnonzero(keep)
    return rows[np.argsort(_rank(answers, query.order)[rows], kind="stable")]


def _match_verdict(answers: Predictions, verdict: str, other: Mapping | None) -> np.ndarray:
    right = answers.correct
    if verdict in VERDICTS or other is None:
        return {"wrong": ~right, "right": right}.get(verdict, np.ones(len(answers), bool))
    keys = zip(answers.fer_label.tolist(), answers.file.tolist(), strict=True)
    theirs = [other.get(key) for key in keys]
    known = np.array([value is not None for value in theirs])
    second = np.array([bool(value) for value in theirs])
    return known & {
        "only-first": right & ~second,
        "only-second": ~right & second,
        "both": right & second,
        "neither": ~right & ~second,
    }.get(verdict, True)


def _match_votes(answers: Predictions, votes: str) -> np.ndarray:
    majority, unique = find_majority(answers.votes)
    voted = answers.votes.any(axis=1)
    return {
        "network": unique & (majority == answers.predicted),
        "label": unique & (majority == answers.fer_label),
        "united": find_united(answers.votes),
        "divided": voted & (answers.votes.max(axis=1) < 5),
        "none": ~voted,
    }.get(votes, np.ones(len(answers), bool))


def _rank(answers: Predictions, order: str) -> np.ndarray:
    """What is sorted by, the smallest first."""
    if order == "votes" and answers.votes is not None:
        given = answers.votes[np.arange(len(answers)), answers.predicted]
        return given - answers.confidence  # of equal votes, the surest answer first
    return answers.confidence if order == "unsure" else -answers.confidence


def describe_found(n: int, of: int) -> str:
    """Say how many pictures were found."""
    return f"**{format_count(n)}** of {format_count(of)} test pictures."
