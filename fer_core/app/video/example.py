"""Short clips to try without a video of one's own, made from free pictures and drawings. No Streamlit."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from fer_core.app.faces.examples import EXAMPLES, PORTRAIT_BOX
from fer_core.data import draw_change
from fer_core.vision.video_writer import VideoWriter

SIZE, RATE = (640, 360), 12
WALL = "#6d7478"
CHANGES = ("happy", "surprise", "disgust", "angry", "sad", "happy")
HOLD, MOVE = 1.4, 0.6
"""Seconds for which an expression stays, and for which it changes to the next."""
PERSON, FACE_SIZE = 9, 300


@dataclass(frozen=True)
class Clip:
    """A clip to try: `make` returns an MP4 file, `credit` says whose pictures it shows, `hint` what happens in it."""

    file_name: str
    make: Callable[[], bytes]
    credit: str
    hint: str


def make_moving_portrait() -> bytes:
    """Return a clip of nine seconds: a portrait in motion, a cat, two faces."""
    portrait = Image.open(io.BytesIO(EXAMPLES["Portrait"].read())).convert("RGB").crop(PORTRAIT_BOX)
    cat = ImageOps.fit(Image.open(io.BytesIO(EXAMPLES["Cat"].read())).convert("RGB"), SIZE)
    return _write(9.0, lambda seconds: _move_portrait(seconds, portrait, cat))


def make_changing_face() -> bytes:
    """Return a clip of twelve seconds: one drawn face that goes through CHANGES."""
    return _write(len(CHANGES) * (HOLD + MOVE), _draw_changing_face)


def _write(length: float, draw: Callable[[float], Image.Image]) -> bytes:
    """Return an MP4 file of what `draw` gives for each moment, seconds."""
    writer = VideoWriter(*SIZE, RATE)
    for number in range(round(length * RATE)):
        writer.add(np.asarray(draw(number / RATE)), number / RATE)
    return writer.finish()


def _draw_changing_face(seconds: float) -> Image.Image:
    place, moment = divmod(seconds, HOLD + MOVE)
    start = CHANGES[int(place)]
    end = CHANGES[min(int(place) + 1, len(CHANGES) - 1)]
    share = max(moment - HOLD, 0) / MOVE
    face = draw_change(start, end, share * share * (3 - 2 * share), PERSON, FACE_SIZE)  # gently off and on
    return _place([(Image.fromarray(face).convert("RGB"), SIZE[0] / 2, FACE_SIZE)])


def _move_portrait(seconds: float, portrait: Image.Image, cat: Image.Image) -> Image.Image:
    """The scene at one moment."""
    if seconds < 2.5:  # nearer, from left to right
        done = seconds / 2.5
        return _place([(portrait, 150 + 170 * done, 150 + 190 * done)])
    if seconds < 5.0:  # tilts to one side and back while the light goes out
        done = (seconds - 2.5) / 2.5
        tilted = portrait.rotate(40 * np.sin(np.pi * done), Image.Resampling.BICUBIC, fillcolor=WALL)
        return ImageEnhance.Brightness(_place([(tilted, 320, 340)])).enhance(1 - 0.75 * done)
    if seconds < 6.5:
        return cat
    return _place([(portrait, 170, 300), (ImageOps.mirror(portrait), 470, 300)])


def _place(parts: list[tuple[Image.Image, float, float]]) -> Image.Image:
    """Put pictures on a wall: (picture, x of its middle, height), pixels."""
    scene = Image.new("RGB", SIZE, WALL)
    for picture, x, height in parts:
        width = height * picture.width / picture.height
        scene.paste(
            picture.resize((round(width), round(height))), (round(x - width / 2), round((SIZE[1] - height) / 2))
        )
    return scene


CLIPS = {
    "Changing face": Clip(
        "changing-face.mp4", make_changing_face, "Drawn by this project's code, MIT",
        f"One drawn face turns {', '.join(CHANGES[:-1])} and {CHANGES[-1]} again. Does the network follow?",
    ),
    "Moving portrait": Clip(
        "moving-portrait.mp4", make_moving_portrait, f"{EXAMPLES['Portrait'].credit}; {EXAMPLES['Cat'].credit}",
        "A portrait comes nearer, tilts and goes dark; a cat; then the portrait beside its mirror image.",
    ),
}  # fmt: skip
"""What the clips are called, on the page and in its address."""
