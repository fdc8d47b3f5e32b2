"""What makes an answer doubtful, each on its own side of its line."""

import numpy as np
import pytest

from fer_core.labels import SEEN
from fer_core.vision.detector import Face
from fer_core.vision.doubts import find_doubts

FACE = Face((0.0, 0.0, 60.0, 60.0), 0.99)


def make_noise(low: int = 30, high: int = 230) -> np.ndarray:
    return np.random.default_rng(0).integers(low, high, (48, 48)).astype(np.uint8)


def with_white(share: float) -> np.ndarray:
    crop = make_noise()
    crop[8 : 8 + round(32 * share), 8:40] = 255
    return crop


@pytest.mark.parametrize(
    ("crop", "doubt"),
    [
        (make_noise(0, 70), "Dark"),
        (make_noise(0, 110), None),
        (with_white(0.4), "Burnt-out"),
        (with_white(0.15), None),
    ],
    ids=["dark", "dim", "burnt", "bright"],
)
def test_each_line_has_two_sides(crop, doubt):
    found = find_doubts(FACE, crop)
    assert [text.startswith(doubt) for text in found] == [True] if doubt else found == []


def test_what_the_network_sees_is_said():
    assert [find_doubts(FACE, make_noise(), seen)[0].split()[0] for seen in (["covered"], ["drawn"])] == [
        "Partly", "Drawn,",
    ]  # fmt: skip
    assert find_doubts(FACE, make_noise(), []) == []
    (only,) = find_doubts(FACE, make_noise(0, 70), SEEN)
    assert only.startswith("Dark"), "one sentence is enough, the first"
