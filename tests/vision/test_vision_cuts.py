"""Cuts are told from movement, light and noise; tracks end at them and at long pauses."""

import numpy as np
from PIL import Image, ImageEnhance

from fer_core.vision.cuts import CutFinder, count_edges


def find_cuts(frames) -> list[int]:
    finder = CutFinder()
    return [i for i, frame in enumerate(frames) if finder.look(np.asarray(frame))]


def pan(picture: Image.Image, step: int, n: int = 12):
    return [picture.crop((i * step, 0, i * step + 320, 240)) for i in range(n)]


def test_a_cut_to_another_scene(load_free_picture):
    first, second = (
        Image.fromarray(load_free_picture(name)).resize((640, 480)) for name in ("coffee.png", "rocket.jpg")
    )
    assert find_cuts(pan(first, 4) + pan(second, 4) + pan(first, 4)) == [12, 24]


def test_movement_light_and_noise_are_no_cuts(load_free_picture):
    picture = Image.fromarray(load_free_picture("coffee.png")).resize((900, 480))
    assert find_cuts(pan(picture, 40)) == []
    assert find_cuts([ImageEnhance.Brightness(picture).enhance(1 - i / 12) for i in range(11)]) == []
    random = np.random.default_rng(0)
    assert find_cuts([random.integers(0, 256, (240, 320, 3), np.uint8) for _ in range(9)]) == []


def test_a_tint_that_hardly_changes_is_no_cut():
    """All colours of the histogram are new, but nothing looks different."""
    assert find_cuts([np.full((48, 36, 3), level, np.uint8) for level in (31, 33, 31, 33)]) == []


def test_blurred_pictures_have_few_edges(load_free_picture):
    picture = Image.fromarray(load_free_picture("chelsea.png"))
    assert (
        count_edges(picture)
        > 4 * count_edges(picture.reduce(6).resize(picture.size))
        > 0
        == count_edges(Image.new("RGB", (90, 60)))
    )
