"""Matrices, scores, cells and sentences of the results page, without Streamlit."""

from dataclasses import replace

import numpy as np
import pytest

from fer_core.app.charts import calibration, confusion, scores
from fer_core.app.charts.confusion import COUNTS, PER_PREDICTED, PER_TRUE
from fer_core.app.results import sentences, subjects
from fer_core.app.results.query import Query, find_rows
from fer_core.labels import LABELS
from fer_core.runs import load_run
from fer_core.runs.paper import PAPER_CONFUSION, PAPER_REPORT


@pytest.fixture
def run(written_artifacts):
    return load_run(written_artifacts / "compact-s0")


@pytest.fixture
def result(run):
    return subjects.make_result(run, run.title)


def test_the_papers_matrix_gives_its_printed_report():
    paper = subjects.make_study_result()
    assert (paper.n, round(paper.accuracy, 2)) == (7178, 0.64)
    assert paper.interval[0] < paper.accuracy < paper.interval[1]
    assert paper.load_answers() is None
    recall = np.diag(confusion.normalise(PAPER_CONFUSION, PER_TRUE))
    precision = np.diag(confusion.normalise(PAPER_CONFUSION, PER_PREDICTED))
    for i, label in enumerate(LABELS):
        assert recall[i] == pytest.approx(float(PAPER_REPORT[label]["recall"]), abs=0.0051)
        assert precision[i] == pytest.approx(float(PAPER_REPORT[label]["precision"]), abs=0.0051)


def test_normalised_rows_and_columns_sum_to_one_and_empty_ones_stay_zero():
    matrix = np.arange(49).reshape(7, 7)
    matrix[3] = matrix[:, 5] = 0
    assert np.allclose(np.delete(confusion.normalise(matrix, PER_TRUE).sum(axis=1), 3), 1)
    assert np.allclose(np.delete(confusion.normalise(matrix, PER_PREDICTED).sum(axis=0), 5), 1)
    assert not confusion.normalise(matrix, PER_TRUE)[3].any()
    assert not confusion.normalise(matrix, PER_PREDICTED)[:, 5].any()


def test_every_cell_can_be_clicked_and_none_of_the_targets_is_seen():
    figure = confusion.view_confusion(np.array(PAPER_CONFUSION), "a", COUNTS, chosen=(5, 4)).figure
    heatmap, targets = figure.data
    assert heatmap.text[3][3] == "1,465"
    assert len(targets.x) == 49
    for x, y, (true, predicted) in zip(targets.x, targets.y, targets.customdata, strict=True):
        assert (y, x) == (LABELS[true], LABELS[predicted])
    assert targets.marker.opacity == targets.selected.marker.opacity == targets.unselected.marker.opacity == 0
    assert targets.text[5 * 7 + 4].startswith("<b>sad</b>, predicted <b>neutral</b><br>270 pictures<br>21.7")
    box = figure.layout.shapes[0]
    assert (box.x0, box.x1, box.y0, box.y1) == (3.5, 4.5, 4.5, 5.5)


@pytest.mark.parametrize("mode", confusion.MODES)
def test_differences_are_antisymmetric_and_centred(mode):
    one = np.array(PAPER_CONFUSION)
    two = one[::-1, ::-1]
    there, back = (confusion.view_confusion(a, "a", mode, b, "b").figure.data[0] for a, b in ((one, two), (two, one)))
    assert np.allclose(there.z, -np.array(back.z))
    assert there.zmin == -there.zmax and there.zmid == 0 and there.autocolorscale
    same = confusion.view_confusion(one, "a", mode, one, "b").figure.data[0]
    assert not np.any(same.z) and same.zmax == 1


def test_matrix_in_words_and_as_a_table():
    matrix = np.array(PAPER_CONFUSION)
    view = confusion.view_confusion(matrix, "paper", COUNTS)
    assert "disgust 33\u00a0% right, 49\u00a0% taken for angry" in view.alt
    gain = confusion.view_confusion(matrix, "a", COUNTS, matrix, "b").alt
    assert gain.startswith("Confusion matrix of a minus that of b") and "happy ±0.0" in gain
    assert view.table["true"].tolist() == list(LABELS) and view.table.loc[5, "neutral"] == 270


def test_averaged_answers_bring_their_own_numbers(run):
    plain, averaged = subjects.make_result(run, "a"), subjects.make_result(run, "a", averaged=True)
    assert averaged.accuracy == pytest.approx(run.metrics.test_tta.accuracy)
    assert averaged.accuracy != plain.accuracy
    answers = averaged.load_answers()
    assert np.array_equal(answers.predicted, run.predictions("test").tta_probability.argmax(axis=1))
    assert subjects.make_cards(averaged)[0].value != subjects.make_cards(plain)[0].value
    # The study did not average: whatever stands above, it is compared with one look.
    assert subjects.make_cards(averaged)[1] == subjects.make_cards(plain)[1]
    without = replace(run, metrics=run.metrics.change(test_tta=None))
    assert not subjects.make_result(without, "a", averaged=True).run.is_averaged


