"""Metrics against scikit-learn, against sums done by hand, and calibration on answers known to be over-confident."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from fer_core.labels import LABELS
from fer_core.probability import EPSILON, apply_temperature, check_predictions, round_to_stored
from fer_core.runs import confidence
from fer_core.runs.confidence import simulate_calibration_floor
from fer_core.runs.metrics import (
    compute_calibration,
    compute_ece,
    compute_metrics,
    compute_reliability,
    compute_run_metrics,
    compute_wilson_interval,
    fit_temperature,
)

FOUR = np.zeros((4, 7))
FOUR[0, [0, 1]] = 0.75, 0.25  # angry, right
FOUR[1, [0, 1]] = 0.75, 0.25  # disgust taken for angry
FOUR[2, [3, 4]] = 0.375, 0.625  # neutral, right
FOUR[3, [2, 5, 6]] = 0.5, 0.25, 0.25  # fear, right, but not above one half
FOUR_LABELS = np.array([0, 1, 4, 2])


def test_four_pictures_by_hand():
    metrics = compute_metrics(FOUR_LABELS, FOUR)
    assert metrics["n"] == 4 and metrics["accuracy"] == 0.75
    assert metrics["precision_at_half"] == pytest.approx(2 / 3)  # three cells above one half, two of them right
    assert metrics["recall_at_half"] == pytest.approx(2 / 4)
    assert metrics["f1_at_half"] == pytest.approx(4 / 7)
    assert metrics["loss"] == pytest.approx(-np.log([0.75, 0.25, 0.625, 0.5]).mean())
    assert metrics["confusion"][1][0] == 1 and metrics["confusion"][4][4] == 1
    assert metrics["per_class"]["angry"] == {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1}
    assert metrics["per_class"]["happy"] == {"precision": 0, "recall": 0, "f1": 0, "support": 0}
    assert metrics["recall_weighted"] == metrics["accuracy"]


def test_ece_by_hand():
    # Confidence .75 falls into bin 12 of 15 (two pictures, one right), .625 into bin 10, .5 into bin 8 (both right).
    assert compute_ece(FOUR_LABELS, FOUR) == pytest.approx((2 * 0.25 + 0.375 + 0.5) / 4)
    bins = compute_reliability(FOUR_LABELS, FOUR)
    assert [i + 1 for i, n in enumerate(bins["count"]) if n] == [8, 10, 12]
    assert bins["accuracy"][11] == 0.5 and bins["confidence"][11] == 0.75 and bins["accuracy"][0] is None


def test_bins_are_closed_above():
    certain = np.eye(7)[[0, 1]]
    assert compute_reliability(np.array([0, 1]), certain)["count"][-1] == 2
    assert compute_reliability(np.array([0]), np.full((1, 7), 1 / 7), n_bins=7)["count"] == [1, 0, 0, 0, 0, 0, 0]


def test_agrees_with_scikit_learn(draw_answers):
    label, probability = draw_answers(500, seed=3)
    metrics = compute_metrics(label, probability)
    stored = round_to_stored(probability)
    predicted = stored.argmax(axis=1)
    report = sk.classification_report(label, predicted, target_names=LABELS, output_dict=True)
    assert metrics["accuracy"] == pytest.approx(report["accuracy"])
    assert metrics["f1_macro"] == pytest.approx(report["macro avg"]["f1-score"])
    for name in ("precision", "recall"):
        assert metrics[f"{name}_weighted"] == pytest.approx(report["weighted avg"][name])
    for name in LABELS:
        assert metrics["per_class"][name]["f1"] == pytest.approx(report[name]["f1-score"])
    assert metrics["confusion"] == sk.confusion_matrix(label, predicted).tolist()
    assert metrics["loss"] == pytest.approx(sk.log_loss(label, stored / stored.sum(1, keepdims=True)), abs=1e-4)
    flat_truth, flat_positive = np.eye(7, dtype=int)[label].ravel(), (stored > 0.5).ravel()
    assert metrics["precision_at_half"] == pytest.approx(sk.precision_score(flat_truth, flat_positive))
    assert metrics["recall_at_half"] == pytest.approx(sk.recall_score(flat_truth, flat_positive))


def test_subsets_count_what_they_say():
    metrics = compute_metrics(
        FOUR_LABELS, FOUR,
        file=np.array(["PublicTest_1.jpg", "PublicTest_2.jpg", "PrivateTest_3.jpg", "PrivateTest_4.jpg"]),
        twin=np.array([False, True, True, False]),
        ferplus=np.array([0, 0, 255, 3]),
    )  # fmt: skip
    assert (metrics["public_accuracy"], metrics["public_n"]) == (0.5, 2)
    assert (metrics["private_accuracy"], metrics["private_n"]) == (1.0, 2)
    assert (metrics["deduplicated_accuracy"], metrics["deduplicated_n"]) == (1.0, 2)
    assert metrics["ferplus_n"] == 3 and metrics["ferplus_agreement"] == pytest.approx(2 / 3)


def test_empty_subsets_are_none_not_nan():
    metrics = compute_metrics(FOUR_LABELS, FOUR, file=np.array(["Training_1.jpg"] * 4), ferplus=np.full(4, 255))
    assert metrics["public_accuracy"] is None and metrics["ferplus_agreement"] is None and metrics["public_n"] == 0
    assert "deduplicated_accuracy" not in metrics
    json.dumps(metrics, allow_nan=False)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(0, 10_000), st.floats(0, 4), st.floats(0.2, 8))
def test_numbers_survive_storage_as_float16(n, seed, skill, sharpness):
    rng = np.random.default_rng(seed)
    label, logits = rng.integers(0, 7, n), rng.normal(size=(n, 7))
    logits[np.arange(n), label] += skill
    power = np.exp(sharpness * (logits - logits.max(axis=1, keepdims=True)))
    probability = power / power.sum(axis=1, keepdims=True)
    metrics = compute_metrics(label, probability)
    assert metrics == compute_metrics(label, probability.astype(np.float16))
    low, high = metrics["accuracy_ci95"]
    assert 0 <= low <= metrics["accuracy"] <= high <= 1
    assert 0 <= metrics["ece"] <= 1 and np.sum(metrics["confusion"]) == n
    assert metrics["recall_weighted"] == pytest.approx(metrics["accuracy"])
    json.dumps(metrics, allow_nan=False)


def test_interval_is_what_other_pictures_would_give():
    correct = np.random.default_rng(1).random(7178) < 0.66
    low, high = compute_wilson_interval(correct.mean(), len(correct))
    resampled = np.random.default_rng(2).choice(correct, (400, len(correct))).mean(axis=1)
    assert np.percentile(resampled, [2.5, 97.5]) == pytest.approx([low, high], abs=0.002)
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.66 * 0.34 / 7178), abs=0.002)


@pytest.mark.parametrize(
    ("label", "probability", "words"),
    [
        ([], np.zeros((0, 7)), "non-empty"),
        ([0, 1], np.full((2, 6), 1 / 6), "shape"),
        ([0, 7], np.full((2, 7), 1 / 7), "0 to 6"),
        ([0.0, 1.0], np.full((2, 7), 1 / 7), "whole numbers"),
        ([0, 1], np.full((2, 7), np.nan), "NaN"),
        ([0, 1], np.full((2, 7), 0.5), "sum to 1"),
        ([0], [[1.5, -0.5, 0, 0, 0, 0, 0]], "non-negative"),
    ],
)
def test_impossible_input_is_refused(label, probability, words):
    with pytest.raises(ValueError, match=words):
        compute_metrics(np.array(label), np.array(probability))


def test_subset_of_another_length_is_refused():
    with pytest.raises(ValueError, match="expected 4 entries to count pictures by"):
        compute_metrics(FOUR_LABELS, FOUR, twin=np.zeros(3, bool))


def _log_loss(label, probability):
    return -np.log(np.maximum(probability[np.arange(len(label)), label], EPSILON)).mean()


def test_temperature_undoes_overconfidence(draw_answers):
    label, honest = draw_answers(4000, seed=5, skill=1.5, sharpness=1.5)  # equal: calibrated by construction
    assert fit_temperature(label, honest) == pytest.approx(1, abs=0.05)
    overconfident = apply_temperature(honest, 0.4)
    temperature = fit_temperature(label, overconfident)
    assert temperature == pytest.approx(1 / 0.4, rel=0.05)
    assert _log_loss(label, apply_temperature(overconfident, temperature)) < _log_loss(label, overconfident) - 0.05


def test_temperature_one_changes_nothing_and_order_is_kept(draw_answers):
    _, probability = draw_answers(50)
    np.testing.assert_allclose(apply_temperature(probability, 1.0), probability, atol=1e-5)
    for temperature in (0.3, 3.0):
        scaled = apply_temperature(probability, temperature)
        np.testing.assert_allclose(scaled.sum(axis=1), 1)
        np.testing.assert_array_equal(scaled.argmax(axis=1), probability.argmax(axis=1))
    one_picture = apply_temperature(probability[0], 2.0)
    np.testing.assert_allclose(one_picture, apply_temperature(probability, 2.0)[0])
    assert np.isfinite(apply_temperature(np.eye(7), 0.05)).all()


@pytest.mark.parametrize("temperature", [0, -1, np.nan, np.inf])
def test_impossible_temperature_is_refused(temperature):
    with pytest.raises(ValueError, match="positive"):
        apply_temperature(np.full(7, 1 / 7), temperature)


def test_calibration_is_chosen_on_validation_and_helps_on_test(draw_answers):
    validation_label, validation = draw_answers(3000, seed=1, skill=2, sharpness=4)
    test_label, test = draw_answers(3000, seed=2, skill=2, sharpness=4)
    calibration = compute_calibration(validation_label, validation, test_label, test)
    assert calibration["temperature"] > 1.5
    assert calibration["validation_ece_after"] < calibration["validation_ece_before"]
    assert calibration["test_ece_after"] < calibration["test_ece_before"] / 2
    assert calibration["validation_accuracy_above"] >= 0.8 and calibration["validation_coverage"] >= 0.5
    assert calibration["test_accuracy_above"] == pytest.approx(0.8, abs=0.04)
    changed = compute_calibration(validation_label, validation, test_label[::-1], test)
    for chosen in ("temperature", "not_sure_threshold"):
        assert changed[chosen] == calibration[chosen]
    json.dumps(calibration, allow_nan=False)


def test_a_weak_network_still_answers_for_half_of_the_pictures(draw_answers):
    label, probability = draw_answers(1000, skill=0.3)
    calibration = compute_calibration(label, probability, label, probability)
    assert calibration["validation_accuracy_above"] < 0.8
    assert calibration["validation_coverage"] >= 0.5


def test_run_metrics_follow_the_arrays_present(make_parts):
    predictions = make_parts(tta=True)[3]
    metrics = compute_run_metrics(predictions)
    assert set(metrics) == {"validation", "test", "calibration", "test_tta"}
    assert metrics["test_tta"]["accuracy"] > metrics["test"]["accuracy"]
    assert metrics["test_tta"]["deduplicated_n"] == metrics["test"]["deduplicated_n"]
    predictions["validation_tta_probability"] = predictions["validation_probability"]
    assert {"validation_tta", "calibration_tta"} < set(compute_run_metrics(predictions))


def test_the_dashboard_side_needs_no_heavy_library():
    modules = (
        "artifacts, comparison, contract, label_limits, leaderboard, literature, metrics, paper, robustness, speed, "
    )
    modules += "ablation, learning_curve, verify"
    code = f"import sys; from fer_core.runs import {modules}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "sklearn", "scipy", "tensorflow", "keras", "jax", "streamlit", "onnxruntime"} & set(loaded)


def test_the_floor_of_calibration_is_what_a_calibrated_network_shows():
    """Of networks whose confidence is exactly right, 95 in 100 show an error within the simulated range."""
    rng = np.random.default_rng(3)
    probability = rng.dirichlet(np.full(7, 0.4), 2000)
    floor, low, high = simulate_calibration_floor(probability)
    shown = [compute_ece([rng.choice(7, p=row) for row in probability], probability) for _ in range(40)]
    assert low < floor < high and np.mean(shown) == pytest.approx(floor, rel=0.1)
    assert np.mean([low <= error <= high for error in shown]) > 0.8
    assert simulate_calibration_floor(probability) == (floor, low, high), "seeded"
    assert simulate_calibration_floor(probability[:200])[0] > 2 * floor, "fewer pictures, a higher floor"
    votes = np.array([rng.multinomial(10, row) for row in probability], np.uint8)
    named = votes.argmax(axis=1)
    few, _, above = simulate_calibration_floor(probability, votes)
    assert compute_ece(named, probability, votes=votes) == pytest.approx(few, rel=0.5) and above < low


def test_the_line_of_not_sure_belongs_to_the_sure_side():
    """A confidence at the threshold is an answer; the lowest line that just reaches 80 % is taken."""
    probability = np.array([[0.6, 0.4, 0, 0, 0, 0, 0]] * 8 + [[0.4, 0.6, 0, 0, 0, 0, 0]] * 2)
    label = np.zeros(10, int)
    assert confidence._compute_above(label, probability, 0.6) == (1.0, 0.8)
    assert confidence._compute_above(label, probability, 0.61) == (0.0, None)
    assert confidence._choose_threshold(label, probability) == 0.0
    probability[8:] = [0.45, 0.55, 0, 0, 0, 0, 0]
    assert confidence._choose_threshold(label[3:], probability[3:]) == pytest.approx(0.56)


def test_silent_mistakes_cost_less_where_the_sure_answers_are_right():
    sure, right = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, False, False])
    assert confidence.compute_augrc(sure, right) == pytest.approx(0.125)
    assert confidence.compute_augrc(sure[::-1], right) == pytest.approx(0.375)


def test_wilson_interval_of_known_shares():
    assert compute_wilson_interval(0.5, 100) == pytest.approx((0.40383, 0.59617), abs=1e-5)
    assert compute_wilson_interval(0.0, 10) == pytest.approx((0.0, 0.27753), abs=1e-5)


def test_rows_that_do_not_sum_to_one_are_refused():
    with pytest.raises(ValueError, match="sum to 1"):
        check_predictions(np.array([0]), np.array([[0.98, 0, 0, 0, 0, 0, 0]]))
