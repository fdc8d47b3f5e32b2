"""What the results page looks at: one run, or the study, through the same eyes. Pure functions, no Streamlit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from fer_core.app import summary
from fer_core.app.charts.confusion import COUNTS, PER_PREDICTED, PER_TRUE
from fer_core.app.formats import (
    format_count,
    format_estimate,
    format_percent,
    format_points,
    format_range,
    format_size,
)
from fer_core.app.ui import Metric
from fer_core.labels import LABELS
from fer_core.runs import Predictions, Run, apply_temperature, compare_runs
from fer_core.runs.metrics import NO_VOTE, compute_accuracy_interval
from fer_core.runs.paired import Comparison, Pair
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
        """95 % interval of the accuracy, by the method of all our runs (for the study from its matrix)."""
        if self.run is not None:
            return self.run.test.accuracy_ci95
        return compute_accuracy_interval(np.arange(self.n) < np.trace(self.confusion))

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


def describe_result(result: Result) -> str:
    """Return the page's takeaway: accuracy with interval, best and worst class, the most frequent mistake."""
    recall = {label: scores.recall for label, scores in result.per_class.items()}
    best, worst = max(recall, key=recall.get), min(recall, key=recall.get)
    true, predicted = find_mistakes(result.confusion)[0]
    caveats = summary.describe_caveats(result.run) if result.run else ""
    caveats = f" **{caveats}**" if caveats else ""
    who = "**The study's** best network" if result.run is None else f"**{result.name}**"
    what = "sees what most people see in" if result.by_crowd else "names FER2013's label for"
    return (
        f"{who} {what} **{format_estimate(result.accuracy, result.interval)}** of {format_count(result.n)} test "
        f"pictures: best at {best}, worst at {worst}, most often taking {LABELS[true]} for {LABELS[predicted]}."
        f"{caveats}"
    )


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
        cards.append(_make_deployed_card(quantised, result.by_crowd))
    return [card for card in cards if card.label != "Parameters"]  # those stand on the training page


def _make_deployed_card(quantised: Quantised, by_crowd: bool) -> Metric:
    size = f"{format_size(quantised.bytes)} of {format_size(quantised.bytes_before)}"
    stored = "the file that answers photos, its weights stored in 4 and 8 bits"
    if by_crowd:
        help = f"Share of the test pictures on which {stored}, gives the answer that the network gave before."
        return Metric("As deployed", f"{format_percent(quantised.agreement)} same", size, help)
    help = f"Accuracy of {stored}, on single pictures; {format_percent(quantised.accuracy_before)} before."
    return Metric("As deployed", format_percent(quantised.accuracy), size, help)


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


def compare(result: Result, other: Result | None) -> Comparison | None:
    """Compare two runs picture by picture, `other` first; None where one is the study, or they share no pictures."""
    if other is None or result.run is None or other.run is None:
        return None
    try:
        return compare_runs(other.run, result.run)
    except ValueError:
        return None


def describe_pair(pair: Comparison, result: Result, other: Result) -> str:
    """Say who is ahead by the labels, and who in the eyes of the crowd."""
    parts = [f"By FER2013's labels {_say_who(pair.label, result.name, other.name)}."]
    if pair.crowd:
        parts.append(f"In the eyes of the crowd {_say_who(pair.crowd, result.name, other.name)}.")
    return " ".join(parts)


def _say_who(pair: Pair, b: str, a: str) -> str:
    low, high = (format_points(bound, unit=False) for bound in pair.ci95)
    interval = f"{format_points(pair.difference)} (95 %: {low} to {high})"
    if not pair.is_clear:
        return f"they do not differ by more than chance: **{b}** {interval}"
    return f"**{b if pair.difference > 0 else a}** is ahead: {b} {interval}"


def make_pair_cards(pair: Comparison) -> list[Metric]:
    """Return who is right where only one is, by each judge."""
    return [
        Metric(
            f"{judge}: only one is right",
            f"{format_count(found.only_b)} : {format_count(found.only_a)}",
            f"both {format_count(found.both)}, neither {format_count(found.neither)}",
            f"Of {format_count(found.n)} pictures: those that only the first network gets right, and only the second.",
        )
        for judge, found in (("Labels", pair.label), ("Crowd", pair.crowd))
        if found
    ]


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


def select_mistakes(answers: Predictions, n: int = MOST_CONFIDENT) -> np.ndarray:
    """Return the rows of the `n` most confident wrong answers, the most confident first."""
    rows = np.flatnonzero(~answers.correct)
    return rows[np.argsort(-answers.confidence[rows], kind="stable")][:n]


