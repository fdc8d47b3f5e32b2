"""Two networks on the same spoiled pictures, in words: who is ahead, and who loses less of its own. No Streamlit."""

from fer_core.app.formats import format_count, format_gap, format_points
from fer_core.runs.corruptions import STRONGEST, UPSIDE_DOWN
from fer_core.runs.disturbed import Answers, Gap, compare_disturbed


def describe_ten(a: str, b: str, answers_a: Answers, answers_b: Answers, by_crowd: bool) -> str:
    """Compare two networks, by name, over the ten disturbances: accuracy, and what each loses of its own."""
    gap = compare_disturbed(answers_a, answers_b, None, by_crowd)
    return f"Over the ten, on the same {format_count(gap.n)} pictures, {_describe_gap(a, b, gap)}"


def _describe_gap(a: str, b: str, gap: Gap) -> str:
    more, less, loss, interval = _turn(b, a, gap.loss, gap.loss_ci95)
    second = (
        f"against its own answers to clean pictures **{more}** loses {_write_points(loss, interval)} more than **{less}**"
        if interval[0] > 0
        else f"against their own answers to clean pictures they lose alike ({_write_points(loss, interval)})"
    )
    return f"{_write_lead(a, b, gap)}; {second}."


def _write_lead(a: str, b: str, gap: Gap) -> str:
    ahead, behind, accuracy, interval = _turn(b, a, gap.accuracy, gap.accuracy_ci95)
    if interval[0] > 0:
        return f"**{ahead}** is ahead of **{behind}** by {_write_points(accuracy, interval)}"
    return f"**{a}** and **{b}** do not differ by more than chance ({_write_points(accuracy, interval)})"


def _turn(
    first: str, second: str, value: float, interval: tuple[float, float]
) -> tuple[str, str, float, tuple[float, float]]:
    """Return the names, a difference of the first and the second, and its interval, so that the difference is positive."""
    return (first, second, value, interval) if value >= 0 else (second, first, -value, (-interval[1], -interval[0]))


def _write_points(value: float, interval: tuple[float, float]) -> str:
    return f"{format_points(value).lstrip('+±')} ({format_gap(interval)})"


def describe_strongest(a: str, b: str, answers_a: Answers, answers_b: Answers, by_crowd: bool, occluded: bool) -> str:
    """Count on how many corruptions, each at its last strength, two networks differ by more than chance.

    Empty where either network has not answered them.
    """
    cases = [case for case in STRONGEST if case.corruption.is_occlusion == occluded]
    if any(case.key not in found.given for case in cases for found in (answers_a, answers_b)):
        return ""
    gaps = [compare_disturbed(answers_a, answers_b, case, by_crowd) for case in cases]
    ahead, behind = (sum(sign * gap.accuracy_ci95[side] > 0 for gap in gaps) for sign, side in ((-1, 1), (1, 0)))
    less, more = (sum(sign * gap.loss_ci95[side] > 0 for gap in gaps) for sign, side in ((1, 0), (-1, 1)))
    return (
        f"At the last strength of each of these {len(cases)}, on the same {format_count(gaps[0].n)} pictures, **{a}** is "
        f"ahead of **{b}** on {ahead} and behind on {behind}. Measured against its own clean pictures it loses less on "
        f"{less} and more on {more}. The rest is within chance."
    )


def describe_upside_down(a: str, b: str, answers_a: Answers, answers_b: Answers, by_crowd: bool) -> str:
    """Say which of two networks bears half a turn better, and by how much. Empty where either was not asked."""
    if any(UPSIDE_DOWN.key not in found.given for found in (answers_a, answers_b)):
        return ""
    gap = compare_disturbed(answers_a, answers_b, UPSIDE_DOWN, by_crowd)
    return f"Upside down, on the same {format_count(gap.n)} pictures, {_write_lead(a, b, gap)}."
