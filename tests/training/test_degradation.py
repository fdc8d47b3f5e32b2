"""Each layer spoils what it says and nothing else; a picture outside its share comes back untouched."""

import keras
import numpy as np
import pytest

from fer_core.data import draw_face
from fer_core.runs.corruptions import corrupt
from fer_core.training import degradation as d
from fer_core.training.policies import SPOILT, make_augmentation

LAYERS = (d.RandomBlur, d.RandomShrink, d.RandomNoise, d.RandomExposure, d.RandomFlatness, d.RandomCover)


@pytest.fixture(scope="module")
def faces():
    rng = np.random.default_rng(0)
    return np.stack([draw_face("happy", rng) for _ in range(64)])[..., None].astype("float32")


def run(layer, faces) -> np.ndarray:
    return keras.ops.convert_to_numpy(layer(faces, training=True))


@pytest.mark.parametrize("kind", LAYERS)
def test_a_share_is_spoilt_and_the_rest_is_untouched(kind, faces):
    assert np.array_equal(keras.ops.convert_to_numpy(kind(seed=1)(faces)), faces), "outside training"
    assert np.allclose(run(kind(probability=0.0, seed=1), faces), faces, atol=1e-3)
    spoilt = run(kind(probability=1.0, seed=1), faces)
    changed = np.abs(spoilt - faces).max(axis=(1, 2, 3)) > 0.5
    assert changed.mean() > 0.9 and spoilt.min() > -0.01 and spoilt.max() < 255.01
    half = np.abs(run(kind(probability=0.5, seed=1), faces) - faces).max(axis=(1, 2, 3)) > 0.5
    assert 0.2 < half.mean() < 0.8


def test_blur_is_the_corruptions_own(faces):
    # Pillow's Gaussian blur is three box blurs: close, not equal.
    matrix = d.make_blur_matrix(1.5)
    ours = matrix @ faces[0, ..., 0] @ matrix.T
    theirs = corrupt(faces[:1, ..., 0].astype("uint8"), "blur", 1.5)[0]
    assert np.abs(ours - theirs).mean() < 1.5
    assert np.allclose(matrix.sum(axis=1), 1), "a flat picture stays flat, to the border"


def test_shrinking_is_the_corruptions_own(faces):
    matrix = d.make_shrink_matrix(24)
    ours = matrix @ faces[0, ..., 0] @ matrix.T
    theirs = corrupt(faces[:1, ..., 0].astype("uint8"), "scale", 24)[0]
    assert np.abs(ours - theirs).max() < 2.5


def test_a_band_covers_whole_rows_from_one_edge(faces):
    rows, level = np.array([10, 24, 0], "float32"), np.full(3, 9, "float32")
    parameters = {"rows": rows, "below": np.array([True, False, True]), "level": level}
    parameters = {name: keras.ops.convert_to_tensor(value) for name, value in parameters.items()}
    covered = keras.ops.convert_to_numpy(d.RandomCover().transform(faces[:3], parameters))[..., 0]
    assert (covered[0, 38:] == 9).all() and np.array_equal(covered[0, :38], faces[0, :38, :, 0])
    assert (covered[1, :24] == 9).all() and np.array_equal(covered[1, 24:], faces[1, 24:, :, 0])
    assert np.array_equal(covered[2], faces[2, ..., 0])


def test_the_policy_leaves_half_of_the_pictures_clean():
    layers = [layer for layer in make_augmentation("degraded") if isinstance(layer, d.RandomShare)]
    assert len(layers) == len(LAYERS) and {layer.probability for layer in layers} == {SPOILT}
    assert (1 - SPOILT) ** len(layers) > 0.5
