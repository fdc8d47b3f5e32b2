"""The overview: a photo to try, headline numbers, and what it says when there is nothing."""

import re
from dataclasses import replace

import pytest
from predict_page import read_table

from fer_core.app import loading, overview, summary
from fer_core.app.faces.examples import make_six_versions
from fer_core.app.findings import make_findings
from fer_core.app.formats import format_percent, format_points
from fer_core.runs.paired import compare_runs


def test_without_runs_it_says_so_and_how_to_train(no_artifacts, open_page, all_text):
    text = all_text(open_page("overview"))
    assert "No network to ask yet" in text and "python train.py train compact" in text
    assert "How good is it?" not in text


def test_headline_numbers_come_from_the_artifacts(artifacts, open_page):
    test = loading.load_default_run().metrics.test_tta  # what a visitor's photo gets: mirror image averaged
    first = open_page("overview").metric[0]
    assert first.value.startswith(f"{100 * test.accuracy:.1f}")
    low, high = test.accuracy_ci95
    assert f"{100 * low:.1f}–{100 * high:.1f}" in first.delta


def test_example_is_answered_at_once(artifacts, open_page, all_text):
    app = open_page("overview")
    assert "photo by the US Navy" in all_text(app)
    app.pills(key="overview-example").set_value("Portrait").run()
    assert "photo by NASA" in all_text(app)
    assert not app.error and not app.exception


def test_upload_replaces_the_example(artifacts, open_page, all_text):
    app = open_page("overview")
    app.file_uploader[0].upload("mine.jpg", overview.photo.EXAMPLE.read_bytes(), "image/jpeg").run()
    text = all_text(app)
    assert "photo by" not in text and not app.exception and not app.error
    assert "1 face" in text


def test_uploaded_photo_goes_along_and_is_still_there_afterwards(artifacts, open_page, all_text, n_answers):
    app = open_page("overview")
    app.file_uploader[0].upload("mine.jpg", overview.photo.EXAMPLE.read_bytes(), "image/jpeg").run()
    app.switch_page("pages/predict.py").run()
    assert read_table(app)["file"].tolist() == ["mine.jpg"]
    app.switch_page("pages/overview.py").run()
    assert "photo by" not in all_text(app) and "1 photo from before is still here" in all_text(app)
    assert n_answers.count("mine.jpg") == 1
    app.button(key="overview-forget").click().run()
    assert "photo by the US Navy" in all_text(app) and not app.exception


def test_photo_taken_out_of_the_uploader_is_forgotten(artifacts, open_page, all_text):
    app = open_page("overview")
    app.file_uploader[0].upload("mine.jpg", overview.photo.EXAMPLE.read_bytes(), "image/jpeg").run()
    app.file_uploader[0].set_value(None).run()
    assert "photo by the US Navy" in all_text(app)
    assert not any(key[0] != "example-Admiral" for key in app.session_state["predict-answers"])


def test_several_faces_get_a_line_each(artifacts, open_page):
    app = open_page("overview")
    app.file_uploader[0].upload("six.jpg", make_six_versions(), "image/jpeg").run()
    heads = [text.value for text in app.markdown if re.match(r"\*\*\d · ", text.value)]
    assert len(heads) > 1 and [head[2] for head in heads] == [str(n) for n in range(1, len(heads) + 1)]


def test_one_plain_sentence_says_how_good_it_is(committed_artifacts, open_page, all_text):
    run, people = loading.load_default_run().as_served(), loading.load_facts().crowd.people
    text = all_text(open_page("overview"))
    assert (
        f"**{100 * run.test.accuracy:.0f} of 100** faces" in text and f"**{100 * people.one:.0f} of 100** votes" in text
    )
    assert f"{run.test.n:,} faces" in text and f"{people.one_n:,} faces" in text  # how the two are counted


@pytest.mark.parametrize("data", [b"", b"this is no picture", b"\xff\xd8\xff\xe0 cut off"])
def test_bad_upload_gets_one_sentence(data, artifacts, open_page):
    app = open_page("overview")
    app.file_uploader[0].upload("<b>bad</b>.jpg", data, "image/jpeg").run()
    (error,) = app.warning
    assert error.value.endswith(".") and "Something went wrong" not in error.value and not app.exception
    assert app.metric, "the rest of the page still stands"


