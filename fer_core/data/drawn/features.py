"""The parts of a drawn face that an expression moves: nose, eyes, brows, mouth."""

import numpy as np

from fer_core.data.drawn.expressions import Expression
from fer_core.data.drawn.person import Person
from fer_core.data.drawn.sketch import CIRCLE, Sketch, sample_curve

SIDES = (-1, 1)


def draw_nose(sketch: Sketch, person: Person, expression: Expression) -> None:
    """Draw the nose, nostrils, wrinkles, and the folds beside it."""
    skin, half, wrinkle = person.skin, person.nose, expression.nose_wrinkle
    tip = person.nose_length - 0.05 * wrinkle
    half *= 1 + 0.15 * wrinkle
    sketch.stroke([(-half, tip - 0.03), (-half * 0.6, tip + 0.05), (0, tip + 0.035), (half * 0.6, tip + 0.05),
                   (half, tip - 0.03)], 0.035, skin * 0.55, 0.9)  # fmt: skip
    sketch.ellipse((0, tip - 0.04), (0.05, 0.045), min(250, skin * 1.15), 1.0)
    for side in SIDES:
        sketch.ellipse((side * half * 0.5, tip + 0.02), (0.03, 0.018), skin * 0.35, 0.9)
        sketch.stroke([(side * 0.075, -0.2), (side * 0.06, -0.05), (side * half * 0.75, tip - 0.08)], 0.014,
                      skin * 0.8, 0.7)  # fmt: skip
        if wrinkle > 0.5:
            for row in range(3):
                y = -0.12 + 0.075 * row
                sketch.stroke([(side * 0.02, y + 0.02), (side * 0.07, y - 0.01), (side * 0.13, y + 0.03)], 0.024,
                              skin * 0.55, 0.7)  # fmt: skip
        fold = max(wrinkle, expression.cheek)
        if fold > 0.3:
            reach = 0.24 + 0.08 * expression.mouth_width
            sketch.stroke([(side * (half + 0.04), tip - 0.05), (side * (half + 0.13), tip + 0.08), (side * reach, 0.47)],
                          0.018 + 0.012 * fold, skin * (0.84 - 0.16 * fold), 0.5)  # fmt: skip
        if expression.frown > 0.3:
            strength = min(1.0, expression.frown)
            sketch.stroke([(side * 0.05, -0.46), (side * 0.038, -0.38), (side * 0.05, -0.29)], 0.012 + 0.016 * strength,
                          skin * (0.8 - 0.25 * strength), 0.5)  # fmt: skip


def draw_eye(sketch: Sketch, person: Person, expression: Expression, side: int) -> None:
    """Draw one eye, its lids shaped by the expression."""
    half, height = 0.165 * person.eye_size, (0.02 + 0.13 * expression.eye_open) * person.eye_size
    slant = np.clip(expression.lid_slant, -1.2, 1.2)
    outside, inside = 0.85 - 0.6 * max(slant, 0), 0.85 - 0.75 * max(-slant, 0)
    corner = 0.25 * max(slant, 0)
    unit = np.array([half, height])
    upper = sample_curve(np.array([(-1, 0.15), (-0.5, -inside), (0.1, -0.5 - 0.5 * min(outside, inside) / 0.85),
                                   (0.6, -outside), (1, corner)]) * unit)  # fmt: skip
    belly = 0.75 - 0.95 * expression.cheek  # a raised cheek bends the lower lid upwards
    lower = sample_curve(np.array([(-1, 0.15), (-0.4, belly), (0.4, belly), (1, corner)]) * unit)
    lower[:, 1] = np.maximum(lower[:, 1], np.interp(lower[:, 0], upper[:, 0], upper[:, 1]))
    center, mirror = np.array([side * person.eye_gap, -0.17]), np.array([side, 1])

    def put(points):
        return center + np.asarray(points) * mirror

    def clip(points):
        top, bottom = (np.interp(points[:, 0], curve[:, 0], curve[:, 1]) for curve in (upper, lower))
        return np.stack([np.clip(points[:, 0], -half, half), np.clip(points[:, 1], top, bottom)], axis=1)

    sketch.fill(put(np.vstack([upper, lower[::-1]])), min(245, person.skin * 0.5 + 140), 0.5)
    iris = 0.088 * person.eye_size * expression.iris
    sketch.fill(put(clip(CIRCLE * iris)), 62, 0.55)
    sketch.fill(put(clip(CIRCLE * iris * 0.55)), 12, 0.55)
    if expression.eye_open > 0.3:
        sketch.ellipse(center + (0.03, -0.028), (0.022, 0.022), 250, 0.55)
    crease = upper * (1.02, 1) - (0, 0.055)
    sketch.stroke(put(crease[::6]), 0.016, person.skin * 0.68, 0.5)
    sketch.stroke(put(upper[::6]), 0.03 + person.lashes, person.skin * 0.12, 0.5, taper=0.6)
    sketch.stroke(put(lower[::6]), 0.02, person.skin * 0.52, 0.5)
    if expression.cheek > 0.4:
        sketch.stroke(put([(-half, height + 0.03), (0, height * belly + 0.07), (half, height + 0.01)]), 0.018,
                      person.skin * 0.75, 0.5)  # fmt: skip


def draw_brow(sketch: Sketch, person: Person, expression: Expression, side: int) -> None:
    """Draw one brow."""
    base = -0.39 - 0.03 * (expression.eye_open - 0.62)
    inner, outer = 0.12 * expression.brow_inner, 0.12 * expression.brow_outer
    pinch = 0.03 * min(1.0, expression.frown)
    middle = base - 0.025 - (inner + outer) / 2 - 0.08 * expression.brow_arch
    points = [(0.11 - pinch, base - inner), (0.34, middle), (0.54, base + 0.03 - outer)]
    shift = person.eye_gap - 0.29
    tone = person.hair * 0.75 if person.hair < 110 else (person.hair + person.skin * 0.4) / 2
    tone = min(tone, person.skin * 0.55)
    sketch.stroke(np.array(points) * (side, 1) + (side * shift, 0), person.brow * 1.1, tone, 0.5, taper=0.8)