def test_answers_are_calibrated_and_give_the_matrix_back(result):
    answers = result.load_answers()
    for true in range(7):
        for predicted in range(7):
            assert len(subjects.select_cell(answers, true, predicted)) == result.confusion[true, predicted]
    raw = result.run.predictions("test").confidence
    assert result.calibration.temperature != 1 and not np.allclose(answers.confidence, raw)
    assert np.allclose(answers.probability.sum(axis=1), 1, atol=1e-3)


def test_cells_and_mistakes_are_sorted_by_confidence(result):
    answers = result.load_answers()
    rows = subjects.select_cell(answers, 3, 3)
    assert len(rows) > 3 and np.all(np.diff(answers.confidence[rows]) <= 0)
    assert np.all(np.diff(answers.confidence[subjects.select_cell(answers, 3, 3, least_first=True)]) >= 0)
    mistakes = find_rows(answers, Query())[:10]
    assert len(mistakes) == 10 and not answers.correct[mistakes].any()
    assert answers.confidence[mistakes[0]] == answers.confidence[~answers.correct].max()


def test_crowd_and_mistakes_are_counted(result):
    answers = result.load_answers()
    rows = find_rows(answers, Query())[:12]
    crowd = answers.ferplus.copy()
    crowd[rows] = [answers.predicted[rows[0]]] + [255] * 4 + list(answers.label[rows[5:]])
    text = sentences.describe_mistakes(replace(answers, ferplus=crowd), rows)
    assert "judged 8 of them" in text and "in **1** most side with the network, in 7 with the label" in text
    assert "judged" not in sentences.describe_mistakes(replace(answers, ferplus=None), rows)


def test_sentences_carry_the_numbers(result):
    paper = subjects.make_study_result()
    assert "best at happy, worst at disgust, most often taking sad for neutral" in sentences.describe_result(paper)
    assert sentences.describe_cell(paper, 5, 4).startswith(
        "**270** pictures: 21.7\u00a0% of all that are labelled sad, 17.5"
    )
    assert "**fear**" in sentences.describe_classes(paper) or "**disgust**" in sentences.describe_classes(paper)
    assert f"temperature of {result.calibration.temperature:.2f}" in sentences.describe_calibration(result)
    assert f"minus {subjects.STUDY_NAME}, in points" in sentences.explain_matrix(result, paper, PER_TRUE)


def test_unfinished_and_drawn_runs_are_said_before_any_number(run):
    config = run.config.change(epochs=40, dataset={"drawn": True})
    text = sentences.describe_result(subjects.make_result(replace(run, config=config), "a"))
    assert "stopped after 12 of 40 epochs" in text and "drawn faces" in text
    assert "drawn" not in sentences.describe_result(subjects.make_result(run, "a"))


def test_class_table_and_chart_set_the_paper_beside(result):
    paper = subjects.make_study_result()
    table = subjects.make_class_table(result, paper)
    assert table["Class"].tolist() == list(LABELS)
    assert table[f"Recall, {subjects.STUDY_NAME}"].tolist() == [
        float(PAPER_REPORT[label]["recall"]) for label in LABELS
    ]
    view = scores.view_classes(result.per_class, "recall", "ours", paper.per_class, "paper", table)
    figure = view.figure
    assert list(figure.data[-2].x) == [result.per_class[label].recall for label in LABELS]
    assert list(figure.data[-3].x) == table[f"Recall, {subjects.STUDY_NAME}"].tolist()
    assert f"disgust ({result.per_class['disgust'].support})" in figure.data[-2].y
    assert view.alt.startswith("Recall per class, ours: angry ") and "(paper " in view.alt and view.table is table


def test_coverage_ends_at_the_accuracy_of_all():
    confidence, correct = np.array([0.9, 0.5, 0.7, 0.6]), np.array([True, False, True, False])
    coverage, accuracy, level = calibration.compute_coverage(confidence, correct)
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert accuracy.tolist() == pytest.approx([1, 1, 2 / 3, 0.5])
    assert level.tolist() == [0.9, 0.7, 0.6, 0.5]
    view = calibration.view_coverage(confidence, correct, threshold=0.65)
    figure = view.figure
    assert (figure.data[1].x[0], figure.data[1].y[0]) == (0.5, 1)
    assert view.table["right"].tolist() == accuracy.tolist()
    assert len(calibration.view_coverage(confidence, correct).figure.data) == 1


def test_calibration_chart_shows_before_and_after(result):
    before, after = result.run.metrics.test.reliability, result.calibration.test_reliability_after
    assert len(calibration.view_calibration(before, after).figure.data) == 3
    assert len(calibration.view_calibration(before, None).figure.data) == 2


def test_two_runs_are_compared_picture_by_picture(result, written_artifacts):
    other = subjects.make_result(load_run(written_artifacts / "vgg-b32-e100-s0"), "the other")
    right, other_right = result.load_answers().correct, other.load_answers().correct
    text = sentences.explain_matrix(result, other, PER_TRUE)
    assert f"{(right & ~other_right).sum()} only {result.name} gets right" in text
    assert f"{(~right & other_right).sum()} only the other." in text
    answers = other.load_answers()
    shifted = replace(answers, label=(answers.label + 1) % 7)
    stranger = replace(other, run=replace(other.run, _predictions={"test": shifted}))
    assert "disagree about the labels" in sentences.explain_matrix(result, stranger, PER_TRUE)
