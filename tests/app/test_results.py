"""The results page, through the router."""

import numpy as np
import pytest

from fer_core.app import dataset_album, loading
from fer_core.app.results.subjects import STUDY_NAME, make_result
from fer_core.data import FerDataset
from fer_core.labels import LABELS
from fer_core.runs import load_run


def test_shows_the_run_that_predicts(artifacts, open_page, all_text):
    app = open_page("results")
    assert not app.exception and not app.error
    assert app.selectbox(key="results-run").value == "Compact network"
    run = load_run(artifacts / "compact-s0")
    assert f"{100 * run.as_served().test.accuracy:.1f}" in app.metric[0].value, "as photos are answered"
    text = all_text(app)
    for title in (
        "Which expressions get confused",
        "Class by class",
        "Find test pictures",
        "Does it know when it is right?",
    ):
        assert title in text
    assert len(app.get("plotly_chart")) == 2
    assert len(open_page("results", results_confidence="true").get("plotly_chart")) == 4


CELL = {"results_true": "happy", "results_predicted": "happy"}


def test_without_the_pictures_answers_stand_in_for_them(artifacts, open_page, all_text, tiles):
    app = open_page("results", **CELL)
    assert not app.exception and not app.error and "not part of this site" in all_text(app)
    answers = load_run(artifacts / "compact-s0").as_served().answers("test")
    cell = (answers.label == 3) & (answers.predicted == 3)
    assert len(tiles["results-tiles"]) == min(24, cell.sum())
    assert all(tile["src"].startswith("data:image/svg") for tile in tiles["results-tiles"])
    app = open_page("results", **CELL, results_look="Table")
    table = app.dataframe[0].value
    assert sorted(table["file"]) == sorted(answers.file[cell])
    assert table["confidence"].is_monotonic_decreasing
    assert set(LABELS) <= set(table.columns)


def test_without_the_pictures_an_answer_opens_all_the_same(crowd_artifacts, open_page, all_text, tiles):
    open_page("results", **CELL, results_judge_votes="FER2013's label")
    key = tiles["results-tiles"][0]["key"]
    app = open_page("results", **CELL, results_judge_votes="FER2013's label", results_picture=key)
    text = all_text(app)
    assert not app.exception and not app.error
    assert f"test/{key}" in text and "It says **happy**, as labelled" in text and "FER+'s votes" in text


@pytest.fixture
def pictures(artifacts, monkeypatch) -> FerDataset:
    """Made-up pictures with the files and labels of the sample runs' test set."""
    answers = load_run(artifacts / "compact-s0").predictions("test")
    images = np.random.default_rng(0).integers(0, 256, (len(answers), 48, 48), np.uint8)
    dataset = FerDataset(images, answers.label, answers.file, np.ones(len(answers), bool), source="made-up")
    monkeypatch.setattr(dataset_album, "find_album", lambda: dataset_album.make_album(dataset))
    return dataset


def test_with_the_pictures_they_are_shown_and_paged(pictures, open_page, all_text, tiles):
    app = open_page("results", **CELL)
    assert not app.exception and not app.error
    assert "not part of this site" not in all_text(app)
    answers = load_run(loading.artifacts_root() / "compact-s0").as_served().answers("test")
    n = int((answers.predicted[pictures.labels == 3] == 3).sum())
    assert n > 24  # two pages
    assert len(tiles["results-tiles"]) == 24 and len(tiles["results-found-tiles"]) == min((~answers.correct).sum(), 16)
    assert all(tile["src"].startswith("data:image/png") for tile in tiles["results-tiles"])
    open_page("results", **CELL, results_page="2")
    assert len(tiles["results-tiles"]) == n - 24
    beyond = open_page("results", **CELL, results_page="99")
    assert not beyond.exception and not beyond.error


def test_arrows_lead_through_a_cell(pictures, open_page, all_text, tiles):
    open_page("results", **CELL)
    keys = [tile["key"] for tile in tiles["results-tiles"]]
    app = open_page("results", **CELL, results_picture=keys[1])
    app.button(key="results-picture-previous").click().run()
    assert f"test/{keys[0]}" in all_text(app) and app.button(key="results-picture-previous").disabled


