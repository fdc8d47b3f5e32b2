"""The limits page: labels against a crowd, learning curve, ingredients, and what to do where one is missing."""

import json
import shutil

import numpy as np
import pytest
from sample_artifacts import write_sample_runs
from sample_evaluations import write_sample_facts

from fer_core.app.charts import learning
from fer_core.app.charts import limits as charts
from fer_core.app.formats import format_count, format_percent
from fer_core.app.sentences import limits as sentences
from fer_core.app.sentences.steps import describe_steps
from fer_core.data import load_dataset_facts
from fer_core.runs.ablation import AblationRow
from fer_core.runs.artifacts import load_run
from fer_core.runs.label_limits import (
    ClassLimit,
    CrowdView,
    Share,
    compute_half_share,
    compute_united,
    match_crowd,
)
from fer_core.runs.learning_curve import CurvePoint
from fer_core.runs.metrics import NO_VOTE, compute_wilson_interval


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Both sample runs, a crowd, and variants of the compact one: a quarter of the pictures, no mirror images."""
    root = tmp_path_factory.mktemp("limits")
    compact, vgg = write_sample_runs(root)
    write_sample_facts(root, compact)
    for name, says in {
        "quarter-s0": {"train_share": 0.25},
        "plain-s0": {"factor": "no mirror images"},
    }.items():
        shutil.copytree(vgg.path, root / name)
        config = json.loads((root / name / "config.json").read_text())
        config |= {"experiment": name[:-3], "ablation_of": "compact"} | says
        (root / name / "config.json").write_text(json.dumps(config))
        arrays = (compact.path / "predictions.npz").read_bytes()
        (root / name / "predictions.npz").write_bytes(arrays)
    return root


@pytest.fixture
def limit_artifacts(written, monkeypatch):
    monkeypatch.setenv("FER_ARTIFACTS", str(written))
    return written


def test_labels_are_compared_with_the_crowd(limit_artifacts, open_page, all_text):
    app = open_page("limits")
    assert not app.exception and not app.error
    text = all_text(app)
    assert "Where at least 8 of ten people agree, **Compact network** names FER2013's label" in text
    assert {metric.label for metric in app.metric} == {
        "Crowd united", "Crowd divided", "Crowd's own label", "People side with it",
    }  # fmt: skip
    assert "The study finds 33\u00a0% of disgust and 36\u00a0% of fear; **Compact network**" in text
    assert "side with the network in" in text


def test_the_curve_and_the_ingredients_appear_by_themselves(limit_artifacts, open_page, all_text):
    app = open_page("limits", limits_view="Training pictures")
    assert not app.exception and "From 25\u00a0% to 100\u00a0% of the pictures" in all_text(app)
    app = open_page("limits", limits_view="Ingredients")
    assert not app.exception and "**No mirror images** changes accuracy by" in all_text(app)
    assert app.dataframe[0].value["Change"].tolist() == ["no mirror images"]


def test_no_tab_is_empty_and_what_is_missing_is_named(artifacts, open_page, all_text):
    app = open_page("limits", limits_view="Ingredients")
    assert not app.exception and [tab.label for tab in app.tabs] == ["Labels"]
    assert "No crowd votes for these test pictures" in all_text(app)


def test_without_runs_and_with_broken_ones(no_artifacts, open_page, all_text):
    assert "No training run yet" in all_text(open_page("limits"))


def test_broken_facts_are_named_and_the_rest_stands(broken_artifacts, open_page, all_text):
    app = open_page("limits")
    text = all_text(app)
    assert (
        not app.exception and "is not valid JSON" in text and "vgg-b32-e100-s0/metrics.json is not valid JSON" in text
    )
    assert "The study finds" in text


def make_point(share, accuracy, steps, gain=None):
    return CurvePoint(share, round(1000 * share), (accuracy,), (accuracy - 0.01, accuracy + 0.01), steps, gain)


@pytest.mark.parametrize(
    ("steps", "gain", "claim", "words"),
    [
        (1000, (0.02, 0.04), True, "All took as many steps: accuracy was still rising when the pictures ran out."),
        (1000, (-0.01, 0.04), False, "That is within chance."),
        (250, (0.02, 0.04), False, "fewer pictures meant fewer steps, too (250, 1,000)"),
        (1000, None, False, "to 68.0"),
    ],
    ids=["clear", "chance", "steps", "other pictures"],
)
def test_more_pictures_help_only_where_the_numbers_say_so(steps, gain, claim, words):
    text = sentences.describe_learning([make_point(0.25, 0.65, steps), make_point(1.0, 0.68, 1000, gain)])
    assert ("still rising when the pictures ran out" in text) == claim and words in text


def test_the_last_step_is_judged_by_its_own_steps():
    points = [make_point(0.125, 0.5, 100), make_point(0.5, 0.65, 1000), make_point(1.0, 0.68, 1000, (0.02, 0.04))]
    text = sentences.describe_learning(points)
    assert text.endswith("Both took as many steps: accuracy was still rising when the pictures ran out.")


def test_a_point_of_other_steps_is_hollow_off_the_line_and_explained():
    short, half, whole = make_point(0.125, 0.5, 2500), make_point(0.5, 0.65, 19800), make_point(1.0, 0.68, 19700)
    view = learning.view_learning([short, half, whole])
    line, hollow = view.figure.data
    assert (line.x, line.marker.symbol) == ((500, 1000), "circle") and "lines" in line.mode
    assert (hollow.x, hollow.marker.symbol) == ((125,), "circle-open") and "lines" not in hollow.mode
    assert "after 2,500 steps" in view.alt and view.alt.count("steps") == 1
    assert (
        describe_steps([short, half, whole])
        == "Hollow: the eighth was trained for only 2,500 steps, the others for about 20,000."
    )
    longer = make_point(0.125, 0.55, 20000)
    assert describe_steps([longer, half, whole]) == "" and describe_steps([make_point(0.125, 0.5, None), whole]) == ""
    assert learning.view_learning([longer, half, whole]).figure.data[0].x == (125, 500, 1000)


def test_recall_above_the_crowd_is_no_proof():
    def limit(label, crowd, recall, precision):
        return ClassLimit(label, *(Share(100, value, None) for value in (crowd, recall, precision)))

    text = sentences.describe_class_limits([limit("fear", 0.14, 0.5, 0.56), limit("happy", 0.9, 0.8, 0.9)])
    assert "has to learn" not in text and "a network that calls every face fear would find every label fear" in text
    assert "Of its answers, the label agrees with 56\u00a0% of “fear”" in text and "happy" not in text


def test_the_number_as_served_is_the_one_shown(committed_artifacts, open_page):
    """One network, one number: answers averaged over the mirror image, as for photos, as on all other pages."""
    app = open_page("limits", limits_run="compact-s1")
    run = load_run(committed_artifacts / "compact-s1").as_served()
    crowd = match_crowd(run.answers("test"), load_dataset_facts(committed_artifacts / "dataset").pictures)
    united, _ = compute_united(run.answers("test"), crowd)
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Crowd united"] == f"{100 * united.label_right.value:.1f}\u00a0%"


def test_half_of_ten_is_no_majority():
    crowd = CrowdView(np.array([0, 1, 2, NO_VOTE]), np.array([5, 6, 3, -1]))
    assert compute_half_share(crowd) == 2 / 3


def test_rare_classes_differ_only_beyond_chance(written):
    run = load_run(written / "compact-s0")
    recalls = sentences.compute_rare_recalls({"Ours": run})
    assert (
        recalls[sentences.STUDY]["fear"].n == 1024
        and recalls["Ours"]["fear"].n == run.metrics.test.per_class["fear"].support
    )
    view = charts.view_rare(recalls)
    assert [trace.name for trace in view.figure.data] == ["disgust", "fear"]
    fear = recalls["Ours"]["fear"]
    told = f"Ours, fear: {format_percent(fear.value)} of {format_count(fear.n)}"
    assert view.drawing.count("The study, ") == 2 and told in view.drawing

    def share(value, n):
        return Share(n, value, compute_wilson_interval(value, n))

    study = {"disgust": share(0.33, 111), "fear": share(0.36, 1024)}
    close = {"disgust": share(0.35, 111), "fear": share(0.37, 1024)}
    far = {"disgust": share(0.36, 111), "fear": share(0.46, 1024)}
    assert "chance would not explain" in sentences.describe_rare({sentences.STUDY: study, "a": close}, "a")
    assert "only fear differs by more" in sentences.describe_rare({sentences.STUDY: study, "a": far}, "a")


def test_a_single_ingredient_comes_with_its_interval():
    recall = dict.fromkeys(("disgust", "fear"), 0.3)
    clear, unclear = (
        AblationRow("x", "half the epochs", (0.65,), -0.02, interval, 0.0, recall, -0.02)
        for interval in ((-0.03, -0.01), (-0.05, 0.01))
    )
    text = sentences.describe_ingredients([clear])
    assert "Half the epochs" in text and "(−3.0 to −1.0): more than chance" in text
    assert "within chance" in sentences.describe_ingredients([unclear])
    assert "Within chance: 1 of 2." in sentences.describe_ingredients([unclear, clear])
