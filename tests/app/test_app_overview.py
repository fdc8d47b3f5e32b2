"""The overview: the study's table beside ours, headline numbers, and what it says when there is nothing."""

from dataclasses import replace

import numpy as np
import pytest
from sample_artifacts import write_sample_runs

from fer_core.app import loading, overview, summary
from fer_core.runs.paper import PAPER_TABLE


def test_every_printed_cell_stands_there(no_artifacts, open_page):
    app = open_page("overview")
    assert len(app.table) == len(PAPER_TABLE)
    for table, experiment in zip(app.table, PAPER_TABLE, strict=True):
        printed = [text for cells in experiment.cells.values() for text in cells.values()]
        assert table.value["Study"].tolist() == printed
        assert set(table.value["Here"]) == {"–"}


def test_without_runs_it_says_so_and_how_to_train(no_artifacts, open_page, all_text):
    text = all_text(open_page("overview"))
    assert "No network to ask yet" in text and "python train.py compact" in text
    assert text.count("not run here yet") == 3
    assert "How good is it?" not in text


def test_our_run_fills_its_column(artifacts, open_page, all_text):
    app = open_page("overview")
    run = loading.load_runs().find("vgg-b32-e100-s0")
    ours = app.table[1].value.set_index("Score")["Here"]
    assert ours["Test accuracy"].startswith(f"{run.metrics['test']['accuracy']:.4f}")
    assert ours["Valid. recall"].startswith(f"{run.metrics['validation']['recall_at_half']:.4f}")
    assert all_text(app).count("not run here yet") == 2


def test_headline_numbers_come_from_the_artifacts(artifacts, open_page):
    test = loading.load_default_run().metrics["test_tta"]  # what a visitor's photo gets: mirror image averaged
    first = open_page("overview").metric[0]
    assert first.value.startswith(f"{100 * test['accuracy']:.1f}")
    low, high = test["accuracy_ci95"]
    assert f"{100 * low:.1f}–{100 * high:.1f}" in first.delta


def test_example_is_answered_at_once(artifacts, open_page, all_text):
    app = open_page("overview")
    assert "photo by NASA" in all_text(app)
    assert not app.error


def test_upload_replaces_the_example(artifacts, open_page, all_text):
    app = open_page("overview")
    example = overview.photo.EXAMPLE.read_bytes()
    app.file_uploader[0].upload("mine.jpg", example, "image/jpeg").run()
    text = all_text(app)
    assert "photo by NASA" not in text and not app.exception and not app.error
    assert "1 face" in text


@pytest.mark.parametrize("data", [b"", b"this is no picture", b"\xff\xd8\xff\xe0 cut off"])
def test_bad_upload_gets_one_sentence(data, artifacts, open_page):
    app = open_page("overview")
    app.file_uploader[0].upload("<b>bad</b>.jpg", data, "image/jpeg").run()
    (error,) = app.error
    assert error.value.endswith(".") and "Something went wrong" not in error.value and not app.exception
    assert app.table, "the rest of the page still stands"


def test_wilson_interval_matches_a_published_example():
    # Newcombe 1998, Statistics in Medicine 17: 81 of 263 gives .2553 to .3662.
    low, high = summary.compute_wilson_interval(81 / 263, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_extremes_are_the_lowest_and_highest_recall(artifacts):
    run = loading.load_default_run()
    weakest, strongest = summary.find_extreme_classes(run)
    recalls = {label: scores["recall"] for label, scores in run.metrics["test"]["per_class"].items()}
    assert recalls[weakest] == min(recalls.values()) and recalls[strongest] == max(recalls.values())


def test_top_confusion_is_the_largest_off_diagonal_cell(artifacts):
    run = loading.load_default_run()
    true, predicted, count = summary.find_top_confusion(run)
    confusion = run.metrics["test"]["confusion"]
    largest = max(confusion[i][j] for i in range(7) for j in range(7) if i != j)
    assert true != predicted and count == largest


def test_drawn_or_unfinished_runs_carry_a_caveat(artifacts):
    run = loading.load_default_run()
    assert summary.describe_caveats(run) == ""
    drawn = replace(run, config=run.config | {"dataset": run.config["dataset"] | {"drawn": True}, "epochs": 40})
    assert "drawn faces" in summary.describe_caveats(drawn) and "12 of 40" in summary.describe_caveats(drawn)


def test_several_seeds_show_their_spread_and_the_ablation_its_differences(tmp_path, monkeypatch, open_page, all_text):
    write_sample_runs(
        tmp_path, {f"vgg-b32-e100-s{i}": 2.0 + i / 10 for i in range(3)} | {"vgg-no-vertical-flip-s0": 3.0}
    )
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    app = open_page("overview")
    ours = app.table[1].value.set_index("Score")["Here"]
    test = [loading.load_runs().find(f"vgg-b32-e100-s{i}").metrics["test"]["accuracy"] for i in range(3)]
    assert ours["Test accuracy"].startswith(f"{np.mean(test):.4f} ±{np.std(test, ddof=1):.4f}")
    assert ours["Test accuracy"].endswith("sd]")
    table = app.table[3].value
    assert table["Change"].tolist() == ["the study's recipe", "no vertical flip"] and table["Seeds"].tolist() == [3, 1]
    change = loading.load_runs().find("vgg-no-vertical-flip-s0").metrics["test"]["accuracy"] - np.mean(test)
    assert table["Accuracy"][1].startswith(f"+{100 * change:.1f} (")
    text = all_text(app)
    assert "python train.py vgg-no-erasing" in text and "mean of 3 runs" in text


def test_without_the_ablation_it_says_how_to_train_it(artifacts, open_page, all_text):
    assert "python train.py vgg-no-vertical-flip vgg-no-erasing" in all_text(open_page("overview"))
