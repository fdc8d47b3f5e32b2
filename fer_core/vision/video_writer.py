"""Writing a video into memory: H.264 in MP4, which every browser and phone plays."""

import io
from fractions import Fraction

import numpy as np

MILLISECONDS = Fraction(1, 1000)


class VideoWriter:
    """Takes frames of one size, uint8 RGB (height, width, 3), even sides; `finish` returns the file.

    `rate`: about how many frames a second will come; each one stands at its own time all the same.
    """

    def __init__(self, width: int, height: int, rate: float):
        import av

        self._buffer, self._last = io.BytesIO(), -1
        self._container = av.open(self._buffer, "w", format="mp4")
        self._stream = self._container.add_stream("libx264", rate=round(rate))
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "yuv420p"
        self._stream.codec_context.time_base = MILLISECONDS
        self._stream.codec_context.thread_count = 1
        self._stream.options = {"preset": "veryfast", "crf": "26", "tune": "zerolatency"}

    def add(self, rgb: np.ndarray, seconds: float) -> None:
        """Append a frame that is shown from `seconds` on, which must grow."""
        import av

        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24").reformat(format="yuv420p")
        self._last = max(round(1000 * seconds), self._last + 1)
        frame.pts, frame.time_base = self._last, MILLISECONDS
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> bytes:
        """Return the whole file; nothing can be added afterwards."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._buffer.getvalue()
