"""Live video frame by frame: faces are found, kept and drawn; nothing that happens in a frame ends the stream."""

import gc
import weakref

import numpy as np
import pytest
from linear_model import make_linear_model

from fer_core.labels import LABELS
from fer_core.vision import (
    Face,
    FaceDetector,
    Framing,
    PairedDetector,
    Predictor,
    analyse_image,
    crop_face,
    draw_live,
    stream,
)
from fer_core.vision.stream import DETECT_AT_MOST, DETECT_EVERY, LiveReader
from fer_core.vision.watching import Watcher

RATE = 20


class Clock:
    """Time that passes only when it is told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class CountingDetector(FaceDetector):
    """Passes everything on to a real detector and counts the full looks; `blind` finds nobody."""

    framing = PairedDetector.framing

    def __init__(self, detector):
        self.detector, self.looks, self.blind = detector, 0, False

    def detect(self, rgb, thorough=True):
        self.looks += 1
        return [] if self.blind else self.detector.detect(rgb, thorough)

    def follow(self, rgb, boxes):
        return [] if self.blind else self.detector.follow(rgb, boxes)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counting(detector) -> CountingDetector:
    return CountingDetector(detector)


@pytest.fixture
def reader(counting, predictor, clock) -> LiveReader:
    return LiveReader(counting, predictor, threshold=0.3, clock=clock)


@pytest.fixture
def play(reader, clock):
    """Show frames at RATE: play(frame, frame, ...) -> the last one drawn."""

    def play(*frames):
        for frame in frames:
            clock.now += 1 / RATE
            picture = reader.process_frame(frame)
        return picture

    return play


@pytest.fixture(scope="module")
def two_faces(astronaut) -> np.ndarray:
    return np.hstack([astronaut[:400, 60:380], astronaut[:400, 380:59:-1]])


def test_face_keeps_its_number_while_it_moves(astronaut, reader, play, counting):
    frames = [np.roll(astronaut, 6 * step, axis=1) for step in range(2 * RATE)]
    play(*frames)
    (track,) = reader.read().tracks
    assert track.number == 1
    assert track.box[0] == pytest.approx(180 + 6 * (2 * RATE - 1), abs=8)
    assert counting.looks <= 2 / DETECT_EVERY + 1  # the others were followed


def test_new_face_is_found_and_the_old_keeps_its_number(astronaut, two_faces, reader, play):
    alone = np.where(np.arange(two_faces.shape[1])[:, None] < 320, two_faces, 90).astype(np.uint8)
    play(*[alone] * 5)
    first = reader.read().tracks[0].box
    play(*[two_faces] * (RATE + 1))
    tracks = reader.read().tracks
    assert [track.number for track in tracks] == [1, 2]
    assert np.abs(np.subtract(tracks[0].box, first)).max() < 6


def test_empty_room_is_searched_at_a_bounded_rate(reader, play, counting):
    play(*[np.full((240, 320, 3), 128, np.uint8)] * RATE)
    assert 0.5 / DETECT_AT_MOST <= counting.looks <= 1 / DETECT_AT_MOST + 1
    assert reader.read().tracks == []


def test_answers_are_drawn_on_a_copy(astronaut, play):
    before = astronaut.copy()
    picture = play(astronaut)
    assert picture.shape == astronaut.shape and picture.dtype == np.uint8
    assert (picture != astronaut).any()
    assert (astronaut == before).all()


def test_state_counts_frames_and_seconds(astronaut, reader, play, clock):
    assert reader.read().age is None
    play(*[astronaut] * 10)
    clock.now += 0.25
    state = reader.read()
    assert state.frames == 10 and state.failed == 0
    assert state.fps == pytest.approx(RATE)
    assert state.age == pytest.approx(0.25)
    assert state.size == (512, 512)
    clock.now += 10
    assert reader.read().fps == 0


def test_timeline_follows_every_face(two_faces, reader, play):
    play(*[two_faces] * (2 * RATE))
    histories = reader.read_timeline()
    assert [history.number for history in histories] == [1, 2]
    for history in histories:
        assert 9 <= len(history.seconds) <= 11
        assert history.probability.sum(axis=1) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    "frame", [None, np.zeros((0, 0, 3), np.uint8), np.zeros((48, 64), np.uint8), np.ones((9, 9, 3), np.float32), "x"]
)
def test_broken_frame_comes_back_and_the_next_is_answered(frame, astronaut, reader, play, caplog):
    assert play(frame) is frame
    assert reader.read().failed == 1
    assert "could not be answered" in caplog.text
    play(astronaut)
    assert len(reader.read().tracks) == 1


def test_log_is_not_flooded(reader, play, caplog):
    play(*[None] * 3 * RATE)
    assert reader.read().failed == 3 * RATE
    assert len(caplog.records) == 1


def test_face_half_out_of_the_picture_is_no_trouble(astronaut, reader, play):
    play(*[np.roll(astronaut, -12 * step, axis=1) for step in range(RATE)])
    assert reader.read().failed == 0


def test_face_that_is_hidden_for_a_moment_keeps_its_number(astronaut, reader, play, counting):
    play(*[astronaut] * 5)
    counting.blind = True
    play(*[astronaut] * (RATE // 2))
    assert reader.read().tracks == []
    counting.blind = False
    play(*[astronaut] * 5)
    assert [track.number for track in reader.read().tracks] == [1]


def test_another_network_answers_from_the_next_frame_on(astronaut, reader, play):
    weights = np.zeros((2304, 7))
    play(*[astronaut] * 5)
    reader.change_predictor(Predictor(make_linear_model(weights)), threshold=0.9)
    assert reader.read_timeline() == []
    play(*[astronaut] * 200)
    (track,) = reader.read().tracks
    assert track.number == 1 and not track.sure
    assert track.probability == pytest.approx(1 / 7, abs=1e-3)


def test_closing_lets_go_of_everything(astronaut, detector, linear_model, clock):
    predictor = Predictor(linear_model)
    reader = LiveReader(detector, predictor, clock=clock)
    reader.process_frame(astronaut)
    reference = weakref.ref(predictor)
    del predictor
    reader.close()
    gc.collect()
    assert reference() is None
    assert reader.closed and reader.read().tracks == [] and reader.read_timeline() == []
    assert reader.process_frame(astronaut) is astronaut
    reader.change_predictor(Predictor(linear_model), 0.5)
    assert reader.closed


def test_panel_shows_the_probabilities():
    probability = np.full(7, 0.02, np.float32)
    probability[LABELS.index("sad")] = 0.88
    panel = np.asarray(draw_live.make_panel(probability, 13).convert("RGB"))
    lengths = {
        label: (panel == [int(color[i : i + 2], 16) for i in (1, 3, 5)]).all(axis=2).sum(axis=1).max()
        for label, color in draw_live.COLORS.items()
    }
    assert max(lengths, key=lengths.get) == "sad"
    assert lengths["sad"] > 20 * lengths["fear"]


@pytest.mark.parametrize("box", [(0, 0, 100, 100), (540, 380, 640, 480), (-50, 200, 700, 300), (200, 100, 300, 220)])
def test_panel_stays_in_the_picture(box):
    x, y = draw_live.choose_corner(box, (120, 110), (640, 480), [box])
    assert 0 <= x <= 520 and 0 <= y <= 370


def test_panels_leave_a_crowd_alone(monkeypatch, astronaut, reader, play):
    monkeypatch.setattr(draw_live, "make_panel", lambda *_: pytest.fail("a panel was drawn"))
    monkeypatch.setattr(draw_live, "MAX_PANELS", 0)
    play(astronaut)
    assert reader.read().failed == 0


class BareDetector(FaceDetector):
    """The least that a detector is: it finds the astronaut's face wherever a picture is bright enough."""

    name = "bare"
    framing = Framing(scale=1.2)

    def detect(self, rgb, thorough=True):
        return [Face((180.0, 58.0, 271.0, 175.0), 0.99)] if rgb.mean() > 20 else []


