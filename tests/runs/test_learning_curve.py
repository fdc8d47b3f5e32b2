"""Learning curves: recognised by what a run's configuration says about itself."""

import pytest

from fer_core.runs.contract import ArtifactError
from fer_core.runs.learning_curve import (
    compute_learning_curve,
    get_share,
    have_equal_steps,
    list_apart,
    list_curve_bases,
)


@pytest.fixture
def runs(make_run):
    """An experiment of two seeds, it on a quarter of the pictures, and it without mirror images."""
    train = {"train": {"total": 800}}
    less = {
        "ablation_of": "tiny",
        "experiment": "tiny-quarter",
        "train_share": 0.25,
        "dataset": {"train": {"total": 200}},
    }
    plain = {"ablation_of": "tiny", "experiment": "tiny-plain", "factor": "no mirror images"}
    return [
        make_run("tiny-s0", skill=2.5, dataset=train),
        make_run("tiny-s1", seed=1, skill=2.2, dataset=train),
        make_run("tiny-quarter-s0", skill=1.0, **less),
        make_run("tiny-plain-s0", skill=1.5, **plain),
    ]


def test_a_curve_goes_from_few_pictures_to_all(runs):
    assert list_curve_bases(runs) == ["tiny"]
    quarter, whole = compute_learning_curve(runs, "tiny")
    assert (quarter.share, quarter.pictures, whole.share, whole.pictures) == (0.25, 200, 1.0, 800)
    assert len(whole.accuracies) == 2 and whole.accuracy == sum(whole.accuracies) / 2 > quarter.accuracy
    assert whole.interval[0] < whole.accuracy < whole.interval[1]


def test_nothing_is_made_up_where_runs_are_missing(runs):
    assert [point.share for point in compute_learning_curve([runs[2]], "tiny")] == [0.25]
    assert list_curve_bases(runs[:2]) == [] and compute_learning_curve([], "tiny") == []


def test_only_a_share_is_a_share(make_run):
    assert get_share(make_run(train_share=0.5)) == 0.5 and get_share(make_run()) == 1
    for said in ("half", 0, 3, None):
        with pytest.raises(ArtifactError, match="for train_share: it should be"):
            make_run(train_share=said)


def test_the_gain_is_paired_and_steps_are_counted(runs):
    quarter, whole = compute_learning_curve(runs, "tiny")
    assert quarter.gain is None and whole.gain[0] < whole.accuracy - quarter.accuracy < whole.gain[1]
    assert quarter.steps is None, "no batch size, no steps"


def test_a_longer_training_on_as_many_pictures_is_a_point_of_its_own(make_run):
    less = {"ablation_of": "tiny", "experiment": "tiny-quarter", "train_share": 0.25, "batch_size": 100}
    short, long = (
        make_run(f"tiny-quarter-s{seed}", seed=seed, epochs=epochs, dataset={"train": {"total": 200}}, **less)
        for seed, epochs in ((0, 3), (1, 12))
    )
    whole = make_run("tiny-s0", batch_size=100, dataset={"train": {"total": 800}})
    points = compute_learning_curve([short, long, whole], "tiny")
    assert [(point.share, point.steps) for point in points] == [(0.25, 6), (0.25, 24), (1.0, 24)]
    assert list_apart(points) == points[:1]


@pytest.mark.parametrize(("epochs", "equal"), [(3, False), (11, False), (12, True)])
def test_steps_are_equal_where_epochs_make_up_for_pictures(epochs, equal, make_run):
    less = {
        "ablation_of": "tiny",
        "experiment": "tiny-quarter",
        "train_share": 0.25,
        "dataset": {"train": {"total": 200}},
    }
    points = compute_learning_curve(
        [
            make_run("tiny-s0", batch_size=100, dataset={"train": {"total": 800}}),
            make_run("tiny-quarter-s0", batch_size=100, epochs=epochs, **less),
        ],
        "tiny",
    )
    assert [point.steps for point in points] == [2 * epochs, 24] and have_equal_steps(points) == equal
