"""The calibration recovers a known framing, and the framing in use brings FER2013's frames back."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from fer_core.data import VOTE_COLUMNS
from fer_core.data.splits import Split
from fer_core.labels import LABELS
from fer_core.runs.artifacts import ARTIFACTS
from fer_core.runs.contract import ArtifactError
from fer_core.runs.pipeline import load_pipeline_report, write_pipeline_report
from fer_core.vision import Face, FaceDetector, PairedDetector, Predictor
from fer_core.vision.calibration import (
    TILTS,
    calibrate,
    find_close_to_best,
    fit_framing,
    judge_by_crowd,
    main,
    make_crops,
    make_finder,
    measure_pipeline,
)
from fer_core.vision.crop import UPRIGHT_FROM, Framing, compute_tilt
from fer_core.vision.staging import BORDER, MIDDLE, SIDE, ZOOM, find_faces, load_found_faces, make_photo

START, LENGTH = BORDER * ZOOM, 48 * ZOOM
EYES = np.float32([[80, 80], [112, 80], [96, 96], [84, 112], [108, 112]])


class ShiftedDetector(FaceDetector):
    """A box whose frame by `framing` is exactly the known one, and landmarks that lean by `tilt`.

    No face on photos that are bright in the middle.
    """

    def __init__(self, framing: Framing = PairedDetector.framing, tilt: float = 0.0):
        unit = LENGTH / framing.scale
        x, y = MIDDLE - framing.shift_x * unit, MIDDLE - framing.shift_y * unit
        half = np.array([0.8, 1.25]) * unit / 2
        self.box = (x - half[0], y - half[1], x + half[0], y + half[1])
        c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
        self.landmarks = np.float32((EYES - MIDDLE) @ np.array([[c, s], [-s, c]]) + MIDDLE)
        self.calls = 0

    def detect(self, rgb, thorough=True):
        self.calls += 1
        stray = Face((0.0, 0.0, 30.0, 30.0), 1.0, EYES)
        bright = rgb[int(MIDDLE), int(MIDDLE), 0] > 250
        return [stray] if bright else [stray, Face(self.box, 0.9, self.landmarks)]


@pytest.fixture
def pictures(drawn_dataset):
    """Ten drawn faces; the third and the last are bright in the middle."""
    pictures = drawn_dataset.images[:10].copy()
    pictures[:, 22:26, 22:26] = 90
    pictures[[2, 9], 16:32, 16:32] = 255
    return pictures


def test_known_framing_is_recovered(pictures):
    faces = find_faces(pictures, ShiftedDetector(Framing(0.05, -0.1, 1.2)))
    assert np.nonzero(~faces.found)[0].tolist() == [2, 9]
    fitted = fit_framing(faces.boxes)
    assert np.allclose([fitted.shift_x, fitted.shift_y, fitted.scale], [0.05, -0.1, 1.2], atol=0.002)
    found, photos = pictures[faces.found], [make_photo(p) for p in pictures[faces.found]]
    crops = make_crops(photos, faces.boxes[faces.found], fitted)
    assert np.abs(crops.astype(int) - found).mean() < 4, "the right framing gives the pictures back"
    wrong = make_crops(photos, faces.boxes[faces.found], Framing(0.05, 0.1, 1.0))
    assert np.abs(wrong.astype(int) - found).mean() > 8


@pytest.mark.parametrize("tilt", [-40, 25])
def test_leaning_photo_is_turned_back_by_the_crop(tilt, pictures):
    photo = make_photo(pictures[0], tilt)
    detector = ShiftedDetector(Framing(), tilt)
    assert np.isclose(compute_tilt(detector.landmarks), tilt, atol=0.01)
    (crop,) = make_crops([photo], np.float32([detector.box]), Framing(), [tilt])
    (wrong,) = make_crops([photo], np.float32([detector.box]), Framing(), [-tilt])
    error, unturned = (np.abs(c.astype(int) - pictures[0]).mean() for c in (crop, wrong))
    assert error < 7 and error < unturned / 2


def test_photo_holds_the_picture(drawn_dataset):
    picture = drawn_dataset.images[0]
    photo = make_photo(picture)
    assert photo.shape == make_photo(picture, 30).shape == (SIDE, SIDE, 3)
    inner = photo[START : START + LENGTH, START : START + LENGTH, 0].astype(float)
    means = inner.reshape(48, ZOOM, 48, ZOOM).mean(axis=(1, 3))
    assert np.abs(means - picture).mean() < 4


def test_no_face_at_all():
    with pytest.raises(ValueError, match="No face"):
        fit_framing(np.full((3, 4), np.nan))


def test_found_faces_are_kept_and_searched_again_when_anything_changes(pictures, tmp_path):
    detector, still = ShiftedDetector(), np.zeros(10)
    first = load_found_faces(tmp_path, pictures, detector, still)
    again = load_found_faces(tmp_path, pictures, detector, still)
    assert detector.calls == 10 and np.array_equal(first.boxes, again.boxes, equal_nan=True)
    load_found_faces(tmp_path, pictures, detector, still + 30)
    load_found_faces(tmp_path, pictures[:5], detector, still[:5])
    assert detector.calls == 25
    for kept in tmp_path.glob("*.npz"):
        kept.write_bytes(kept.read_bytes()[:100])  # cut off
    whole = load_found_faces(tmp_path, pictures, detector, still)
    assert detector.calls == 35 and np.array_equal(first.boxes, whole.boxes, equal_nan=True)


def test_found_faces_of_a_detector_whose_own_code_changed_are_searched_again(pictures, tmp_path, monkeypatch):
    code = tmp_path / "theirs.py"
    monkeypatch.setattr("inspect.getfile", lambda kind: str(code))
    detector, still = ShiftedDetector(), np.zeros(10)
    for text, calls in (("one", 10), ("one", 10), ("another", 20)):
        code.write_text(text)
        load_found_faces(tmp_path / "cache", pictures, detector, still)
        assert detector.calls == calls


def test_options_that_pictures_cannot_tell_apart_are_close():
    rng = np.random.default_rng(0)
    least = rng.random(400)
    noise = rng.normal(0, 0.1, 400)
    losses = np.array([least, least + noise - noise.mean() + 0.004, least + noise - noise.mean() + 0.006])
    assert find_close_to_best(losses).tolist() == [True, True, False]


def test_difference_is_paired(pictures, linear_model):
    predictor, labels = Predictor(linear_model), np.arange(10) % 7
    boxes = find_faces(pictures, ShiftedDetector()).boxes
    measured = measure_pipeline(pictures, labels, boxes, predictor)
    found = np.isfinite(boxes).all(axis=1)
    given = predictor.predict(pictures[found]).argmax(axis=1) == labels[found]
    assert measured["n"] == 10 and measured["n_found"] == 8
    assert measured["given"]["accuracy"] == given.mean()
    assert np.isclose(measured["difference"], measured["pipeline"]["accuracy"] - given.mean())
    low, high = measured["difference_ci95"]
    assert low <= measured["difference"] <= high


def test_what_most_people_see_can_take_the_place_of_the_labels(drawn_dataset):
    votes = np.zeros((len(drawn_dataset), len(VOTE_COLUMNS)), np.uint8)
    votes[:, VOTE_COLUMNS.index("fear")] = 6
    votes[3, VOTE_COLUMNS.index("happiness")] = 6  # nobody's first choice alone
    rows = np.arange(len(drawn_dataset))
    judged, split = judge_by_crowd(replace(drawn_dataset, votes=votes), Split(rows[:5], rows[5:7], rows[7:]))
    assert (judged.labels[split.test] == LABELS.index("fear")).all()
    assert split.train.tolist() == [0, 1, 2, 4] and split.validation.tolist() == [5, 6]


@pytest.fixture
def report(drawn_dataset, linear_model):
    rows = np.arange(drawn_dataset.images.shape[0])
    split = SimpleNamespace(train=rows[:20], validation=rows[20:40], test=rows[70:90])
    find = make_finder(ShiftedDetector(Framing(0, 0, 1.1), tilt=20))
    report = calibrate(drawn_dataset, split, Predictor(linear_model), find, limit=15)
    return report | {"run": "compact-s0", "model_sha256": "0" * 64}


def test_report(report, tmp_path):
    assert np.isclose(report["framing"]["fitted"]["scale"], 1.1, atol=0.005)
    options = report["framing"]["options"]
    (chosen,) = [option for option in options if report["framing"]["chosen"].items() <= option.items()]
    best = min(options, key=lambda option: option["loss"])
    assert chosen["accuracy"] >= best["accuracy"] and chosen["loss"] >= best["loss"]
    assert report["framing"]["in_use"] == vars(PairedDetector.framing) and report["upright"]["in_use"] == UPRIGHT_FROM
    assert [row["tilt"] for row in report["upright"]["tilts"]] == list(TILTS)
    assert report["test"]["n"] == 15
    assert load_pipeline_report(tmp_path) is None
    write_pipeline_report(report, tmp_path)
    assert load_pipeline_report(tmp_path).to_plain() == json.loads(json.dumps(report))


@pytest.mark.parametrize("damage", ["half", "schema", "part"])
def test_damaged_report_is_one_sentence(damage, report, tmp_path):
    file = write_pipeline_report(report, tmp_path)
    text = file.read_text()
    broken = {
        "half": text[: len(text) // 2],
        "schema": text.replace('"schema": 1', '"schema": 99'),
        "part": text.replace('"n_found"', '"n_lost"'),
    }
    file.write_text(broken[damage])
    with pytest.raises(ArtifactError, match="calibration` to write it again"):
        load_pipeline_report(tmp_path)


def test_what_is_missing_is_one_sentence(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)  # no data/ here
    monkeypatch.delenv("FER2013_PATH", raising=False)
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path))
    for arguments, words in (
        ([str(tmp_path / "nothing" / "model.onnx")], "not a folder"),
        ([], "FER2013 was not found"),
    ):
        assert main(arguments) == 2
        said = capsys.readouterr().err
        assert words in said and said.startswith("calibration: ") and said.count("\n") == 1


def test_committed_report_is_about_the_code():
    """What the pages show was measured with the framing and the angle that the code uses."""
    report = load_pipeline_report(ARTIFACTS)
    if report is None:
        pytest.skip("the pipeline was not measured")
    assert report.framing.in_use.to_plain() == vars(PairedDetector.framing)
    assert report.upright.in_use == UPRIGHT_FROM


@pytest.mark.real_data
def test_framing_in_use_fits_fer2013(real_dataset):
    """On real training pictures the crops lie, in the median, within a few pixels of the given frames."""
    faces = find_faces(real_dataset.images[10:6000:60], PairedDetector())
    assert faces.found.mean() > 0.8
    frames = np.array([PairedDetector.framing.frame(box) for box in faces.boxes[faces.found]])
    error = (frames - [START, START, START + LENGTH, START + LENGTH]) / ZOOM
    assert np.abs(np.median(error, axis=0)).max() < 4
