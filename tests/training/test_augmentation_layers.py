"""The layers do what they say; the study's do what Keras's own ImageDataGenerator does with the same draw."""

import keras
import numpy as np
import pytest

from fer_core.data import draw_face
from fer_core.training.augmentation import RandomAffine, RandomErasing, RandomLight, compute_affine_matrix
from fer_core.training.policies import POLICIES, make_augmentation

N = 64


@pytest.fixture(scope="module")
def faces():
    rng = np.random.default_rng(0)
    return np.stack([draw_face("happy", rng) for _ in range(N)])[..., None].astype("float32")


def as_numpy(parameters):
    return {key: keras.ops.convert_to_numpy(value) for key, value in parameters.items()}


def test_study_affine_equals_image_data_generator(faces):
    pytest.importorskip("scipy")
    tf = pytest.importorskip("tensorflow")
    generator = tf.keras.preprocessing.image.ImageDataGenerator(
        rotation_range=10,
        width_shift_range=0.2,
        height_shift_range=0.2,
        zoom_range=0.2,
        horizontal_flip=True,
        vertical_flip=True,
    )
    np.random.seed(1)  # the generator draws from NumPy's global stream
    draws = [generator.get_random_transform((48, 48, 1)) for _ in range(N)]
    expected = np.stack([generator.apply_transform(face, draw) for face, draw in zip(faces, draws, strict=True)])
    names = {"theta": "theta", "tx": "shift_x", "ty": "shift_y", "zx": "zoom_x", "zy": "zoom_y"}
    parameters = {ours: np.array([draw[theirs] for draw in draws], "float32") for theirs, ours in names.items()}
    for theirs, ours in (("flip_horizontal", "flip_x"), ("flip_vertical", "flip_y")):
        parameters[ours] = np.array([bool(draw[theirs]) for draw in draws])
    assert parameters["flip_y"].any() and not parameters["flip_y"].all()
    result = keras.ops.convert_to_numpy(RandomAffine(10, 0.2, 0.2).transform(faces, parameters))
    assert np.abs(result - expected).max() < 0.1, "grey levels of 0 to 255"


def test_study_draws_from_the_generators_ranges():
    affine, erasing = make_augmentation("study", seed=3)
    draw = as_numpy(affine.draw(4000))
    for name, low, high in (
        ("theta", -10, 10), ("shift_x", -9.6, 9.6), ("shift_y", -9.6, 9.6), ("zoom_x", 0.8, 1.2), ("zoom_y", 0.8, 1.2),
    ):  # fmt: skip
        assert low <= draw[name].min() < low + 0.02 * (high - low)
        assert high - 0.02 * (high - low) < draw[name].max() <= high
    assert np.abs(np.corrcoef(draw["zoom_x"], draw["zoom_y"])[0, 1]) < 0.1
    assert 0.45 < draw["flip_x"].mean() < 0.55 and 0.45 < draw["flip_y"].mean() < 0.55
    draw = as_numpy(erasing.draw(4000))
    assert set(draw["x"]) == set(range(38)) and set(draw["y"]) == set(range(38))
    assert 0.45 < draw["erase"].mean() < 0.55
    assert set(draw["side"]) == {10} and set(draw["level"]) == {0}


def test_erasing_blackens_exactly_one_square(faces):
    layer = RandomErasing(probability=1.0)
    parameters = layer.draw(N)
    result = keras.ops.convert_to_numpy(layer.transform(faces + 1, parameters))
    assert ((result == 0).sum(axis=(1, 2, 3)) == 100).all()
    first = as_numpy(parameters)
    x, y = int(first["x"][0]), int(first["y"][0])
    assert (result[0, y : y + 10, x : x + 10] == 0).all()
    kept = result != 0
    assert (result[kept] == (faces + 1)[kept]).all()


def test_light_stays_in_range_and_keeps_the_picture(faces):
    result = keras.ops.convert_to_numpy(RandomLight(0.2, 0.3, seed=0)(faces, training=True))
    assert result.min() >= 0 and result.max() <= 255
    assert all(np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.8 for a, b in zip(faces, result, strict=True))


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_does_nothing_outside_training_and_repeats_with_its_seed(policy, faces):
    def run(seed, training):
        x = faces
        for layer in make_augmentation(policy, seed):
            x = layer(x, training=training)
        return keras.ops.convert_to_numpy(x)

    assert np.array_equal(run(0, training=False), faces)
    assert np.array_equal(run(0, training=True), run(0, training=True))
    if policy != "none":
        assert not np.array_equal(run(0, training=True), run(1, training=True))


def test_our_policy_never_turns_faces_upside_down():
    affine = make_augmentation("compact")[0]
    draw = as_numpy(affine.draw(500))
    assert not draw["flip_y"].any() and np.array_equal(draw["zoom_x"], draw["zoom_y"])


def test_matrix_of_no_change_is_the_identity():
    zero, one, no = np.zeros(1, "float32"), np.ones(1, "float32"), np.zeros(1, bool)
    matrix = keras.ops.convert_to_numpy(compute_affine_matrix(zero, zero, zero, one, one, no, no))
    assert np.allclose(matrix, [[1, 0, 0, 0, 1, 0, 0, 0]])
