"""Augmentation policies: the study's and ours, as ordered, named layers."""

from fer_core.training.augmentation import RandomAffine, RandomErasing, RandomLayer, RandomLight
from fer_core.training.degradation import (
    RandomBlur,
    RandomCover,
    RandomExposure,
    RandomFlatness,
    RandomNoise,
    RandomShrink,
)

STUDY_AFFINE = {"rotation": 10, "shift": 0.2, "zoom": 0.2, "horizontal_flip": True, "vertical_flip": True}
COMPACT_AFFINE = {"rotation": 12, "shift": 0.1, "zoom": 0.15, "same_zoom": True, "horizontal_flip": True}

STRONG_AFFINE = {"rotation": 15, "shift": 0.12, "zoom": 0.2, "same_zoom": True, "horizontal_flip": True}
STUDY_ERASING = {"probability": 0.5, "smallest": 10, "largest": 10, "level": 0.0}

SPOILT = 0.1
"""Share of the pictures that each way of spoiling meets: about half of them stay clean."""

POLICIES = {
    "none": {},
    "study": {"affine": (RandomAffine, STUDY_AFFINE), "erasing": (RandomErasing, STUDY_ERASING)},
    "study-no-vertical-flip": {
        "affine": (RandomAffine, STUDY_AFFINE | {"vertical_flip": False}),
        "erasing": (RandomErasing, STUDY_ERASING),
    },
    "study-no-erasing": {"affine": (RandomAffine, STUDY_AFFINE)},
    "compact": {
        "affine": (RandomAffine, COMPACT_AFFINE),
        "light": (RandomLight, {"brightness": 0.15, "contrast": 0.3}),
        "erasing": (RandomErasing, {"probability": 0.4, "smallest": 6, "largest": 16, "level": None}),
    },
    "degraded": {
        "affine": (RandomAffine, COMPACT_AFFINE),
        "light": (RandomLight, {"brightness": 0.15, "contrast": 0.3}),
        "erasing": (RandomErasing, {"probability": 0.2, "smallest": 6, "largest": 16, "level": None}),
        "cover": (RandomCover, {"smallest": 10, "largest": 24, "probability": SPOILT}),
        "blur": (RandomBlur, {"sigma": 2.0, "probability": SPOILT}),
        "shrink": (RandomShrink, {"smallest": 16, "probability": SPOILT}),
        "flatness": (RandomFlatness, {"lowest": 0.15, "probability": SPOILT}),
        "exposure": (RandomExposure, {"levels": 110.0, "probability": SPOILT}),
        "noise": (RandomNoise, {"sigma": 28.0, "probability": SPOILT}),
    },
    "strong": {
        "affine": (RandomAffine, STRONG_AFFINE),
        "light": (RandomLight, {"brightness": 0.2, "contrast": 0.4}),
        "erasing": (RandomErasing, {"probability": 0.5, "smallest": 8, "largest": 20, "level": None}),
    },
}
"""`study`: section 6.1 and the code of section 8 of the paper. `compact`: milder shifts, no vertical flip, light.
`degraded`: `compact`, and every tenth picture spoilt in each of the ways in which photos fail.
`strong`: more of the same, for networks with time to learn from it. Mixing pictures is the experiment's own setting."""


def make_augmentation(policy: str, seed: int = 0) -> list[RandomLayer]:
    """Make the policy's layers in the order in which they run. Raises KeyError for an unknown policy."""
    steps = POLICIES[policy].items()
    return [
        layer(**settings, seed=1000 * seed + place, name=f"augment_{name}")
        for place, (name, (layer, settings)) in enumerate(steps)
    ]


def describe_policy(policy: str) -> dict[str, dict]:
    """Every step's settings, as plain data for config.json."""
    return {name: dict(settings) for name, (_, settings) in POLICIES[policy].items()}
