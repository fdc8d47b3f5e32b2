"""Two runs on the same pictures: who is right, by the labels and by the crowd, with paired intervals."""

import numpy as np
import pytest

from fer_core.runs import compare_runs
from fer_core.runs.metrics import compute_run_metrics
from fer_core.runs.paired import count_pair, estimate_mean
from fer_core.runs.writing import write_run


def test_paired_comparison_by_hand(make_run):
    a, b = make_run("a-s0", skill=1.0), make_run("b-s0", skill=3.0)
    right_a, right_b = a.predictions().correct, b.predictions().correct
    result = compare_runs(a, b).label
    assert result.n == 90 and result.both == (right_a & right_b).sum() and result.neither == (~right_a & ~right_b).sum()
    assert (result.accuracy_a, result.accuracy_b) == (right_a.mean(), right_b.mean())
    assert (result.only_a, result.only_b) == ((right_a & ~right_b).sum(), (right_b & ~right_a).sum())
    assert result.difference == pytest.approx(right_b.mean() - right_a.mean())
    low, high = result.ci95
    assert 0 < low < result.difference < high and result.is_clear
    back = compare_runs(b, a).label
    assert back.difference == -result.difference and back.is_clear
    picks = np.random.default_rng(3).integers(0, 90, (4000, 90))
    differences = (right_b[picks].astype(int) - right_a[picks]).mean(axis=1)
    assert np.percentile(differences, [2.5, 97.5]) == pytest.approx(result.ci95, abs=0.025)


def test_the_interval_is_that_of_95_percent():
    """By hand: only one of the two is right about 100 and 200 of 1,000, so the difference's deviation is .01703."""
    right_a, right_b = np.arange(1000) < 100, np.arange(1000) >= 800
    assert count_pair(right_a, right_b).ci95 == pytest.approx((0.1 - 1.96 * 0.01703, 0.1 + 1.96 * 0.01703), abs=0.0025)


def test_a_run_equals_itself(run):
    result = compare_runs(run, run).label
    assert result.difference == 0 and result.ci95 == (0, 0) and not result.is_clear


def test_paired_comparison_joins_by_file_name(make_run, make_parts, tmp_path):
    a = make_run("a-s0", skill=1.0)
    config, history, metrics, predictions = make_parts(skill=3.0)
    order = np.random.default_rng(0).permutation(90)[:70]
    shuffled = {k: v[order] if k.startswith("test_") else v for k, v in predictions.items()}
    b = write_run(tmp_path / "b-s0", config, history, compute_run_metrics(shuffled), shuffled)
    whole = compare_runs(a, write_run(tmp_path / "c-s0", config, history, metrics, predictions)).label
    part = compare_runs(a, b).label
    assert part.n == 70 and 0 <= whole.only_b - part.only_b <= 20

    renamed = predictions | {"test_file": np.char.add("other_", predictions["test_file"])}
    with pytest.raises(ValueError, match="no test picture in common"):
        compare_runs(a, write_run(tmp_path / "d-s0", config, history, metrics, renamed))
    relabelled = predictions | {"test_label": (predictions["test_label"] + 1) % 7}
    with pytest.raises(ValueError, match="disagree about the labels"):
        compare_runs(a, write_run(tmp_path / "e-s0", config, history, metrics, relabelled))


@pytest.fixture
def voted(make_parts, tmp_path):
    """Write a run whose first 60 test pictures have votes: 40 of them a unique majority, class 1, and 20 a tie."""

    def write(name, answers, votes=True):
        config, history, _, predictions = make_parts()
        predictions["test_probability"] = np.eye(7)[answers]
        if votes:
            counts = np.zeros((90, 7), np.uint8)
            counts[:40, 1] = 9
            counts[40:60, :2] = 5
            predictions["test_votes"] = counts
        return write_run(tmp_path / name, config, history, compute_run_metrics(predictions), predictions)

    return write


def test_the_crowd_judges_by_its_unique_majorities(voted):
    often = np.zeros(90, int)
    often[:30] = 1
    always = np.ones(90, int)
    a, b = voted("a-s0", often), voted("b-s0", always)
    crowd = compare_runs(a, b).crowd
    assert (crowd.n, crowd.both, crowd.only_a, crowd.only_b, crowd.neither) == (40, 30, 0, 10, 0)
    assert crowd.difference == 0.25 == b.test.crowd_accuracy - a.test.crowd_accuracy and crowd.is_clear
    without = voted("c-s0", always, votes=False)
    assert compare_runs(without, a).crowd.only_a == 10, "one of the two brings the votes of both"
    assert compare_runs(without, without).crowd is None


def test_losses_against_the_votes_are_compared_on_the_same_pictures(voted):
    often = np.zeros(90, int)
    often[:30] = 1
    a, b = voted("a-s0", often), voted("b-s0", np.ones(90, int))
    loss = compare_runs(a, b).loss
    assert loss.a == pytest.approx(a.test.crowd_log_loss) and loss.b == pytest.approx(b.test.crowd_log_loss)
    assert loss.difference.value == pytest.approx(loss.b - loss.a) and loss.difference.value < 0
    low, high = loss.difference.interval
    assert low < loss.difference.value < high < 0
    assert compare_runs(a, a).loss.difference == (0, (0, 0))
    without = voted("c-s0", often, votes=False)
    assert compare_runs(without, without).loss is None


def test_each_run_is_compared_as_it_answers(make_run):
    run = make_run(tta=True)
    pair = compare_runs(run, run.as_served()).label
    assert pair.difference == pytest.approx(run.metrics.test_tta.accuracy - run.metrics.test.accuracy)


def test_one_name_in_two_folders_is_two_pictures(tmp_path, make_parts):
    config, history, _, predictions = make_parts()
    predictions["test_file"][1] = predictions["test_file"][0]
    predictions["test_label"][:2] = 0, 3
    run = write_run(tmp_path / "tiny-s0", config, history, compute_run_metrics(predictions), predictions)
    assert compare_runs(run, run).label.n == 90


def test_the_interval_of_a_mean_is_that_of_its_pictures():
    values = np.repeat([0.0, 0.5, 1.0], [300, 400, 300])
    mean, (low, high) = estimate_mean(values)
    error = 1.96 * values.std() / np.sqrt(1000)
    assert mean == 0.5 and low == pytest.approx(0.5 - error, abs=2e-3) and high == pytest.approx(0.5 + error, abs=2e-3)
