"""The two networks decide together what is a face."""

import numpy as np
import pytest
from PIL import Image

from fer_core.vision import Face, paired


def make_face(place: int, score: float) -> Face:
    return Face((100.0 * place, 0.0, 100.0 * place + 60, 80.0), score, np.zeros((5, 2), np.float32))


@pytest.fixture
def opinions(detector, monkeypatch):
    """Lets the two networks say what a test wants; returns which places YuNet was asked about."""
    asked = []

    def set_opinions(
        mtcnn: dict[int, float], yunet: dict[int, float], onet: dict[int, float], closer: dict[int, float]
    ):
        def confirm(copies, boxes):
            asked.extend(round(float(box[0]) / 100) for box in boxes)
            return np.float32([closer[round(float(box[0]) / 100)] for box in boxes])

        monkeypatch.setattr(detector._cascade, "find", lambda *_: [make_face(*one) for one in mtcnn.items()])
        monkeypatch.setattr(detector._yunet, "propose", lambda *_: [make_face(*one) for one in yunet.items()])
        monkeypatch.setattr(
            detector._cascade, "score", lambda _, boxes: np.array([onet[round(b[0] / 100)] for b in boxes])
        )
        monkeypatch.setattr(detector._yunet, "confirm", confirm)
        return asked

    return set_opinions


def test_both_networks_decide_together(detector, opinions):
    """Certain for MTCNN: kept unasked. Likely for it and unseen by YuNet: the closer look decides, and need
    not be sure. Else the mean, but O-Net
    must not be against what YuNet proposes.
    """
    mtcnn, yunet = {0: 0.995, 1: 0.95, 2: 0.95, 3: 0.8, 4: 0.8}, {0: 0.4, 3: 0.8, 5: 0.8, 6: 0.9, 7: 0.8}
    onet, closer = {0: 1, 3: 0.8, 5: 0.75, 6: 0.6, 7: 0.75}, {1: 0.45, 2: 0.3, 3: 0.7, 5: 0.7, 7: 0.4}
    asked = opinions(mtcnn, yunet, onet, closer)
    faces = detector._look_jointly(Image.new("RGB", (800, 100)), 30)
    assert sorted(set(asked)) == [1, 2, 3, 5, 7]  # 0 is certain, 4 cannot reach it, 6 is no face for O-Net
    found = {round(face.box[0] / 100): face.score for face in faces}
    joint = {1: (0.45 + 0.45 + 0.475) / 2.5, 3: (0.7 + 0.8 + 0.4) / 2.5, 5: (0.7 + 0.8 + 0.375) / 2.5}
    assert found == pytest.approx({0: 0.995} | joint, abs=1e-6)


def test_what_stands_on_its_head_needs_both_networks_though_one_is_certain(detector, opinions):
    asked = opinions({0: 1.0, 1: 1.0}, {}, onet={}, closer={0: 0.85, 1: 0.7})
    faces = detector._look_after_turn(Image.new("RGB", (300, 100)), 180, 300)
    assert asked == [0, 1]
    assert [round(face.score, 2) for face in faces] == [0.88]


def test_what_is_judged_is_bounded(detector, opinions):
    """The most promising are: half of 600 proposals score more."""
    mtcnn = {place: 0.95 if place % 2 else 0.92 for place in range(600)}
    asked = opinions(mtcnn, {}, onet={}, closer=dict.fromkeys(mtcnn, 0.9))
    faces = detector._look_jointly(Image.new("RGB", (60, 60)), 30)
    assert len(asked) == len(faces) == paired.MAX_JUDGED and all(place % 2 for place in asked)


def test_what_is_doubted_and_too_small_is_left_out(detector, opinions):
    asked = opinions({0: 0.95, 1: 0.995}, {}, onet={}, closer={0: 1.0})
    assert [face.score for face in detector._look_jointly(Image.new("RGB", (300, 100)), 120)] == [0.995]
    assert asked == []
