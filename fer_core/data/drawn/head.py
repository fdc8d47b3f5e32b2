"""What surrounds the expression of a drawn face: head, hair, clothes, glasses."""

import numpy as np

from fer_core.data.drawn.expressions import Expression
from fer_core.data.drawn.features import SIDES
from fer_core.data.drawn.person import Person
from fer_core.data.drawn.sketch import Sketch, sample_curve


def draw_behind(sketch: Sketch, person: Person) -> None:
    """Draw the background, the hair behind the head, clothes and neck."""
    sketch.canvas.paste(int(person.background), (0, 0, *sketch.canvas.size))
    sketch.ellipse((0.6, -0.5), (0.9, 1.1), person.background * 0.9 + 12)
    width, hair = person.width, person.hair
    if person.style in ("long", "scarf"):
        sketch.fill(
            sample_curve([(-width - 0.1, 1.5), (-width - 0.22, 0.2), (-width * 0.8, -0.9), (0, -1.2),
                          (width * 0.8, -0.9), (width + 0.22, 0.2), (width + 0.1, 1.5)]), hair, -0.3,
        )  # fmt: skip
    if person.style == "bun":
        sketch.ellipse((0, -1.08), (0.3, 0.26), hair * 0.9, -0.6)
    if person.style == "curly":
        for angle in np.linspace(-0.3, np.pi + 0.3, 15):
            center = (np.cos(angle) * (width + 0.08), -0.25 - np.sin(angle) * 0.78)
            sketch.ellipse(center, (0.21, 0.21), hair + 9 * np.cos(9 * angle), -0.2)
    clothes = 255 - person.background
    sketch.ellipse((0, 1.55), (1.15, 0.62), clothes * 0.7 + 20, -0.5)
    sketch.fill([(-0.34, 0.5), (0.34, 0.5), (0.42, 1.3), (-0.42, 1.3)], person.skin * 0.72, -0.3)


