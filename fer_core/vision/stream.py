"""Live video: one frame in, the same frame with answers drawn on it out, as fast as two cores allow.

The full detector looks at a frame only every DETECT_EVERY seconds, or when a face got lost; in between faces are
followed from where they were. Frames may come at any rate: smoothing and memory go by their times.
"""

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass

import numpy as np

from fer_core.vision.analysis import analyse_faces
from fer_core.vision.detector import Face, FaceDetector
from fer_core.vision.draw_live import draw_tracks
from fer_core.vision.matching import match_boxes
from fer_core.vision.predictor import Predictor
from fer_core.vision.tracking import FaceTracker, Timeline, Track, TrackHistory

logger = logging.getLogger(__name__)

DETECT_EVERY = 0.5  # seconds between full looks for new faces while all known ones are followed
DETECT_AT_MOST = 0.1  # seconds between full looks while there is nobody, or somebody got lost
RATE_OVER = 2.0  # seconds over which frames per second are counted
COMPLAIN_EVERY = 10.0  # seconds between two entries in the log about frames that went wrong


@dataclass(frozen=True, eq=False)
class LiveState:
    """What a page shows of a stream at one moment.

    `tracks`: faces of the last frame; `frames`: processed so far; `failed`: of them, shown without answers because
    something went wrong; `fps`: frames processed per second, over the last two; `work`: seconds that one took;
    `age`: seconds since the last frame was taken, or None before the first; `size`: (width, height) of the frames.
    """

    tracks: list[Track]
    frames: int = 0
    failed: int = 0
    fps: float = 0.0
    work: float = 0.0
    age: float | None = None
    size: tuple[int, int] = (0, 0)


class LiveReader:
    """Reads the faces of one live video. One thread gives it frames, others may `read` meanwhile.

    `threshold`: smoothed confidence from which an answer counts as sure; `clock`: seconds, the one that frames are
    timed with. Detector and predictor are shared and only referred to; `close` lets go of them.
    """

    def __init__(self, detector: FaceDetector, predictor: Predictor, threshold: float = 0.0, clock=time.monotonic):
        self._detector, self._predictor, self._clock = detector, predictor, clock
        self._tracker, self.timeline = FaceTracker(threshold), Timeline()
        self._lock = threading.Lock()  # held for a frame's work, so that closing and changing wait for its end
        self._finished: deque[float] = deque(maxlen=200)
        self._state, self._taken = LiveState([]), None
        self._detected, self._complained = -np.inf, -np.inf

    @property
    def closed(self) -> bool:
        return self._predictor is None

    def change_predictor(self, predictor: Predictor, threshold: float) -> None:
        """Let another network answer from the next frame on; faces keep their numbers. Nothing when it is the same."""
        with self._lock:
            if not self.closed and predictor is not self._predictor:
                self._predictor, self._tracker.threshold = predictor, float(threshold)
                self.timeline.clear()

    def process_frame(self, rgb: np.ndarray, seconds: float | None = None) -> np.ndarray:
        """Answer one frame, uint8 (height, width, 3), taken at `seconds` (default: now); returns it drawn upon.

        Never raises: a frame that breaks something comes back as it was, and the log has the reason.
        """
        start = self._clock()
        taken = start if seconds is None else float(seconds)
        tracks, picture, failed = [], rgb, 0
        with self._lock:
            if self.closed:
                return rgb
            try:
                tracks = self._follow(rgb, taken)
                self.timeline.add(tracks, taken)
                picture = draw_tracks(rgb, tracks)
            except Exception:  # noqa: BLE001 - one bad frame must not end the video
                failed = 1
                self._complain(start)
            self._finish(rgb, tracks, failed, start, taken)
        return picture

    def read(self) -> LiveState:
        """Return the state as of now; it does not change afterwards."""
        state, taken, now = self._state, self._taken, self._clock()
        recent = [finished for finished in list(self._finished) if now - finished <= RATE_OVER]
        fps = (len(recent) - 1) / (recent[-1] - recent[0]) if len(recent) > 1 and recent[-1] > recent[0] else 0.0
        age = None if taken is None else max(now - taken, 0.0)
        return LiveState(state.tracks, state.frames, state.failed, fps, state.work, age, state.size)

    def read_timeline(self) -> list[TrackHistory]:
        """Return the last minute of every face, times as in process_frame."""
        return self.timeline.read()

    def close(self) -> None:
        """Forget faces, frames and the references to detector and network. Frames that still come pass untouched."""
        with self._lock:
            self._detector = self._predictor = None
            self._tracker, self._state, self._taken = FaceTracker(), LiveState([]), None
            self._finished.clear()
            self.timeline.clear()

    def _follow(self, rgb: np.ndarray, taken: float) -> list[Track]:
        results = analyse_faces(rgb, self._find(rgb, taken), self._predictor, self._detector.framing)
        return self._tracker.update(results, taken)

    def _find(self, rgb: np.ndarray, taken: float) -> list[Face]:
        boxes = [track.box for track in self._tracker.tracks]
        faces = self._detector.follow(rgb, boxes)
        pause = DETECT_EVERY if faces and len(faces) == len(boxes) else DETECT_AT_MOST
        if abs(taken - self._detected) >= pause:  # abs: a clock set back must not blind it
            found = self._detector.detect(rgb, thorough=False)
            self._detected = taken
            known = {j for _, j in match_boxes([face.box for face in faces], [face.box for face in found])}
            faces += [face for j, face in enumerate(found) if j not in known]
        return faces

    def _finish(self, rgb: np.ndarray, tracks: list[Track], failed: int, start: float, taken: float) -> None:
        now, old = self._clock(), self._state
        self._finished.append(now)
        work = now - start if not old.frames else 0.9 * old.work + 0.1 * (now - start)
        size = rgb.shape[1::-1] if getattr(rgb, "ndim", 0) == 3 else old.size
        self._taken = taken
        self._state = LiveState(tracks, old.frames + 1, old.failed + failed, work=work, size=size)

    def _complain(self, now: float) -> None:
        if now - self._complained >= COMPLAIN_EVERY:
            self._complained = now
            logger.exception("A frame of live video could not be answered")
