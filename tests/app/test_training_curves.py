"""Curves, configurations and the sentences of the training page, without Streamlit."""

import dataclasses
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from fer_core.app.charts import history
from fer_core.app.charts.curves import view_curves
from fer_core.app.charts.history import BOTH, GAP, METRICS, TRAINING, VALIDATION
from fer_core.app.charts.losses import PLAIN, name_losses
from fer_core.app.looks import assign_looks
from fer_core.app.sentences import training as sentences
from fer_core.app.training import configurations
from fer_core.runs import Run, load_run
from fer_core.runs.naming import name_runs
from fer_core.runs.paper import PAPER_LOG
from fer_core.runs.records import Config
from fer_core.training.experiments import EXPERIMENTS

NAMES = {"compact-s0": "Compact network"}


@pytest.fixture
def compact(written_artifacts):
    return load_run(written_artifacts / "compact-s0")


@pytest.fixture
def study(written_artifacts):
    return load_run(written_artifacts / "vgg-b32-e100-s0")


def list_curves(runs, metric, view):
    return history.list_curves(runs, METRICS[metric], view, name_runs(runs), assign_looks(runs))


def draw(runs, metric="Accuracy", view=BOTH, **options):
    lines = list_curves(runs, metric, view)
    return view_curves(lines, METRICS[metric], view, **options).figure


def set_accuracy(run, accuracy):
    """The run's history with this validation accuracy in every epoch."""
    history = run.history.copy()
    history["val_accuracy"] = accuracy
    return history


def find_traces(figure, text):
    return [trace for trace in figure.data if text in (trace.hovertemplate or "") + (trace.name or "")]


def test_smoothing_leaves_constants_and_the_first_value_alone():
    assert history.smooth([0.3, 0.9, 0.1], 0).tolist() == [0.3, 0.9, 0.1]
    assert np.allclose(history.smooth([0.4] * 5, 0.8), 0.4)
    wobble = np.array([0.2, 0.8] * 20)
    smoothed = history.smooth(wobble, 0.9)
    assert smoothed[0] == pytest.approx(0.2)
    assert smoothed[-5:].std() < 0.1 * wobble.std()


@pytest.mark.parametrize(
    "rate, epochs",
    [
        ([1, 1, 1, 0.75, 0.75, 0.5, 0.5], [4, 6]),
        ([1, 1], []),
        ([0.1 * (1 + np.cos(np.pi * i / 40)) for i in range(40)], []),
        ([0.001, 0.01, 0.01, 0.01], []),
    ],
    ids=["plateau", "short", "cosine", "warm-up"],
)
def test_reductions_of_the_learning_rate(rate, epochs):
    assert history.find_reductions(rate) == epochs


