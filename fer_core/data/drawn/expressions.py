"""Seven expressions as numbers: how each moves brows, eyes and mouth of a drawn face away from rest."""

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Expression:
    """Movements in units where 1 is the full movement; 0 is a face at rest, except where noted."""

    brow_inner: float = 0.0  # up is positive
    brow_outer: float = 0.0
    brow_arch: float = 0.3  # roundness of the brow
    eye_open: float = 0.62  # height of the eye, 0 closed .. 1 wide
    lid_slant: float = 0.0  # upper lid: positive hangs down outside (sad), negative inside (angry)
    cheek: float = 0.0  # lower lid and cheek pushed up
    mouth_width: float = 1.0  # of the resting width
    mouth_corner: float = 0.0  # corners up is positive
    mouth_open: float = 0.0
    mouth_square: float = 0.0  # 0 round opening, 1 square with bared teeth
    lip_raise: float = 0.0  # middle of the upper lip pulled up
    skew: float = 0.0  # mouth pulled up on one side
    teeth: float = 0.0  # share of the opening that the upper teeth fill
    tongue: float = 0.0
    nose_wrinkle: float = 0.0
    frown: float = 0.0  # creases between the brows
    iris: float = 1.0  # size


EXPRESSIONS = {
    "angry": Expression(
        brow_inner=-1.0, brow_outer=0.55, brow_arch=0.0, eye_open=0.52, lid_slant=-0.9, mouth_width=0.95,
        mouth_corner=-0.45, mouth_open=0.4, mouth_square=0.9, teeth=1.0, frown=1.0, nose_wrinkle=0.15,
    ),
    "disgust": Expression(
        brow_inner=-0.6, brow_outer=-0.25, brow_arch=0.1, eye_open=0.3, cheek=0.75, mouth_width=0.85,
        mouth_corner=-0.65, mouth_open=0.22, lip_raise=1.0, skew=0.5, tongue=0.9, nose_wrinkle=1.0, frown=0.4,
    ),
    "fear": Expression(
        brow_inner=1.05, brow_outer=0.15, brow_arch=0.0, eye_open=1.0, lid_slant=0.25, mouth_width=1.2,
        mouth_corner=-0.4, mouth_open=0.34, mouth_square=0.55, teeth=0.45, frown=0.35, iris=0.72,
    ),
    "happy": Expression(
        brow_inner=0.15, brow_outer=0.2, brow_arch=0.55, eye_open=0.5, cheek=0.75, mouth_width=1.3,
        mouth_corner=1.0, mouth_open=0.5, teeth=0.5, tongue=0.35,
    ),
    "neutral": Expression(),
    "sad": Expression(
        brow_inner=0.8, brow_outer=-0.75, brow_arch=0.0, eye_open=0.42, lid_slant=0.9, mouth_width=0.8,
        mouth_corner=-0.95,
    ),
    "surprise": Expression(
        brow_inner=0.95, brow_outer=0.85, brow_arch=1.0, eye_open=1.0, mouth_width=0.62, mouth_open=0.95,
        tongue=0.3, iris=0.9,
    ),
}  # fmt: skip


def blend(start: Expression, end: Expression, share: float) -> Expression:
    """Return the expression on the way from `start` (0) to `end` (1)."""
    pairs = ((getattr(start, field.name), getattr(end, field.name)) for field in fields(Expression))
    return Expression(*(a + (b - a) * share for a, b in pairs))


def make_expression(label: str, rng: np.random.Generator) -> Expression:
    """Take an expression in a random strength (80 to 115 %), each of its movements a little off, as people do."""
    rest, full = Expression(), EXPRESSIONS[label]
    strength = rng.uniform(0.8, 1.15)
    values = {}
    for field in fields(Expression):
        start, end = getattr(rest, field.name), getattr(full, field.name)
        values[field.name] = start + (end - start) * strength * rng.uniform(0.85, 1.15)
    if label == "disgust":
        values["skew"] *= rng.choice((-1, 1))
        values["tongue"] *= rng.random() < 0.5
    if label == "angry" and rng.random() < 0.35:  # lips pressed instead of teeth bared
        values |= {"mouth_open": 0.0, "mouth_square": 0.2, "mouth_corner": -0.7, "mouth_width": 0.85}
    if label == "happy" and rng.random() < 0.3:  # a smile with closed lips
        values |= {"mouth_open": 0.0}
    return Expression(**values)