def describe_mistakes(answers: Predictions, rows: np.ndarray) -> str:
    """Say what the crowd (FER+) thinks of the most confident mistakes."""
    text = f"The {len(rows)} wrong answers with the highest confidence."
    if answers.given_label is not None:
        agrees = int((answers.fer_label[rows] == answers.predicted[rows]).sum())
        return f"{text} In **{agrees}** of them FER2013's label sides with the network, against most people."
    if answers.ferplus is None:
        return text
    crowd = answers.ferplus[rows]
    voted = int((crowd != NO_VOTE).sum())
    sides = int((crowd == answers.predicted[rows]).sum())
    holds = int((crowd == answers.label[rows]).sum())
    return (
        f"{text} Ten people judged {voted} of them (FER+): in **{sides}** most side with the network, in {holds} with "
        "the label."
    )


def describe_cell(result: Result, true: int, predicted: int) -> str:
    """Return the size of one cell in words: count, share of the true class, share of the answers."""
    count = int(result.confusion[true, predicted])
    of_true = count / max(result.confusion[true].sum(), 1)
    of_predicted = count / max(result.confusion[:, predicted].sum(), 1)
    return (
        f"**{format_count(count)}** {'picture' if count == 1 else 'pictures'}: {format_percent(of_true)} of all "
        f"{'in which people see' if result.by_crowd else 'that are labelled'} {LABELS[true]}, {format_percent(of_predicted)} of all answers {LABELS[predicted]}."
    )


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


def explain_matrix(result: Result, other: Result | None, mode: str) -> str:
    """Return the matrix's caption: what a number means."""
    if other is not None:
        unit = "pictures" if mode == COUNTS else "points"
        return (
            f"{result.name} minus {other.name}, in {unit}. More is better on the diagonal and worse beside it. "
            f"{_compare(result, other)}"
        )
    return {
        COUNTS: f"Number of test pictures. Rows are {'what most people see' if result.by_crowd else 'labels'}, columns "
        "answers.",
        PER_TRUE: "Share of each row: on the diagonal, how much of a class is found (recall).",
        PER_PREDICTED: "Share of each column: on the diagonal, how far an answer can be trusted (precision).",
    }[mode]


def _compare(result: Result, other: Result) -> str:
    """Compare the accuracies: two runs picture by picture, the study, which has no single answers, by intervals."""
    if result.run is not None and other.run is not None:
        try:
            found = compare_runs(other.run, result.run)
        except ValueError as error:  # other test pictures, or other labels
            return str(error)
        pair = found.crowd if result.by_crowd and found.crowd else found.label
        low, high = (format_points(bound, unit=False) for bound in pair.ci95)
        return (
            f"On the same {format_count(pair.n)} pictures, accuracy {format_points(pair.difference)} (95 %: {low} to "
            f"{high}): {format_count(pair.only_b)} only {result.name} gets right, {format_count(pair.only_a)} only "
            f"{other.name}."
        )
    low, high = result.interval[0] - other.interval[1], result.interval[1] - other.interval[0]
    overlap = "do not overlap" if low > 0 or high < 0 else "overlap"
    return f"Accuracy {format_points(result.accuracy - other.accuracy)}; the 95 % intervals {overlap}."


def describe_classes(result: Result) -> str:
    """Say which classes are easiest and hardest by F1, and by how much."""
    f1 = {label: scores.f1 for label, scores in result.per_class.items()}
    best, worst = max(f1, key=f1.get), min(f1, key=f1.get)
    return (
        f"F1 goes from {format_percent(f1[worst], 0)} for **{worst}** to {format_percent(f1[best], 0)} for **{best}**."
    )


def describe_votes(result: Result) -> str:
    """Say how near the stated shares come to the shares of the votes, and what leaving out divided faces buys."""
    found = result.calibration
    gap = format_points(found.test_ece_after if found else result.run.test.ece).lstrip("+±")
    text = f"The share that it states and the share of the votes that its answer gets lie {gap} apart on average."
    if not found or found.test_accuracy_above is None:
        return text
    return (
        f"{text} Where it gives an answer at least half of the votes, {format_percent(found.test_coverage, 0)} of the test "
        f"pictures, that answer is most people's on **{format_percent(found.test_accuracy_above)}**."
    )


def describe_calibration(result: Result) -> str:
    """Say how calibration was done and what the not-sure threshold means, with the numbers of the run."""
    found = result.calibration
    if result.by_crowd:
        return describe_votes(result)
    if found is None:
        return f"Stated confidence and accuracy lie {format_points(result.run.test.ece).lstrip('+±')} apart on average."
    if found.not_sure_threshold:
        threshold = (
            f'Below **{format_percent(found.not_sure_threshold, 0)}** the answer is "not sure": '
            f"{format_percent(found.test_coverage, 0)} of the test pictures get one that is sure, and "
            f"**{format_percent(found.test_accuracy_above)}** of those are right."
        )
    else:
        threshold = 'It needs no "not sure": without one, enough of its validation answers are right.'
    return (
        f"Divided by a temperature of {found.temperature:.2f}, fitted on validation pictures, stated confidence misses "
        f"accuracy by {format_percent(found.test_ece_after)} on average, before by {format_percent(found.test_ece_before)}. "
        f"{threshold}"
    )
