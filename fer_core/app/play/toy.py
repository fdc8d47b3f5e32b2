"""What one can do to a face: turn, blur, light, cover, stand it on its head. Pure functions, no Streamlit."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from fer_core.preprocessing import IMAGE_SIZE
from fer_core.runs.corruptions import corrupt

LIMITS = {"turn": (-180, 180), "blur": (0, 3), "light": (-120, 120), "disc": (0, 30), "x": (0, 48), "y": (0, 48)}
"""From, to: degrees anticlockwise, pixels, grey levels, pixels across, and where the disc lies. Pixels of 48."""
NUMBER = re.compile(r"-?\d{1,4}(\.\d{1,3})?")
CORRUPTIONS_OF = {"turn": "rotation", "blur": "blur", "light": "brightness"}
"""Sliders that the robustness page measured on all test pictures, and what they are called there."""


@dataclass(frozen=True)
class Knobs:
    """What is done to the face; untouched by default. `upside`: 1 for standing on its head, as the study trains."""

    turn: float = 0
    blur: float = 0
    light: float = 0
    disc: float = 0
    x: float = 24
    y: float = 38
    upside: int = 0

    @property
    def moved(self) -> list[str]:
        """Names of what is not as it was; where the disc lies does not count."""
        return [field.name for field in fields(self) if field.name not in "xy" and getattr(self, field.name)]


def read_knobs(given: object) -> Knobs:
    """Read what a browser sent, whatever it is: unknown names are ignored, numbers brought into their limits."""
    if not isinstance(given, Mapping):
        return Knobs()
    values = {name: _clamp(given[name], *limits) for name, limits in LIMITS.items() if _is_number(given.get(name))}
    return Knobs(**values, upside=int(given.get("upside") in (1, True)))


def write_knobs(knobs: Knobs) -> str:
    """Return what an address holds of the knobs, "turn:40,blur:1.5"; empty when the face is untouched."""
    names = [*knobs.moved, *("xy" if knobs.disc else "")]
    return ",".join(f"{name}:{getattr(knobs, name):g}" for name in names)


def parse_knobs(text: str) -> Knobs:
    """Read an address's knobs, whatever somebody made of it."""
    values = dict(part.partition(":")[::2] for part in text.split(","))
    return read_knobs({name: float(value) for name, value in values.items() if NUMBER.fullmatch(value)})


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def _clamp(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def change_face(picture: np.ndarray, knobs: Knobs) -> np.ndarray:
    """Return a face, uint8 (48, 48), changed as the knobs say: in the order of a camera, the disc last."""
    image = picture[None, ::-1] if knobs.upside else picture[None]
    for name, corruption in CORRUPTIONS_OF.items():
        if strength := getattr(knobs, name):
            image = corrupt(image, corruption, strength)
    return _cover(image[0], knobs) if knobs.disc else image[0]


def _cover(image: np.ndarray, knobs: Knobs) -> np.ndarray:
    """Lay a disc on the face, as a fingertip would: its mean grey, with a darker rim."""
    rows, columns = np.mgrid[:IMAGE_SIZE, :IMAGE_SIZE] + 0.5
    distance = np.hypot(columns - knobs.x, rows - knobs.y) / (knobs.disc / 2)
    grey = image.mean() * np.clip(1.05 - 0.25 * distance**4, 0, 1)
    return np.where(distance <= 1, grey, image).round().astype(np.uint8)
