"""Tiles and what is asked of test pictures: pure parts."""

import base64

import numpy as np
import pytest

from fer_core.app.gallery.tiles import RIGHT, TWIN, WRONG, Tile, describe_badges, make_stand_in
from fer_core.app.results import query
from fer_core.app.results.query import Query, find_rows
from fer_core.data import VOTE_COLUMNS, count_seven_votes, spread_seven_votes
from fer_core.labels import LABELS
from fer_core.runs import Predictions


@pytest.fixture
def answers() -> Predictions:
    """Six answers: happy where 0, 1, 5 are labelled so; votes and twins as named in the tests."""
    predicted = np.array([3, 3, 3, 5, 4, 3])
    probability = np.full((6, 7), 0.02, np.float32)
    probability[np.arange(6), predicted] = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
    votes = np.zeros((6, 7), np.uint8)
    votes[0, 3], votes[1, 4], votes[2, 3] = 10, 9, 6
    votes[3, :4] = 2  # nobody has half
    return Predictions(
        np.array([f"PublicTest_{i}.jpg" for i in range(6)]), np.array([3, 3, 5, 5, 5, 3], np.uint8), probability,
        twin=np.array([1, 0, 0, 0, 0, 0], bool), votes=votes,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        (Query(), [2, 4]),
        (Query("right"), [0, 1, 3, 5]),
        (Query("any", order="unsure"), [5, 4, 3, 2, 1, 0]),
        (Query("any", label="sad"), [2, 3, 4]),
        (Query("any", answer="happy", confidence=(70, 85)), [1, 2]),
        (Query("any", votes="network"), [0, 2]),
        (Query("any", votes="label"), [0]),
        (Query("any", votes="united"), [0, 1]),
        (Query("any", votes="divided"), [3]),
        (Query("any", votes="none"), [4, 5]),
        (Query("any", twins="only"), [0]),
        (Query("right", twins="without"), [1, 3, 5]),
        (Query("wrong", order="votes"), [4, 2]),
        (Query("nonsense", label="bored", votes="?", order="?"), [0, 1, 2, 3, 4, 5]),
    ],
)
def test_pictures_are_asked_for(asked, rows, answers):
    assert find_rows(answers, asked).tolist() == rows


def test_two_networks_are_asked_together(answers):
    other = {(int(label), file): row % 2 == 0 for row, (label, file) in enumerate(zip(answers.label, answers.file))}
    del other[(3, "PublicTest_5.jpg")]
    found = {verdict: find_rows(answers, Query(verdict), other).tolist() for verdict in query.PAIR_VERDICTS}
    assert found == {"only-first": [1, 3], "only-second": [2, 4], "both": [0], "neither": []}
    assert "Only ours right" in query.name_verdicts("ours", "theirs").values()
    assert "both" not in query.name_verdicts("ours")


def test_badges_are_explained_once():
    tiles = [Tile("a", "", "", badges=(RIGHT, TWIN)), Tile("b", "", "", badges=(RIGHT,)), Tile("c", "", "")]
    text = describe_badges(tiles)
    assert text.count(RIGHT.meaning) == 1 and TWIN.meaning in text and WRONG.meaning not in text
    assert describe_badges(tiles[2:]) == ""


def test_a_stand_in_draws_shares_and_votes():
    svg = [
        base64.b64decode(make_stand_in(np.full(7, 1 / 7), votes).partition(",")[2]).decode()
        for votes in (None, np.arange(7))
    ]
    assert [text.count("<rect") for text in svg] == [2 + 7, 2 + 14]


def test_seven_votes_find_their_columns():
    seven = np.arange(7, dtype=np.uint8)[None]
    votes = spread_seven_votes(seven)
    assert votes[0, VOTE_COLUMNS.index("happiness")] == LABELS.index("happy")
    assert (count_seven_votes(votes) == seven).all() and votes.sum() == seven.sum()