def test_losses_of_two_kinds_are_never_drawn_as_one(compact, study):
    def change(run, name="x-s0", **settings):
        return dataclasses.replace(run, name=name, config=run.config.change(**settings))

    smoothed = change(compact, compact.name, label_smoothing=0.1)
    assert name_losses(study) == (PLAIN, PLAIN) and name_losses(smoothed)[1] == f"{PLAIN}, softened by 0.1"
    drawn = list_curves([smoothed, study], "Loss", BOTH)
    assert [(curve.run.name, curve.split) for curve in drawn] == [
        (compact.name, VALIDATION), (study.name, TRAINING), (study.name, VALIDATION),
    ]  # fmt: skip
    (place,) = np.flatnonzero(np.isfinite(drawn[0].values))
    assert place == compact.best_epoch - 1 and drawn[0].values[place] == compact.metrics.validation.loss
    assert len(list_curves([smoothed, study], "Accuracy", BOTH)) == 4
    assert "at the kept epoch" in view_curves(drawn, METRICS["Loss"], smoothing=0.5).alt
    # Alone it compares with itself, and not with the study's log, which is plain.
    assert len(list_curves([smoothed], "Loss", BOTH)) == 2
    assert "softened by 0.1" in draw([smoothed], "Loss").layout.yaxis.title.text
    assert find_traces(draw([study], "Loss", paper=(2,)), "the study's log")
    assert not find_traces(draw([smoothed], "Loss", paper=(2,)), "the study's log")
    # Shares of votes are another kind than softened labels: neither may lend the other its axis.
    taught = change(compact, "crowd-s0", learns="votes")
    drawn = list_curves([smoothed, taught], "Loss", BOTH)
    assert [np.isfinite(curve.values).sum() for curve in drawn] == [1, 1] and {c.against for c in drawn} == {PLAIN}
    told = sentences.explain_curves([smoothed, taught], METRICS["Loss"], BOTH, name_runs([smoothed, taught]))
    assert "shares of the votes" in told and "softened by 0.1" in told
    # What only training does, validation does not: then the training loss is left out, and that is said.
    for settings in ({"cutmix": 0.5}, {"teachers": ("a-s0",), "teacher_share": 0.7}, {"class_balance": "weighted"}):
        mixed = change(compact, **settings)
        assert [curve.split for curve in list_curves([mixed], "Loss", BOTH)] == [VALIDATION]
        assert list_curves([mixed], "Loss", GAP) == []
        told = sentences.explain_curves([mixed], METRICS["Loss"], BOTH, {"x-s0": "Mixed"})
        assert "Not drawn: the training loss of Mixed" in told
        assert "do not compare" in sentences.describe_missing([mixed], [], "Loss", {"x-s0": "Mixed"})


def test_scores_by_votes_say_so_in_legend_caption_and_table(compact, study):
    taught = replace(study, name="crowd-s0", config=study.config.change(title="Taught by the crowd", learns="votes"))
    runs = [compact, taught]
    names = name_runs(runs)
    shown = {trace.name for trace in draw(runs).data if trace.showlegend}
    assert shown == {"Compact network", "Taught by the crowd (votes)"}
    assert "Taught by the crowd" in {trace.name for trace in draw(runs, "Learning rate").data}, "a rate has no judge"
    for metric, said in (("Accuracy", True), ("Learning rate", False)):
        caption = sentences.explain_curves(runs, METRICS[metric], BOTH, names)
        assert ("right is what most people see, not FER2013's label" in caption) == said
    assert "(votes)" not in sentences.explain_curves([compact], METRICS["Accuracy"], BOTH, names)
    assert sentences.make_end_table(runs, names)["Network"].tolist()[1] == "Taught by the crowd (votes)"


def test_every_view_draws_what_it_says(compact, study):
    splits = {
        view: [curve.split for curve in list_curves([compact, study], "Accuracy", view)] for view in history.VIEWS
    }
    assert splits[BOTH] == [TRAINING, VALIDATION] * 2
    assert splits[TRAINING] == [TRAINING] * 2 and splits[VALIDATION] == [VALIDATION] * 2
    assert splits[GAP] == [GAP] * 2
    gap = list_curves([compact], "Loss", GAP)[0]
    assert np.allclose(gap.values, compact.history["loss"] - compact.history["val_loss"])
    # A metric without a validation column is one line, whatever the view.
    assert len(list_curves([compact], "Learning rate", GAP)) == 1


def test_training_is_dotted_and_validation_solid(compact):
    figure = draw([compact])
    assert [trace.line.dash for trace in find_traces(figure, "Compact network training")] == ["dot"]
    assert [trace.line.dash for trace in find_traces(figure, "Compact network validation")] == ["solid"]


def test_best_epoch_and_reductions_are_marked_on_the_validation_curve(compact):
    stars = [trace for trace in draw([compact]).data if trace.marker.symbol == "star" and trace.x[0] is not None]
    assert (stars[0].x[0], stars[0].y[0]) == (10, compact.history["val_accuracy"][9])
    cuts = [t for t in draw([compact]).data if t.marker.symbol == "triangle-down" and t.x[0] is not None]
    assert list(cuts[0].x) == [9]
    assert cuts[0].text[0] == "Compact network: rate down to 0.00075"