def draw_forehead(sketch: Sketch, person: Person, expression: Expression) -> None:
    """Draw the lines of a forehead that raised brows push up."""
    if expression.brow_inner > 0.5 and expression.eye_open > 0.8:
        for y in (-0.64, -0.72):
            line = [(-0.32, y + 0.03), (-0.16, y), (0, y + 0.012), (0.16, y), (0.32, y + 0.03)]
            sketch.stroke(line, 0.018, person.skin * 0.75, 0.4)


def draw_mouth(sketch: Sketch, person: Person, expression: Expression) -> None:
    """Draw lips, and what an open mouth shows."""
    upper, lower = _make_lips(expression)
    skin, depth = person.skin, 0.6
    lip, lips = skin * 0.66, person.lips
    gap = expression.mouth_open > 0.08
    bow = np.sin(np.linspace(0, np.pi, len(upper))) ** 0.6
    above = upper - np.stack([0 * bow, lips * bow], axis=1)
    below = lower + np.stack([0 * bow, 1.35 * lips * bow], axis=1)
    sketch.fill(np.vstack([above, below[::-1]]), lip, depth)
    sketch.stroke(below[12:-12:4] + (0, 0.035), 0.03, skin * 0.84, depth)  # shade under the lower lip
    if not gap:
        sketch.stroke(upper[::6], 0.034, skin * 0.22, depth, taper=0.5)
    else:
        sketch.fill(np.vstack([upper, lower[::-1]]), 22, depth)
        _draw_teeth_and_tongue(sketch, expression, upper, lower)
    for side, corner in zip(SIDES, (upper[0], upper[-1])):  # creases make the direction of the corners readable
        turn = -0.05 * np.sign(expression.mouth_corner) * min(1.0, abs(expression.mouth_corner))
        sketch.stroke([corner, corner + (side * 0.02, turn / 2), corner + (side * 0.03, turn)], 0.03, skin * 0.5, depth)
    if expression.tongue > 0.5 and expression.lip_raise > 0.5:
        middle = lower[len(lower) // 2]
        sketch.ellipse(middle + (0, 0.04), (0.105, 0.115), skin * 0.55, depth)
        sketch.ellipse(middle + (0, 0.03), (0.085, 0.1), skin * 0.5 + 55, depth)
        sketch.stroke([middle, middle + (0.004, 0.04), middle + (0, 0.09)], 0.016, skin * 0.45, depth)


def _make_lips(expression: Expression) -> tuple[np.ndarray, np.ndarray]:
    """Give the edges of the mouth's opening from left to right, with equal x, each float (m, 2)."""
    half, y = 0.27 * expression.mouth_width, 0.52 - 0.02 * expression.lip_raise
    opening, corner = expression.mouth_open, expression.mouth_corner
    left = (-half, y - 0.09 * corner + 0.1 * expression.skew)
    right = (half, y - 0.09 * corner - 0.1 * expression.skew)
    top = y + 0.05 * corner - 0.13 * opening * (1 - max(corner, 0) * 0.9) - 0.07 * expression.lip_raise
    bottom = max(top, y + 0.05 * corner + 0.24 * opening + 0.1 * opening * max(corner, 0))
    knee = 0.55 + 0.3 * expression.mouth_square
    share = 0.78 + 0.22 * expression.mouth_square

    def edge(middle):
        ends = [np.array(left), np.array(right)]
        knees = [(end[0] * knee, end[1] + (middle - end[1]) * share) for end in ends]
        return sample_curve([left, knees[0], (0, middle), knees[1], right])

    return edge(top), edge(bottom)


def _draw_teeth_and_tongue(sketch: Sketch, expression: Expression, upper: np.ndarray, lower: np.ndarray) -> None:
    height = lower[:, 1] - upper[:, 1]
    inside = slice(3, -3)
    if expression.tongue > 0.1:
        top = lower[:, 1] - 0.42 * height
        tongue = np.stack([upper[:, 0] * 0.75, top + 0.25 * height * (upper[:, 0] / upper[-1, 0]) ** 2], axis=1)
        sketch.fill(np.vstack([tongue[8:-8], (lower * (0.75, 1))[8:-8][::-1] - (0, 0.012)]), 118, 0.6)
    if expression.teeth > 0.1:
        teeth = upper + np.stack([0 * height, height * min(1.0, expression.teeth) * 0.92], axis=1)
        sketch.fill(np.vstack([upper[inside], teeth[inside][::-1]]), 236, 0.6)
    if expression.teeth > 0.75:  # clenched: a line where the rows meet, and the gaps between the teeth
        sketch.stroke(((upper + teeth) / 2)[inside][::4], 0.02, 70, 0.6, taper=0.2)
        for column in range(9, len(upper) - 6, 8):
            sketch.stroke([upper[column], (upper + teeth)[column] / 2, teeth[column]], 0.01, 150, 0.6)


def draw_moustache(sketch: Sketch, person: Person, expression: Expression) -> None:
    """Draw the moustache along the upper lip."""
    if person.moustache:
        upper, _ = _make_lips(expression)
        tone = person.skin + (min(person.hair, 0.6 * person.skin) - person.skin) * 0.8
        line = upper[::8] - (0, person.lips + 0.035)
        sketch.stroke(line * (1.08, 1), 0.085, tone, 0.65, taper=0.7)
