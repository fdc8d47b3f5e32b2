"""Key frames as Mehendale (2020, FERC) defines them: of the frames that stand still, the one with the most edges.

https://doi.org/10.1007/s42452-020-2234-1, section on key frame extraction: stable frames are those that differ least
from their neighbours, and of these the one is taken that has most pixels on edges, because blurred ones have few. He
takes one of a video; here it is one of each scene. No Streamlit.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from fer_core.app.pictures import encode_jpeg
from fer_core.vision.cuts import count_edges

MAX_SHOWN = 12


@dataclass(frozen=True, eq=False)
class StillFrame:
    """A scene's key frame, a JPEG file with boxes: its time, and the share of its pixels that lie on edges."""

    seconds: float
    edges: float
    picture: bytes


@dataclass(frozen=True, eq=False)
class _Frame:
    seconds: float
    edges: float
    picture: Image.Image
    change: float


class StillFrames:
    """Takes frame after frame; holds three pictures at a time.

    A frame is stable when it differs less from the one before than its neighbours do: a local minimum of the change.
    """

    def __init__(self):
        self._done: list[StillFrame] = []
        self._last: list[_Frame] = []  # the last three of the scene
        self._best: _Frame | None = None

    def add(self, seconds: float, rgb: np.ndarray, picture: Image.Image, change: float) -> None:
        """Take a frame, as recorded and as marked; `change`: its difference to the one before."""
        change = change if self._last else np.inf  # that of a scene's first frame is the cut
        frame = _Frame(seconds, count_edges(Image.fromarray(rgb)), picture, change)
        self._last = [*self._last[-2:], frame]
        if len(self._last) == 3:
            before, middle, after = self._last
            if middle.change <= min(before.change, after.change):
                self._consider(middle)

    def cut(self) -> None:
        """Another scene begins with the next frame."""
        frame = self._best or (self._last[-1] if self._last else None)
        if frame:
            self._done.append(StillFrame(frame.seconds, frame.edges, encode_jpeg(frame.picture, 80)))
        self._last, self._best = [], None

    def choose(self) -> list[StillFrame]:
        """Return one frame of each scene in the order of time; of many scenes those with the most edges."""
        self.cut()
        chosen = sorted(self._done, key=lambda frame: -frame.edges)[:MAX_SHOWN]
        return sorted(chosen, key=lambda frame: frame.seconds)

    def _consider(self, frame: _Frame) -> None:
        if self._best is None or frame.edges > self._best.edges:
            self._best = frame
