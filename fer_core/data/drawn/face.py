"""A drawn face: a random person with one of seven expressions, in a random pose and light."""

import numpy as np
from PIL import Image, ImageFilter

from fer_core.data.drawn.expressions import EXPRESSIONS, Expression, blend, make_expression
from fer_core.data.drawn.features import (
    SIDES,
    draw_brow,
    draw_eye,
    draw_forehead,
    draw_moustache,
    draw_mouth,
    draw_nose,
)
from fer_core.data.drawn.head import draw_behind, draw_extras, draw_hair, draw_head
from fer_core.data.drawn.person import Person, make_person
from fer_core.data.drawn.sketch import Sketch
from fer_core.labels import LABELS
from fer_core.preprocessing import IMAGE_SIZE

MAX_SIZE, FRAMED = 480, (48, 96, 160)


def draw_face(label: str | int, rng: np.random.Generator, size: int = IMAGE_SIZE) -> np.ndarray:
    """Draw a random face with one of the seven expressions.

    `label`: name or index into LABELS. `size`: side in pixels, 16 to 480; the same state of `rng` draws the same face
    at every size, but for the noise. Returns uint8 (size, size). Raises ValueError on other labels and sizes.
    """
    name = label if isinstance(label, str) else LABELS[label]
    if name not in LABELS or not 16 <= size <= MAX_SIZE:
        raise ValueError(f"A drawn face needs one of {', '.join(LABELS)} and a size of 16 to {MAX_SIZE}.")
    return _draw(make_person(rng), make_expression(name, rng), name, rng, size)


def draw_change(start: str, end: str, share: float, seed: int, size: int = IMAGE_SIZE) -> np.ndarray:
    """Draw one person on the way from one expression to another; uint8 (size, size).

    `share`: 0 is all `start`, 1 all `end`, both from LABELS; the same `seed` is the same person in the same light.
    """
    expression = blend(EXPRESSIONS[start], EXPRESSIONS[end], share)
    rng = np.random.default_rng(seed)
    return _draw(make_person(rng), expression, "neutral", rng, size)


def draw_framed(n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `n` faces as a face detector would cut them out of drawings of several sizes; uint8 (n, 48, 48)."""
    return np.stack([_frame(draw_face(label, rng, int(rng.choice(FRAMED))), rng) for label in rng.choice(LABELS, n)])


def _frame(face: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    size, margin = len(face), len(face) // 4
    side, (x, y) = size * rng.uniform(0.85, 1.3), margin + size * rng.uniform(0.45, 0.55, 2)
    picture = Image.fromarray(np.pad(face, margin, mode="edge"))
    box = (x - side / 2, y - side / 2, x + side / 2, y + side / 2)
    return np.asarray(picture.resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BILINEAR, box))


def _draw(person: Person, expression: Expression, name: str, rng: np.random.Generator, size: int) -> np.ndarray:
    oversampling = 3 if size <= 96 else 2
    sketch = Sketch(
        size * oversampling,
        roll=rng.normal(0, 0.09),
        turn=float(np.clip(rng.normal(0, 0.1), -0.22, 0.22)),
        nod=float(np.clip(rng.normal(0, 0.06), -0.12, 0.12)),
        scale=rng.uniform(0.96, 1.16),
        shift=tuple(rng.normal(0, 0.035, 2)),
    )
    draw_behind(sketch, person)
    draw_head(sketch, person, expression)
    draw_forehead(sketch, person, expression)
    draw_hair(sketch, person)
    draw_nose(sketch, person, expression)
    draw_mouth(sketch, person, expression)
    draw_moustache(sketch, person, expression)
    for side in SIDES:
        draw_eye(sketch, person, expression, side)
        draw_brow(sketch, person, expression, side)
    draw_extras(sketch, person, name, rng)
    return _expose(sketch.canvas.reduce(oversampling), rng)


def _expose(picture: Image.Image, rng: np.random.Generator) -> np.ndarray:
    """Light the picture from one side, set contrast and brightness, add the camera's softness and noise."""
    size = picture.width
    angle, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.28)
    softness, contrast, brightness, noise = rng.uniform((0, 0.8, -18, 1.0), (0.55, 1.12, 18, 6.0)).tolist()
    picture = picture.filter(ImageFilter.GaussianBlur(softness * (size / IMAGE_SIZE) ** 0.5))
    ramp = np.linspace(-1, 1, size)
    light = 1 + strength * (np.cos(angle) * ramp + np.sin(angle) * ramp[:, None])
    pixels = (np.asarray(picture, np.float32) * light - 128) * contrast + 128 + brightness
    # Fine noise would dominate an enlarged drawing, so it fades with the size.
    pixels += rng.normal(0, noise * min(1.0, IMAGE_SIZE / size), pixels.shape)
    return np.clip(pixels, 0, 255).astype(np.uint8)
