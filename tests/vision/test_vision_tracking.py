"""Faces keep their number from frame to frame, and their answers are smoothed by seconds, not by frames."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from fer_core.labels import LABELS
from fer_core.vision import Face, FaceResult
from fer_core.vision.matching import match_boxes
from fer_core.vision.tracking import MAX_FACES, FaceTracker, Timeline

HAPPY, SAD = np.eye(7, dtype=np.float32)[[LABELS.index("happy"), LABELS.index("sad")]]


def make_result(x: float = 100, y: float = 100, side: float = 80, probability=HAPPY) -> FaceResult:
    face = Face((x, y, x + side, y + side), 0.99)
    label = LABELS[int(probability.argmax())]
    return FaceResult(face, 1, np.zeros((48, 48), np.uint8), probability, label, float(probability.max()), True)


def numbers(tracks) -> list[int]:
    return [track.number for track in tracks]


def test_two_faces_that_swap_their_order_keep_their_numbers():
    tracker = FaceTracker()
    for step in range(21):  # one walks from left to right above the other
        walking, standing = make_result(100 + 20 * step, 50), make_result(300, 250)
        tracks = tracker.update([standing, walking] if step % 2 else [walking, standing], step / 10)
        assert numbers(tracks) == [1, 2]
        assert tracks[0].latest is walking and tracks[1].latest is standing


def test_closest_pairs_win_over_the_order():
    old, new = [(0, 0, 100, 100), (90, 0, 190, 100)], [(80, 0, 180, 100), (10, 0, 110, 100)]
    assert sorted(match_boxes(old, new)) == [(0, 1), (1, 0)]


@pytest.mark.parametrize("box", [(300, 0, 400, 100), (25, 25, 75, 75)], ids=["too far", "too small"])
def test_another_face_is_not_taken_for_the_same(box):
    assert match_boxes([(0, 0, 100, 100)], [box]) == []


def test_short_gap_is_survived_and_a_long_one_not():
    tracker = FaceTracker(patience=1.0)
    tracker.update([make_result()], 0)
    assert tracker.update([], 0.5) == []
    assert numbers(tracker.tracks) == [1]
    assert numbers(tracker.update([make_result()], 0.9)) == [1]
    for second in (1.3, 1.7, 2.1):
        tracker.update([], second)
    assert tracker.tracks == []
    assert numbers(tracker.update([make_result()], 2.2)) == [2]


def test_two_frames_of_one_time_each_give_their_own_faces():
    tracker = FaceTracker()
    assert numbers(tracker.update([make_result(100)], 5)) == [1]
    assert tracker.update([], 5) == [] and numbers(tracker.tracks) == [1]
    assert numbers(tracker.update([make_result(400)], 5)) == [2]
    assert numbers(tracker.update([make_result(400), make_result(100)], 4)) == [1, 2], "earlier counts as the same time"


def test_pause_of_the_video_is_no_absence_of_the_face():
    tracker = FaceTracker(patience=1.0)
    for second in (0, 2, 4.5, 7):
        assert numbers(tracker.update([make_result()], second)) == [1]


@pytest.mark.parametrize("end", [lambda tracker: None, FaceTracker.cut], ids=["30 seconds without a frame", "cut"])
def test_nothing_of_the_face_before_sticks_to_the_next(end):
    tracker, pause = FaceTracker(), 30.0 if end is not FaceTracker.cut else 0.1
    for step in range(20):
        tracker.update([make_result(probability=HAPPY)], step / 10)
    end(tracker)
    (track,) = tracker.update([make_result(probability=SAD)], 1.9 + pause)
    assert track.number == 2 and track.label == "sad" and track.first_seen == 1.9 + pause


@pytest.mark.parametrize("rate", [4, 30])
def test_smoothing_depends_on_seconds_not_on_frames(rate):
    tracker = FaceTracker(time_constant=0.5)
    for frame in range(2 * rate + 1):
        tracker.update([make_result(probability=HAPPY)], frame / rate)
    for frame in range(2 * rate + 1, 3 * rate + 1):
        track = tracker.update([make_result(probability=SAD)], frame / rate)[0]
    assert track.probability[LABELS.index("sad")] == pytest.approx(1 - np.exp(-1 / 0.5), abs=1e-5)
    assert track.probability.sum() == pytest.approx(1, abs=1e-5)
    assert (track.first_seen, track.last_seen) == (0, 3)


def test_first_answers_count_alike():
    tracker = FaceTracker(time_constant=100)
    for i, probability in enumerate([SAD, HAPPY, HAPPY, HAPPY]):
        track = tracker.update([make_result(probability=probability)], i / 30)[0]
    assert track.confidence == pytest.approx(0.75)
    assert track.label == "happy"


def test_threshold_judges_the_smoothed_answer():
    tracker = FaceTracker(threshold=0.6, time_constant=100)
    assert tracker.update([make_result(probability=SAD)], 0)[0].sure
    track = tracker.update([make_result(probability=HAPPY)], 0.01)[0]
    assert track.confidence == pytest.approx(0.5) and not track.sure
    assert track.latest.sure  # what the last frame alone said stays readable


def test_result_for_drawing_takes_number_and_answer_from_the_track():
    tracker = FaceTracker(time_constant=100)
    tracker.update([make_result(400)], 0)
    for second in (1, 1.01, 1.02):
        track = tracker.update([make_result(probability=SAD if second == 1 else HAPPY)], second)[-1]
    result = track.to_result()
    assert (result.number, result.label) == (2, "happy")
    assert result.confidence == pytest.approx(2 / 3)
    assert result.face is track.latest.face


def test_time_that_goes_back_stands_still():
    tracker = FaceTracker()
    tracker.update([make_result()], 10)
    track = tracker.update([make_result(probability=SAD)], 3)[0]
    assert track.last_seen == 10 and track.confidence == pytest.approx(0.5)


def test_crowds_are_bounded():
    tracker = FaceTracker()
    assert len(tracker.update([make_result(200 * i) for i in range(3 * MAX_FACES)], 0)) == MAX_FACES


@pytest.mark.parametrize("setting", [{"time_constant": 0}, {"time_constant": float("nan")}, {"patience": -1}])
def test_senseless_times_are_refused(setting):
    with pytest.raises(ValueError, match="must be positive"):
        FaceTracker(**setting)


def test_timeline_keeps_a_minute_at_five_points_a_second():
    tracker, timeline = FaceTracker(), Timeline()
    for frame in range(30 * 90):
        timeline.add(tracker.update([make_result()], frame / 30), frame / 30)
    (history,) = timeline.read()
    assert 295 <= len(history.seconds) <= 301
    assert history.seconds[-1] - history.seconds[0] <= 60
    assert np.diff(history.seconds).min() >= 0.2 - 1e-6
    assert history.probability.shape == (len(history.seconds), 7)


def test_timeline_forgets_who_left_a_minute_ago():
    tracker, timeline = FaceTracker(), Timeline()
    timeline.add(tracker.update([make_result()], 0), 0)
    timeline.add(tracker.update([make_result(500)], 59), 59)
    assert [history.number for history in timeline.read()] == [1, 2]
    timeline.add([], 61)
    assert [history.number for history in timeline.read()] == [2]
    timeline.clear()
    assert timeline.read() == []


def test_timeline_bounds_the_number_of_faces():
    timeline = Timeline(max_faces=3)
    tracker = FaceTracker()
    for second in range(10):
        timeline.add(tracker.update([make_result(500 * second)], second), second)
    assert [history.number for history in timeline.read()] == [8, 9, 10]


def test_timeline_can_be_read_while_it_is_written():
    tracker, timeline, problems = FaceTracker(), Timeline(span=1), []

    def write():
        try:
            for step in range(2000):
                timeline.add(tracker.update([make_result(500 * (step % 9))], step / 20), step / 20)
        except Exception as error:  # noqa: BLE001 - handed to the test
            problems.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        for history in timeline.read():
            assert len(history.seconds) == len(history.probability)
    assert problems == []


def test_face_in_the_dark_is_not_sure_until_the_light_comes_back():
    tracker, dark = FaceTracker(), replace(make_result(), doubtful=True)
    assert not tracker.update([dark], 0)[0].sure
    for step in range(1, 30):
        (track,) = tracker.update([make_result()], step / 10)
    assert track.sure
    assert tracker.update([dark], 3.0)[0].sure, "one dark frame among many is no darkness"
