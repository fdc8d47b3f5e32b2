"""The calibration recovers a known framing, and the framing in use brings FER2013's frames back."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from fer_core.vision import Face, MtcnnDetector, Predictor
from fer_core.vision.calibration import (
    BORDER,
    ZOOM,
    calibrate,
    find_boxes,
    fit_framing,
    make_crops,
    make_photo,
    write_framing_report,
)
from fer_core.vision.crop import MTCNN_FRAMING, Framing

START, SIDE = BORDER * ZOOM, 48 * ZOOM


class ShiftedDetector:
    """Boxes whose frame by `framing` is exactly the known one; every fifth picture has no face."""

    def __init__(self, framing: Framing):
        unit = SIDE / framing.scale
        x = START + SIDE / 2 - framing.shift_x * unit
        y = START + SIDE / 2 - framing.shift_y * unit
        half = np.array([0.8, 1.25]) * unit / 2
        self.box = (x - half[0], y - half[1], x + half[0], y + half[1])
        self.calls = 0

    def detect(self, rgb):
        self.calls += 1
        stray = Face((0.0, 0.0, 30.0, 30.0), 1.0)
        return [stray] if self.calls % 5 == 0 else [stray, Face(self.box, 0.9)]


def test_known_framing_is_recovered(drawn_dataset):
    pictures = drawn_dataset.images[:10]
    boxes = find_boxes(pictures, ShiftedDetector(Framing(0.05, -0.1, 1.2)))
    assert np.isnan(boxes).all(axis=1).sum() == 2
    fitted = fit_framing(boxes)
    assert np.allclose([fitted.shift_x, fitted.shift_y, fitted.scale], [0.05, -0.1, 1.2], atol=0.002)
    crops = make_crops(pictures, boxes, fitted)
    assert np.abs(crops.astype(int) - pictures).mean() < 4, "the right framing gives the pictures back"
    wrong = make_crops(pictures, boxes, Framing(0.05, 0.1, 1.0))
    assert np.abs(wrong.astype(int) - pictures).mean() > 8


def test_photo_holds_the_picture(drawn_dataset):
    photo = make_photo(drawn_dataset.images[0])
    assert photo.shape == ((48 + 2 * BORDER) * ZOOM,) * 2 + (3,)
    centres = photo[START + 1 : START + SIDE : ZOOM, START + 1 : START + SIDE : ZOOM, 0]
    assert np.abs(centres.astype(int) - drawn_dataset.images[0]).mean() < 2


def test_no_face_at_all():
    with pytest.raises(ValueError, match="No face"):
        fit_framing(np.full((3, 4), np.nan))


def test_report(drawn_dataset, linear_model, tmp_path):
    rows = np.arange(drawn_dataset.images.shape[0])
    split = SimpleNamespace(train=rows[:20], validation=rows[20:40], test=rows[70:90])
    report = calibrate(drawn_dataset, split, Predictor(linear_model), ShiftedDetector(Framing(0, 0, 1.1)), limit=15)
    assert np.isclose(report["fitted"]["scale"], 1.1, atol=0.005)
    test = report["test_chosen"]
    assert test["n"] == 15 and test["detection_rate"] == 0.8
    assert 0 <= test["accuracy_pipeline"] <= 1 and report["in_use"] == vars(MTCNN_FRAMING)
    write_framing_report(report, tmp_path / "pipeline" / "framing.json")
    assert json.loads((tmp_path / "pipeline" / "framing.json").read_text())["chosen"] == report["chosen"]


@pytest.mark.real_data
def test_framing_in_use_fits_fer2013(real_dataset):
    """On real training pictures the crops lie, in the median, within a few pixels of the given frames."""
    pictures = real_dataset.images[10:6000:60]
    boxes = find_boxes(pictures, MtcnnDetector())
    found = np.isfinite(boxes).all(axis=1)
    assert found.mean() > 0.8
    frames = np.array([MTCNN_FRAMING.frame(box) for box in boxes[found]])
    error = (frames - [START, START, START + SIDE, START + SIDE]) / ZOOM
    assert np.abs(np.median(error, axis=0)).max() < 4
