"""The results page, through the router."""

import numpy as np
import pytest

from fer_core.app import loading
from fer_core.app.results.subjects import STUDY_NAME
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
    for title in ("Which expressions get confused", "Class by class", "Most confident mistakes", "Does it know when it is right?"):
        assert title in text
    assert len(app.get("plotly_chart")) == 4


def test_without_the_pictures_answers_stand_in_a_table(artifacts, open_page, all_text):
    app = open_page("results", results_true="happy", results_predicted="happy")
    assert "not part of this site" in all_text(app)
    table = app.dataframe[0].value
    predictions = load_run(artifacts / "compact-s0").as_served().answers("test")
    cell = (predictions.label == 3) & (predictions.predicted == 3)
    assert sorted(table["file"]) == sorted(predictions.file[cell])
    assert table["confidence"].is_monotonic_decreasing
    assert set(LABELS) <= set(table.columns)


@pytest.fixture
def pictures(artifacts, monkeypatch) -> FerDataset:
    """Made-up pictures with the files and labels of the sample runs' test set."""
    answers = load_run(artifacts / "compact-s0").predictions("test")
    images = np.random.default_rng(0).integers(0, 256, (len(answers), 48, 48), np.uint8)
    dataset = FerDataset(images, answers.label, answers.file, np.ones(len(answers), bool), source="made-up")
    monkeypatch.setattr(loading, "load_pictures", lambda: dataset)
    return dataset


def test_with_the_pictures_they_are_shown_and_paged(pictures, open_page, all_text):
    app = open_page("results", results_true="happy", results_predicted="happy")
    assert not app.exception and not app.error
    assert "not part of this site" not in all_text(app)
    n = int(
        (
            load_run(loading.artifacts_root() / "compact-s0").as_served().answers("test").predicted[pictures.labels == 3]
            == 3
        ).sum()
    )
    assert n > 20  # two pages
    images = app.image
    assert len(images) == 40  # a page of the cell, and the most confident mistakes
    second = open_page("results", results_true="happy", results_predicted="happy", results_page="2")
    assert len(second.image) == n - 20 + 20
    beyond = open_page("results", results_true="happy", results_predicted="happy", results_page="99")
    assert not beyond.exception and not beyond.error


def test_a_dataset_without_these_files_falls_back_to_the_table(artifacts, monkeypatch, open_page, all_text):
    other = FerDataset(
        np.zeros((1, 48, 48), np.uint8), np.zeros(1, np.uint8), np.array(["x.jpg"]), np.ones(1, bool), source="other"
    )
    monkeypatch.setattr(loading, "load_pictures", lambda: other)
    app = open_page("results", results_true="happy", results_predicted="happy")
    assert not app.exception and not app.error
    assert "not part of this site" in all_text(app)


def test_the_paper_is_a_result_like_any_other(artifacts, open_page, all_text):
    app = open_page("results", results_run="study", results_with="compact-s0")
    assert not app.exception and not app.error
    assert app.metric[0].value == "64.3\u00a0%"
    text = all_text(app)
    assert "**270** pictures" in text
    assert "which pictures they are is not known" in text
    assert "Most confident mistakes" not in text


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
    assert "Labels: only one is right" in text and "Crowd: only one is right" in text


def test_pictures_are_found_whoever_judges(pictures, crowd_artifacts, open_page, all_text):
    app = open_page("results", results_true="happy", results_predicted="happy")
    assert not app.exception and app.image and "not part of this site" not in all_text(app)


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
