"""Rare classes, the split that holds nothing back, and averaging over ten crops."""

from dataclasses import replace

import keras
import numpy as np

from fer_core.data import make_drawn_dataset
from fer_core.training.evaluate import collect_predictions, list_crops, predict_averaged
from fer_core.training.experiments import EXPERIMENTS
from fer_core.training.fit import compute_class_weights, compute_effective_weights, fit, make_split
from fer_core.training.model import compile_training_model, make_loss, make_training_model


def test_weights_make_classes_count_alike():
    labels = np.repeat(np.arange(7), [50, 2, 40, 80, 60, 58, 60])
    weights = compute_class_weights(labels)
    assert np.allclose(weights * np.bincount(labels), 50) and np.isclose(weights[labels].mean(), 1)


def test_effective_numbers_favour_rare_classes_less_than_frequencies_do():
    labels = np.repeat(np.arange(7), [5000, 400, 4000, 8000, 6000, 5800, 6000])
    weights, plain = compute_effective_weights(labels), compute_class_weights(labels)
    assert np.isclose(weights[labels].mean(), 1) and weights.argmax() == 1
    assert 1 < weights[1] / weights[3] < plain[1] / plain[3]
    effective = (1 - 0.9999**400) / (1 - 0.9999)
    assert np.isclose(weights[1] / weights[3], (1 - 0.9999**8000) / (1 - 0.9999) / effective, rtol=1e-5)
    assert compute_effective_weights(np.zeros(5, int))[1:].sum() == 0, "no pictures, no weight, no warning"


def test_focal_loss_counts_easy_pictures_less(tiny_experiment):
    target = np.eye(7)[[3]]
    sure, unsure = (np.where(target, share, (1 - share) / 6) for share in (0.95, 0.3))
    focal, plain = (
        make_loss(replace(tiny_experiment, loss="focal", label_smoothing=0.0)),
        keras.losses.CategoricalCrossentropy(),
    )
    for answer, share in ((sure, 0.95), (unsure, 0.3)):
        assert np.isclose(float(focal(target, answer)), (1 - share) ** 2 * float(plain(target, answer)), rtol=1e-4)


def test_weights_change_the_training_loss_only(tiny_experiment, tiny_network):
    images, labels = np.zeros((7, 48, 48), "uint8"), np.arange(7, dtype="uint8")
    model = make_training_model(tiny_network(), images, labels, tiny_experiment, 0)
    compile_training_model(model, tiny_experiment, 1)
    answers = model(np.arange(7, dtype="int32"))
    plain = float(model.compute_loss(y_pred=answers, training=True))
    model.class_weights = np.full(7, 3.0)
    assert np.isclose(float(model.compute_loss(y_pred=answers, training=True)), 3 * plain, rtol=1e-4)
    assert np.isclose(float(model.compute_loss(y_pred=answers, training=False)), plain, rtol=1e-4)


def test_an_oversampled_run_has_epochs_as_long_as_any(tiny_experiment, tmp_path):
    experiment = replace(tiny_experiment, epochs=1, class_balance="oversampled")
    state = fit(experiment, make_drawn_dataset(70, 28, seed=2), 0, tmp_path)
    assert state["epoch"] == 1 and np.isfinite(state["history"][0]["loss"])


def test_the_whole_split_learns_from_validation_and_never_from_test():
    dataset = make_drawn_dataset(70, 28, seed=2)
    grouped, whole = (make_split(replace(EXPERIMENTS["best"], split=s), dataset) for s in ("grouped", "all"))
    assert set(whole.train) == set(grouped.train) | set(grouped.validation)
    assert np.array_equal(whole.validation, grouped.validation) and not set(whole.train) & set(whole.test)


def test_ten_crops_are_five_places_and_their_mirror_images(tiny_network):
    images = np.random.default_rng(0).integers(0, 256, (3, 48, 48)).astype("uint8")
    crops = list_crops(images)
    assert len(crops) == 5 and all(crop.shape == images.shape and crop.dtype == np.uint8 for crop in crops)
    flat = np.full((1, 48, 48), 90, "uint8")
    assert all((crop == 90).all() for crop in list_crops(flat))
    network = tiny_network()
    views = [view for crop in crops for view in (crop, crop[:, :, ::-1])]
    expected = np.mean(
        [keras.ops.convert_to_numpy(network(view[..., None].astype("float32"))) for view in views], axis=0
    )
    assert np.allclose(predict_averaged(network, images, "ten-crop"), expected, atol=1e-5)


def test_stored_answers_are_averaged_as_the_recipe_says(tiny_network):
    dataset, network = make_drawn_dataset(42, 14, seed=3), tiny_network()
    split = make_split(EXPERIMENTS["best"], dataset)
    found = {tta: collect_predictions(network, dataset, split, tta) for tta in ("flip", "ten-crop")}
    for tta, arrays in found.items():
        expected = predict_averaged(network, dataset.images[split.test], tta)
        np.testing.assert_allclose(arrays["test_tta_probability"], expected, atol=1e-5)
    assert np.abs(found["flip"]["test_tta_probability"] - found["ten-crop"]["test_tta_probability"]).max() > 1e-3


def test_every_change_of_the_ablation_is_one_change():
    base = EXPERIMENTS["quarter"]
    described = {"name", "title", "note", "ablation_of", "factor"}
    ablation = [e for e in EXPERIMENTS.values() if e.group == "ablation" and e is not base]
    assert len(ablation) == 15
    for experiment in ablation:
        changed = {key for key, value in vars(experiment).items() if value != getattr(base, key)} - described
        assert len(changed) == 1 and experiment.ablation_of == base.name and experiment.factor in experiment.title
