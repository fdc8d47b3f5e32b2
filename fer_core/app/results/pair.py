"""Two networks on the same pictures: both scores, their paired difference, and who alone is right. Pure functions."""

from collections.abc import Mapping

import numpy as np

from fer_core.app.formats import format_count, format_gap, format_percent, format_points, format_range
from fer_core.app.results.subjects import Result
from fer_core.app.ui import Metric
from fer_core.runs import compare_runs
from fer_core.runs.metrics import Z95, compute_unpaired_error
from fer_core.runs.paired import Comparison, Pair


def compare(result: Result, other: Result | None) -> Comparison | None:
    """Compare two runs picture by picture, `other` first; None where one is the study, or they share no pictures."""
    if other is None or result.run is None or other.run is None:
        return None
    try:
        return compare_runs(other.run, result.run)
    except ValueError:
        return None


def describe_pair(pair: Comparison | None, result: Result, other: Result) -> str:
    """Say who is ahead by the labels, and who in the eyes of the crowd."""
    if pair is None and result.run and other.run:
        return "The two did not answer the same test pictures, so only their scores can be compared."
    if pair is None:
        return "The study printed counts, not single answers, so its pictures cannot be paired with ours."
    parts = [f"By FER2013's labels {_say_who(pair.label, result.name, other.name)}."]
    if pair.crowd:
        parts.append(f"In the eyes of the crowd {_say_who(pair.crowd, result.name, other.name)}.")
    losses = [one.run.as_judged(by_crowd=False).test.crowd_log_loss for one in (result, other)]
    if None not in losses:
        ours, theirs = losses
        parts.append(
            f"Log loss against the shares of its votes: {result.name} {ours:.2f}, {other.name} {theirs:.2f} (lower is better)."
        )
    return " ".join(parts)


def _say_who(pair: Pair, b: str, a: str) -> str:
    interval = f"{format_points(pair.difference)} (95 %: {format_gap(pair.ci95)})"
    if not pair.is_clear:
        return f"they do not differ by more than chance: **{b}** {interval}"
    return f"**{b if pair.difference > 0 else a}** is ahead: {b} {interval}"


def make_pair_rows(pair: Comparison | None, result: Result, other: Result) -> dict[str, list[Metric]]:
    """Return a row of cards per judge: both scores, the difference with its interval, and who alone is right."""
    if pair is None:
        return {"Test accuracy": _make_unpaired_cards(result, other)}
    judges = {"By FER2013's labels": pair.label, "In the eyes of the crowd": pair.crowd}
    return {judge: _make_cards(found, result.name, other.name) for judge, found in judges.items() if found}


def _make_cards(pair: Pair, b: str, a: str) -> list[Metric]:
    of = f"of {format_count(pair.n)} pictures"
    return [
        Metric(b, format_percent(pair.accuracy_b), of),
        Metric(a, format_percent(pair.accuracy_a), of),
        Metric(
            "Difference", format_points(pair.difference, unit=False), f"95 %: {format_gap(pair.ci95)}",
            "In points: the first minus the second, on the same pictures. The interval is a paired bootstrap over pictures.",
        ),
        Metric(
            "Only one is right", f"{format_count(pair.only_b)} : {format_count(pair.only_a)}",
            f"both {format_count(pair.both)}, neither {format_count(pair.neither)}",
            f"Pictures that only {b} gets right, and that only {a} does. They can be looked at below.",
        ),
    ]  # fmt: skip


def _make_unpaired_cards(result: Result, other: Result) -> list[Metric]:
    difference = result.accuracy - other.accuracy
    margin = Z95 * compute_unpaired_error(result.accuracy, result.n, other.accuracy, other.n)
    return [
        *(Metric(one.name, format_percent(one.accuracy), f"95 %: {format_range(one.interval)}") for one in (result, other)),
        Metric(
            "Difference", format_points(difference, unit=False),
            f"95 %: {format_points(difference - margin, unit=False)} to {format_points(difference + margin, unit=False)}",
            "In points: the first minus the second. Not paired, so the interval is wider: the variances of both add up.",
        ),
    ]  # fmt: skip


def find_right(result: Result | None) -> Mapping[tuple[int, str], bool] | None:
    """Return for each picture, by FER2013's label and file, whether `result` is right; None for the study."""
    answers = result.load_answers() if result else None
    if answers is None:
        return None
    keys = zip(answers.fer_label.tolist(), answers.file.tolist(), strict=True)
    return dict(zip(keys, np.asarray(answers.correct).tolist(), strict=True))