def test_an_unknown_picture_in_the_address_opens_nothing(artifacts, open_page):
    app = open_page("results", **CELL, results_picture="happy/nobody.jpg")
    assert not app.exception and not app.error
    with pytest.raises(KeyError):
        app.button(key="results-picture-next")


def test_an_address_that_names_two_pictures_opens_one(artifacts, open_page, tiles):
    open_page("results", **CELL)
    keys = {name: tiles[f"{name}-tiles"][0]["key"] for name in ("results", "results-found")}
    app = open_page("results", **CELL, results_picture=keys["results"], results_found_picture=keys["results-found"])
    assert not app.exception and not app.error and app.button(key="results-picture-next")


def test_a_dataset_without_these_files_falls_back(artifacts, monkeypatch, open_page, all_text):
    other = FerDataset(
        np.zeros((1, 48, 48), np.uint8), np.zeros(1, np.uint8), np.array(["x.jpg"]), np.ones(1, bool), source="other"
    )
    monkeypatch.setattr(dataset_album, "find_album", lambda: dataset_album.make_album(other))
    app = open_page("results", **CELL)
    assert not app.exception and not app.error
    assert "not part of this site" in all_text(app)


def test_pictures_are_asked_for(crowd_artifacts, open_page, all_text, tiles):
    answers = make_result(load_run(crowd_artifacts / "crowd-s0"), "", averaged=True, by_crowd=True).load_answers()
    app = open_page("results", results_found_verdict="Right", results_found_label="fear")
    app.slider(key="results-found-confidence").set_value((50, 100)).run()
    assert not app.exception and not app.error
    n = (answers.correct & (answers.label == 2) & (answers.confidence >= 0.495)).sum()
    shown = tiles["results-found-tiles"]
    assert len(shown) == min(n, 16) and all(tile["lines"][0].startswith("fear") for tile in shown)
    assert all(tile["badges"][0][0] == "✓" for tile in shown)
    app.selectbox(key="results-found-twins").set_value("only").run()
    assert "test pictures." in all_text(app)
    app.selectbox(key="results-found-verdict").set_value("wrong").run()
    app.selectbox(key="results-found-answer").set_value("fear").run()
    assert not app.exception and "No test picture passes these filters" in "".join(info.value for info in app.info)


def test_who_alone_is_right_can_be_looked_at(artifacts, open_page, all_text, tiles):
    first, second = (
        load_run(artifacts / name).as_served().answers("test") for name in ("compact-s0", "vgg-b32-e100-s0")
    )
    title = loading.load_runs().names["vgg-b32-e100-s0"]
    app = open_page("results", results_with=title, results_found_verdict=f"Only {title} right")
    assert not app.exception and not app.error
    n = int((~first.correct & second.correct).sum())
    assert f"**{n}** of 280 test pictures" in all_text(app) and len(tiles["results-found-tiles"]) == min(n, 16)
    assert {"Difference", "Only one is right"} <= {metric.label for metric in app.metric}


def test_ours_beside_the_study_is_three_matrices_and_an_unpaired_difference(artifacts, open_page, all_text):
    app = open_page("results", results_with=STUDY_NAME)
    assert not app.exception and not app.error
    assert {"results-matrix", "results-matrix-other", "results-matrix-difference"} <= {
        chart.proto.id.rpartition("-results")[2] and "results" + chart.proto.id.rpartition("-results")[2]
        for chart in app.get("plotly_chart")
    }
    assert "cannot be paired" in all_text(app)
    assert [metric.label for metric in app.metric].count("Difference") == 1


def test_the_paper_is_a_result_like_any_other(artifacts, open_page, all_text):
    app = open_page("results", results_run="study", results_with="compact-s0")
    assert not app.exception and not app.error
    assert app.metric[0].value == "64.3\u00a0%"
    text = all_text(app)
    assert "**270** pictures" in text
    assert "which pictures they are is not known" in text
    assert "Find test pictures" not in text