def test_paper_lines_and_log_are_the_printed_numbers(compact, study):
    figure = draw([compact], paper=[2])
    ends = [trace for trace in find_traces(figure, "The study, experiment 2") if "lines" in trace.mode]
    assert [trace.y[0] for trace in ends] == [0.6476, 0.6794]
    assert [trace.x[-1] for trace in ends] == [100, 100]
    log = find_traces(draw([study], "Loss", paper=[2]), "the study's log")
    assert [list(trace.y) for trace in log] == [[row["loss"] for row in PAPER_LOG]]
    assert not find_traces(draw([compact], view=GAP, paper=[2]), "study")
    assert (
        len([t for t in find_traces(draw([compact], paper=[1, 3]), "The study, experiment") if "lines" in t.mode]) == 4
    )


def test_smoothed_curves_keep_the_recorded_ones_behind(compact):
    plain, smoothed = draw([compact]), draw([compact], smoothing=0.6)
    assert len(smoothed.data) == len(plain.data) + 2
    faint = [trace for trace in smoothed.data if trace.opacity == 0.3]
    assert np.allclose(faint[1].y, compact.history["val_accuracy"])


def test_partial_run_says_how_far_it_got(compact):
    partial = replace(compact, config=compact.config.change(epochs=40))
    assert "Compact network (12 of 40 epochs)" in [trace.name for trace in draw([partial]).data]
    assert "Unfinished: Compact network 12 of 40 epochs." in sentences.explain_curves(
        [partial], METRICS["Accuracy"], BOTH, NAMES
    )
    assert "1 of 1 runs is unfinished" in sentences.describe_runs([partial], NAMES)


def test_a_column_that_was_not_recorded_is_said(compact):
    kept = [name for name in compact.history.dtype.names if "precision" not in name]
    bare = replace(compact, history=compact.history[kept])
    lines = list_curves([bare], "Precision", BOTH)
    assert lines == []
    assert (
        sentences.describe_missing([bare], lines, "Precision", NAMES)
        == "No precision was recorded for Compact network."
    )


def test_alt_text_and_table_hold_the_recorded_numbers(compact):
    lines = list_curves([compact], "Accuracy", VALIDATION)
    view = view_curves(lines, METRICS["Accuracy"])
    assert "Compact network validation from 31.3\u00a0% to 61.9\u00a0% in 12 epochs" in view.alt
    assert view.table["accuracy"].tolist() == compact.history["val_accuracy"].tolist()


def test_end_table_sets_the_paper_beside_the_runs(compact):
    table = sentences.make_end_table([compact], NAMES, [1, 2])
    assert table["Network"].tolist() == ["Compact network", "The study, experiment 1", "The study, experiment 2"]
    assert table["Validation"].tolist() == [compact.history["val_accuracy"][9], 0.6116, 0.6476]
    assert table["Gap"][2] == pytest.approx(3.18)
    assert table["Rate reduced"][0] == "once"


def test_first_choice_is_the_best_run_of_each_experiment(compact, study):
    worse = replace(compact, name="compact-s1", history=set_accuracy(compact, 0.2))
    assert sentences.choose_first([worse, compact, study]) == ["compact-s0", "vgg-b32-e100-s0"]


def test_variants_come_first_only_where_there_is_nothing_else(compact, study):
    half = replace(compact, name="compact-half-s0", config=compact.config.change(ablation_of="compact"))
    assert sentences.choose_first([half, compact, study]) == ["compact-s0", "vgg-b32-e100-s0"]
    assert sentences.choose_first([half]) == ["compact-half-s0"]


