"""A short clip to try without a video of one's own, made from the free pictures of the predict page. No Streamlit."""

import io

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from fer_core.app.faces.examples import EXAMPLES, PORTRAIT_BOX
from fer_core.vision.video_writer import VideoWriter

FILE_NAME = "moving-portrait.mp4"
CREDIT = f"{EXAMPLES['Portrait'].credit}; {EXAMPLES['Cat'].credit}"
HINT = "A portrait comes nearer, tilts and goes dark; a cat; then the portrait beside its mirror image."
SIZE, RATE, SECONDS = (640, 360), 12, 9.0
WALL = "#6d7478"


def make_example_video() -> bytes:
    """Return the clip, an MP4 file of nine seconds."""
    portrait = Image.open(io.BytesIO(EXAMPLES["Portrait"].read())).convert("RGB").crop(PORTRAIT_BOX)
    cat = ImageOps.fit(Image.open(io.BytesIO(EXAMPLES["Cat"].read())).convert("RGB"), SIZE)
    writer = VideoWriter(*SIZE, RATE)
    for number in range(round(SECONDS * RATE)):
        seconds = number / RATE
        writer.add(np.asarray(_draw(seconds, portrait, cat)), seconds)
    return writer.finish()


def _draw(seconds: float, portrait: Image.Image, cat: Image.Image) -> Image.Image:
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
