"""Learning how people vote: what is learned, from which pictures, how often a rare answer comes."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.data import DatasetError, make_drawn_dataset
from fer_core.data.splits import Split
from fer_core.data.votes import VOTE_COLUMNS
from fer_core.labels import LABELS
from fer_core.runs import load_run
from fer_core.training.batches import draw_weighted
from fer_core.training.evaluate import write_finished_run
from fer_core.training.experiments import find_experiment
from fer_core.training.fit import fit
from fer_core.training.task import compute_draw_weights, make_task

HAPPY, SAD, UNKNOWN = (VOTE_COLUMNS.index(name) for name in ("happiness", "sadness", "unknown"))
CROWD = find_experiment("crowd-compact")


@pytest.fixture
def dataset():
    dataset = make_drawn_dataset(70, 28)
    votes = np.zeros((len(dataset), len(VOTE_COLUMNS)), np.uint8)
    votes[:, HAPPY], votes[:, SAD] = 7, 3
    votes[0] = 0
    votes[0, HAPPY], votes[0, UNKNOWN] = 4, 6
    return replace(dataset, votes=votes)


def split_of(dataset) -> Split:
    return Split(np.arange(60), np.arange(60, 70), np.arange(70, len(dataset)))


def test_the_target_is_the_share_of_the_votes(dataset):
    task = make_task(CROWD, dataset, split_of(dataset), None)
    assert task.targets[1, LABELS.index("happy")] == pytest.approx(0.7)
    assert task.targets[1, LABELS.index("sad")] == pytest.approx(0.3)
    assert (task.labels == LABELS.index("happy")).all(), "right is what most people chose, whatever the label"


def test_pictures_with_few_votes_are_not_learned_from(dataset):
    task = make_task(CROWD, dataset, split_of(dataset), None)
    assert 0 not in task.train and len(task.train) == 59 and len(task.validation) == 10


def test_without_votes_it_says_what_to_bring(dataset):
    with pytest.raises(DatasetError, match="--votes"):
        make_task(CROWD, replace(dataset, votes=None), split_of(dataset), None)


def test_networks_that_learn_labels_see_no_votes(dataset):
    task = make_task(find_experiment("compact"), dataset, split_of(dataset), None)
    assert task.targets is None and task.labels is dataset.labels and 0 in task.train


def test_rare_answers_are_drawn_more_often():
    targets = np.repeat(np.eye(7)[[3, 1]], (90, 10), axis=0)
    weights = compute_draw_weights(targets, 0.5)
    assert weights.mean() == pytest.approx(1)
    assert weights[-1] / weights[0] == pytest.approx(3), "nine times as rare, three times as often"
    assert np.allclose(compute_draw_weights(targets, 0), 1)
    half = compute_draw_weights(np.concatenate([targets, [[0, 0.5, 0, 0.5, 0, 0, 0]]]), 0.5)
    assert half[0] < half[-1] < half[-2], "half a rare answer counts half"


def test_drawing_follows_the_weights():
    weights = np.array([2.0, 0.5, 0.5, 1.0])
    counts = np.bincount(
        np.concatenate([draw_weighted(weights, np.random.default_rng(i)) for i in range(400)]), minlength=4
    )
    assert counts.sum() == 1600 and np.allclose(counts / 400, weights, atol=0.1)
    once = np.bincount(draw_weighted(np.ones(50), np.random.default_rng(0)), minlength=50)
    assert (once == 1).all(), "alike, all come once"


def test_a_run_that_learned_votes_is_judged_by_the_crowd(dataset, tiny_experiment, tmp_path):
    experiment = replace(tiny_experiment, learns="votes", epochs=1)
    state = fit(experiment, dataset, 0, tmp_path / "checkpoints")
    path = tmp_path / "tiny-s0"
    write_finished_run(experiment, dataset, 0, state, tmp_path / "checkpoints", path, 1)
    run = load_run(path)
    assert run.learns_votes and run.by_crowd and run.test.n == 28
    assert run.predictions("test").votes.shape == (28, 7)
