"""What the study counts as its strengths (section 7.1), each beside what taking it away did. No Streamlit."""

from collections.abc import Mapping, Sequence

from fer_core.app.formats import format_points
from fer_core.runs.ablation import AblationRow
from fer_core.runs.corruptions import TEN
from fer_core.runs.disturbed import Answers, compare_disturbed

BASE, WITHOUT_ERASING = "quarter-s0", "quarter-no-erasing-s0"
"""The two runs whose networks met covered faces."""
STRENGTHS = {
    "quarter-no-normalisation": "Batch normalisation makes training steady",
    "quarter-no-augmentation": "Augmentation makes it general",
    "quarter-constant": "The falling learning rate lets it settle",
    "quarter-no-erasing": "Erasing prepares it for covered faces",
}
"""By the experiment that takes the strength away."""
COVERED = {
    case: f"{case.corruption.title.lower()} ({case.strength:g} rows)" for case in TEN if case.corruption.is_occlusion
}
Change = tuple[str, float, tuple[float, float]]
"""Where, and what changes there without the strength: a difference of accuracy and its interval of 95 %."""


def make_strengths(rows: Sequence[AblationRow], covered: Sequence[Change] = ()) -> list[tuple[str, str]]:
    """Return (claim, what was measured) for each strength that was taken away; `covered` from `compare_covered`."""
    changes = {row.experiment: [("on the test pictures", row.difference, row.interval)] for row in rows}
    if covered and "quarter-no-erasing" in changes:
        changes["quarter-no-erasing"] = [*covered, *changes["quarter-no-erasing"]]
    return [(claim, _answer(changes[name])) for name, claim in STRENGTHS.items() if name in changes]


def compare_covered(answers: Mapping[str, Answers | None]) -> list[Change]:
    """Compare the networks trained with and without erasing on covered faces; empty where one has not met them."""
    base, without = (answers.get(name) for name in (BASE, WITHOUT_ERASING))
    if base is None or without is None:
        return []
    gaps = ((words, compare_disturbed(base, without, case)) for case, words in COVERED.items())
    return [(f"with the {words}", gap.accuracy, gap.accuracy_ci95) for words, gap in gaps]


def _answer(changes: Sequence[Change]) -> str:
    """The verdict of the first changes but the last where there are several: of what the claim is about."""
    about = changes[:-1] or changes
    if all(change == 0 and interval == (0, 0) for _, change, interval in about):
        return "Not tested: in so short a training it never comes into play, and both networks answer alike."
    verdict = "Not seen"
    if all(high < 0 for _, _, (_, high) in about):
        verdict = "Holds"
    elif all(low > 0 for _, _, (low, _) in about):
        verdict = "Does not hold here"
    parts = (
        f"{format_points(change)} {where} (95 %: {format_points(low, unit=False)} to {format_points(high, unit=False)})"
        for where, change, (low, high) in changes
    )
    return f"{verdict}. Without it: {', '.join(parts)}."
