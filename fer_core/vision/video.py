"""Reading videos that strangers upload: upright RGB frames with their seconds, or one clear sentence.

The file stays in memory: nothing is written to disk, and no file or address that a video names is opened. It is
decoded frame by frame, and only the frames asked for are kept, reduced, so that memory does not grow with its length.
"""

import io
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

import numpy as np

from fer_core.vision.images import HEIC_KINDS, MEGA, clean_name

if TYPE_CHECKING:
    import av

MAX_BYTES = 60 * MEGA
MAX_SECONDS = 120
MAX_PIXELS = 4096 * 2304  # 4K as phones and cameras record it
LARGE = 2.2 * MEGA  # pixels; above Full HD a decoder may hold 250 MB, so one such video at a time
MAX_SIDE = 640  # of the frames handed out
MIN_SIDE = 24
RATE = 8.0  # frames handed out per second: an expression lasts half a second and longer
MAX_DECODED = 240 * MAX_SECONDS  # slow motion as phones record it
MAX_IDLE = 1000  # packets in a row that bring no new frame
MAX_BROKEN = 300  # packets that cannot be decoded
LONG_GAP = 1.0  # seconds between two frames that a visitor should know of

READABLE = "MP4, MOV, WebM, MKV, AVI or GIF"
CODECS = {"h264", "hevc", "av1", "libdav1d", "vp8", "vp9", "libvpx", "libvpx-vp9", "mpeg4", "mjpeg", "gif"}
"""What cameras, phones and browsers record. FFmpeg knows hundreds more, which no visitor misses."""
NEWEST_WITH_METADATA_ERRORS = 18
"""PyAV 19 dropped av.open's `metadata_errors` and never fails on a note in an odd encoding."""
OPTIONS = {"max_pixels": str(MAX_PIXELS), "max_streams": "20", "protocol_whitelist": "none"}

_large_video = threading.Lock()


class VideoError(ValueError):
    """The file is no video that can be read; the message is one sentence saying why and what to do.

    It never holds the file's name, which strangers choose: show that beside it, escaped.
    """


def read_video(data: bytes, name: str = "video", rate: float = RATE, max_seconds: float = MAX_SECONDS) -> "VideoReader":
    """Open an uploaded file; its content decides, not its name. Raises VideoError.

    Iterate over the reader once for pairs of seconds (float, from the first frame) and frames, uint8 RGB (height,
    width, 3), all of one size. At most `rate` a second, of the first `max_seconds`.
    """
    return VideoReader(data, name, rate, max_seconds)


class VideoReader:
    """One video being read; close it, or use it in a with statement.

    `name`: without folders and control characters; `size`: width and height as recorded; `seconds`: the length that
    the file states, or None; `notes`: sentences for the visitor, complete after the last frame.
    """

    def __init__(self, data: bytes, name: str, rate: float = RATE, max_seconds: float = MAX_SECONDS):
        self.name, self.notes = clean_name(name), []
        self._rate, self._max_seconds, self._bytes = rate, max_seconds, len(data)
        self._position, self._now, self._frame_size = 0, 0.0, None
        self._holds_turn = False
        self._container = _open(data)
        try:
            self._stream = _find_stream(self._container)
            self.size = self._check_size()
            self._take_turn()
            self.seconds = self._find_length()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """Free what decoding holds. May be called twice."""
        self._container.close()
        if self._holds_turn:
            self._holds_turn = False
            _large_video.release()

    @property
    def progress(self) -> float:
        """Share of the work that is done, 0..1: by time where the length is known, else by bytes."""
        length = min(self.seconds, self._max_seconds) if self.seconds else None
        by_time = self._now / (length or self._max_seconds)
        return min(1.0, by_time if length else max(by_time, self._position / self._bytes))

    def __iter__(self) -> Iterator[tuple[float, np.ndarray]]:
        """Hand out the frames. Raises VideoError when not a single one can be decoded."""
        due, start, idle, n_decoded, gap = 0.0, None, 0, 0, 0.0
        for frame in self._decode():
            idle += 1
            if idle > MAX_IDLE or n_decoded >= MAX_DECODED:
                self.notes.append(f"It goes on in an unusual way: only its first {self._now:.0f} seconds were read.")
                break
            if frame is None:
                continue
            n_decoded += 1
            time = frame.time if frame.time is not None else (start or 0.0) + n_decoded / 25
            start = time if start is None else start
            now = time - start
            if now >= self._max_seconds:
                self.notes.append(f"Only its first {self._max_seconds:.0f} seconds were read.")
                break
            if now < due - 1e-3:
                continue
            due, idle = (np.floor(now * self._rate + 1e-6) + 1) / self._rate, 0
            gap, self._now = max(gap, now - self._now), now
            yield now, self._to_rgb(frame)
        else:
            self._note_early_end(n_decoded)
        if gap > LONG_GAP:
            self.notes.append(f"Up to {gap:.1f} seconds pass without a frame.")
        if not n_decoded:
            raise VideoError("Not a single frame of this video can be decoded: export it again as MP4 (H.264).")

    def _decode(self) -> Iterator["av.VideoFrame | None"]:
        """All frames in order; None for a packet that brought none."""
        import av

        broken = 0
        packets = self._container.demux(self._stream)
        while broken <= MAX_BROKEN:
            try:
                packet = next(packets)
                self._position = packet.pos or self._position
                frames = packet.decode()
            except StopIteration:
                break
            except (av.FFmpegError, MemoryError):
                broken, frames = broken + 1, []
            broken += sum(frame.is_corrupt for frame in frames)
            yield from frames or [None]
        if broken:
            self.notes.append("Parts of it are damaged: what could be decoded was read.")

    def _note_early_end(self, n_decoded: int) -> None:
        expected = min(self.seconds or 0, self._max_seconds)
        if n_decoded and self._now < expected - max(2.0, 0.1 * expected):
            self.notes.append(f"It ends after {self._now:.0f} of the {self.seconds:.0f} seconds that it states.")

    def _to_rgb(self, frame: "av.VideoFrame") -> np.ndarray:
        """Reduced, upright, and of the first frame's size even if the recording changes it."""
        turns = round(frame.rotation / 90) % 4
        if self._frame_size is None:
            shape = _compute_size(frame)
            self._frame_size = shape if turns % 2 == 0 else shape[::-1]
        width, height = self._frame_size if turns % 2 == 0 else self._frame_size[::-1]
        rgb = frame.reformat(width, height, format="rgb24", interpolation="AREA").to_ndarray()
        return np.ascontiguousarray(np.rot90(rgb, turns))

    def _check_size(self) -> tuple[int, int]:
        width, height = self._stream.codec_context.width, self._stream.codec_context.height
        if not 0 < width * height <= MAX_PIXELS:  # 0: FFmpeg itself refused, see OPTIONS
            raise VideoError(
                "Its frames have more than 4096 x 2304 pixels, or do not say how many: export it as MP4 (H.264) in 1080p."
            )
        if min(width, height) < MIN_SIDE:
            raise VideoError(
                f"Its frames have only {width} x {height} pixels: use a video with at least {MIN_SIDE} pixels a side."
            )
        if min(width, height) * min(1, MAX_SIDE / max(width, height)) < MIN_SIDE:
            raise VideoError("This video is far too narrow for a face: crop it to the part with the face.")
        return width, height

    def _take_turn(self) -> None:
        if self.size[0] * self.size[1] > LARGE:
            if not _large_video.acquire(blocking=False):
                raise VideoError(
                    "Somebody else's large video is being read right now: try again in a minute, or export it as 1080p."
                )
            self._holds_turn = True

    def _find_length(self) -> float | None:
        stream, container = self._stream, self._container
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        return container.duration / 1e6 if container.duration and container.duration > 0 else None


