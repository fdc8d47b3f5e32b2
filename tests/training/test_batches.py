"""The order of the pictures: the same for a seed and an epoch, whatever form it is handed over in."""

import keras
import numpy as np
import pytest

from fer_core.training.batches import PlainIndices, ShuffledIndices, draw_balanced, make_tensorflow_dataset

ROWS = np.arange(100, 175)


def list_items(batches):
    return [batches[i] for i in range(len(batches))]


def test_an_epoch_shows_every_picture_once_in_its_own_order():
    batches = ShuffledIndices(ROWS, 16, seed=1)
    first = np.concatenate(list_items(batches))
    batches.set_epoch(1)
    second = np.concatenate(list_items(batches))
    assert len(batches) == batches.steps == 5 and batches[4].shape == (11,)
    assert sorted(first) == sorted(second) == list(ROWS) and not np.array_equal(first, second)
    batches.set_epoch(0)
    assert np.array_equal(np.concatenate(list_items(batches)), first)


@pytest.mark.parametrize(("size", "shapes"), [(16, [(4, 16), (11,)]), (25, [(3, 25)]), (75, [(75,)]), (99, [(75,)])])
def test_whole_epochs_hold_the_same_batches(size, shapes):
    whole, single = (ShuffledIndices(ROWS, size, 1, whole_epochs=whole) for whole in (True, False))
    assert [item.shape for item in list_items(whole)] == shapes and whole.steps == single.steps
    assert np.array_equal(*(np.concatenate([item.ravel() for item in list_items(b)]) for b in (whole, single)))


def test_oversampling_draws_every_class_equally_often():
    labels = np.repeat(np.arange(7), [50, 2, 40, 80, 60, 58, 60])
    rows = draw_balanced(labels, np.random.default_rng(0))
    assert set(np.bincount(labels[rows])) == {350 // 7} and not np.array_equal(rows, np.sort(rows))
    assert np.bincount(rows, minlength=350)[50:52].tolist() == [25, 25], "both rare pictures alike"
    assert np.bincount(rows)[:50].max() == 1, "none of a common class twice before all had their turn"
    first, again = (ShuffledIndices(np.arange(350), 16, 3, labels=labels) for _ in range(2))
    assert np.array_equal(first.order, again.order), "so that a resumed run sees the same"


def test_plain_batches_keep_the_order():
    assert np.array_equal(np.concatenate(list_items(PlainIndices(ROWS, 32))), ROWS)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a tf.data.Dataset")
def test_tensorflow_gets_the_same_batches_in_every_epoch():
    batches = ShuffledIndices(ROWS, 16, seed=1)
    dataset = make_tensorflow_dataset(batches)
    assert int(dataset.cardinality()) == 5
    for epoch in (0, 1):
        batches.set_epoch(epoch)
        found = [batch.numpy() for batch in dataset]
        assert all(np.array_equal(*pair) for pair in zip(found, list_items(batches), strict=True))
