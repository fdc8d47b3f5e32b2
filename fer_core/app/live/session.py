"""One visitor's camera: takes frames from the connection's thread, and lets go of everything when it ends.

Nothing here calls Streamlit: frames arrive in a thread that belongs to no visitor.
"""

import logging
import time

import numpy as np

from fer_core.app import _compat
from fer_core.vision.stream import LiveReader, LiveState
from fer_core.vision.tracking import TrackHistory

logger = logging.getLogger(__name__)

MAX_SIDE = 640  # pixels; larger frames are reduced before anything looks at them
DRIFT = 1e-4  # seconds per frame; how far the camera's clock may run away from ours


class LiveSession:
    """What one visitor's video needs. `mirrored`: whether frames are turned, as in a mirror; may change at any time.

    `receive` and `close` are the callbacks of the connection; both may be called at any time, from any thread.
    """

    def __init__(self, engine, mirrored: bool = True, clock=time.monotonic):
        self._clock, self.mirrored = clock, mirrored
        self._reader = LiveReader(engine.detector, engine.predictor, engine.threshold, clock)
        self._offset = self._last = None
        self.run_name, self.wording = engine.run.name, engine.wording

    @property
    def closed(self) -> bool:
        return self._reader.closed

    def change_engine(self, engine) -> None:
        """Let another network answer from the next frame on."""
        self._reader.change_predictor(engine.predictor, engine.threshold)
        self.run_name, self.wording = engine.run.name, engine.wording

    def receive(self, frame):
        """Answer one av.VideoFrame: the same picture with answers on it. Never raises."""
        try:
            if self.closed:
                return frame
            drawn = self._reader.process_frame(self._to_rgb(frame), self._date(frame))
            return type(frame).from_ndarray(drawn, format="rgb24")
        except Exception:  # the connection's thread ends with an exception, and the video with it
            logger.exception("A frame could not be taken from the connection")
            return frame

    def read(self) -> LiveState:
        """Return faces, counts and rates as of now."""
        return self._reader.read()

    def read_timeline(self) -> tuple[list[TrackHistory], float]:
        """Return the last minute of every face, and what time it is on the same clock."""
        return self._reader.read_timeline(), self._clock()

    def close(self) -> None:
        """Let go of network, detector, faces and memory."""
        self._reader.close()

    def _to_rgb(self, frame) -> np.ndarray:
        longest = max(frame.width, frame.height)
        if longest > MAX_SIDE:
            size = [max(2, round(side * MAX_SIDE / longest / 2) * 2) for side in (frame.width, frame.height)]
            frame = frame.reformat(*size)
        rgb = frame.to_ndarray(format="rgb24")
        return np.ascontiguousarray(rgb[:, ::-1]) if self.mirrored else rgb

    def _date(self, frame) -> float:
        """When the frame was taken, on our clock: the quickest frame so far counts as having taken no time.

        So frames that wait in a queue show their age, however long the queue has grown.
        """
        now = self._clock()
        if frame.time is None:
            return now
        delay = now - frame.time
        restarted = self._last is not None and frame.time < self._last
        self._offset = delay if self._offset is None or restarted else min(self._offset + DRIFT, delay)
        self._last = frame.time
        return frame.time + self._offset


def hold_one_frame(track) -> None:
    """Let the queue before the answers, streamlit-webrtc's outgoing `track`, hold one frame: the newest.

    Frames are taken from it as fast as the video can be encoded. On a machine where that is too slow the queue would
    grow, and the video lag further and further behind.
    """
    queue = _compat.find_relay_queue(track)
    if queue is None:
        return
    put = type(queue).put_nowait

    def put_newest(frame) -> None:
        while not queue.empty():
            queue.get_nowait()
        put(queue, frame)

    queue.put_nowait = put_newest