def test_photo_without_a_face_goes_along_to_be_marked(artifacts, open_page, all_text):
    app = open_page("overview")
    cat = (overview.shell.ASSETS / "cat.jpg").read_bytes()
    app.file_uploader[0].upload("mine.jpe", cat, "image/jpeg").run()
    app.button(key="overview-by-hand").click().run()
    (mine,) = app.session_state["predict-albums"]["predict-uploads"].photos.values()
    assert "Tap it" in all_text(app) and (mine.name, mine.key) == ("mine.jpe", app.session_state["predict-photo"])
    assert app.pills(key="predict-example").value is None and not app.exception and not app.error


def test_wilson_interval_matches_a_published_example():
    # Newcombe 1998, Statistics in Medicine 17: 81 of 263 gives .2553 to .3662.
    low, high = summary.compute_wilson_interval(81 / 263, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_extremes_are_the_lowest_and_highest_recall(artifacts):
    run = loading.load_default_run()
    weakest, strongest = summary.find_extreme_classes(run)
    recalls = {label: scores.recall for label, scores in run.metrics.test.per_class.items()}
    assert recalls[weakest] == min(recalls.values()) and recalls[strongest] == max(recalls.values())


def test_top_confusion_is_the_largest_off_diagonal_cell(artifacts):
    run = loading.load_default_run()
    true, predicted, count = summary.find_top_confusion(run)
    confusion = run.metrics.test.confusion
    largest = max(confusion[i][j] for i in range(7) for j in range(7) if i != j)
    assert true != predicted and count == largest


def test_drawn_or_unfinished_runs_carry_a_caveat(artifacts):
    run = loading.load_default_run()
    assert summary.describe_caveats(run) == ""
    drawn = replace(run, config=run.config.change(dataset=run.config.dataset.change(drawn=True), epochs=40))
    assert "drawn faces" in summary.describe_caveats(drawn) and "12 of 40" in summary.describe_caveats(drawn)


def test_a_gain_that_people_do_not_see_is_said_to_be_in_the_labels(committed_artifacts):
    runs = {run.name: run for run in loading.load_runs()}
    ours = loading.load_label_run()
    again = next(run for run in runs.values() if run.config.network == "vgg_study")
    text = make_findings(ours, None, {}, runs, None)[0].text
    pair = compare_runs(again, ours).crowd
    assert ("the gain is in the labels" in text) is not pair.is_clear
    assert format_points(pair.difference) in text
    alone = make_findings(ours, None, {}, {ours.name: ours}, None)[0]
    assert "people see" not in alone.text and alone.page == "leaderboard"


def test_the_first_finding_is_the_mean_of_all_seeds(artifacts):
    run = loading.load_label_run()
    metrics = run.metrics.change(test=run.metrics.test.change(accuracy=run.metrics.test.accuracy + 0.02))
    again = replace(run, name="again", config=run.config.change(seed=run.seed + 1), metrics=metrics)
    finding = make_findings(run, None, {}, {run.name: run, again.name: again}, None)[0]
    mean = format_percent(run.metrics.test.accuracy + 0.01)
    assert finding.figure.endswith(mean) and f"{mean} on average" in finding.text and "over 2 seeds" in finding.text


def test_all_seeds_are_named_beside_the_one_that_answers(committed_artifacts):
    runs = loading.load_runs()
    run = loading.load_default_run()
    seeds = [seed.as_served().test.accuracy for seed in runs if seed.experiment == run.experiment]
    assert len(seeds) > 1
    low, high = (f"{100 * share:.1f}" for share in (min(seeds), max(seeds)))
    text = summary.describe_seeds(run, runs)
    assert text.startswith(f"Trained with {len(seeds)} seeds: ") and low in text and high in text
    alone = [each for each in runs if each.name == run.name]
    assert summary.describe_seeds(run, alone) == ""
