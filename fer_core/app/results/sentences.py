"""A confusion matrix and its mistakes in words. Pure functions, no Streamlit."""

import numpy as np

from fer_core.app import summary
from fer_core.app.charts.confusion import COUNTS, PER_PREDICTED, PER_TRUE
from fer_core.app.formats import format_count, format_estimate, format_gap, format_percent, format_points
from fer_core.app.results.subjects import Result, find_mistakes
from fer_core.labels import LABELS
from fer_core.runs import Predictions, compare_runs
from fer_core.runs.metrics import NO_VOTE


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


def describe_mistakes(answers: Predictions, rows: np.ndarray) -> str:
    """Say what the crowd (FER+) thinks of the most confident mistakes."""
    text = f"The {len(rows)} wrong answers with the highest confidence come first."
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
        return (
            f"On the same {format_count(pair.n)} pictures, accuracy {format_points(pair.difference)} (95 %: {format_gap(pair.ci95)}): "
            f"{format_count(pair.only_b)} only {result.name} gets right, {format_count(pair.only_a)} only "
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
    text = f"On average, the share of votes it predicts for its answer is {gap} away from the share people gave it."
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
        return f"On average its confidence is {format_points(result.run.test.ece).lstrip('+±')} away from its accuracy."
    if found.not_sure_threshold:
        threshold = (
            f'Below **{format_percent(found.not_sure_threshold, 0)}** the answer is "not sure": '
            f"{format_percent(found.test_coverage, 0)} of the test pictures get a sure answer, and "
            f"**{format_percent(found.test_accuracy_above)}** of those answers are right."
        )
    else:
        threshold = 'It needs no "not sure": without one, enough of its validation answers are right.'
    return (
        f"On average its confidence is {format_percent(found.test_ece_after)} away from its accuracy. Before a temperature of "
        f"{found.temperature:.2f}, fitted on validation pictures, it was {format_percent(found.test_ece_before)}. "
        f"{threshold}"
    )
