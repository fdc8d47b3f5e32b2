"""The study's tables against each other, and the literature rows against the rules they must follow."""

import numpy as np
import pytest

from fer_core.labels import LABELS
from fer_core.runs.artifacts import ARTIFACTS, load_run
from fer_core.runs.literature import LITERATURE, PRIVATE, PUBLIC
from fer_core.runs.paper import (
    CELL_METRICS,
    PAPER_BEST_VAL_ACCURACY,
    PAPER_CONFIGURATION,
    PAPER_CONFUSION,
    PAPER_FINDINGS,
    PAPER_LAYERS,
    PAPER_LOG,
    PAPER_REPORT,
    PAPER_REPORT_ACCURACY,
    PAPER_TABLE,
    find_paper_experiment,
    paper_test_accuracy,
    paper_value,
)

CONFUSION = np.array(PAPER_CONFUSION)
TEST_COUNTS = [958, 111, 1024, 1774, 1233, 1247, 831]  # of the Kaggle folder
TRAIN_COUNTS = [3995, 436, 4097, 7215, 4965, 4830, 3171]

# The last 16 rows of the model summary in section 8, as printed.
PRINTED_LAYERS = """\
Conv2D 12 12 256 590,080
BatchNormalization 12 12 256 1,024
MaxPooling2D 6 6 256 0
Conv2D 6 6 512 1,180,160
BatchNormalization 6 6 512 2,048
Conv2D 6 6 512 2,359,808
BatchNormalization 6 6 512 2,048
Conv2D 6 6 512 2,359,808
BatchNormalization 6 6 512 2,048
MaxPooling2D 3 3 512 0
Flatten 4608 0
Dense 4096 18,878,464
Dropout 4096 0
Dense 4096 16,781,312
Dropout 4096 0
Dense 7 28,679"""


def test_confusion_rows_are_the_class_counts():
    assert CONFUSION.sum(axis=1).tolist() == TEST_COUNTS == [PAPER_REPORT[name]["support"] for name in LABELS]
    assert CONFUSION.sum() == PAPER_CONFIGURATION["test pictures"]


def test_confusion_gives_the_printed_accuracy():
    accuracy = np.trace(CONFUSION) / CONFUSION.sum()
    assert accuracy == pytest.approx(0.6431, abs=5e-5)
    assert f"{accuracy:.2f}" == PAPER_REPORT_ACCURACY == PAPER_TABLE[1].cells["test"]["accuracy"]


def _recompute_report():
    hits, support = np.diag(CONFUSION), CONFUSION.sum(axis=1)
    precision, recall = hits / CONFUSION.sum(axis=0), hits / support
    scores = {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)}
    report = {name: {score: values[i] for score, values in scores.items()} for i, name in enumerate(LABELS)}
    report["macro avg"] = {score: values.mean() for score, values in scores.items()}
    report["weighted avg"] = {score: np.average(values, weights=support) for score, values in scores.items()}
    return report


@pytest.mark.parametrize("row", PAPER_REPORT)
@pytest.mark.parametrize("score", ["precision", "recall", "f1"])
def test_report_agrees_with_the_confusion_matrix(row, score):
    assert f"{_recompute_report()[row][score]:.2f}" == PAPER_REPORT[row][score]


def test_table_agrees_with_the_report_and_the_text():
    best = PAPER_TABLE[1]
    for metric in ("precision", "recall", "f1"):
        assert best.cells["test"][metric] == PAPER_REPORT["weighted avg"][metric]
    for (name, metric), value in best.mentioned.items():
        assert PAPER_REPORT[name][metric] == value
    for experiment in PAPER_TABLE:  # a weighted recall is the accuracy
        assert experiment.cells["test"]["recall"] == experiment.cells["test"]["accuracy"]
    assert f"{PAPER_BEST_VAL_ACCURACY:.4f}" == best.cells["validation"]["accuracy"]


@pytest.mark.parametrize(("number", "recomputed"), [(1, "0.531"), (2, "0.598"), (3, "0.588")])
def test_validation_f1_is_the_harmonic_mean_but_for_experiment_3(number, recomputed):
    precision, recall = (paper_value(number, "validation", metric) for metric in ("precision", "recall"))
    assert f"{2 * precision * recall / (precision + recall):.3f}" == recomputed
    printed = PAPER_TABLE[number - 1].cells["validation"]["f1"]
    assert (printed == recomputed) == (number != 3)
    assert printed in PAPER_FINDINGS["Validation F1 of experiment 3"] or number != 3


def test_validation_recall_cannot_be_a_weighted_average():
    for experiment in PAPER_TABLE:
        cells = experiment.cells["validation"]
        assert float(cells["recall"]) < float(cells["accuracy"]) - 0.1


