"""What the study counts as its strengths (section 7.1), each beside what taking it away did. No Streamlit."""

from collections.abc import Mapping, Sequence
from statistics import mean

from fer_core.app.formats import format_percent, format_points
from fer_core.app.sentences.families import HARDLY
from fer_core.runs.ablation import AblationRow, compare_groups, have_same_pictures
from fer_core.runs.corruptions import TEN
from fer_core.runs.disturbed import Answers, compare_disturbed
from fer_core.runs.leaderboard import group_runs
from fer_core.runs.run import Run

BASE, WITHOUT_ERASING = "quarter-s0", "quarter-no-erasing-s0"
"""The two runs whose networks met covered faces."""
BASE_EXPERIMENT, NO_NORMALISATION = "quarter", "quarter-no-normalisation"
NO_ERASING, NO_AUGMENTATION, NO_FLIP = "quarter-no-erasing", "quarter-no-augmentation", "quarter-no-vertical-flip"
STRENGTHS = {
    NO_NORMALISATION: "Batch normalisation speeds training up",
    NO_AUGMENTATION: "Augmentation makes it general",
    "quarter-constant": "The falling learning rate lets it settle",
    NO_ERASING: "Erasing prepares it for covered faces",
}
"""By the experiment that takes the strength away."""
COVERED = {
    case: f"{case.corruption.title.lower()} ({case.strength:g} rows)" for case in TEN if case.corruption.is_occlusion
}
Change = tuple[str, float, tuple[float, float]]
"""Where, and what changes there without the strength: a difference of accuracy and its interval of 95 %."""
ON_TEST = {NO_AUGMENTATION: "against the whole recipe, which turns every second picture upside down"}
"""What the test pictures compare, where another comparison stands beside it."""


def make_strengths(
    rows: Sequence[AblationRow], about: Mapping[str, Sequence[Change]] = {}, more: Mapping[str, str] = {}
) -> list[tuple[str, str]]:
    """Return (claim, what was measured) for each strength that was taken away.

    `about`: by experiment, the changes that its claim is about, where that is not accuracy on the test pictures. `more`: what
    else is to be said.
    """
    found = {row.experiment: row for row in rows}
    answers = {
        name: _answer(about.get(name, ()), (ON_TEST.get(name, "on the test pictures"), row.difference, row.interval))
        for name, row in found.items()
    }
    return [
        (claim, " ".join(filter(None, (answers[name], more.get(name)))))
        for name, claim in STRENGTHS.items()
        if name in found
    ]


def compare_claims(runs: Sequence[Run], answers: Mapping[str, Answers | None]) -> dict[str, list[Change]]:
    """What the claims are about that accuracy on the test pictures cannot judge: `about` of `make_strengths`."""
    return {NO_ERASING: compare_covered(answers), NO_AUGMENTATION: compare_rest(runs)}


def compare_covered(answers: Mapping[str, Answers | None]) -> list[Change]:
    """Compare the networks trained with and without erasing on covered faces; empty where one has not met them."""
    base, without = (answers.get(name) for name in (BASE, WITHOUT_ERASING))
    if base is None or without is None:
        return []
    gaps = ((words, compare_disturbed(base, without, case)) for case, words in COVERED.items())
    return [(f"with the {words}", gap.accuracy, gap.accuracy_ci95) for words, gap in gaps]


def describe_learning(runs: Sequence[Run]) -> dict[str, str]:
    """How far the network got without batch normalisation, beside always naming the largest class: `more` of `make_strengths`."""
    groups = group_runs(runs, variants=True)
    base, without = groups.get(BASE_EXPERIMENT, []), groups.get(NO_NORMALISATION, [])
    if not (base and without):
        return {}
    scores = without[0].metrics.validation
    largest = max(score.support for score in scores.per_class.values()) / scores.n
    reached, best = (mean(run.metrics.validation.accuracy for run in made) for made in (without, base))
    text = (
        f"Of the validation pictures, its best epoch names {format_percent(reached)} rightly, always naming the largest class "
        f"{format_percent(largest)}, and the network with it {format_percent(best)}."
    )
    if reached - largest < HARDLY:
        text += (
            " Whether it also steadies training, as the study says, cannot be told from a network that hardly learns."
        )
    return {NO_NORMALISATION: text}


def compare_rest(runs: Sequence[Run]) -> list[Change]:
    """What augmentation is worth apart from the vertical flip: without any, beside without the flip alone."""
    groups = group_runs(runs, variants=True)
    without, no_flip = (groups.get(name, []) for name in (NO_AUGMENTATION, NO_FLIP))
    if not (without and no_flip and have_same_pictures([*without, *no_flip])):
        return []
    found = compare_groups(without, no_flip)
    return [("against the recipe that drops only its vertical flip", *found)]


def _answer(about: Sequence[Change], on_test: Change) -> str:
    """The verdict of the changes `about` the claim, of the one on the test pictures where there are none; then all in words."""
    changes, about = [*about, on_test], about or [on_test]
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
