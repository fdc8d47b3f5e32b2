"""The study page: its table beside ours, what chance explains, its network, what it left open."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sample_artifacts import write_sample_runs

from fer_core.app import loading
from fer_core.app.ablation import describe_arithmetic
from fer_core.app.charts import network
from fer_core.app.formats import format_points
from fer_core.app.sentences import study as sentences
from fer_core.app.sentences.leaderboard import describe_seed_mean
from fer_core.labels import LABELS
from fer_core.runs.artifacts import load_run
from fer_core.runs.leaderboard import Measure
from fer_core.runs.paper import PAPER_FINDINGS, PAPER_LAYERS, PAPER_REPORT, PAPER_TABLE


def list_cards(app) -> list[pd.DataFrame]:
    """The tables of Table 1, one for each experiment."""
    return [table.value for table in app.table if "Test accuracy" in set(table.value.get("Score", ()))]


def list_mentions(app) -> list[pd.DataFrame]:
    """The classes that the study's text names, one table for each experiment."""
    return [table.value for table in app.table if "happy F1" in set(table.value.get("Score", ()))]


def test_every_printed_cell_stands_there(no_artifacts, open_page):
    app = open_page("study")
    for found, experiment in zip(list_cards(app), PAPER_TABLE, strict=True):
        printed = [text for cells in experiment.cells.values() for text in cells.values()]
        assert found["Study"].tolist() == printed
        assert list(found) == ["Score", "Study"], "no column of dashes"
    for found, experiment in zip(list_mentions(app), PAPER_TABLE, strict=True):
        assert found["Study"].tolist() == list(experiment.mentioned.values()) and list(found) == ["Score", "Study"]
    (report,) = (table.value for table in app.table if "Class" in table.value)
    assert report["Recall"].tolist() == [PAPER_REPORT[label]["recall"] for label in LABELS]


def test_our_run_fills_its_column(artifacts, open_page, all_text):
    app = open_page("study")
    run = loading.load_runs().find("vgg-b32-e100-s0")
    ours = list_cards(app)[1].set_index("Score")["Here"]
    assert ours["Test accuracy"].startswith(f"{run.metrics.test.accuracy:.4f}")
    assert ours["Val. recall"].startswith(f"{run.metrics.validation.recall_at_half:.4f}")
    assert [list(found) for found in list_cards(app)] == [
        ["Score", "Study"],
        ["Score", "Study", "Here", "Last epoch"],
        ["Score", "Study"],
    ]


def test_several_seeds_show_their_spread_and_the_ablation_its_differences(tmp_path, monkeypatch, open_page, all_text):
    write_sample_runs(
        tmp_path,
        {f"vgg-b32-e100-s{i}": 2.0 + i / 10 for i in range(3)}
        | {f"quarter-s{i}": 2.0 + i / 10 for i in range(3)}
        | {"quarter-no-vertical-flip-s0": 3.0},
    )
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    app = open_page("study", study_ablation="true")
    ours = list_cards(app)[1].set_index("Score")["Here"]
    test = [loading.load_runs().find(f"vgg-b32-e100-s{i}").metrics.test.accuracy for i in range(3)]
    assert ours["Test accuracy"].startswith(f"{np.mean(test):.4f} ±{np.std(test, ddof=1):.4f}")
    assert ours["Test accuracy"].endswith("sd]")
    table = next(table.value for table in app.table if "Change" in table.value)
    assert table["Change"].tolist() == ["the study's recipe", "no vertical flip"] and table["Seeds"].tolist() == [3, 1]
    change = loading.load_runs().find("quarter-no-vertical-flip-s0").metrics.test.accuracy - np.mean(
        [loading.load_runs().find(f"quarter-s{i}").metrics.test.accuracy for i in range(3)]
    )
    assert table["Accuracy"][1].startswith(f"+{100 * change:.1f} (")
    text = all_text(app)
    assert "a quarter of its width" in text and "mean of 3 runs" in text
    assert "**No vertical flip** helps most: +" in text and f"+{100 * change:.1f}\u00a0points (" in text


def test_changes_computed_with_other_numbers_are_named(tmp_path):
    names = ["quarter-s0", "quarter-no-erasing-s0", "quarter-no-vertical-flip-s0"]
    write_sample_runs(tmp_path, dict.fromkeys(names, 2.0))
    base, erasing, flip = (load_run(tmp_path / name) for name in names)
    assert describe_arithmetic([base], [base, erasing, flip]) == ""
    other = replace(flip, config=flip.config.change(mixed_precision=not base.config.mixed_precision))
    text = describe_arithmetic([base], [base, erasing, other])
    assert text.startswith(" Computed in ") and text.endswith(f": {flip.config.factor}.")


def test_without_the_ablation_it_has_no_place_on_the_page(artifacts, open_page, all_text):
    app = open_page("study")
    assert not app.exception and "What would have helped" not in all_text(app)


def test_without_runs_the_study_still_stands(no_artifacts, open_page, all_text):
    app = open_page("study")
    text = all_text(app)
    assert app.code[0].value == "python train.py train vgg-b32-e50 vgg-b32-e100 vgg-b64-e100"
    assert all(title in text for title in PAPER_FINDINGS)
    assert "Twice the epochs bring +2\u00a0points, twice the batch ±0\u00a0points." in text
    assert "explains" not in text and "to compare them one needs their answers picture by picture" in text
    assert "64.3\u00a0%" in text, "experiment 2's accuracy is counted in its matrix"
    assert "run again" not in text.partition("Twice the epochs")[2].partition("What would have helped")[0]
    assert "No network to compare with yet." in text and "Not measured yet." in text
    assert "python train.py" not in text, "commands stand behind a button"


