"""A pen for smooth shapes: points in face units go through the pose onto a larger canvas."""

from copy import copy
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

_ANGLES = np.linspace(0, 2 * np.pi, 28, endpoint=False)
CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)


@lru_cache
def _make_spline(count: int, steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the matrices that turn control points into a Catmull-Rom curve and its direction, and a line's profile."""
    points = np.eye(count)  # the curve is linear in its points, so the identity's curve is the matrix
    before = np.vstack([2 * points[:1] - points[1:2], points[:-2]])
    after = np.vstack([points[2:], 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = (array[:, None, :] for array in (before, points[:-1], points[1:], after))
    curve = b + t * (c - a) / 2 + t**2 * (a - 2.5 * b + 2 * c - d / 2) + t**3 * (1.5 * (b - c) + (d - a) / 2)
    basis = np.vstack([curve.reshape(-1, count), points[-1:]])
    profile = np.sin(np.linspace(0.12, np.pi - 0.12, len(basis))) ** 0.7
    return basis, np.gradient(basis, axis=0), profile[:, None]


def sample_curve(points, steps: int = 12) -> np.ndarray:
    """Sample the smooth curve through some points, `steps` times between two. Returns float (m, 2)."""
    points = np.asarray(points, float)
    return _make_spline(len(points), steps)[0] @ points


class Sketch:
    """A grey canvas with x to the right and y down, the face's middle at (0, 0) and the picture's edge near 1.

    The pose is a head that rolls, turns and nods: points with a depth shift sideways like a nose on a turned head.
    """

    def __init__(self, size: int, roll: float, turn: float, nod: float, scale: float, shift: tuple[float, float]):
        self.canvas = Image.new("L", (size, size))
        self.draw = ImageDraw.Draw(self.canvas)
        cos, sin = np.cos(roll), np.sin(roll)
        self.matrix = np.array([[cos, sin], [-sin, cos]]) * size / 2 * scale
        self.depth = np.array([turn, nod]) @ self.matrix
        self.origin = size / 2 * (1 + np.asarray(shift))

    def fill_shaded(self, points, layer: "Sketch", radius: float) -> None:
        """Fill a closed shape with a blurred layer of the same pose: soft shades within a crisp edge."""
        mask = Image.new("L", self.canvas.size)
        ImageDraw.Draw(mask).polygon((np.asarray(points) @ self.matrix + self.origin).ravel().tolist(), fill=255)
        self.canvas.paste(layer.canvas.filter(ImageFilter.GaussianBlur(radius)), mask=mask)

    def make_layer(self, tone: float) -> "Sketch":
        """Give an empty canvas of the same size and pose."""
        layer = copy(self)
        layer.canvas = Image.new("L", self.canvas.size, int(tone))
        layer.draw = ImageDraw.Draw(layer.canvas)
        return layer

    def fill(self, points, tone: float, depth: float = 0.0) -> None:
        """Fill a closed shape."""
        pixels = np.asarray(points, float) @ self.matrix + (self.origin + depth * self.depth)
        self.draw.polygon(pixels.ravel().tolist(), fill=max(0, min(255, int(tone))))

    def ellipse(self, center, radii, tone: float, depth: float = 0.0) -> None:
        """Fill an ellipse."""
        self.fill(CIRCLE * radii + center, tone, depth)

    def stroke(self, points, width: float, tone: float, depth: float = 0.0, taper: float = 1.0) -> None:
        """Draw a smooth line through points; with `taper` 1 it thins out to both ends, with 0 it has even width."""
        points = np.asarray(points, float)
        basis, gradient, profile = _make_spline(len(points), 6)
        curve, along = basis @ points, gradient @ points
        length = np.sqrt((along * along).sum(axis=1, keepdims=True)) + 1e-9
        half = width / 2 * (1 - taper + taper * profile) / length * along[:, ::-1] * (-1, 1)
        self.fill(np.concatenate([curve + half, (curve - half)[::-1]]), tone, depth)