@pytest.mark.parametrize("text", ["0.25449", "0.27452", "0.28201", "0.29019", "0.30221", "0.64762"])
def test_logged_accuracies_are_counts_of_the_validation_pictures(text):
    n = PAPER_CONFIGURATION["validation pictures"]
    assert f"{round(float(text) * n) / n:.5f}" == text
    assert float(text) in {PAPER_BEST_VAL_ACCURACY, *(row["val_accuracy"] for row in PAPER_LOG)}


def test_findings_follow_from_what_is_printed():
    findings = PAPER_FINDINGS
    assert PAPER_TABLE[1].cells["test"]["accuracy"] == PAPER_TABLE[2].cells["test"]["accuracy"] == "0.64"
    first, best, third = (experiment.cells["validation"]["accuracy"] for experiment in PAPER_TABLE)
    assert f"({best}, against {third} and {first})" in findings["Chosen by test accuracy"] and best > max(first, third)
    assert f"matrix has {paper_test_accuracy(2):.4f}" in findings["Highest accuracy"]
    assert [f"{paper_test_accuracy(number):.2f}" for number in (1, 2, 3)] == [
        experiment.cells["test"]["accuracy"] for experiment in PAPER_TABLE
    ]
    table, log = PAPER_TABLE[1].cells["train"]["accuracy"], str(PAPER_LOG[-1]["accuracy"])
    assert (
        table != log
        and table in findings["Train accuracy of experiment 2"]
        and log in findings["Train accuracy of experiment 2"]
    )
    pictures = (PAPER_BEST_VAL_ACCURACY - PAPER_LOG[-1]["val_accuracy"]) * PAPER_CONFIGURATION["validation pictures"]
    assert f"{pictures:.0f} of 5,741" in findings["Overfitting"] and "cannot decide" in findings["Overfitting"]
    steps = np.abs(np.diff(load_run(ARTIFACTS / "vgg-b32-e50-s0").history["val_accuracy"][-21:]))
    step = np.median(steps) * PAPER_CONFIGURATION["validation pictures"]
    assert f"differ by: {step:.0f} in the median" in findings["Overfitting"]
    rivals = {row.short: row.accuracy for row in LITERATURE}
    assert rivals["Khaireddin 2021"] == 0.7328 and round(rivals["Tang 2013"], 3) == 0.712


def test_split_sizes():
    validation = sum(int(0.2 * n) for n in TRAIN_COUNTS)
    assert validation == PAPER_CONFIGURATION["validation pictures"]
    assert sum(TRAIN_COUNTS) - validation == PAPER_CONFIGURATION["training pictures"]
    assert -(-PAPER_CONFIGURATION["training pictures"] // 32) == 718  # steps an epoch in the log


def test_layers_are_the_printed_ones():
    rows = [f"{layer.kind} {' '.join(map(str, layer.shape))} {layer.parameters:,}" for layer in PAPER_LAYERS]
    assert "\n".join(rows[-16:]) == PRINTED_LAYERS
    assert sum(layer.parameters for layer in PAPER_LAYERS) == PAPER_CONFIGURATION["parameters"]
    statistics = sum(layer.parameters // 2 for layer in PAPER_LAYERS if layer.kind == "BatchNormalization")
    assert PAPER_CONFIGURATION["parameters"] - statistics == PAPER_CONFIGURATION["trainable parameters"]


def test_every_cell_has_a_metric_of_ours():
    for experiment in PAPER_TABLE:
        assert find_paper_experiment(experiment.name) is experiment
        pairs = {(split, metric) for split in ("validation", "test") for metric in experiment.cells[split]}
        assert pairs == set(CELL_METRICS) and set(experiment.cells["train"]) == {"accuracy"}
    assert paper_value(2, "train", "accuracy") == 0.6794 and paper_value(2, "train", "recall") is None
    assert find_paper_experiment("compact") is None


def test_table_names_are_registered_experiments():
    experiments = pytest.importorskip("fer_core.training.experiments").EXPERIMENTS
    for experiment in PAPER_TABLE:
        ours = experiments[experiment.name]
        assert (ours.epochs, ours.batch_size) == (experiment.epochs, experiment.batch_size)
        assert ours.learning_rate == PAPER_CONFIGURATION["learning rate"]


def test_literature_rows_say_what_they_can():
    for row in LITERATURE:
        assert row.work and row.network and row.source
        assert row.url.startswith("https://") or "study" in row.work
        assert row.accuracy is None or 0.5 < row.accuracy < 0.8
        assert row.accuracy is not None or row.note
    assert len({(row.work, row.split) for row in LITERATURE}) == len(LITERATURE)


def test_numbers_selected_on_what_they_report_are_marked():
    marked = [row for row in LITERATURE if row.selected_on and row.selected_on == row.split]
    assert {row.work for row in marked} == {"WuJie1010", "Khaireddin and Chen", "Yuan (LetheSec)", "orientino"}
    assert all(row.split in (PUBLIC, PRIVATE) for row in marked)
    suspects = [row for row in LITERATURE if (row.accuracy or 0) > 0.77 and not row.ensemble]
    assert suspects and all("leakage" in row.note for row in suspects)
