"""The engine that answers photos is the run's own, and a photo's answer is that of its pixels, whatever its name."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from sample_artifacts import write_sample_runs

from fer_core.app import dataset_album as album
from fer_core.app import loading
from fer_core.app.faces import photo
from fer_core.app.results import subjects
from fer_core.app.video.recording import Sample, VideoResult
from fer_core.app.video.tables import list_faces
from fer_core.app.wording import Wording
from fer_core.runs import load_run
from fer_core.runs.crowd import UNITED


def encode(picture: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


def test_threshold_and_temperature_are_those_of_the_calibration(tmp_path, monkeypatch):
    write_sample_runs(tmp_path, {"compact-s0": 1.5})
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    engine = loading.load_engine()
    calibration = engine.run.as_served().calibration or engine.run.calibration
    assert calibration.temperature != 1 and calibration.not_sure_threshold > 0
    assert engine.predictor.temperature == calibration.temperature
    assert engine.predictor.threshold == engine.threshold == calibration.not_sure_threshold
    assert engine.wording == Wording(votes=False, threshold=engine.threshold)


def test_the_crowds_network_answers_in_votes_as_they_are(crowd_artifacts):
    engine = loading.load_engine()
    assert engine.run.name == "crowd-s0" and engine.predictor.temperature == 1
    assert engine.wording == Wording(votes=True, threshold=0.5)


def test_a_second_photo_of_the_same_name_gets_its_own_answer(artifacts):
    engine = loading.load_engine()
    example = np.asarray(Image.open(photo.EXAMPLE).convert("RGB"))
    first = photo.make_answer(encode(example), "image.png", engine)
    second = photo.make_answer(encode(np.full((200, 200, 3), 128, np.uint8)), "image.png", engine)
    assert first.faces and not second.faces
    assert photo.make_answer(encode(example), "image.png", engine).faces


@pytest.mark.parametrize("better", [0.05, -0.05])
def test_the_distance_to_the_study_has_its_sign(artifacts, better):
    run = load_run(artifacts / "compact-s0")
    study = subjects.make_study_result().accuracy
    test = run.metrics.test.change(accuracy=study + better)
    run = replace(run, metrics=run.metrics.model_copy(update={"test": test}))
    card = subjects._compare_with_study(run)
    assert card.value == ("+5.0" if better > 0 else "\N{MINUS SIGN}5.0")


def test_ten_crops_are_not_passed_off_as_a_mirror_image(artifacts):
    run = load_run(artifacts / "compact-s0")
    cropped = replace(run, config=run.config.change(tta="ten-crop"))
    assert run.can_average and not cropped.can_average and not cropped.as_served().is_averaged


def test_a_frame_stands_for_one_second_at_most():
    times = [0.0, 0.1, 9.0]
    samples = [Sample(second, 1, (0, 0, 9, 9), np.eye(7)[3], "happy") for second in times]
    result = VideoResult("clip.mp4", (9, 9), times, samples, [], {}, b"", Wording(), 10.0)
    assert list_faces(result)[0].dwell.tolist() == pytest.approx([0.1, 1.0, 0.1])


def test_united_means_eight_of_ten(monkeypatch):
    assert UNITED == 8
    agreement = np.array([0.7, 0.8, 0.9, np.nan], np.float16)
    assert album.is_united(agreement).tolist() == [False, True, True, False]