def _make_outline(person: Person, expression: Expression, grow: float = 1.0) -> np.ndarray:
    """Give the head's outline; an open mouth pulls the chin down."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    across, down = np.cos(angle), np.sin(angle)
    chin = person.chin + 0.09 * expression.mouth_open
    narrowing = 1 - (0.34 - 0.2 * person.jaw) * np.clip(down, 0, 1) ** 1.6
    return np.stack([grow * person.width * across * narrowing, np.where(down > 0, chin, 0.98) * down * grow], axis=1)


def draw_head(sketch: Sketch, person: Person, expression: Expression) -> None:
    """Draw ears and skin, with the soft shades of sockets, cheeks, nose and beard."""
    skin, width = person.skin, person.width
    if person.style != "scarf":
        for side in SIDES:
            sketch.ellipse((side * (width + 0.02), 0.0), (0.1, 0.19), skin * 0.86, -0.5)
            sketch.ellipse((side * (width + 0.03), 0.0), (0.05, 0.11), skin * 0.68, -0.5)
            if person.earrings:
                sketch.ellipse((side * (width + 0.03), 0.25), (0.045, 0.045), 235, -0.5)
    outline = _make_outline(person, expression)
    layer = sketch.make_layer(skin * 0.8)
    layer.fill(outline * 0.93, skin)
    _draw_shades(layer, person, expression)
    sketch.fill_shaded(outline, layer, sketch.canvas.width / 55)


def _draw_shades(layer: Sketch, person: Person, expression: Expression) -> None:
    skin = person.skin
    layer.ellipse((0, -0.5), (0.36, 0.2), skin * 1.06, 0.3)  # forehead
    layer.ellipse((0, person.chin - 0.14), (0.13, 0.08), skin * 1.06, 0.4)
    for side in SIDES:
        layer.ellipse((side * person.eye_gap, -0.17), (0.21, 0.16), skin * 0.84, 0.4)  # eye sockets
        raised = 0.06 * expression.cheek
        layer.ellipse((side * 0.38, 0.2 - raised), (0.15, 0.11), skin * (1.08 + 0.04 * expression.cheek), 0.4)
        if person.beard:
            jaw = [(1.1, 0.1), (1.1, 1.2), (0, 1.2), (0, 0.8), (0.45, 0.7), (0.72, 0.3)]
            tone = skin + (min(person.hair, 0.6 * skin) - skin) * 0.85 * person.beard
            layer.fill(np.array(jaw) * (side * person.width, person.chin), tone, 0.1)
    layer.fill([(-0.05, -0.25), (0.05, -0.25), (0.08, 0.2), (-0.08, 0.2)], skin * 1.1, 0.8)  # bridge of the nose
    layer.ellipse((0, 0.34), (0.05, 0.06), skin * 0.86, 0.7)


def draw_hair(sketch: Sketch, person: Person) -> None:
    """Draw the hair (or scarf) in front of the head."""
    if person.style == "bald":
        return
    width, part, hair = person.width, person.part, person.hair
    low = {"short": -0.42, "curly": -0.3, "bun": -0.4, "scarf": 0.25}.get(person.style, -0.2)
    high = {"scarf": -0.6, "short": -0.7, "curly": -0.62}.get(person.style, -0.68)
    volume = {"bun": 0.03, "short": 0.05, "scarf": 0.08}.get(person.style, 0.1)
    start = np.arcsin(-low / (0.98 + volume))
    angle = np.linspace(start, np.pi - start, 24)
    rise = np.clip(3 * (np.sin(angle) - np.sin(start)), 0, 1) * volume  # no volume at the temples
    crown = np.stack([(width + rise) * np.cos(angle), -(0.98 + rise) * np.sin(angle)], axis=1)
    temple = width * np.cos(start) * 0.97
    hairline = [(-temple, low), (-width * 0.84, -0.44), (part - 0.26, high + 0.05), (part, high),
                (part + 0.26, high + 0.06), (width * 0.84, -0.44), (temple, low)]  # fmt: skip
    sketch.fill(np.vstack([sample_curve(hairline), crown]), hair, 0.1)
    if person.style == "scarf":
        _draw_scarf(sketch, width, hair)
    elif person.style == "curly":
        for x in np.linspace(-width * 0.88, width * 0.88, 9):
            sketch.ellipse((x, -0.7 + 0.35 * (x / width) ** 2), (0.13, 0.11), hair + 8 * np.cos(20 * x), 0.1)
    else:
        shine = hair + (22 if hair < 110 else -22)
        for lean in (-1, -0.6, -0.25, 0.25, 0.6, 1):  # strands fall from the parting to the temples
            end = part * (1 - abs(lean)) + lean * width * 0.74
            middle = (part + end) / 2 + 0.06 * lean
            drop = 0.2 * lean * lean
            strand = [(part + 0.1 * lean, high - 0.26), (middle, high - 0.22 + 0.3 * drop), (end, high - 0.12 + drop)]
            sketch.stroke(strand, 0.035, shine, 0.1)


def _draw_scarf(sketch: Sketch, width: float, tone: float) -> None:
    for side in SIDES:
        edge = [(width * 1.13, -0.4), (width * 0.93, -0.3), (width * 0.88, 0.3), (0.3, 1.0), (0, 1.06), (0, 1.6),
                (width * 1.4, 1.5)]  # fmt: skip
        sketch.fill(sample_curve(edge) * (side, 1), tone)
        fold = [(width * 0.98, -0.1), (width * 0.96, 0.4), (0.36, 1.05)]
        sketch.stroke(np.array(fold) * (side, 1), 0.03, tone * 0.8)


def draw_extras(sketch: Sketch, person: Person, name: str, rng: np.random.Generator) -> None:
    """Draw freckles, glasses, and the tear of some sad faces."""
    if person.freckles:
        for x, y in rng.uniform((0.18, 0.08), (0.42, 0.24), (14, 2)):
            sketch.ellipse((x * rng.choice(SIDES), y), (0.012, 0.012), person.skin * 0.72, 0.5)
    if name == "sad" and rng.random() < 0.3:
        x, y = rng.choice(SIDES) * (person.eye_gap + 0.02), 0.05
        sketch.fill(sample_curve([(x, y - 0.08), (x + 0.04, y + 0.03), (x, y + 0.08), (x - 0.04, y + 0.03),
                                  (x, y - 0.08)]), 245, 0.5)  # fmt: skip
    if person.glasses:
        turn = np.linspace(0, 2 * np.pi, 9)
        for side in SIDES:
            ring = np.stack([np.cos(turn) * 0.235, np.sin(turn) * 0.19], axis=1) + (side * person.eye_gap, -0.14)
            sketch.stroke(ring, 0.028, 25, 0.75, taper=0)
            arm = [(side * (person.eye_gap + 0.23), -0.16), (side * (person.width + 0.02), -0.14)]
            sketch.stroke([arm[0], np.mean(arm, axis=0), arm[1]], 0.028, 25, 0.4, taper=0)
        bridge = person.eye_gap - 0.235
        sketch.stroke([(-bridge, -0.17), (0, -0.2), (bridge, -0.17)], 0.028, 25, 0.8, taper=0)
