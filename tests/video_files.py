"""Videos made on the fly, good and bad."""

import io
import os
import struct
from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np
from PIL import Image

ASSETS = Path(__file__).parent.parent / "fer_core" / "app" / "assets"

PIXELS = {"gif": "rgb8", "mjpeg": "yuvj420p", "huffyuv": "yuv422p"}
KINDS = {
    "mp4": ("mp4", "libx264"),
    "mov": ("mov", "libx264"),
    "mkv": ("matroska", "libx264"),
    "webm": ("webm", "libvpx"),
    "avi": ("avi", "mpeg4"),
    "gif": ("gif", "gif"),
}
"""File ending -> FFmpeg's names of a container and a codec that go with it."""


def encode_video(
    frames: Iterable[np.ndarray], kind: str = "mp4", rate: int = 20, rotation: int = 0, codec: str = ""
) -> bytes:
    """Encode frames, uint8 (height, width, 3). `rotation`: degrees counterclockwise, written as a note in the file."""
    container_format, default = KINDS[kind]
    frames, buffer, codec = list(frames), io.BytesIO(), codec or default
    with av.open(buffer, "w", format=container_format) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = PIXELS.get(codec, "yuv420p")
        if rotation:
            stream.set_display_rotation(rotation)
        for frame in frames:
            picture = av.VideoFrame.from_ndarray(frame, format="rgb24").reformat(format=stream.pix_fmt)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    _leave_real_time()
    return buffer.getvalue()


def _leave_real_time() -> None:
    """Undo what SVT-AV1 does when root encodes: it gives the calling thread, and so all that is started later, the
    highest real-time priority. A browser and a server that inherit it starve everything else on a small machine.
    """
    if hasattr(os, "sched_setscheduler") and os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def draw_frames(n: int = 40, width: int = 160, height: int = 120) -> list[np.ndarray]:
    """A red corner on black, top left, and a white line that wanders to the right."""
    frames = np.zeros((n, height, width, 3), np.uint8)
    frames[:, : height // 2, : width // 2] = (255, 0, 0)
    for i, frame in enumerate(frames):
        frame[:, width // 2 + i % (width // 2)] = 255
    return list(frames)


def draw_noise(n: int = 40, side: int = 96) -> list[np.ndarray]:
    """Frames that cannot be packed tightly."""
    return list(np.random.default_rng(0).integers(0, 256, (n, side, side, 3), np.uint8))


def film_portrait(n: int = 40, width: int = 320, height: int = 240, grain: int = 0) -> list[np.ndarray]:
    """The example portrait, moving to the right by two pixels a frame; `grain`: grey levels of noise."""
    random = np.random.default_rng(0)
    face = np.asarray(Image.open(ASSETS / "example.jpg").convert("RGB").resize((height, height)))
    frames = np.full((n, height, width, 3), 90, np.uint8)
    for i, frame in enumerate(frames):
        x = min(2 * i, width - height)
        frame[:, x : x + height] = face
        if grain:
            frame[:] = (frame + random.integers(-grain, grain + 1, frame.shape)).clip(0, 255)
    return list(frames)


def encode_sound() -> bytes:
    """An MP4 file with a second of silence and no picture."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=16000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), "fltp", "mono")
        frame.sample_rate = 16000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def encode_slow_gif(n: int, seconds_each: float) -> bytes:
    """A GIF whose frames stand for many seconds."""
    frames = [Image.fromarray(frame) for frame in draw_frames(n, 64, 64)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=round(1000 * seconds_each))
    return buffer.getvalue()


def make_huge_gif() -> bytes:
    """A GIF of a few bytes that announces 65,535 x 65,535 pixels."""
    gif = encode_slow_gif(2, 0.1)
    return gif[:6] + struct.pack("<HH", 65535, 65535) + gif[10:]


def damage_middle(data: bytes, share: float = 0.2, seed: int = 0) -> bytes:
    """Overwrite the middle `share` of a file with noise."""
    first, n = round(len(data) * (0.5 - share / 2)), round(len(data) * share)
    return data[:first] + np.random.default_rng(seed).bytes(n) + data[first + n :]


def move_index_first(data: bytes) -> bytes:
    """Put an MP4 file's index before its frames, as cameras' apps and web sites do; other files stay as they are."""
    if data[4:8] != b"ftyp":
        return data
    moov, mdat = data.rindex(b"moov") - 4, data.index(b"free") - 4
    index = bytearray(data[moov:])
    place = index.index(b"stco") + 8
    (count,) = struct.unpack_from(">I", index, place)
    for at in range(place + 4, place + 4 + 4 * count, 4):
        struct.pack_into(">I", index, at, struct.unpack_from(">I", index, at)[0] + len(index))
    return data[:mdat] + index + data[mdat:moov]
