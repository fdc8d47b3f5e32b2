"""Probabilities: averaged over the mirror image, calibrated, the same whatever the batch, from any thread."""

import threading

import numpy as np
import pytest
from linear_model import make_linear_model

from fer_core.preprocessing import to_network_input
from fer_core.vision import Predictor, PredictorError
from fer_core.vision.predictor import BATCH

CROPS = np.random.default_rng(1).integers(0, 256, (5, 48, 48)).astype(np.uint8)


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def expect(crops, weights):
    return softmax(crops.reshape(len(crops), -1) / 255 @ weights)


def test_without_flip(predictor, linear_weights):
    assert np.allclose(predictor.predict(CROPS, flip=False), expect(CROPS, linear_weights), atol=1e-5)


def test_flip_averages_with_the_mirror_image(predictor, linear_weights):
    expected = (expect(CROPS, linear_weights) + expect(CROPS[:, :, ::-1], linear_weights)) / 2
    assert np.allclose(predictor.predict(CROPS), expected, atol=1e-5)
    assert np.allclose(predictor.predict(CROPS), predictor.predict(CROPS[:, :, ::-1]), atol=1e-6)


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_temperature(linear_model, linear_weights, temperature):
    predictor = Predictor(linear_model, temperature=temperature)
    sharpened = expect(CROPS, linear_weights) ** (1 / temperature)
    expected = sharpened / sharpened.sum(axis=1, keepdims=True)
    assert np.allclose(predictor.predict(CROPS, flip=False), expected, atol=1e-4)


def test_any_number_of_faces(predictor):
    assert predictor.predict(np.empty((0, 48, 48), np.uint8)).shape == (0, 7)
    many = np.tile(CROPS, (BATCH // 2, 1, 1))
    probability = predictor.predict(many)
    assert probability.shape == (len(many), 7) and probability.dtype == np.float32
    assert np.allclose(probability[-5:], predictor.predict(CROPS), atol=1e-6)
    assert np.allclose(probability.sum(axis=1), 1, atol=1e-5)


def test_sure(linear_model):
    predictor = Predictor(linear_model, threshold=0.5)
    assert predictor.is_sure(np.array([0.5, 0.5, 0, 0, 0, 0, 0]))
    assert not predictor.is_sure(np.array([0.4, 0.3, 0.3, 0, 0, 0, 0]))


def test_reads_a_file(linear_model, predictor, tmp_path):
    (tmp_path / "model.onnx").write_bytes(linear_model)
    assert np.array_equal(Predictor(tmp_path / "model.onnx").predict(CROPS), predictor.predict(CROPS))


def test_threads_agree(predictor):
    expected, results = predictor.predict(CROPS), []
    threads = [threading.Thread(target=lambda: results.append(predictor.predict(CROPS))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8 and all(np.allclose(result, expected, atol=1e-6) for result in results)


@pytest.mark.parametrize("content", [b"", b"not a network", None])
def test_broken_or_missing_file(tmp_path, content):
    path = tmp_path / "compact-s0" / "model.onnx"
    path.parent.mkdir()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PredictorError, match="compact-s0/ cannot be opened"):
        Predictor(path)


@pytest.mark.parametrize(
    "model",
    [make_linear_model(np.zeros((2304, 6))), make_linear_model(np.zeros((1024, 7)), ("n", 32, 32, 1))],
    ids=["six classes", "32x32"],
)
def test_network_of_another_form(model):
    with pytest.raises(PredictorError, match="seven probabilities"):
        Predictor(model)


@pytest.mark.parametrize("temperature", [0, -1, float("nan"), float("inf")])
def test_impossible_temperature(linear_model, temperature):
    with pytest.raises(ValueError, match="temperature"):
        Predictor(linear_model, temperature=temperature)


def test_class_maps_of_the_mirror_image_are_turned_back(predictor, monkeypatch):
    """A network whose map is the picture itself has the picture as its map."""
    monkeypatch.setattr(predictor, "has_class_maps", True)
    monkeypatch.setattr(predictor, "_run", lambda images, outputs: [images.repeat(7, axis=3)])
    face = np.random.default_rng(0).integers(0, 256, (1, 48, 48), np.uint8)
    assert np.allclose(predictor.compute_class_maps(face)[..., 3], to_network_input(face)[..., 0])


def test_answers_below_zero_are_no_probabilities(predictor, monkeypatch):
    monkeypatch.setattr(predictor, "_run", lambda images, _: [np.tile([1.2, -0.2, 0, 0, 0, 0, 0], (len(images), 1))])
    with pytest.raises(PredictorError, match="no probability"):
        predictor.predict(np.zeros((1, 48, 48), np.uint8))
