"""Answers against the crowd's votes, by hand; the registered metrics; and rewriting runs that know nothing of votes."""

import json

import numpy as np
import pytest

from fer_core.data import FerDataset
from fer_core.data.votes import VOTE_COLUMNS
from fer_core.labels import LABELS
from fer_core.runs import registry
from fer_core.runs.artifacts import load_run
from fer_core.runs.confidence import compute_augrc
from fer_core.runs.contract import ArtifactError
from fer_core.runs.crowd import compute_crowd_loss
from fer_core.runs.metrics import compute_metrics, compute_run_metrics
from fer_core.runs.predictions import load_arrays
from fer_core.runs.registry import METRICS, Metric
from fer_core.runs.rewrite import rewrite_runs
from fer_core.runs.verify import verify_run
from fer_core.runs.writing import write_run

VOTES = np.zeros((6, 7), np.uint8)
VOTES[0, 3] = 10  # happy, united
VOTES[1, [4, 5]] = 7, 3  # neutral, unique but not united
VOTES[2, [0, 2]] = 5, 5  # a tie of angry and fear
VOTES[3, 5] = 8  # sad, united; two votes went elsewhere
VOTES[4, 6] = 4  # surprise, unique, yet too few votes for shares
ANSWERS = np.full((6, 7), 0.05)
ANSWERS[np.arange(6), [3, 5, 0, 5, 6, 1]] = 0.7
LABEL = np.array([3, 4, 0, 5, 6, 1])


def test_six_pictures_by_hand():
    found = compute_metrics(LABEL, ANSWERS, votes=VOTES)
    assert (found["crowd_n"], found["crowd_accuracy"]) == (4, 3 / 4), "a tie and a picture without votes do not count"
    assert (found["crowd_united_n"], found["crowd_united_accuracy"]) == (2, 1.0)
    assert found["crowd_recall"] == {
        "angry": None, "disgust": None, "fear": None, "happy": 1.0, "neutral": 0.0, "sad": 1.0, "surprise": 1.0,
    }  # fmt: skip
    assert found["crowd_recall_macro"] == 3 / 4
    most, least = -np.log(0.7), -np.log(0.05)
    losses = [most, 0.7 * least + 0.3 * most, (most + least) / 2, most]
    assert found["crowd_log_loss_n"] == 4 and found["crowd_log_loss"] == pytest.approx(np.mean(losses), abs=1e-3)
    assert not [key for key in compute_metrics(LABEL, ANSWERS) if key.startswith("crowd")], "no votes, no crowd"


def test_nobody_voted():
    found = compute_metrics(LABEL, ANSWERS, votes=np.zeros((6, 7), np.uint8))
    assert found["crowd_n"] == 0 and found["crowd_accuracy"] is None and found["crowd_log_loss"] is None
    assert found["crowd_recall_macro"] is None


def test_augrc_is_the_formula_of_its_source():
    """Traub et al. 2024, equation 7: (1 - AUROC) acc (1 - acc) + (1 - acc)^2 / 2, ties of confidence counted half."""
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    confidence = np.round(rng.random(500), 2)
    correct = rng.random(500) < 0.3 + 0.6 * confidence
    accuracy = correct.mean()
    expected = (1 - roc_auc_score(correct, confidence)) * accuracy * (1 - accuracy) + (1 - accuracy) ** 2 / 2
    assert compute_augrc(confidence, correct) == pytest.approx(expected)
    assert compute_augrc(np.array([0.9, 0.8]), np.array([True, True])) == 0
    assert compute_augrc(np.array([0.9, 0.8]), np.array([False, False])) == pytest.approx(0.5)


def test_every_metric_explains_itself():
    for name, metric in METRICS.items():
        assert metric.name == name and metric.label and metric.help.endswith((".", ")")) and metric.subset
    assert METRICS["accuracy"].write(0.68) == "68.0 %" and METRICS["loss"].write(0.9) == "0.9000"
    assert METRICS["loss"].write(None) == "–"


@pytest.fixture
def old_run(tmp_path, make_parts):
    """A run from before the votes, and a dataset that has its pictures and their votes, two of them of one name."""
    config, history, metrics, predictions = make_parts()
    predictions["test_file"][1] = predictions["test_file"][0]  # Kaggle's names stand in two folders
    predictions["test_label"][:2] = 0, 3
    metrics = compute_run_metrics(predictions)
    metrics |= {"train": {"accuracy": 0.7}, "best_epoch": 2, "last_epoch": {"test": metrics["test"]}}
    run = write_run(tmp_path / "tiny-s0", config, history, metrics, predictions)
    files = np.concatenate([predictions["test_file"], predictions["validation_file"]])
    labels = np.concatenate([predictions["test_label"], predictions["validation_label"]])
    votes = np.zeros((len(files), len(VOTE_COLUMNS)), np.uint8)
    votes[:, VOTE_COLUMNS.index("happiness")] = 9
    votes[0] = 0
    votes[0, VOTE_COLUMNS.index("anger")] = 6
    is_test = np.arange(len(files)) < len(predictions["test_file"])
    images = np.zeros((len(files), 48, 48), np.uint8)
    return run, FerDataset(images, labels, files, is_test, votes, "drawn", False)


