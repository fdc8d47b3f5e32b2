"""The drawn stand-in: seeded, varied, and with expressions that can be told apart."""

import numpy as np
import pytest

from fer_core.data import draw_change, draw_face, make_drawn_dataset
from fer_core.data.drawn import draw_framed
from fer_core.labels import LABELS


def test_dataset_is_marked_and_shaped(drawn_dataset):
    assert drawn_dataset.drawn and drawn_dataset.source == "drawn faces"
    assert drawn_dataset.images.shape == (98, 48, 48) and drawn_dataset.images.dtype == np.uint8
    usages = [name.partition("_")[0] for name in drawn_dataset.files]
    assert [usages.count(name) for name in ("Training", "PublicTest", "PrivateTest")] == [70, 14, 14]
    assert len(set(drawn_dataset.files.tolist())) == 98


def test_same_seed_same_pictures_and_more_keep_the_first():
    some, more, other = make_drawn_dataset(7, 7, seed=5), make_drawn_dataset(14, 7, seed=5), make_drawn_dataset(7, 7, 6)
    np.testing.assert_array_equal(some.images[:7], more.images[:14:2])
    np.testing.assert_array_equal(some.images[7:], more.images[14:])
    assert not (some.images == other.images).all(axis=(1, 2)).any()


def test_no_two_faces_are_alike(drawn_dataset):
    assert len({image.tobytes() for image in drawn_dataset.images}) == 98
    assert drawn_dataset.images.std(axis=(1, 2)).min() > 10  # none is empty


@pytest.mark.parametrize("size", [16, 48, 100, 480])
@pytest.mark.parametrize("label", LABELS)
def test_every_size_shows_the_same_face(label, size):
    face = draw_face(label, np.random.default_rng(3), size)
    assert face.shape == (size, size) and face.dtype == np.uint8
    small = draw_face(LABELS.index(label), np.random.default_rng(3), 48).astype(float)
    if size == 480:
        shrunk = face.reshape(48, 10, 48, 10).mean(axis=(1, 3))
        assert np.corrcoef(shrunk.ravel(), small.ravel())[0, 1] > 0.95


def test_bad_requests():
    rng = np.random.default_rng(0)
    for label, size in (("bored", 48), ("happy", 8), ("happy", 4000)):
        with pytest.raises(ValueError, match="one of angry, .*480"):
            draw_face(label, rng, size)
    with pytest.raises(ValueError, match="-1"):
        make_drawn_dataset(-1, 5)
    assert len(make_drawn_dataset(0, 0)) == 0


def test_expressions_can_be_told_apart():
    """A plain linear classifier on pixels reaches far more than chance (1/7) on faces it has not seen."""
    dataset = make_drawn_dataset(420, 140, seed=2)
    pixels = dataset.images.reshape(-1, 24, 2, 24, 2).mean(axis=(2, 4)).reshape(len(dataset), -1)
    pixels = (pixels - pixels.mean(axis=1, keepdims=True)) / pixels.std(axis=1, keepdims=True)
    features = np.hstack([pixels, np.ones((len(pixels), 1))])
    train = ~dataset.is_test
    targets = np.eye(7)[dataset.labels[train]]
    gram = features[train] @ features[train].T + 100 * np.eye(train.sum())
    scores = features[dataset.is_test] @ features[train].T @ np.linalg.solve(gram, targets)
    accuracy = (scores.argmax(axis=1) == dataset.labels[dataset.is_test]).mean()
    assert accuracy > 0.5


def test_one_person_changes_from_one_expression_to_another():
    start, middle, end = (draw_change("happy", "sad", share, seed=9).astype(int) for share in (0, 0.5, 1))
    assert start.shape == (48, 48) and np.array_equal(start, draw_change("happy", "angry", 0, seed=9))
    assert abs(start - middle).mean() < abs(start - end).mean()
    assert (abs(start - end).max(axis=1) < 10).sum() > 5, "what is no face stays"


def test_framed_faces_are_cut_out_of_drawings_of_several_sizes():
    faces = draw_framed(12, np.random.default_rng(0))
    assert faces.shape == (12, 48, 48) and faces.dtype == np.uint8
    assert np.array_equal(faces, draw_framed(12, np.random.default_rng(0)))
    assert len({face.tobytes() for face in faces}) == 12 and min(face.std() for face in faces) > 10
