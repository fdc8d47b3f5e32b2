"""Answers in words: ten votes are shared out fairly, and the two kinds of answers never mix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.app.charts.probabilities import view_probabilities
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
    assert VOTE_WORDING.describe_line(share(happy=0.99, sad=0.01), sure=True) == "happy, say 10 of 10 people"


@pytest.mark.parametrize("wording", [LABEL_WORDING, VOTE_WORDING])
def test_enough_votes_for_a_doubtful_picture_are_no_answer(wording):
    headline, detail = wording.describe(share(happy=0.99, sad=0.01), sure=False)
    assert headline == "Not sure" and detail == "It would say happy, but does not trust this picture"
    assert "10" not in detail and "99" not in detail
    probability, bars = share(happy=0.99, sad=0.01), {}
    for sure in (True, False):
        bars[sure] = view_probabilities(probability, wording, "Face 1", sure).figure.data[0].marker.opacity
    assert max(bars[False]) < min(bars[True])


def test_votes_never_contradict_the_verdict():
    """On which side of the line an answer lies can be read from its number."""
    for winner in (0.46, 0.48, 0.499, 0.4999, 0.5, 0.51, 0.54, 0.56):
        probability = share(disgust=winner, sad=1 - winner - 0.15, angry=0.15)
        if probability.argmax() == LABELS.index("disgust"):
            written = VOTE_WORDING.write_shares(probability)[LABELS.index("disgust")]
            assert (float(written) >= 5) == (winner >= 0.5), winner
            _, detail = VOTE_WORDING.describe(probability, winner >= 0.5)
            assert detail.startswith(f"{written} ")
    assert VOTE_WORDING.write_shares(share(happy=0.83, sad=0.17))[LABELS.index("happy")] == "8"


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
