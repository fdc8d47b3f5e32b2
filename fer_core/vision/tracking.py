"""Faces followed from frame to frame: one number each, answers smoothed over time, and a minute's memory of them."""

import threading
from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np

from fer_core.labels import LABELS
from fer_core.vision.analysis import FaceResult
from fer_core.vision.crop import Box
from fer_core.vision.matching import match_boxes

TIME_CONSTANT = 0.6  # seconds; an answer counts 37 % of what it did after this time
PATIENCE = 1.0  # seconds that a face may be out of sight and keep its number
MAX_PAUSE = 3.0  # seconds without any frame; after a longer pause every face is a new one
MAX_FACES = 40  # followed at once; bounds the memory


@dataclass(frozen=True, eq=False)
class Track:
    """One face over time, as of one moment; later frames do not change it.

    `number`: from 1, stable; `latest`: the face's answer in the last frame that showed it; `probability`: float32
    (7,), smoothed over time, in the order of LABELS; `label`, `confidence`, `sure`: of the smoothed answer;
    `first_seen`, `last_seen`: seconds.
    """

    number: int
    latest: FaceResult
    probability: np.ndarray
    label: str
    confidence: float
    sure: bool
    first_seen: float
    last_seen: float

    @property
    def box(self) -> Box:
        """Where the face was last seen, in pixels."""
        return self.latest.face.box

    def to_result(self) -> FaceResult:
        """Return the last frame's answer with the track's number and smoothed probability, for draw_faces and tables."""
        return replace(
            self.latest,
            number=self.number,
            probability=self.probability,
            label=self.label,
            confidence=self.confidence,
            sure=self.sure,
        )


class FaceTracker:
    """Follows faces through the frames of one video. Not safe for threads: one thread owns it.

    `threshold`: smoothed confidence from which an answer counts as sure (the run's); `time_constant`: of the
    exponential smoothing, seconds, whatever the frame rate; `patience`: seconds out of sight before a face is dropped; a
    pause of the video itself counts for half of it at most, so that slow machines keep their faces, too, but one of
    more than MAX_PAUSE seconds ends all tracks, as `cut` does.
    """

    def __init__(self, threshold: float = 0.0, time_constant: float = TIME_CONSTANT, patience: float = PATIENCE):
        if not (time_constant > 0 and patience >= 0):
            raise ValueError(
                f"Time constant and patience must be positive, got {time_constant} and {patience} seconds."
            )
        self.threshold, self.time_constant, self.patience = float(threshold), float(time_constant), float(patience)
        self._states: list[_State] = []
        self._last_number = 0
        self._now = -np.inf

    @property
    def tracks(self) -> list[Track]:
        """All faces that are followed, those out of sight for a moment included; by number."""
        return [self._describe(state) for state in self._states]

    def update(self, faces: list[FaceResult], seconds: float) -> list[Track]:
        """Take one frame's faces at time `seconds`, and return the tracks of exactly these, by number.

        A time before the last frame's counts as the last frame's.
        """
        before, self._now = self._now, max(self._now, float(seconds))
        if self._now - before > MAX_PAUSE:
            self.cut()
        for state in self._states:
            state.missing += min(self._now - before, self.patience / 2)
        self._states = [state for state in self._states if state.missing <= self.patience]
        pairs = match_boxes([state.box for state in self._states], [result.face.box for result in faces])
        for i, j in pairs:
            self._states[i].add(faces[j], self._now, self.time_constant)
        seen, n_before = {i for i, _ in pairs}, len(self._states)
        for j in sorted(set(range(len(faces))) - {j for _, j in pairs})[: MAX_FACES - n_before]:
            self._last_number += 1
            self._states.append(_State(self._last_number, faces[j], self._now))
        return [self._describe(state) for i, state in enumerate(self._states) if i in seen or i >= n_before]

    def cut(self) -> None:
        """End all tracks: the next frame shows another scene. Numbers go on from where they were."""
        self._states = []

    def _describe(self, state: "_State") -> Track:
        best, confidence = int(state.probability.argmax()), float(state.probability.max())
        sure = confidence >= self.threshold and state.doubt < 0.5
        seen = state.first_seen, state.last_seen
        return Track(state.number, state.latest, state.probability, LABELS[best], confidence, sure, *seen)


class _State:
    """What the tracker remembers of one face. `probability` is replaced, never changed in place: tracks share it."""

    def __init__(self, number: int, result: FaceResult, seconds: float):
        self.number, self.latest = number, result
        self.probability = np.asarray(result.probability, np.float32)
        self.first_seen = self.last_seen = seconds
        self.doubt = float(result.doubtful)  # share of the last moments in which the face was dark, blurred or covered
        self.count, self.missing = 1, 0.0  # answers, and seconds out of sight

    @property
    def box(self) -> Box:
        return self.latest.face.box

    def add(self, result: FaceResult, seconds: float, time_constant: float) -> None:
        """Mix a new answer in. The first few are averaged evenly, so that no single frame decides how it begins."""
        self.count, self.missing = self.count + 1, 0.0
        share = max(1 - np.exp(-(seconds - self.last_seen) / time_constant), 1 / self.count)
        self.probability = np.float32(self.probability + share * (result.probability - self.probability))
        self.doubt += share * (result.doubtful - self.doubt)
        self.latest, self.last_seen = result, seconds


@dataclass(frozen=True, eq=False)
class TrackHistory:
    """A face's answers over time: `seconds` float64 (n,), rising; `probability` float32 (n, 7), smoothed."""

    number: int
    seconds: np.ndarray
    probability: np.ndarray


@dataclass
class Timeline:
    """The tracks of the last `span` seconds, at most `rate` points a second each: memory stays bounded.

    One thread may add while others read. For a whole video file take its length as the span.
    """

    span: float = 60.0
    rate: float = 5.0
    max_faces: int = MAX_FACES
    _points: dict[int, deque] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, tracks: list[Track], seconds: float) -> None:
        """Note the tracks of one frame at time `seconds`; what is closer than 1 / rate to the last point is left out."""
        with self._lock:
            for track in tracks:
                points = self._points.setdefault(track.number, deque())
                if not points or seconds - points[-1][0] >= (1 - 1e-6) / self.rate:
                    points.append((float(seconds), track.probability))
            self._forget(seconds)

    def read(self) -> list[TrackHistory]:
        """Return every face with points within the span, by number."""
        with self._lock:
            copies = {number: list(points) for number, points in self._points.items()}
        return [
            TrackHistory(number, np.array([second for second, _ in points]), np.stack([p for _, p in points]))
            for number, points in sorted(copies.items())
        ]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._points.clear()

    def _forget(self, now: float) -> None:
        for number, points in list(self._points.items()):
            while points and points[0][0] < now - self.span:
                points.popleft()
            if not points:
                del self._points[number]
        latest = sorted(self._points, key=lambda number: self._points[number][-1][0])
        for number in latest[: -self.max_faces]:
            del self._points[number]