@pytest.mark.parametrize("numbers", ["Counts", "Per true class", "Per predicted class"])
@pytest.mark.parametrize("other", ["nothing", "study", "vgg-b32-e100-s0", "compact-s0"])
def test_every_matrix_opens_from_its_address(numbers, other, artifacts, open_page):
    app = open_page("results", results_numbers=numbers, results_with=other, results_mirror="true")
    assert not app.exception and not app.error
    names = {"nothing": "nothing", "study": STUDY_NAME, **loading.load_runs().names}
    assert app.selectbox(key="results-with").value == names[other]


def test_mirror_images_change_the_headline(artifacts, open_page):
    run = load_run(artifacts / "compact-s0")
    app = open_page("results", results_mirror="false")
    assert f"{100 * run.metrics.test.accuracy:.1f}" in app.metric[0].value
    app.toggle(key="results-mirror").set_value(True).run()
    assert f"{100 * run.metrics.test_tta.accuracy:.1f}" in app.metric[0].value


def test_the_crowds_network_is_judged_by_the_crowd_and_on_request_by_labels(crowd_artifacts, open_page, all_text):
    run = load_run(crowd_artifacts / "crowd-s0").as_served()
    app = open_page("results")
    assert not app.exception and not app.error
    assert app.selectbox(key="results-run").value == run.title
    assert f"{100 * run.test.accuracy:.1f}" in app.metric[0].value and run.test.n == len(run.answers("test")) < 280
    assert "sees what most people see" in all_text(app) and "Against the study" not in all_text(app)
    app.segmented_control(key="results-judge-votes").set_value("FER2013's label").run()
    assert f"{100 * run.as_judged(by_crowd=False).test.accuracy:.1f}" in app.metric[0].value
    assert "Against the study" in all_text(app)


def test_two_networks_are_compared_by_both_judges(crowd_artifacts, open_page, all_text):
    text = all_text(open_page("results", results_with="compact-s0"))
    assert "By FER2013's labels" in text and "In the eyes of the crowd" in text
    assert text.count("Only one is right") == 2 and text.count("Difference") >= 2
    loss = load_run(crowd_artifacts / "compact-s0").as_served().as_judged(by_crowd=False).test.crowd_log_loss
    assert f"compact-s0 {loss:.2f}" in text or f"Compact network {loss:.2f}" in text


def test_pictures_are_found_whoever_judges(pictures, crowd_artifacts, open_page, all_text, tiles):
    app = open_page("results", **CELL)
    assert not app.exception and tiles["results-tiles"] and "not part of this site" not in all_text(app)


def test_unknown_values_in_the_address_fall_back(artifacts, open_page):
    app = open_page("results", results_run="nobody", results_true="bored", results_numbers="Roman", results_page="-3")
    assert not app.exception and not app.error
    assert app.selectbox(key="results-true").value == "sad"


def test_an_empty_cell_says_so(artifacts, open_page):
    run = load_run(artifacts / "compact-s0")
    empty = np.argwhere(np.array(run.metrics.test.confusion) == 0)
    if not len(empty):
        pytest.skip("the sample run fills every cell")
    true, predicted = empty[0]
    app = open_page("results", results_true=LABELS[true], results_predicted=LABELS[predicted])
    assert "No test picture lies in this cell." in [info.value for info in app.info]


def test_without_runs_the_paper_is_still_there(no_artifacts, open_page, all_text):
    app = open_page("results")
    assert not app.exception and not app.error
    text = all_text(app)
    assert "python train.py train compact" in text and "**270** pictures" in text


def test_a_broken_run_does_not_hide_the_other(broken_artifacts, open_page):
    app = open_page("results")
    assert not app.exception
    assert "vgg-b32-e100-s0/metrics.json" in app.warning[0].value
    assert app.metric


def test_broken_predictions_are_one_sentence(artifacts, tmp_path, monkeypatch, open_page):
    from sample_artifacts import write_sample_runs

    write_sample_runs(tmp_path)
    file = tmp_path / "compact-s0" / "predictions.npz"
    file.write_bytes(file.read_bytes()[:200])
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    app = open_page("results")
    assert not app.exception and app.selectbox(key="results-run").value == loading.load_runs().names["vgg-b32-e100-s0"]
    assert "compact-s0/predictions.npz is damaged" in app.warning[0].value
