"""Why the network says so: class activation maps laid over the face."""

import numpy as np
from PIL import Image

FOR, AGAINST = (224, 120, 16), (38, 108, 190)
"""RGB: orange spoke for the expression, blue against it; told apart with every kind of colour blindness."""
STRENGTH = 0.75
"""Opacity of the strongest place."""
ROWS, COLUMNS = ("upper", "middle", "lower"), ("left", "centre", "right")


def compute_evidence(class_map: np.ndarray, label: int) -> np.ndarray:
    """Return what each place says for class `label` rather than for the others, floats (h, w) in -1..1.

    `class_map`: (h, w, 7), each place's share in the seven logits. What all classes share is taken out, and the
    strongest place of any class counts as 1, so that the maps of one face compare.
    """
    relative = class_map - class_map.mean(axis=-1, keepdims=True)
    return relative[..., label] / max(float(np.abs(relative).max()), 1e-6)


def make_evidence_picture(crop: np.ndarray, evidence: np.ndarray, size: int) -> Image.Image:
    """Lay evidence (h, w) over a face uint8 (48, 48), enlarged to `size` pixels."""
    face = np.asarray(Image.fromarray(crop).resize((size, size), Image.Resampling.BICUBIC), np.float32)
    smooth = Image.fromarray(evidence.astype(np.float32)).resize((size, size), Image.Resampling.BICUBIC)
    evidence = np.asarray(smooth).clip(-1, 1)[..., None]
    colour = np.where(evidence > 0, np.float32(FOR), np.float32(AGAINST))
    opacity = STRENGTH * np.abs(evidence)
    return Image.fromarray((face[..., None] * (1 - opacity) + colour * opacity).round().astype(np.uint8))


def describe_evidence(evidence: np.ndarray, label: str) -> str:
    """Return the map in words, for alt texts: where the strongest places for and against `label` lie."""
    parts = []
    if evidence.max() > 0:
        parts.append(f"most for {label} comes from the {_name_place(evidence)}")
    if evidence.min() < 0:
        parts.append(f"most against it from the {_name_place(-evidence)}")
    return "Map over the face: " + ", ".join(parts or ["no place stands out"])


def _name_place(evidence: np.ndarray) -> str:
    row, column = np.unravel_index(int(evidence.argmax()), evidence.shape)
    return f"{ROWS[3 * row // evidence.shape[0]]} {COLUMNS[3 * column // evidence.shape[1]]}"