def test_each_kind_of_training_comes_first_and_no_ensemble(compact, study):
    def make(name, accuracy, **config):
        history = set_accuracy(compact, accuracy)
        return replace(compact, name=name, history=history, config=compact.config.change(experiment=name, **config))

    taught, brief = make("crowd", 0.8, learns="votes"), make("crowd-brief", 0.78, learns="votes")
    three = make("crowd-of-three", 0.82, learns="votes", members=("crowd", "crowd-brief"))
    chosen = sentences.choose_first([three, brief, taught, compact, study])
    assert chosen == ["compact-s0", "crowd", "vgg-b32-e100-s0"]
    assert sentences.choose_first([three]) == ["crowd-of-three"]


def test_the_papers_experiments_follow_the_runs(compact, study):
    first = replace(study, config=study.config.change(experiment="vgg-b32-e50"))
    assert sentences.choose_paper([first, compact, study]) == [1, 2]
    assert sentences.choose_paper([compact]) == [2]


def compare(*runs):
    names = configurations.STUDY_NAMES | NAMES
    return configurations.compare_settings(runs, names).set_index("Setting")


def test_settings_are_told_in_words_and_units(compact):
    table = compare(configurations.make_paper_run(2), compact)
    study, ours = "The study, experiment 2", "Compact network"
    assert table.loc["Parameters", study] == "43,333,319"
    assert table.loc["Upside down", study] == "half of the pictures"
    assert table.loc["Square erased", study] == "50\u00a0% of the pictures, 10 pixels wide, black"
    assert table.loc["Learns from"].tolist()[1:] == ["FER2013's labels", "FER2013's labels", False]
    assert table.loc["Batch size", ours] == "128" and table.loc["Batch size", "differs"]
    assert "differ in" in configurations.describe(table.reset_index()[["Group", "Setting", study, ours, "differs"]])


def test_the_study_differs_from_itself_in_epochs_and_batch_only():
    table = compare(*map(configurations.make_paper_run, (1, 2, 3)))
    assert table.index[table["differs"]].tolist() == ["Epochs", "Batch size"]


def test_what_an_older_run_did_not_record_is_no_difference(study):
    older = replace(study, config=study.config.change(cutmix=None, mixup=None, class_balance=None, rarity=None))
    names = {study.name: "now", "older": "older"}
    table = configurations.compare_settings([study, replace(older, name="older")], names)
    assert not table["differs"].any()


def test_an_ensemble_has_the_settings_that_its_members_share(compact):
    first = replace(compact, name="a", config=compact.config.change(seed=1, rarity=0.5))
    second = replace(compact, name="b", config=compact.config.change(seed=2, rarity=0.0))
    plain = {"experiment": "both", "members": ("a", "b"), "parameters": 2_000_000, "epochs": 10}
    both = Run("both", Path(), Config.model_construct(**plain), compact.history, None)
    for known, batch, rotation in (
        ({"a": first, "b": second}, "128", "±12°"),
        ({"a": first}, "–", "–"),
        ({}, "–", "–"),
    ):
        table = configurations.compare_settings([both], {"both": "both"}, known.get).set_index("Setting")["both"]
        assert (table["Batch size"], table["Rotation"]) == (batch, rotation)
        assert table["Rare answers drawn more often"] == table["Seed"] == "–" and table["Parameters"] == "2,000,000"


def test_settings_that_no_row_knows_are_shown_too(compact):
    newer = replace(compact, config=compact.config.change(depth_of_field=3.5))
    table = compare(newer)
    assert table.loc["Depth of field", "Compact network"] == "3.5" and table.loc["Depth of field", "Group"] == "Other"


def test_every_recipe_has_words_for_every_setting():
    for experiment in EXPERIMENTS.values():
        config = Config.model_construct(**(asdict(experiment) | {"augmentation": {"policy": experiment.augmentation}}))
        table = configurations.compare_settings([Run("x", Path(), config, None, None)], {"x": "x"})
        assert (table["Group"] != "Other").all(), table
