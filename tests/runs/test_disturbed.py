"""Answers to disturbed pictures: counted, and two networks compared on the same ones."""

import numpy as np
import pytest

from fer_core.labels import LABELS
from fer_core.runs import disturbed
from fer_core.runs.corruptions import ALL, CORRUPTIONS, TEN, UPSIDE_DOWN, corrupt
from fer_core.runs.disturbed import (
    CLEAN,
    NONE,
    Answers,
    answer_disturbed,
    compare_disturbed,
    summarise,
)
from fer_core.runs.paired import count_pair


def answer_by_brightness(images, labels):
    """A network that is right as long as a picture keeps its brightness."""
    bright = {image.tobytes(): None for image in images}
    assert len(bright) == len(images)
    means = images.mean(axis=(1, 2))

    def predict(pictures):
        right = np.abs(pictures.mean(axis=(1, 2)) - means) < 20
        return np.eye(len(LABELS))[np.where(right, labels, (labels + 1) % len(LABELS))]

    return predict


def test_counts_are_those_of_the_answers(drawn_dataset):
    images, labels = drawn_dataset.images, drawn_dataset.labels.astype(np.int64)
    empty = Answers(drawn_dataset.labels, np.where(labels == 3, NONE, labels).astype(np.uint8), {})
    *_, (_, answers) = answer_disturbed(
        answer_by_brightness(images, labels), images, np.arange(len(images)), empty, ALL
    )
    content = summarise(answers)
    assert content["clean"]["accuracy"] == 1 and content["clean"]["correct"] == content["support"]
    darkest = content["curves"]["brightness"][0]
    assert darkest["strength"] == -120 and darkest["accuracy"] < 0.2
    low, high = darkest["loss_ci95"]
    assert low <= 1 - darkest["accuracy"] <= high, "what is lost is counted on the same pictures"
    assert content["n_crowd"] == (labels != 3).sum() and darkest["crowd"]["accuracy"] < 0.3
    turned = content["curves"]["rotation"][-1]
    assert turned["accuracy"] == 1, "half a turn moves no grey level"
    assert {name: len(curve) for name, curve in content["curves"].items()} == {
        name: len(corruption.strengths) for name, corruption in CORRUPTIONS.items()
    }
    mean = np.mean([case["accuracy"] for case in content["ten"]])
    assert content["ten_mean"]["accuracy"] == pytest.approx(mean, abs=1e-4)
    assert content["ten_mean"]["loss_ci95"][0] <= 1 - mean <= content["ten_mean"]["loss_ci95"][1]


def test_the_ten_are_those_of_a_visitor_s_photo():
    keys = [case.key for case in TEN]
    assert keys == [
        "blur_1", "blur_2", "noise_10", "noise_20", "brightness_-120", "brightness_120", "contrast_0.2", "scale_20",
        "cover-lower_18", "cover-band_14",
    ]  # fmt: skip
    face = np.arange(48 * 48, dtype=np.uint8).reshape(1, 48, 48)
    for case, first, last in ((TEN[8], 30, 47), (TEN[9], 10, 23)):
        changed = np.flatnonzero((corrupt(face, case.name, case.strength) != face).any(axis=(0, 2)))
        assert (changed.min(), changed.max()) == (first, last), "the mouth, the eyes"
    assert ALL[:11] == (*TEN, UPSIDE_DOWN) and len({case.key for case in ALL}) == len(ALL)


def test_two_networks_are_compared_on_the_pictures_that_both_answered():
    rng = np.random.default_rng(0)
    label = rng.integers(0, 7, 4000).astype(np.uint8)
    majority = np.where(rng.random(4000) < 0.2, NONE, label).astype(np.uint8)

    def answer(clean, spoiled, asked=4000):
        right = {CLEAN: clean} | {case.key: spoiled for case in TEN}
        given = {key: np.where(rng.random(4000) < share, label, (label + 1) % 7) for key, share in right.items()}
        return Answers(
            label, majority, {k: np.where(np.arange(4000) < asked, v, NONE).astype(np.uint8) for k, v in given.items()}
        )

    weak, strong = answer(0.6, 0.5, asked=1500), answer(0.7, 0.55)
    gap = compare_disturbed(weak, strong, TEN[0])
    assert gap.n == 1500, "never a sample against all"
    mine, theirs = (found.mark_right(TEN[0].key)[:1500] for found in (weak, strong))
    pair = count_pair(mine, theirs)
    assert gap.accuracy == pytest.approx(pair.difference) and gap.accuracy_ci95 == pytest.approx(pair.ci95, abs=0.01)
    lost = [found.mark_right(CLEAN)[:1500].mean() - right.mean() for found, right in ((weak, mine), (strong, theirs))]
    assert gap.loss == pytest.approx(lost[1] - lost[0]), "each against its own answers to the untouched pictures"
    assert gap.loss_ci95[0] < gap.loss < gap.loss_ci95[1]
    assert compare_disturbed(weak, strong, TEN[0], by_crowd=True).n == (majority[:1500] != NONE).sum()
    mean = compare_disturbed(weak, strong, None)
    assert mean.accuracy == pytest.approx(np.mean([compare_disturbed(weak, strong, case).accuracy for case in TEN]))
    assert np.ptp(mean.accuracy_ci95) < np.ptp(gap.accuracy_ci95), "ten cases say more than one"
    with pytest.raises(ValueError, match="other test pictures"):
        compare_disturbed(weak, Answers(label[::-1], majority, strong.given), TEN[0])


def test_no_pass_begins_that_would_not_end_in_time(drawn_dataset, monkeypatch):
    clock = iter(np.arange(0, 100, 0.5))
    monkeypatch.setattr(disturbed.time, "monotonic", lambda: next(clock))
    empty = Answers(drawn_dataset.labels, drawn_dataset.labels, {})
    rows, predict = np.arange(len(drawn_dataset.labels)), lambda images: np.eye(7)[np.zeros(len(images), int)]
    grown = list(answer_disturbed(predict, drawn_dataset.images, rows, empty, ALL, until=3.0))
    assert 1 <= len(grown) <= 3, "half a second each, and each asks the time twice"
