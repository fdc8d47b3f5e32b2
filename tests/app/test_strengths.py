"""The study's strengths, taken away one at a time: verdicts from intervals, and covered faces for the claim about them."""

from dataclasses import replace

import numpy as np
from sample_artifacts import write_sample_runs

from fer_core.app.formats import format_percent, format_points
from fer_core.app.study import strengths
from fer_core.runs import load_run
from fer_core.runs.ablation import AblationRow
from fer_core.runs.disturbed import CLEAN, Answers

N = 400


def make_row(experiment: str, difference: float, interval) -> AblationRow:
    recall = dict.fromkeys(("disgust", "fear"), 0.3)
    return AblationRow(experiment, "a change", (0.5,), difference, interval, 0.0, recall, difference)


def make_answers(right_when_covered: int) -> Answers:
    """All untouched pictures right, and so many of the covered ones."""
    label = np.zeros(N, np.int64)
    covered = (np.arange(N) >= right_when_covered).astype(np.uint8)
    given = {CLEAN: np.zeros(N, np.uint8)} | {case.key: covered for case in strengths.COVERED}
    return Answers(label=label, majority=np.full(N, 255, np.uint8), given=given)


def test_a_strength_holds_where_the_interval_says_so():
    found = dict(
        strengths.make_strengths(
            [
                make_row("quarter-constant", -0.02, (-0.03, -0.01)),
                make_row("quarter-no-augmentation", 0.05, (0.04, 0.06)),
                make_row("quarter-no-normalisation", 0.001, (-0.01, 0.012)),
                make_row("quarter-focal", 0.5, (0.4, 0.6)),
            ]
        )
    )
    assert len(found) == 3, "focal loss is none of the study's strengths"
    assert found["The falling learning rate lets it settle"].startswith("Holds. Without it: −2.0")
    assert found["Augmentation makes it general"].startswith("Does not hold here. Without it: +5.0")
    assert found["Batch normalisation speeds training up"].startswith("Not seen.")


def test_erasing_is_judged_on_covered_faces():
    row = make_row("quarter-no-erasing", 0.03, (0.02, 0.04))
    answers = {strengths.BASE: make_answers(300), strengths.WITHOUT_ERASING: make_answers(200)}
    ((claim, answer),) = strengths.make_strengths([row], strengths.compare_claims([], answers))
    assert "covered faces" in claim and answer.startswith("Holds."), "though the test pictures gain without it"
    assert "−25.0" in answer and "lower half covered (18 rows)" in answer and "+3.0" in answer


def test_without_both_networks_on_covered_faces_the_test_pictures_answer():
    assert strengths.compare_covered({strengths.BASE: make_answers(9), strengths.WITHOUT_ERASING: None}) == []
    ((_, answer),) = strengths.make_strengths([make_row("quarter-no-erasing", 0.03, (0.02, 0.04))])
    assert answer.startswith("Does not hold here.") and "covered" not in answer


def test_augmentation_is_judged_beside_the_recipe_that_only_drops_its_vertical_flip(tmp_path):
    names = {strengths.NO_AUGMENTATION: 2.0, strengths.NO_FLIP: 3.0}
    write_sample_runs(tmp_path, {f"{name}-s0": skill for name, skill in names.items()})
    without, no_flip = (load_run(tmp_path / f"{name}-s0") for name in names)
    row = make_row(strengths.NO_AUGMENTATION, 0.05, (0.04, 0.06))
    ((claim, answer),) = strengths.make_strengths([row], strengths.compare_claims([without, no_flip], {}))
    assert claim.startswith("Augmentation") and answer.startswith("Holds."), "the flip's price is not augmentation's"
    change = without.metrics.test.accuracy - no_flip.metrics.test.accuracy
    assert (
        format_points(change) in answer
        and "drops only its vertical flip" in answer
        and "upside down" in answer
        and "+5.0" in answer
    )
    assert strengths.compare_rest([without]) == []


def test_a_network_that_hardly_learns_says_nothing_about_steadiness(tmp_path):
    names = {strengths.BASE_EXPERIMENT: 3.0, strengths.NO_NORMALISATION: 0.0}
    write_sample_runs(tmp_path, {f"{name}-s0": skill for name, skill in names.items()})
    base, without = (load_run(tmp_path / f"{name}-s0") for name in names)
    text = strengths.describe_learning([base, without])[strengths.NO_NORMALISATION]
    for run in (base, without):
        assert format_percent(run.metrics.validation.accuracy) in text
    assert format_percent(1 / 7) in text, "the largest class of seven equal ones"
    assert text.endswith("hardly learns.")
    learned = strengths.describe_learning([base, replace(base, name="b-s0", config=without.config)])
    assert "hardly" not in learned[strengths.NO_NORMALISATION]
    assert strengths.describe_learning([base]) == {}
    row = make_row(strengths.NO_NORMALISATION, -0.2, (-0.21, -0.19))
    ((_, answer),) = strengths.make_strengths([row], {}, {strengths.NO_NORMALISATION: text})
    assert answer.startswith("Holds.") and answer.endswith(text)


def test_what_never_came_into_play_is_no_verdict():
    ((_, answer),) = strengths.make_strengths([make_row("quarter-constant", 0.0, (0.0, 0.0))])
    assert answer.startswith("Not tested")
