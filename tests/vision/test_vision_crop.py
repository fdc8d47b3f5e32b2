"""The crop shows exactly the framed part of the picture."""

import numpy as np
import pytest
from PIL import Image

from fer_core.vision import Framing, PairedDetector, crop_face, crop_square
from fer_core.vision.crop import compute_tilt, crop_tilted

FRAMING = PairedDetector.framing


def ramp(height=200, width=300) -> np.ndarray:
    """Grey that grows by half a level per pixel to the right, and a tenth per pixel down."""
    y, x = np.mgrid[:height, :width]
    return np.repeat((x * 0.5 + y * 0.1).astype(np.uint8)[..., None], 3, axis=2)


def test_identity():
    picture = np.random.default_rng(0).integers(0, 256, (48, 48)).astype(np.uint8)
    rgb = np.repeat(picture[..., None], 3, axis=2)
    assert np.array_equal(crop_square(rgb, (0, 0, 48, 48)), picture)


def test_whole_pixels_are_averaged():
    rgb = np.random.default_rng(0).integers(0, 256, (200, 200, 1)).astype(np.uint8).repeat(3, axis=2)
    crop = crop_square(rgb, (10, 20, 10 + 144, 20 + 144))
    means = rgb[20:164, 10:154, 0].reshape(48, 3, 48, 3).mean(axis=(1, 3))
    assert np.abs(crop - means).max() <= 1


@pytest.mark.parametrize("frame", [(30, 20, 126, 116), (30.25, 20.75, 130.4, 120.9), (10, 10, 34, 34)])
def test_fractions_and_enlarging_keep_positions(frame):
    crop = crop_square(ramp(), frame).astype(float)
    x = frame[0] + (np.arange(48) + 0.5) * (frame[2] - frame[0]) / 48 - 0.5
    y = frame[1] + (np.arange(48) + 0.5) * (frame[3] - frame[1]) / 48 - 0.5
    expected = x[None] * 0.5 + y[:, None] * 0.1 - 0.5  # the ramp was rounded down
    assert np.abs(crop - expected)[2:-2, 2:-2].max() < 1.6


def test_antialiased():
    """A fine chessboard becomes grey, not moiré."""
    board = np.uint8((np.indices((240, 240)).sum(axis=0) % 2) * 255)[..., None].repeat(3, axis=2)
    crop = crop_square(board, (0, 0, 240, 240))
    assert np.abs(crop.astype(int) - 127).max() < 20


def test_border_is_repeated():
    rgb = np.full((60, 80, 3), 90, np.uint8)
    rgb[:, 0], rgb[0], rgb[:, -1] = 10, 200, 250
    crop = crop_square(rgb, (-48, 12, 0.5, 60))
    assert (crop == 10).all()
    crop = crop_square(rgb, (20, -40, 60, 0.5))
    assert (crop == 200).all()
    assert (crop_square(rgb, (79.5, 10, 120, 50.5)) == 250).all()


def test_grey_is_rec601():
    for colour in [(255, 0, 0), (0, 255, 0), (0, 0, 255), (12, 200, 77)]:
        rgb = np.full((60, 60, 3), colour, np.uint8)
        assert np.abs(crop_square(rgb, (0, 0, 60, 60)) - np.dot(colour, [0.299, 0.587, 0.114])).max() <= 1


def test_framing_moves_and_scales():
    framing = Framing(shift_x=0.1, shift_y=-0.2, scale=1.5)
    assert np.allclose(framing.frame((10, 20, 110, 120)), (-5, -25, 145, 125))
    tall = framing.frame((0, 0, 25, 100))  # the unit is the geometric mean of the sides: 50
    assert np.isclose(tall[2] - tall[0], 75) and np.isclose(tall[3] - tall[1], 75)


def test_crop_face_uses_the_framing():
    rgb, box, other = ramp(), (100, 60, 160, 140), Framing(scale=2)
    assert np.array_equal(crop_face(rgb, box, other), crop_square(rgb, other.frame(box)))


def spin(points, degrees: float, centre) -> np.ndarray:
    """Points (n, 2) turned clockwise, as seen, around a centre."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.float32((np.asarray(points) - centre) @ np.array([[c, s], [-s, c]]) + centre)


@pytest.mark.parametrize("tilt", [-40, -12, 20, 35])
def test_a_leaning_face_is_turned_upright(tilt, astronaut):
    """Turning the picture and the crop back gives the upright crop, shifts of the framing included."""
    framing, side, middle = Framing(0.1, -0.15, 1.2), 100, (226, 115)
    box = (middle[0] - side / 2, middle[1] - side / 2, middle[0] + side / 2, middle[1] + side / 2)
    turned = Image.fromarray(astronaut).rotate(-tilt, Image.Resampling.BICUBIC, center=middle)
    upright = crop_face(astronaut, box, framing).astype(int)
    crop = crop_tilted(np.asarray(turned), box, tilt, framing).astype(int)
    error, unturned = (
        np.abs(c - upright).mean() for c in (crop, crop_face(np.asarray(turned), box, framing).astype(int))
    )
    assert error < 5 and error < unturned / 2


def test_only_heads_that_lean_enough_are_turned(astronaut):
    box, eyes = (180, 58, 271, 175), np.float32([[200, 100], [250, 100], [225, 120], [205, 145], [245, 145]])
    for tilt in (14, 16, -16):  # the limit that was measured on validation pictures: 15 degrees
        leaning = spin(eyes, tilt, (225, 115))
        assert np.isclose(compute_tilt(leaning), tilt, atol=0.01)
        crop = crop_face(astronaut, box, FRAMING, leaning)
        assert np.array_equal(crop, crop_face(astronaut, box, FRAMING)) == (abs(tilt) < 15)
        if abs(tilt) > 15:
            assert np.array_equal(crop, crop_tilted(astronaut, box, compute_tilt(leaning), FRAMING))


def test_leaning_face_at_the_edge(astronaut):
    assert crop_tilted(astronaut, (-40, -30, 60, 70), 30, FRAMING).shape == (48, 48)
    with pytest.raises(ValueError, match="outside"):
        crop_tilted(astronaut, (-400, 10, -300, 110), 30, FRAMING)


def test_crop_of_the_same_face_at_any_size(astronaut):
    box = np.array([180, 58, 271, 175])
    expected = crop_face(astronaut, box, FRAMING).astype(int)
    for factor in (0.6, 1.7, 3):
        side = round(512 * factor)
        resized = np.asarray(Image.fromarray(astronaut).resize((side, side), Image.Resampling.LANCZOS))
        assert np.abs(crop_face(resized, box * side / 512, FRAMING).astype(int) - expected).mean() < 4


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ((5, 5, 5, 9), "smaller than a pixel"),
        ((9, 9, 4, 4), "smaller than a pixel"),
        ((float("nan"), 0, 9, 9), "smaller than a pixel"),
        ((400, 10, 440, 50), "outside"),
        ((-50, -50, -2, -2), "outside"),
        ((-9000, -9000, 9000, 9000), "larger than the picture"),
    ],
)
def test_bad_boxes(frame, words):
    with pytest.raises(ValueError, match=words):
        crop_square(ramp(), frame)


def test_a_frame_larger_than_the_picture():
    assert crop_square(ramp(), (-300, -350, 600, 550)).shape == (48, 48)
