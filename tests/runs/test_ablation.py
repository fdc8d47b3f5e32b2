"""The ablation's table: differences of means over seeds, intervals from the same pictures on both sides."""

import dataclasses

import numpy as np
import pytest

from fer_core.runs import compare_runs
from fer_core.runs.ablation import bootstrap_f1, compute_ablation, list_ablation_bases
from fer_core.runs.metrics import compute_run_metrics
from fer_core.runs.writing import write_run

BASE = "vgg-b32-e100"


@pytest.fixture
def runs(make_run):
    """Two seeds of the base, a change that helps, one that harms, and one that is unfinished."""
    change = {"ablation_of": BASE, "seed": 0}
    return [
        make_run(f"{BASE}-s0", experiment=BASE, skill=1.5),
        make_run(f"{BASE}-s1", experiment=BASE, skill=1.4),
        make_run("better-s0", experiment="better", factor="more of it", skill=4.0, **change),
        make_run("worse-s0", experiment="worse", factor="less of it", skill=1.0, **change),
        make_run("short-s0", experiment="short", factor="cut off", skill=4.0, epochs=5, ran=2, **change),
    ]


def test_differences_are_to_the_mean_of_the_base(runs):
    better, worse = compute_ablation(runs, BASE)
    assert (better.factor, len(better.accuracies), worse.factor) == ("more of it", 1, "less of it")
    accuracy = [run.metrics.test.accuracy for run in runs]
    f1 = [run.metrics.test.f1_macro for run in runs]
    assert better.difference == pytest.approx(accuracy[2] - np.mean(accuracy[:2]))
    assert better.f1_difference == pytest.approx(f1[2] - np.mean(f1[:2]), abs=1e-6)
    assert better.interval[0] > 0 > worse.difference
    low, high = bootstrap_f1(runs, BASE)["better"]
    assert 0 < low < better.f1_difference < high
    assert better.recall["fear"] == runs[2].metrics.test.per_class["fear"].recall


def test_the_interval_is_the_paired_one(runs, make_run):
    (row,) = compute_ablation([runs[0], runs[2]], BASE)
    pair = compare_runs(runs[0], runs[2]).label
    assert row.difference == pytest.approx(pair.difference) and row.spread is None
    assert row.interval == pytest.approx(pair.ci95, abs=0.03)
    same = make_run("same-s0", experiment="same", factor="nothing", skill=1.5, ablation_of=BASE, seed=0)
    (row,) = compute_ablation([runs[0], same], BASE)
    assert row.interval == bootstrap_f1([runs[0], same], BASE)["same"] == (0, 0), (
        "on the same pictures the same answers differ by nothing"
    )


def test_a_run_with_other_test_pictures_is_left_out(runs, make_parts, tmp_path):
    config, history, _, predictions = make_parts(experiment="contest", factor="renamed", ablation_of=BASE)
    predictions["test_file"] = np.array([f"PrivateTest_{i}.jpg" for i in range(len(predictions["test_file"]))])
    renamed = write_run(tmp_path / "contest-s0", config, history, compute_run_metrics(predictions), predictions)
    assert [row.experiment for row in compute_ablation([*runs, renamed], BASE)] == ["better", "worse"]
    assert set(bootstrap_f1([*runs, renamed], BASE)) == {"better", "worse"}


def test_nothing_to_compare_gives_no_rows(runs):
    assert compute_ablation(runs[2:], BASE) == [] and compute_ablation(runs[:2], BASE) == []
    assert list_ablation_bases(runs[2:]) == [] and list_ablation_bases(runs) == [BASE]


def test_fewer_training_pictures_are_no_changed_recipe(runs, make_run):
    less = make_run("less-s0", experiment="less", ablation_of=BASE, train_share=0.25)
    assert list_ablation_bases([runs[0], less]) == [] and compute_ablation([runs[0], less], BASE) == []


def test_the_crowd_judges_each_change_on_its_unique_majorities(runs, make_parts, tmp_path):
    def write_voted(name, **options):
        config, history, _, predictions = make_parts(**options)
        votes = np.zeros((len(predictions["test_label"]), 7), np.uint8)
        votes[np.arange(len(votes)), (predictions["test_label"] + 1) % 7] = 6  # people see another class than the label
        votes[:30] = (5, 5, 0, 0, 0, 0, 0)  # and tie over these
        predictions["test_votes"] = votes
        return write_run(tmp_path / name, config, history, compute_run_metrics(predictions), predictions)

    base = write_voted("voted-s0", experiment="voted", skill=1.0)
    change = write_voted("changed-s0", experiment="changed", factor="more", skill=4.0, ablation_of="voted")
    (row,) = compute_ablation([base, change], "voted")
    crowd = compare_runs(base, change).crowd
    assert row.crowd.value == pytest.approx(crowd.difference) and row.crowd.interval == pytest.approx(
        crowd.ci95, abs=0.03
    )
    assert row.difference > 0 > row.crowd.value, "better by the labels, worse by people"
    assert row.base_recall["fear"] == base.metrics.test.per_class["fear"].recall
    assert compute_ablation([runs[0], runs[2]], BASE)[0].crowd is None, "nobody voted"


def with_validation(run, accuracy: float):
    validation = run.metrics.validation.model_copy(update={"accuracy": accuracy})
    return dataclasses.replace(run, metrics=run.metrics.model_copy(update={"validation": validation}))


def test_the_validation_pictures_rank_and_the_test_pictures_confirm(runs):
    base, better, worse = [runs[0]], with_validation(runs[2], 0.3), with_validation(runs[3], 0.4)
    first, second = compute_ablation([*base, better, worse], BASE)
    assert (first.experiment, second.experiment) == ("worse", "better") and first.difference < second.difference
    assert first.validation == pytest.approx(0.4 - base[0].metrics.validation.accuracy)
