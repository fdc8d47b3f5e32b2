"""What stays of a drawn face when the expression changes."""

from dataclasses import dataclass

import numpy as np

STYLES = ("short", "parted", "long", "curly", "bun", "bald", "scarf")
STYLE_SHARES = (0.2, 0.22, 0.2, 0.12, 0.1, 0.08, 0.08)


@dataclass(frozen=True)
class Person:
    """Lengths in face units, tones in grey levels."""

    skin: float
    hair: float
    background: float
    width: float  # half the head's width
    chin: float  # y of the chin
    jaw: float  # 0 pointed .. 1 square
    eye_gap: float  # half the distance of the eyes
    eye_size: float
    brow: float  # thickness
    nose: float  # half its width
    nose_length: float
    lips: float  # thickness
    style: str  # of the hair, one of STYLES
    part: float  # x where the hair parts
    lashes: float  # thickness
    glasses: bool
    beard: float  # 0 none .. 1 full
    moustache: bool
    freckles: bool
    earrings: bool


def make_person(rng: np.random.Generator) -> Person:
    """Invent a person; every draw happens in any case, so that one trait does not change the next."""
    chance = rng.random(8)
    skin = rng.uniform(88, 218)
    light, dark = rng.uniform(120, 215), rng.uniform(14, 75)
    beard = rng.uniform(0.4, 1.0)
    style = str(rng.choice(STYLES, p=STYLE_SHARES))
    bearded = chance[1] < 0.25 and style in ("short", "parted", "bald", "curly")
    return Person(
        skin=skin,
        hair=light if chance[0] < 0.25 else dark,
        background=(skin + rng.uniform(50, 205)) % 256,
        width=rng.uniform(0.61, 0.72),
        chin=rng.uniform(0.84, 0.94),
        jaw=rng.uniform(0.1, 1.0),
        eye_gap=rng.uniform(0.265, 0.315),
        eye_size=rng.uniform(0.92, 1.15),
        brow=rng.uniform(0.05, 0.095),
        nose=rng.uniform(0.09, 0.14),
        nose_length=rng.uniform(0.2, 0.27),
        lips=rng.uniform(0.035, 0.065),
        style=style,
        part=rng.uniform(-0.22, 0.22),
        lashes=rng.uniform(0.02, 0.045),
        glasses=bool(chance[2] < 0.15),
        beard=beard if bearded else 0.0,
        moustache=bool(bearded or (chance[3] < 0.06 and style == "short")),
        freckles=bool(chance[4] < 0.12),
        earrings=bool(chance[5] < 0.4 and style in ("long", "bun", "curly")),
    )
