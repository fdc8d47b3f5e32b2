"""The training page, through the router."""

import pytest

from fer_core.app import loading
from fer_core.app.sentences import training as sentences


def test_shows_curves_ends_and_settings(artifacts, open_page, all_text):
    app = open_page("training")
    assert not app.exception
    assert app.multiselect(key="training-runs").value == ["Compact network", "Study's VGG, experiment 2, our rerun"]
    text = all_text(app)
    assert "did best" in text and "The study's best is 64.8" in text
    assert app.dataframe[0].value["Network"].tolist()[1:] == [
        "Study's VGG, experiment 2, our rerun",
        "The study, experiment 2",
    ]
    assert app.multiselect(key="training-columns").value[0] == "The study, experiment 2"


@pytest.mark.parametrize("metric", ["Loss", "Precision", "Recall", "Learning rate", "Seconds per epoch"])
@pytest.mark.parametrize("view", ["Both", "Gap"])
def test_every_metric_opens_from_its_address(metric, view, artifacts, open_page):
    app = open_page("training", training_metric=metric, training_view=view, training_smoothing="0.5")
    assert not app.exception and not app.error
    assert len(app.get("plotly_chart")) == 1


def test_unknown_values_in_the_address_fall_back(artifacts, open_page):
    app = open_page("training", training_metric="Happiness", training_runs="nobody", training_smoothing="9")
    assert not app.exception and not app.error
    assert len(app.get("plotly_chart")) == 1


def test_nothing_selected_says_what_to_do(artifacts, open_page):
    app = open_page("training")
    app.multiselect(key="training-runs").set_value([]).run()
    app.multiselect(key="training-columns").set_value([]).run()
    assert not app.exception
    assert ["No network selected", "Nothing selected"] == [title.value for title in app.subheader]


def test_differences_only_unless_asked(artifacts, open_page, all_text):
    app = open_page("training")
    box = app.multiselect(key="training-columns")
    box.set_value(["The study, experiment 1", "The study, experiment 2"]).run()
    assert [table.value["Setting"].tolist() for table in app.table] == [["Epochs"]]
    app.toggle(key="training-same").set_value(True).run()
    assert len(app.table) == 4 and {"Data", "Augmentation", "Optimiser", "Network"} <= {s.value for s in app.subheader}


def test_without_runs_it_says_how_to_make_one(no_artifacts, open_page, all_text):
    app = open_page("training")
    assert not app.exception
    assert "python train.py train compact" in all_text(app)


def test_a_broken_run_does_not_hide_the_other(broken_artifacts, open_page, all_text):
    app = open_page("training")
    assert not app.exception
    assert "vgg-b32-e100-s0/metrics.json" in app.warning[0].value
    assert app.multiselect(key="training-runs").value == ["Compact network"]


def test_networks_that_learned_votes_are_not_set_beside_the_studys_labels(crowd_artifacts):
    runs = loading.load_runs()
    text = sentences.describe_runs(list(runs), runs.names)
    best = text.partition(" did best of those that learned labels")[0].strip("*")
    assert not runs.find(next(name for name, title in runs.names.items() if title == best)).learns_votes
    assert "judged by what most people see" in text
    votes = [run for run in runs if run.learns_votes]
    assert "The study's best" not in sentences.describe_runs(votes, runs.names)
