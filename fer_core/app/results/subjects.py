"""What the results page looks at: one run, or the study, through the same eyes. Pure functions, no Streamlit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from fer_core.app import summary
from fer_core.app.formats import (
    format_percent,
    format_points,
    format_range,
    format_size,
)
from fer_core.app.ui import Metric
from fer_core.labels import LABELS
from fer_core.runs import Predictions, Run, apply_temperature
from fer_core.runs.metrics import NO_VOTE, compute_wilson_interval
from fer_core.runs.paper import PAPER_CONFUSION, PAPER_REPORT
from fer_core.runs.records import Calibration, ClassScores, Quantised

STUDY, STUDY_NAME = "study", "The study, experiment 2"
SCORES = {"F1": "f1", "Precision": "precision", "Recall": "recall"}
MOST_CONFIDENT = 100


@dataclass(frozen=True)
class Result:
    """Test answers of a run or of the study's experiment 2.

    `confusion` (7, 7) counts, rows true; `per_class` label -> precision, recall, f1, support. `run` is None for the
    study; else it answers and is judged as was asked for.
    """

    name: str
    confusion: np.ndarray
    per_class: Mapping[str, ClassScores]
    run: Run | None = None

    @property
    def by_crowd(self) -> bool:
        return self.run is not None and self.run.by_crowd

    @property
    def n(self) -> int:
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        return float(np.trace(self.confusion) / self.n)

    @property
    def interval(self) -> Sequence[float]:
        """95 % interval of the accuracy; of the study, which printed no single answers, the one that all pages show."""
        if self.run is not None:
            return self.run.test.accuracy_ci95
        return compute_wilson_interval(self.accuracy, self.n)

    @property
    def calibration(self) -> Calibration | None:
        return None if self.run is None else self.run.calibration

    def load_answers(self) -> Predictions | None:
        """Return the test answers with calibrated probabilities; None for the study, which printed counts only."""
        if self.run is None:
            return None
        answers = self.run.answers("test")
        temperature = self.calibration.temperature if self.calibration else 1.0
        probability = apply_temperature(answers.probability, temperature)
        return replace(answers, probability=probability.astype(np.float32))


def make_study_result() -> Result:
    """Return experiment 2 of the study: its printed matrix and report."""
    report = {label: ClassScores.model_validate(PAPER_REPORT[label], strict=False) for label in LABELS}
    return Result(STUDY_NAME, np.array(PAPER_CONFUSION), report)


def make_result(run: Run, name: str, averaged: bool = False, by_crowd: bool = False) -> Result:
    """Return the test answers of `run`, called `name`.

    `averaged`: over the mirrored picture, where it has them; `by_crowd`: judged by what most people see.
    """
    run = (run.as_served() if averaged else run).as_judged(by_crowd)
    return Result(name, np.array(run.test.confusion), run.test.per_class, run)


def find_mistakes(confusion: np.ndarray) -> list[tuple[int, int]]:
    """Return the off-diagonal cells (true, predicted), the fullest first."""
    cells = [(i, j) for i in range(len(LABELS)) for j in range(len(LABELS)) if i != j]
    return sorted(cells, key=lambda cell: -confusion[cell])


def make_cards(result: Result) -> list[Metric]:
    """Return the headline numbers as cards."""
    if result.run is None:
        return [
            Metric("Test accuracy", format_percent(result.accuracy), f"95 %: {format_range(result.interval)}",
                   "Computed from the printed matrix; the study rounds it to 64 %."),
            Metric("Macro F1", PAPER_REPORT["macro avg"]["f1"], "as printed"),
            Metric("Weighted F1", PAPER_REPORT["weighted avg"]["f1"], "as printed"),
        ]  # fmt: skip
    cards = [*summary.make_headline_metrics(result.run), *summary.make_split_metrics(result.run)]
    if not result.by_crowd:
        cards[1:1] = [_compare_with_study(result.run)]
    if quantised := result.run.metrics.quantised:
        cards.append(_make_file_card(quantised))
    return [card for card in cards if card.label != "Parameters"]  # those stand on the training page


def _make_file_card(quantised: Quantised) -> Metric:
    """What storing the weights in fewer bits saved and changed."""
    return Metric(
        "Stored in",
        format_size(quantised.bytes),
        f"of {format_size(quantised.bytes_before)}",
        "Size of the file that answers photos, its weights stored in 4 and 8 bits, and the size before. With one look per "
        f"face it gives {format_percent(quantised.agreement)} of the test pictures the answer that they got before: "
        f"{format_percent(quantised.accuracy)} of the labels instead of {format_percent(quantised.accuracy_before)}.",
    )


def _compare_with_study(run: Run) -> Metric:
    """The distance to the study, one look per face on both sides: it did not average."""
    study, single = make_study_result(), replace(run, is_averaged=False)
    return Metric(
        "Against the study",
        format_points(single.test.accuracy - study.accuracy, unit=False),
        f"points: {format_percent(single.test.accuracy)} from {format_percent(study.accuracy)}",
        "Test accuracy minus that of the study's experiment 2, computed from its printed matrix. One look per face on both "
        "sides, without the mirror image: so did the study.",
    )


def make_class_table(result: Result, other: Result | None) -> pd.DataFrame:
    """Return a row per class: support, the three scores of `result`, and beside them those of `other`."""
    rows = []
    for label in LABELS:
        row = {"Class": label, "Pictures": result.per_class[label].support}
        for title, key in SCORES.items():
            row[f"{title}, {result.name}"] = getattr(result.per_class[label], key)
            if other is not None:
                row[f"{title}, {other.name}"] = getattr(other.per_class[label], key)
        rows.append(row)
    return pd.DataFrame(rows)


def select_cell(answers: Predictions, true: int, predicted: int, least_first: bool = False) -> np.ndarray:
    """Return the rows of `answers` in one cell of the matrix, the most confident first."""
    rows = np.flatnonzero((answers.label == true) & (answers.predicted == predicted))
    order = np.argsort(answers.confidence[rows] if least_first else -answers.confidence[rows], kind="stable")
    return rows[order]


def make_answer_table(answers: Predictions, rows: np.ndarray | None = None) -> pd.DataFrame:
    """Return answers as a table: file, label, predicted, confidence, seven probabilities, crowd, twin."""
    rows = np.arange(len(answers)) if rows is None else rows
    names = np.array([*LABELS, ""])
    table = {
        "file": answers.file[rows],
        "label": names[answers.fer_label[rows]],
        "predicted": names[answers.predicted[rows]],
        "confidence": answers.confidence[rows],
        **{label: answers.probability[rows, i] for i, label in enumerate(LABELS)},
    }
    if answers.ferplus is not None:
        table["crowd"] = names[np.where(answers.ferplus[rows] == NO_VOTE, len(LABELS), answers.ferplus[rows])]
    if answers.twin is not None:
        table["twin"] = answers.twin[rows]
    return pd.DataFrame(table)