def test_another_detector_runs_photos_video_and_live(astronaut, predictor):
    detector = BareDetector()
    (face,) = analyse_image(astronaut, detector, predictor)
    assert np.array_equal(face.crop, crop_face(astronaut, face.face.box, BareDetector.framing))
    watcher = Watcher(detector, predictor)
    assert [len(watcher.analyse(frame, i / 8)) for i, frame in enumerate([astronaut, astronaut // 90, astronaut])] == [
        1,
        0,
        1,
    ]
    reader = stream.LiveReader(detector, predictor)
    for step in range(12):
        reader.process_frame(astronaut, step / 10)
    assert reader.read().failed == 0 and [track.number for track in reader.read().tracks] == [1]


def test_live_never_asks_for_a_thorough_look(astronaut, predictor):
    class Hasty(BareDetector):
        def detect(self, rgb, thorough):
            assert not thorough
            return super().detect(rgb)

    reader = stream.LiveReader(Hasty(), predictor)
    reader.process_frame(astronaut)
    assert reader.read().failed == 0 and len(reader.read().tracks) == 1


def test_video_that_lies_on_its_side_is_watched_thoroughly(astronaut, detector, predictor):
    looks = []

    class Counting(BareDetector):
        def detect(self, rgb, thorough):
            looks.append(thorough)
            return detector.detect(rgb, thorough)

    watcher, lying = Watcher(Counting(), predictor), np.ascontiguousarray(np.rot90(astronaut))
    assert [len(watcher.analyse(lying, i / 8)) for i in range(4)] == [1] * 4
    del looks[:]
    assert [len(watcher.analyse(np.zeros_like(lying), i / 8)) for i in range(4, 12)] == [0] * 8
    assert looks.count(True) <= 2, "an empty room costs a thorough look a second, not one a frame"