def test_our_runs_stand_beside_the_printed_accuracies(artifacts, open_page, all_text):
    measured = sentences.compute_accuracies(list(loading.load_runs()))
    test = loading.load_runs().find("vgg-b32-e100-s0").metrics.test
    (ours,) = measured[sentences.HERE]
    assert ours.name == measured[sentences.PAPER][1].name and ours.share == test.accuracy
    text = all_text(open_page("study"))
    assert f"Experiment 2, run again: **{100 * test.accuracy:.1f}\u00a0%" in text
    assert "One seed: how far another one would move it is not known." in text
    mentions = list_mentions(open_page("study"))[1].set_index("Score")
    assert mentions.loc["fear recall", "Study"] == "0.36"
    assert mentions.loc["fear recall", "Here"] == f"{test.per_class['fear'].recall:.3f}"


def make_measures(*seeds):
    title = "2: 100 epochs, batches of 32"
    printed = [Measure(name, 0.64, (0.63, 0.65), 7178, (0.64,)) for name in ("1: a", title, "3: c")]
    mean = sum(seeds) / len(seeds)
    return {sentences.PAPER: printed, sentences.HERE: [Measure(title, mean, (mean, mean), 7178, seeds)]}


def test_a_rerun_is_judged_by_its_seeds_and_never_by_other_pictures():
    """Two points between three close seeds and the printed number are more than another seed would do."""
    apart, near, alone = (
        sentences.describe_accuracies(make_measures(*seeds))
        for seeds in ((0.620, 0.622, 0.618), (0.62, 0.65, 0.66), (0.6,))
    )
    assert "beyond what another of our seeds would do (1.0\u00a0points at 95 %)" in apart  # 4.303 * .002 * sqrt(4 / 3)
    assert "within what another of our seeds would do" in near
    assert "beyond" not in alone and "within" not in alone and "One seed" in alone


def test_the_last_epoch_is_named_where_the_printed_recall_fits_it(committed_artifacts, open_page, all_text):
    text = all_text(open_page("study"))
    assert "recall of fear, 0.22, is nearer to the last epoch's (0.24) than to that of the kept one, 49 (0.33)" in text
    assert "One seed of ours cannot settle it" in text
    assert "validation accuracy ranged from 54.8\u00a0% to 61.1\u00a0%" in text


def test_the_gain_is_said_to_be_in_the_labels(committed_artifacts, open_page, all_text):
    text = all_text(open_page("study"))
    assert "by FER2013's labels: **Compact network** is ahead of **Study's VGG, experiment 1, our rerun** (6.8" in text
    assert "By what most people see, on 6,848: no difference beyond chance" in text
    assert "**The gain shows in FER2013's labels, not in what people see.**" in text
    losses = {
        name: loading.load_runs().find(name).metrics.test.crowd_log_loss for name in ("vgg-b32-e50-s0", "compact-s1")
    }
    study, ours = losses.values()
    assert (
        f"rerun** {study:.2f}, **Compact network** {ours:.2f}; **Study's VGG, experiment 1, our rerun** is nearer"
        in text
    )


def test_the_gain_is_also_that_of_the_mean_of_its_seeds(tmp_path):
    skills = {"vgg-b32-e50-s0": 2.0, "compact-s0": 2.5, "compact-s1": 2.6}
    again, *seeds = write_sample_runs(tmp_path, skills, votes=True)
    text = describe_seed_mean([again], seeds)
    gain = np.mean([run.metrics.test.accuracy for run in seeds]) - again.metrics.test.accuracy
    assert text.startswith(f"On the mean of 2 seeds, in points: {format_points(gain, unit=False)} (")
    people = np.mean([run.metrics.crowd_test.accuracy for run in seeds]) - again.metrics.crowd_test.accuracy
    assert f"{format_points(people, unit=False)} (" in text.partition("labels")[2] and text.endswith(
        "what most people see."
    )
    assert describe_seed_mean([again], seeds[:1]) == "", "one seed has been compared already"


def test_the_same_network_taught_by_people_shows_what_the_teacher_is_worth(committed_artifacts, open_page, all_text):
    runs = loading.load_runs()
    labels, votes = (
        runs.find(name).as_judged(by_crowd=True).metrics.crowd_test for name in ("compact-s1", "crowd-compact-s0")
    )
    text = all_text(open_page("study"))
    assert "A network of the design of **Compact network**, taught people's votes" in text
    assert f"in {100 * votes.accuracy:.1f}\u00a0% of the pictures instead of {100 * labels.accuracy:.1f}\u00a0%" in text


def test_open_questions_are_answered_from_the_artifacts(committed_artifacts, open_page, all_text):
    text = all_text(open_page("study"))
    assert "**Compact network** 50\u00a0% of disgust" in text
    assert "Measured: with the lower half covered" in text
    assert "Tried: **Face ResNet, taught by the crowd** started from a network that tells people apart" in text


@pytest.mark.parametrize(
    ("measure", "total", "dense"), [("Parameters", 43_322_567, 0.82), ("Multiplications", 674e6, 0.05)]
)
def test_bars_are_the_layers_with_weights(measure, total, dense):
    figure = network.view_layers(PAPER_LAYERS, measure).figure
    convolutions, units = (sum(bars.x) for bars in figure.data)
    assert [len(bars.x) for bars in figure.data] == [10, 3]
    assert convolutions + units == pytest.approx(total, rel=1e-3)
    assert units / (convolutions + units) == pytest.approx(dense, abs=0.01)
    assert "11. 4,096 units 18.9\u00a0M" in network.view_layers(PAPER_LAYERS, "Parameters").alt


def test_what_is_counted_is_in_the_address(no_artifacts, open_page):
    app = open_page("study", study_count="Multiplications")
    assert not app.exception and app.segmented_control(key="study-count").value == "Multiplications"
