"""Answers in words: ten votes are shared out fairly, and the two kinds of answers never mix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.app.wording import TEN, Wording, count_votes
from fer_core.labels import LABELS

LABEL_WORDING, VOTE_WORDING = Wording(votes=False, threshold=0.6), Wording(votes=True, threshold=0.5)


def share(**shares: float) -> np.ndarray:
    probability = np.zeros(7)
    for name, value in shares.items():
        probability[LABELS.index(name)] = value
    return probability


@given(st.lists(st.floats(0.001, 1), min_size=7, max_size=7))
def test_ten_votes_are_shared_out(shares):
    shares = np.array(shares) / sum(shares)
    votes = np.array(count_votes(shares))
    assert votes.sum() == TEN and votes.min() >= 0
    assert np.abs(votes - TEN * shares).max() <= 1
    assert votes[shares.argmax()] == votes.max()


def test_the_crowds_words():
    headline, detail = VOTE_WORDING.describe(share(happy=0.83, neutral=0.17), sure=True)
    assert headline == "Happy" and detail == "8 of 10 people would say so; 2 neutral"
    headline, detail = VOTE_WORDING.describe(share(sad=0.41, neutral=0.38, angry=0.21), sure=False)
    assert headline == "People would disagree" and detail == "4 sad, 4 neutral, 2 angry"
    # Enough votes, but a warning speaks against the picture.
    assert VOTE_WORDING.describe(share(happy=0.8, sad=0.2), sure=False)[0] == "Not sure"
    assert VOTE_WORDING.describe_line(share(happy=0.99, sad=0.01), sure=True) == "happy, say 10 of 10 people"


def test_the_labels_words():
    assert LABEL_WORDING.describe(share(happy=0.83, neutral=0.17), sure=True)[0] == "Happy"
    assert "people" not in " ".join(LABEL_WORDING.describe(share(happy=0.83, neutral=0.17), sure=True))
    assert LABEL_WORDING.describe_line(share(happy=0.4, sad=0.6), sure=False).startswith("not sure, perhaps sad")


def test_the_dotted_line_is_explained_where_there_is_one():
    assert "five votes" in VOTE_WORDING.dotted and "not sure" in LABEL_WORDING.dotted and Wording().dotted == ""


@pytest.mark.parametrize("wording", [LABEL_WORDING, VOTE_WORDING])
def test_no_wording_claims_a_feeling(wording):
    assert "not what a person feels" in wording.meaning


def test_a_tied_vote_goes_to_the_likelier_answer():
    assert count_votes([0.45, 0.35, 0.2, 0, 0, 0, 0]) == [5, 3, 2, 0, 0, 0, 0]
    assert count_votes([0.35, 0.45, 0.2, 0, 0, 0, 0]) == [3, 5, 2, 0, 0, 0, 0]
