"""Spoiling pictures: nothing at the neutral strength, more with each step, the named place covered."""

import numpy as np
import pytest

from fer_core.runs.corruptions import CORRUPTIONS, EYE_ROW, MOUTH_ROW, corrupt

NAMES = list(CORRUPTIONS)


@pytest.fixture(scope="module")
def faces(drawn_dataset):
    return drawn_dataset.images[:12]


@pytest.mark.parametrize("name", NAMES)
def test_pictures_stay_pictures_and_get_worse_step_by_step(name, faces):
    corruption, before = CORRUPTIONS[name], faces.copy()
    harm = []
    for strength in corruption.strengths:
        spoiled = corrupt(faces, name, strength)
        assert spoiled.dtype == np.uint8 and spoiled.shape == faces.shape
        harm.append(np.abs(spoiled.astype(int) - faces).mean())
    assert np.array_equal(faces, before), "the pictures handed in are left alone"
    assert min(harm) > 0
    for side in (harm[: corruption.place][::-1], harm[corruption.place :]):
        if name != "rotation":  # a face upside down is not farther from itself than one on its side
            assert side == sorted(side)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "jpeg"])
def test_the_untouched_strength_changes_nothing(name, faces):
    assert np.array_equal(corrupt(faces, name, CORRUPTIONS[name].untouched), faces)


def test_noise_comes_from_its_seed(faces):
    assert np.array_equal(corrupt(faces, "noise", 20), corrupt(faces, "noise", 20))
    assert not np.array_equal(corrupt(faces, "noise", 20), corrupt(faces, "noise", 20, seed=1))


@pytest.mark.parametrize(
    ("name", "size", "rows", "columns"),
    [
        ("cover-eyes", 8, slice(EYE_ROW - 4, EYE_ROW + 4), slice(None)),
        ("cover-mouth", 16, slice(MOUTH_ROW - 8, MOUTH_ROW + 8), slice(None)),
        ("cover-left", 24, slice(None), slice(0, 24)),
        ("cover-upper", 12, slice(0, 12), slice(None)),
        ("cover-lower", 6, slice(42, 48), slice(None)),
    ],
)
def test_exactly_the_named_part_is_covered_with_the_mean(name, size, rows, columns, faces):
    covered = corrupt(faces, name, size)
    expected = faces.copy()
    for face in expected:
        face[rows, columns] = round(float(face.mean()))
    assert np.abs(covered.astype(int) - expected).max() <= 1  # rounding halves
    assert np.array_equal(covered == faces, (expected == faces) | (covered == faces))


def test_turning_is_anticlockwise_and_half_a_turn_stands_on_its_head(faces):
    assert np.array_equal(corrupt(faces, "rotation", 90), np.rot90(faces, axes=(1, 2)))
    assert np.array_equal(corrupt(faces, "rotation", 180), faces[:, ::-1, ::-1])


def test_nothing_to_spoil_is_fine():
    none = np.empty((0, 48, 48), np.uint8)
    assert all(corrupt(none, name, CORRUPTIONS[name].strengths[0]).shape == none.shape for name in NAMES)


def test_bad_requests_get_a_sentence(faces):
    with pytest.raises(ValueError, match="no corruption 'fog': choose one of blur"):
        corrupt(faces, "fog", 1)
    with pytest.raises(ValueError, match=r"shape \(n, 48, 48\), got float64"):
        corrupt(faces / 255, "blur", 1)
