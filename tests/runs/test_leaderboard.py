"""Rows of the leaderboard: seeds averaged, facts kept apart from silence, costs summed over an ensemble's members."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.runs.leaderboard import (
    ALWAYS,
    FILTERS,
    choose_fresh,
    compute_costs,
    compute_measures,
    compute_spread,
    filter_entries,
    group_runs,
    make_literature_entries,
    make_our_entries,
    name_groups,
)
from fer_core.runs.leak import compute_leak
from fer_core.runs.literature import BOTH, LITERATURE, PEOPLE, PRIVATE, PUBLIC
from fer_core.runs.metrics import compute_wilson_interval
from fer_core.runs.speed import Speed


def test_seeds_are_averaged_and_their_spread_kept(make_run):
    runs = [make_run(f"tiny-s{seed}", seed=seed, skill=skill) for seed, skill in enumerate((1.5, 2.0, 2.5))]
    (entry,) = make_our_entries(runs, BOTH, averaged=False)
    accuracies = [run.metrics.test.accuracy for run in runs]
    assert entry.seeds == tuple(accuracies) and entry.accuracy == pytest.approx(sum(accuracies) / 3)
    assert entry.interval == compute_wilson_interval(entry.accuracy, 90)
    assert compute_spread(entry.seeds) > 0 and compute_spread(entry.seeds[:1]) is None
    assert entry.is_ours and entry.tta is False and entry.source == "tiny, seeds 0, 1, 2"


def test_each_split_has_its_own_number(make_run):
    run = make_run(tta=True)
    for split, key in ((PRIVATE, "private_accuracy"), (PUBLIC, "public_accuracy"), (BOTH, "accuracy")):
        (plain,), (averaged,) = make_our_entries([run], split, False), make_our_entries([run], split, True)
        assert plain.accuracy == getattr(run.metrics.test, key)
        assert averaged.accuracy == getattr(run.metrics.test_tta, key)
        assert plain.split == split and averaged.tta is True


def test_only_finished_runs_on_real_pictures_compete(make_run):
    good = make_run()
    others = [
        make_run("half-s0", epochs=5, ran=3, experiment="half"),
        make_run("drawn-s0", experiment="drawn", dataset={"drawn": True}),
        make_run("less-s0", experiment="less", ablation_of="tiny"),
        make_run("quarter-s0", experiment="quarter"),  # the ablation's test bed: trained briefly
    ]
    assert group_runs([*others, good]) == {"tiny": [good]}
    assert list(group_runs([*others, good], variants=True)) == ["less", "quarter", "tiny"]


def test_two_experiments_of_one_title_stay_two(make_run):
    groups = group_runs([make_run("a-s0", experiment="a", title="Net"), make_run("b-s0", experiment="b", title="Net")])
    assert list(name_groups(groups)) == ["Net (a)", "Net (b)"]


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_keeps_what_a_source_says_and_counts_what_it_does_not(name, make_run):
    entries = [*make_our_entries([make_run(tta=True)]), *make_literature_entries()]
    kept, unsaid = filter_entries(entries, [name])
    answers = [FILTERS[name](entry) for entry in entries]
    assert len(kept) == answers.count(True) and unsaid == answers.count(None)
    assert 0 < len(kept) < len(entries)


def test_the_filters_mean_what_they_say():
    def works(*asked):
        return {entry.name for entry in filter_entries(make_literature_entries(), asked)[0]}

    assert not {name for name in works("No extra data") if "ResMaskNet" in name or "Georgescu" in name}
    assert "Pramerdorfer and Kampel" not in works("Single network")
    assert works("No test-time augmentation") == {"Alturki and Alfouzan (the study)", "orientino"}
    assert "Yuan (LetheSec)" not in works("Chosen on other pictures")
    entries = make_literature_entries()
    assert filter_entries(entries, []) == (entries, 0)


def test_the_literature_keeps_to_its_split_and_leaves_people_to_the_reference_line():
    assert {entry.split for entry in make_literature_entries(PRIVATE)} == {PRIVATE}
    rows = [row for row in LITERATURE if row.accuracy is not None and row is not PEOPLE]
    assert len(make_literature_entries()) == len(rows)
    assert not any(entry.is_ours for entry in make_literature_entries())
    assert all(row.short for row in LITERATURE)


def test_some_rows_are_shown_whatever_the_split():
    rows = make_literature_entries(PRIVATE, ALWAYS)
    assert {entry.short for entry in rows if entry.split != PRIVATE} == set(ALWAYS) == {"The study", "Gan 2018"}


def test_what_is_served_in_fewer_bits_counts_as_served(make_run):
    run = make_run()
    stored = {
        "n": 90,
        "bytes_before": 9,
        "bytes": 1,
        "accuracy_before": 0.5,
        "agreement": 1.0,
        "largest_difference": 0.0,
    }
    run = replace(run, metrics=run.metrics.change(quantised=stored | {"accuracy": 0.123}))
    (plain,) = compute_costs([run], {})
    assert plain.accuracy == run.metrics.test.accuracy, "without a file nothing is served"
    (run.path / "model.onnx").write_bytes(b"")
    (cost,) = compute_costs([run], {})
    assert cost.accuracy == 0.123 and cost.interval == compute_wilson_interval(0.123, 90)


def test_what_twins_are_worth_is_what_seeing_them_brings_beyond_the_rest(make_run):
    """Both do better on twins; only what the one that saw them gains beyond the other counts."""
    seen = make_run("seen-s0", experiment="seen", split="study", skill=2.5)
    unseen = make_run("unseen-s0", experiment="unseen", split="grouped", skill=2.0)
    leak = compute_leak([seen, unseen])
    a, b = seen.predictions("test"), unseen.predictions("test")
    twin = np.asarray(a.twin, bool)
    gains = [a.correct[rows].mean() - b.correct[rows].mean() for rows in (twin, ~twin)]
    assert leak.worth == pytest.approx(twin.mean() * (gains[0] - gains[1])) and leak.twins == twin.sum()
    assert leak.interval[0] < leak.worth < leak.interval[1]
    assert (leak.seen_twins, leak.unseen_rest) == (a.correct[twin].mean(), b.correct[~twin].mean())
    assert compute_leak([seen]) is None and compute_leak([]) is None


def test_ways_of_counting_follow_the_metrics(make_run):
    run = make_run(tta=True)
    measures = {measure.name: measure for measure in compute_measures([run], averaged=False)}
    test = run.metrics.test
    assert measures["Without twins"].share == test.deduplicated_accuracy
    assert measures["What most people see, ties drawn"].n == test.ferplus_n
    assert all(measure.interval[0] < measure.share < measure.interval[1] for measure in measures.values())
    run = replace(run, metrics=run.metrics.change(test=test.change(ferplus_agreement=None)))
    assert "What most people see, ties drawn" not in {
        measure.name for measure in compute_measures([run], averaged=False)
    }


def replace_session(speed: Speed, session: str) -> Speed:
    return speed.change(session=session)


def test_an_ensemble_takes_as_long_as_its_members(make_run):
    members = [make_run(f"tiny-s{seed}", seed=seed, device="A processor") for seed in (0, 1)]
    both = make_run("both-s0", experiment="both", members=["tiny-s0", "tiny-s1"], parameters=2468, wall_seconds=9.0)
    speeds = {
        run.name: Speed(milliseconds={1: 2.0, 2: 3.0, 64: 50.0}, model_bytes=1000, device="This one", model_sha256="0")
        for run in members
    }
    costs = {cost.experiment: cost for cost in compute_costs([*members, both], speeds)}
    assert (costs["tiny"].milliseconds, costs["tiny"].parameters) == (2.0, 1234)
    assert (costs["both"].milliseconds, costs["both"].model_bytes) == (4.0, 2000)
    assert (costs["both"].parameters, costs["both"].training_seconds) == (2468, 9.0)
    assert costs["both"].training_device == "A processor" and costs["both"].processor == "This one"
    speeds["tiny-s1"] = replace_session(speeds["tiny-s1"], "another day")
    apart = {cost.experiment: cost for cost in compute_costs([*members, both], speeds)}["both"]
    assert (apart.milliseconds, apart.session, apart.processor) == (None, None, None), (
        "times of two sessions do not add up"
    )
    del speeds["tiny-s1"]
    assert compute_costs([*members, both], speeds)[0].milliseconds is None, "half a sum is no sum"


def test_three_seeds_without_a_caveat_make_the_mean_alone(make_run):
    old = make_run("tiny-s1", seed=1, skill=1.0, caveat="Its last epoch was kept after a look at the test pictures.")
    fresh = [make_run(f"tiny-s{seed}", seed=seed, skill=2.0 + seed / 10) for seed in (2, 3, 4)]
    assert [run.seed for run in choose_fresh([old, *fresh])] == [2, 3, 4]
    (entry,) = make_our_entries([old, *fresh], averaged=False)
    assert entry.seeds == tuple(run.metrics.test.accuracy for run in fresh) and entry.note == ""
    (entry,) = make_our_entries([old, *fresh[:2]], averaged=False)
    assert len(entry.seeds) == 3 and "look at the test pictures" in entry.note
