"""Occlusion maps: a linear network looks where its weights are, so the truth is known."""

import numpy as np
import pytest
from linear_model import make_linear_model

from fer_core.app.charts.class_map import compute_evidence
from fer_core.vision import Predictor
from fer_core.vision.occlusion import PATCH, PLACES, STEP

FEAR, SAD = 2, 5


@pytest.fixture(scope="module")
def looking_up() -> Predictor:
    """Says fear the brighter the upper row's middle is, and sad the brighter the lowest row is."""
    weights = np.zeros((48, 48, 7))
    weights[:PATCH, 18:30, FEAR] = 0.05
    weights[-PATCH:, :, SAD] = 0.01
    return Predictor(make_linear_model(weights.reshape(2304, 7)))


def make_face() -> np.ndarray:
    face = np.full((48, 48), 60, np.uint8)
    face[:PATCH, 18:30] = face[-PATCH:] = 240
    return face


def test_the_place_that_the_network_looks_at_stands_out(looking_up):
    assert not looking_up.has_class_maps
    (found,) = looking_up.compute_class_maps(make_face()[None])
    assert found.shape == (PLACES, PLACES, 7) and found.dtype == np.float32
    fear, sad = (compute_evidence(found, label) for label in (FEAR, SAD))
    assert np.unravel_index(fear.argmax(), fear.shape) == (0, 3) and fear[0, 3] == fear.max() > 0
    assert 18 // STEP == 3, "the place that covers just these weights"
    assert sad.argmax() // PLACES == PLACES - 1 and abs(sad[2]).max() < 0.01


def test_the_size_is_what_covering_costs(looking_up):
    face = make_face()
    covered = face.copy()
    covered[:PATCH, 18:30] = round(float(face.mean()))
    before, after = looking_up.predict(np.stack([face, covered]), flip=False)
    (found,) = looking_up.compute_class_maps(face[None])
    assert np.allclose(found[0, 3], np.log(before / after), atol=1e-4)


def test_each_face_has_its_own_map_and_stays_as_it_was(looking_up):
    faces = np.stack([make_face(), np.full((48, 48), 90, np.uint8), make_face()[::-1]])
    before = faces.copy()
    maps = looking_up.compute_class_maps(faces)
    assert np.array_equal(faces, before)
    assert np.allclose(maps[0], looking_up.compute_class_maps(faces[:1])[0], atol=1e-5)
    assert np.abs(maps[1]).max() < 1e-5, "covering a blank picture changes nothing"


def test_maps_of_a_batch_need_no_other_outputs(predictor):
    """The same interface as class activation maps: any number of faces in, one map of seven classes each out."""
    faces = np.random.default_rng(3).integers(0, 256, (3, 48, 48)).astype(np.uint8)
    maps = predictor.compute_class_maps(faces)
    assert maps.shape == (3, PLACES, PLACES, 7) and np.isfinite(maps).all()