def test_rewriting_adds_votes_and_their_metrics_and_keeps_the_rest(old_run):
    run, dataset = old_run
    config = (run.path / "config.json").read_bytes()
    (rewritten,) = rewrite_runs(run.path.parent, dataset)
    assert rewritten.arrays == ("test_votes", "validation_votes") and "crowd_accuracy" in rewritten.metrics
    again = load_run(run.path)
    assert again.predictions().votes[:2].tolist() == [[6, 0, 0, 0, 0, 0, 0], [0, 0, 0, 9, 0, 0, 0]]
    assert again.metrics.test.crowd_n == 90 and again.metrics.validation.crowd_n == 60
    assert again.metrics.train == run.metrics.train and again.metrics.last_epoch == run.metrics.last_epoch
    assert again.metrics.best_epoch == 2 and (run.path / "config.json").read_bytes() == config
    assert verify_run(run.path) == []
    (second,) = rewrite_runs(run.path.parent, dataset, ("tiny-s0",))
    assert not second.changed


def test_rewriting_adds_the_crowds_choice_as_training_would_have(old_run):
    run, dataset = old_run
    arrays = {key: array for key, array in load_arrays(run.path).items() if key != "test_ferplus"}
    write_run(run.path, run.config, run.history, compute_run_metrics(arrays), arrays)
    (rewritten,) = rewrite_runs(run.path.parent, dataset)
    assert rewritten.arrays == ("test_ferplus", "test_votes", "validation_votes")
    assert load_run(run.path).predictions().ferplus[:2].tolist() == [0, 3] and verify_run(run.path) == []


def test_a_new_metric_is_one_entry_and_one_command(old_run, monkeypatch):
    run, _ = old_run
    sevens = Metric("sevens", "Sevens", "Nothing.", lambda answers: (0.7, len(answers.label)))
    monkeypatch.setitem(registry.METRICS, "sevens", sevens)
    assert (
        verify_run(run.path)[0] == "tiny-s0: metrics.json has no validation sevens: `python train.py rewrite` adds it."
    )
    assert rewrite_runs(run.path.parent)[0].metrics == ("sevens",)
    assert verify_run(run.path) == [] and load_run(run.path).test.sevens == 0.7


def test_rewriting_refuses_before_it_writes(old_run):
    run, _ = old_run
    with pytest.raises(ArtifactError, match="There is no run 'nobody'"):
        rewrite_runs(run.path.parent, names=("nobody",))
    (run.path / "metrics.json").write_text("{")
    with pytest.raises(ArtifactError, match="is not valid JSON"):
        rewrite_runs(run.path.parent)


def test_votes_for_other_pictures_are_left_alone(old_run):
    run, dataset = old_run
    dataset.files[5] = "PublicTest_unknown.jpg"
    assert not rewrite_runs(run.path.parent, dataset)[0].changed
    assert "test_votes" not in load_arrays(run.path)


@pytest.mark.parametrize(
    ("name", "array", "words"),
    [
        ("test_votes", np.zeros((90, 6), np.uint8), "votes are not uint8"),
        ("test_votes", np.zeros((90, 7)), "votes are not uint8"),
        ("test_votes", np.full((90, 7), 9, np.uint8), "at most 10 a picture"),
        ("test_last_epochs", np.zeros(90, np.uint8), "last_epochs are not uint8"),
        ("test_last_epochs", np.full((3, 90), 7, np.uint8), "from 0 to 6"),
        ("test_last_epochs", np.zeros((3, 89), np.uint8), r"uint8 \(k, 90\)"),
    ],
)
def test_arrays_that_break_the_contract_are_refused(name, array, words, tmp_path, make_parts):
    config, history, metrics, predictions = make_parts()
    with pytest.raises(ArtifactError, match=words):
        write_run(tmp_path / "tiny-s0", config, history, metrics, predictions | {name: array})


def test_answers_of_the_last_epochs_come_back(tmp_path, make_parts):
    config, history, metrics, predictions = make_parts()
    last = np.arange(270, dtype=np.uint8).reshape(3, 90) % len(LABELS)
    run = write_run(tmp_path / "tiny-s0", config, history, metrics, predictions | {"test_last_epochs": last})
    assert np.array_equal(run.predictions().last_epochs, last)
    assert json.loads((run.path / "metrics.json").read_text()) == metrics


def test_a_network_that_states_the_shares_of_the_votes_is_calibrated_where_the_crowd_judges():
    rng = np.random.default_rng(0)
    probability = rng.dirichlet(np.full(7, 0.4), 4000)
    votes = np.array([rng.multinomial(10, row) for row in probability], np.uint8)
    arrays = {
        f"{split}_{name}": array
        for split in ("validation", "test")
        for name, array in {"label": votes.argmax(axis=1), "probability": probability, "votes": votes}.items()
    }

    found = compute_run_metrics(arrays)
    crowd, labels = found["crowd_test"], found["test"]
    assert crowd["reliability"]["of"] == "votes" and labels["reliability"]["of"] == "labels"
    assert crowd["ece"] < 0.03, "what it states is what its answer gets of the votes"
    assert labels["ece"] > 0.06, "though people's first choice is its answer more often than it states"
    assert found["crowd_calibration"]["test_ece_after"] == pytest.approx(crowd["ece"], abs=1e-3)
    assert found["crowd_calibration"]["test_reliability_after"]["of"] == "votes"


def test_five_votes_are_enough_and_four_are_not():
    votes = np.array([[5, 0, 0, 0, 0, 0, 0], [4, 0, 0, 0, 0, 0, 0]], np.uint8)
    loss, n = compute_crowd_loss(votes, np.array([[0.5, 0.5, 0, 0, 0, 0, 0]] * 2))
    assert n == 1 and loss == pytest.approx(np.log(2))
    assert compute_crowd_loss(votes[1:], np.eye(7)[:1]) == (None, 0)
