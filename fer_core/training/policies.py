"""Augmentation policies: the study's and ours, as ordered, named layers."""

from fer_core.training.augmentation import RandomAffine, RandomErasing, RandomLayer, RandomLight

STUDY_AFFINE = {"rotation": 10, "shift": 0.2, "zoom": 0.2, "horizontal_flip": True, "vertical_flip": True}
COMPACT_AFFINE = {"rotation": 12, "shift": 0.1, "zoom": 0.15, "same_zoom": True, "horizontal_flip": True}

STRONG_AFFINE = {"rotation": 15, "shift": 0.12, "zoom": 0.2, "same_zoom": True, "horizontal_flip": True}
STUDY_ERASING = {"probability": 0.5, "smallest": 10, "largest": 10, "level": 0.0}

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
    "strong": {
        "affine": (RandomAffine, STRONG_AFFINE),
        "light": (RandomLight, {"brightness": 0.2, "contrast": 0.4}),
        "erasing": (RandomErasing, {"probability": 0.5, "smallest": 8, "largest": 20, "level": None}),
    },
}
"""`study`: section 6.1 and the code of section 8 of the paper. `compact`: milder shifts, no vertical flip, light.
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
