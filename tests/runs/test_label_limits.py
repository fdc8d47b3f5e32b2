"""The network's answers beside the crowd's: counted by hand on a dozen pictures."""

import dataclasses

import numpy as np
import pytest

from fer_core.labels import LABELS
from fer_core.runs.label_limits import (
    CrowdView,
    compute_class_limits,
    compute_mistake_rows,
    compute_united,
    compute_unity_rows,
    match_crowd,
)
from fer_core.runs.predictions import Predictions

ANGRY, FEAR, HAPPY, NONE = 0, 2, 3, 255


def make_answers(label, predicted, confidence=None):
    confidence = np.full(len(label), 0.7) if confidence is None else np.asarray(confidence)
    probability = np.repeat((1 - confidence[:, None]) / 6, 7, axis=1)
    probability[np.arange(len(label)), predicted] = confidence
    files = np.array([f"PublicTest_{i}.jpg" for i in range(len(label))])
    return Predictions(files, np.asarray(label, np.uint8), probability.astype(np.float32))


@pytest.fixture
def case():
    """Six pictures: label, answer, crowd's choice, votes for it, confidence."""
    label = [ANGRY, ANGRY, FEAR, FEAR, HAPPY, HAPPY]
    answer = [ANGRY, FEAR, HAPPY, FEAR, HAPPY, ANGRY]
    crowd = CrowdView(np.array([ANGRY, FEAR, HAPPY, ANGRY, HAPPY, NONE]), np.array([10, 8, 9, 4, 10, -1]))
    return make_answers(label, answer, [0.9, 0.95, 0.8, 0.5, 0.99, 0.97]), crowd


def test_classes_count_voted_pictures_for_the_crowd_and_all_for_the_network(case):
    limits = {limit.label: limit for limit in compute_class_limits(*case)}
    assert (limits["angry"].crowd.value, limits["angry"].recall.value) == (0.5, 0.5)
    assert (limits["fear"].crowd.value, limits["fear"].recall.value) == (0, 0.5)
    assert (limits["happy"].crowd.n, limits["happy"].recall.n) == (1, 2)
    assert limits["sad"].crowd.value is None and limits["sad"].recall.interval is None
    assert list(limits) == list(LABELS)


def test_eight_of_ten_is_united(case):
    united, divided = compute_united(*case)
    assert (united.label_right.n, divided.label_right.n) == (4, 1)
    assert united.label_right.value == 0.5 and united.crowd_right.value == 1 and united.label_confirmed.value == 0.5
    assert divided.label_right.value == 1 and divided.crowd_right.value == 0


def test_rows_go_from_divided_to_unanimous_without_empty_ones(case):
    rows = compute_unity_rows(*case)
    assert [row.votes for row in rows] == ["4 or fewer", "8", "9", "10"]
    assert [row.label_right.n for row in rows] == [1, 1, 1, 2]


def test_the_surest_mistakes_come_first_and_only_those_that_were_judged(case):
    answers, crowd = case
    rows = compute_mistake_rows(answers, crowd, tops=(1, 50))
    assert [(row.top, row.n, row.network) for row in rows] == [(1, 2, 1.0), (2, 2, 1.0)]
    assert all(row.network + row.label + row.neither == pytest.approx(1) for row in rows)
    split = make_answers([ANGRY, ANGRY], [FEAR, FEAR], [0.6, 0.95]), CrowdView(np.array([ANGRY, FEAR]), np.full(2, 8))
    assert [(row.network, row.label) for row in compute_mistake_rows(*split, tops=(1,))] == [(1, 0), (0.5, 0.5)]
    nobody = CrowdView(np.full(6, NONE), np.full(6, -1))
    assert compute_mistake_rows(answers, nobody) == []


def test_votes_that_answers_carry_come_first_and_ties_are_no_choice():
    answers = make_answers([HAPPY, FEAR, FEAR], [HAPPY, FEAR, FEAR])
    votes = np.zeros((3, 7), np.uint8)
    votes[0, HAPPY], votes[1, [FEAR, ANGRY]] = 8, 5
    crowd = match_crowd(dataclasses.replace(answers, votes=votes), {})
    assert crowd.majority.tolist() == [HAPPY, NONE, NONE] and crowd.votes.tolist() == [8, -1, -1]


def test_the_crowd_is_found_by_label_and_name():
    answers = make_answers([HAPPY, FEAR], [HAPPY, FEAR])
    pictures = {
        "file": np.array(["PublicTest_0.jpg", "PublicTest_0.jpg", "PublicTest_1.jpg", "PublicTest_1.jpg"]),
        "label": np.array([FEAR, HAPPY, FEAR, FEAR]),
        "is_test": np.array([True, True, True, False]),
        "vote_majority": np.array([ANGRY, HAPPY, NONE, ANGRY], np.uint8),
        "vote_agreement": np.array([0.5, 0.8, np.nan, 1.0], np.float16),
    }
    crowd = match_crowd(answers, pictures)
    assert crowd.majority.tolist() == [HAPPY, NONE] and crowd.votes.tolist() == [8, -1]
    assert crowd.voted.tolist() == [True, False]
    assert match_crowd(make_answers([ANGRY], [ANGRY]), pictures) is None
    pictures["vote_majority"] = np.full(4, NONE, np.uint8)
    assert match_crowd(answers, pictures) is None
