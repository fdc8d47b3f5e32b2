"""Mixed pictures and their targets agree about how much of each neighbour is in them."""

import numpy as np
import pytest
from keras import ops

from fer_core.training.mixing import MixPictures

N = 70


@pytest.fixture
def pair():
    """Flat pictures: each all of one grey level, which is 10 times its class."""
    classes = np.arange(N) % 7
    images = np.broadcast_to(10.0 * classes[:, None, None, None], (N, 48, 48, 1)).astype("float32")
    return images, np.eye(7, dtype="float32")[classes]


def mix(pair, **settings):
    return [ops.convert_to_numpy(part) for part in MixPictures(**settings, seed=1)(pair, training=True)]


@pytest.mark.parametrize("settings", [{"cutmix": 1.0}, {"mixup": 1.0}])
def test_targets_are_mixed_as_the_pictures_are(pair, settings):
    images, targets = mix(pair, **settings)
    assert np.allclose(targets.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(images.mean(axis=(1, 2, 3)), targets @ (10.0 * np.arange(7)), atol=1e-2)
    assert (targets.argmax(axis=1) == np.arange(N) % 7).mean() > 0.9, "a picture keeps at least half of itself"
    assert 0.05 < (1 - targets.max(axis=1)).mean() < 0.5


def test_cutmix_pastes_rectangles_and_mixup_blends(pair):
    levels = [len(np.unique(np.round(image, 3))) for image in mix(pair, cutmix=1.0)[0]]
    assert max(levels) == 2
    assert all(len(np.unique(np.round(image, 3))) == 1 for image in mix(pair, mixup=1.0)[0])


def test_shares_of_pictures_are_as_asked(pair):
    many = tuple(np.tile(part, (20, *[1] * (part.ndim - 1))) for part in pair)
    targets = mix(many, cutmix=0.3, mixup=0.2)[1]
    assert 0.35 < (targets.max(axis=1) < 0.999).mean() < 0.55


def test_nothing_happens_outside_training(pair):
    images, targets = MixPictures(cutmix=1.0)(pair, training=False)
    assert np.array_equal(images, pair[0]) and np.array_equal(targets, pair[1])


def test_impossible_probabilities_are_refused():
    with pytest.raises(ValueError, match="at most 1 together"):
        MixPictures(cutmix=0.7, mixup=0.4)
