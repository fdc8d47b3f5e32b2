"""How well people predict one another, on votes small enough to count by hand."""

import numpy as np
import pytest

from fer_core.data.people import compute_people, find_unique
from fer_core.data.votes import VOTE_COLUMNS

HAPPY, SAD, UNKNOWN = (VOTE_COLUMNS.index(name) for name in ("happiness", "sadness", "unknown"))


def make_votes(*rows: dict) -> np.ndarray:
    votes = np.zeros((len(rows), len(VOTE_COLUMNS)), np.uint8)
    for vote, row in zip(votes, rows, strict=True):
        for column, count in row.items():
            vote[column] = count
    return votes


def test_one_person_against_the_rest():
    # Of the eight who say happy each has seven or more on their side; the two who say sad have nobody.
    people = compute_people(make_votes({HAPPY: 8, SAD: 2}))
    assert people["one"] == pytest.approx(0.8) and people["one_n"] == 1


def test_a_tie_among_the_rest_is_left_out_and_other_votes_do_not_count():
    # Without one of the six the rest is tied: only the five sad votes face a clear rest, and it says happy.
    people = compute_people(make_votes({HAPPY: 6, SAD: 5}))
    assert people["one"] == 0
    assert compute_people(make_votes({HAPPY: 3, UNKNOWN: 7}))["one"] == 1


def test_five_against_five():
    assert compute_people(make_votes({HAPPY: 10}))["five"] == 1
    # Nine to one: whichever half the one lands in, both halves say happy.
    assert compute_people(make_votes({HAPPY: 9, SAD: 1}))["five"] == 1
    # Five to five: in every split one half leans to happy exactly when the other leans to sad.
    people = compute_people(make_votes({HAPPY: 5, SAD: 5}))
    assert people["five"] == 0 and people["five_n"] == 1


def test_nobody_to_ask():
    people = compute_people(make_votes({UNKNOWN: 10}))
    assert people == {"one": None, "one_n": 0, "five": None, "five_n": 0}


def test_find_unique():
    assert find_unique(np.array([[3, 3, 0], [2, 1, 0], [0, 0, 0]])).tolist() == [False, True, False]