def _open(data: bytes) -> "av.container.InputContainer":
    """Open the container that the first bytes announce, with that demuxer and no other."""
    import av

    kind = _recognise(data)
    lenient = {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) <= NEWEST_WITH_METADATA_ERRORS else {}
    try:
        return av.open(io.BytesIO(data), format=kind, options=OPTIONS, io_open=_refuse, **lenient)
    except (av.FFmpegError, MemoryError):
        pass
    if kind == "mp4" and b"moov" not in data:
        raise VideoError(
            "This video's index is missing, as when a recording or an upload was interrupted: bring the whole file."
        )
    raise VideoError("This video is damaged or incomplete: export it again as MP4 (H.264) and retry.")


def _refuse(*_) -> None:
    raise PermissionError("A video may not open other files.")


def _recognise(data: bytes) -> str:
    """Return FFmpeg's name of the container, or say what else the file is."""
    check_bytes(len(data))
    if kind := find_container(data):
        return kind
    if _is_picture(data):
        raise VideoError("This is a picture, not a video: bring it to the Predict page.")
    raise VideoError(f"This file is not a video that can be read here: use an {READABLE} file.")


def check_bytes(n_bytes: int) -> None:
    """Refuse a file by its size alone. Raises VideoError."""
    if not n_bytes:
        raise VideoError("This file is empty: choose another one, or bring it again.")
    if n_bytes > MAX_BYTES:
        size = f"{n_bytes / MEGA:.0f} MB, and at most {MAX_BYTES // MEGA} MB"
        raise VideoError(f"This file has {size} can be read: cut it shorter or export it smaller.")


def find_container(start: bytes) -> str:
    """Return FFmpeg's name of the container that a file's first bytes announce, "" where they announce none."""
    if _is_picture(start):
        return ""
    if start[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mp4"
    if start.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if start.startswith(b"RIFF") and start[8:12] == b"AVI ":
        return "avi"
    return "gif" if start.startswith((b"GIF87a", b"GIF89a")) else ""


def _is_picture(start: bytes) -> bool:
    brand = start[8:12] if start[4:8] == b"ftyp" else b""
    return brand in (*HEIC_KINDS, b"avif", b"avis") or start.startswith(
        (b"\xff\xd8\xff", b"\x89PNG", b"BM", b"II*\0", b"MM\0*")
    )


def _find_stream(container: "av.container.InputContainer") -> "av.VideoStream":
    """Return the stream of moving pictures: no cover of a song, and packed in a way that we decode."""
    import av

    cover = av.stream.Disposition.attached_pic
    streams = [stream for stream in container.streams.video if not stream.disposition & cover]
    if not streams:
        raise VideoError("This file holds no moving pictures, only sound or data: bring a video.")
    stream = streams[0]
    context = stream.codec_context
    if context is None or context.name not in CODECS:
        raise VideoError("Its pictures are packed in a way that cannot be read here: export it as MP4 (H.264).")
    context.options = {"max_pixels": OPTIONS["max_pixels"]}
    context.thread_count = 2
    context.thread_type = "AUTO"
    return stream


def _compute_size(frame: "av.VideoFrame") -> tuple[int, int]:
    """Width and height of what is handed out: reduced, square pixels, even as encoders want it."""
    aspect = getattr(frame, "sample_aspect_ratio", None)
    stretch = float(aspect) if aspect and 0.25 < aspect < 4 else 1.0
    width, height = frame.width * stretch, frame.height
    scale = min(1.0, MAX_SIDE / max(width, height))
    return tuple(max(2, 2 * round(side * scale / 2)) for side in (width, height))
