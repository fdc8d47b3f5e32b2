"""Augmentation as Keras layers that run inside the compiled training step, under any backend.

Every layer takes and returns float batches (n, 48, 48, 1) of grey levels 0 to 255, does nothing unless called with
`training=True`, and separates drawing (`draw`) from doing (`transform`), so that a page or a test can fix the draw.
"""

import math

import keras
from keras import ops, random

SIZE = 48


class RandomLayer(keras.layers.Layer):
    """A layer that draws parameters per picture and applies them in training only."""

    def __init__(self, seed: int | None = None, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = random.SeedGenerator(seed)

    def draw_uniform(self, count, low: float, high: float):
        """`count` floats, uniform in [low, high)."""
        return random.uniform((count,), low, high, dtype="float32", seed=self.seed_generator)

    def draw_coin(self, count, probability: float = 0.5):
        """`count` booleans, true with `probability`."""
        return self.draw_uniform(count, 0.0, 1.0) < probability

    def call(self, images, training: bool = False):
        if not training:
            return images
        images = ops.cast(images, "float32")  # coordinates and grey levels need more than half precision
        return self.transform(images, self.draw(ops.shape(images)[0]))

    def draw(self, count) -> dict:
        """Draw the parameters of `count` pictures."""
        raise NotImplementedError

    def transform(self, images, parameters: dict):
        """Apply drawn parameters to a float32 batch (n, 48, 48, 1)."""
        raise NotImplementedError


class RandomAffine(RandomLayer):
    """One affine transform per picture with the semantics of Keras's legacy `ImageDataGenerator`.

    Rotation U(-rotation, rotation) degrees; shifts U(-shift, shift) of the side; zoom U(1 - zoom, 1 + zoom),
    drawn separately for both axes unless `same_zoom`; then flips with p = .5. Bilinear, outside filled by the nearest
    pixel. `ImageDataGenerator` composes rotation, shift, zoom about the centre 23.5 and samples once; so does this.
    """

    def __init__(
        self,
        rotation=0.0,
        shift=0.0,
        zoom=0.0,
        same_zoom=False,
        horizontal_flip=False,
        vertical_flip=False,
        seed=None,
        **kwargs,
    ):
        super().__init__(seed=seed, **kwargs)
        self.rotation, self.shift, self.zoom, self.same_zoom = rotation, shift, zoom, same_zoom
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip

    def draw(self, count) -> dict:
        zoom_x = self.draw_uniform(count, 1 - self.zoom, 1 + self.zoom)
        zoom_y = self.draw_uniform(count, 1 - self.zoom, 1 + self.zoom)
        return {
            "theta": self.draw_uniform(count, -self.rotation, self.rotation),
            "shift_x": self.draw_uniform(count, -self.shift, self.shift) * SIZE,
            "shift_y": self.draw_uniform(count, -self.shift, self.shift) * SIZE,
            "zoom_x": zoom_x,
            "zoom_y": zoom_x if self.same_zoom else zoom_y,
            "flip_x": self.draw_coin(count, 0.5 * self.horizontal_flip),
            "flip_y": self.draw_coin(count, 0.5 * self.vertical_flip),
        }

    def transform(self, images, parameters: dict):
        return ops.image.affine_transform(
            images, compute_affine_matrix(**parameters), interpolation="bilinear", fill_mode="nearest"
        )


def compute_affine_matrix(theta, shift_x, shift_y, zoom_x, zoom_y, flip_x, flip_y):
    """Build the (n, 8) matrices that map output to input pixels, as `ops.image.affine_transform` wants them.

    All arguments are (n,): degrees, pixels, factors, booleans. With R, T, Z the rotation, shift and zoom matrices and F
    the flip, an output point p (x right, y down, from the centre) is read at R T Z F p.
    """
    theta = theta * (math.pi / 180)
    cos, sin = ops.cos(theta), ops.sin(theta)
    sign_x = 1.0 - 2.0 * ops.cast(flip_x, "float32")
    sign_y = 1.0 - 2.0 * ops.cast(flip_y, "float32")
    a0, a1 = cos * zoom_x * sign_x, -sin * zoom_y * sign_y
    b0, b1 = sin * zoom_x * sign_x, cos * zoom_y * sign_y
    centre = SIZE / 2 - 0.5
    a2 = cos * shift_x - sin * shift_y + centre - (a0 + a1) * centre
    b2 = sin * shift_x + cos * shift_y + centre - (b0 + b1) * centre
    zero = ops.zeros_like(a0)
    return ops.stack([a0, a1, a2, b0, b1, b2, zero, zero], axis=1)


class RandomErasing(RandomLayer):
    """Paint one square per picture, with `probability`, in one grey level.

    The side is drawn from the integers `smallest` to `largest`; the corner is uniform over 0 to 48 - side (exclusive of
    the last place, as the study's `np.random.randint(0, 48 - 10)`). `level` None draws the grey level from 0 to 255.
    Keras's own `RandomErasing` cannot do this: it draws height and width apart and corners between pixels (the study's
    square would begin at 1 to 38 instead of 0 to 37), and fills with noise or with one level for all pictures.
    """

    def __init__(self, probability=0.5, smallest=10, largest=10, level=0.0, seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.probability, self.smallest, self.largest, self.level = probability, smallest, largest, level

    def draw(self, count) -> dict:
        side = ops.floor(self.draw_uniform(count, self.smallest, self.largest + 1))
        level = self.draw_uniform(count, 0.0, 255.0) if self.level is None else ops.full((count,), self.level)
        return {
            "erase": self.draw_coin(count, self.probability),
            "x": ops.floor(self.draw_uniform(count, 0.0, 1.0) * (SIZE - side)),
            "y": ops.floor(self.draw_uniform(count, 0.0, 1.0) * (SIZE - side)),
            "side": side,
            "level": level,
        }

    def transform(self, images, parameters: dict):
        inside_x = _inside(parameters["x"], parameters["side"])[:, None, :, None]
        inside_y = _inside(parameters["y"], parameters["side"])[:, :, None, None]
        erase = parameters["erase"][:, None, None, None]
        return ops.where(inside_x & inside_y & erase, parameters["level"][:, None, None, None], images)


def _inside(start, length):
    """(n, 48) booleans: which places lie in [start, start + length)."""
    place = ops.arange(SIZE, dtype="float32")[None, :]
    return (place >= start[:, None]) & (place < (start + length)[:, None])


class RandomLight(RandomLayer):
    """Brightness U(-brightness, brightness) of the range, and contrast U(1 - contrast, 1 + contrast) about the mean.

    Keras's `RandomContrast` followed by `RandomBrightness` clips in between, too, so what contrast pushes beyond white is
    flat when brightness brings it back, and would draw other numbers from the seeds of the runs that there are.
    """

    def __init__(self, brightness=0.2, contrast=0.3, seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.brightness, self.contrast = brightness, contrast

    def draw(self, count) -> dict:
        return {
            "brightness": self.draw_uniform(count, -self.brightness, self.brightness) * 255.0,
            "contrast": self.draw_uniform(count, 1 - self.contrast, 1 + self.contrast),
        }

    def transform(self, images, parameters: dict):
        mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
        contrast = parameters["contrast"][:, None, None, None]
        images = (images - mean) * contrast + mean + parameters["brightness"][:, None, None, None]
        return ops.clip(images, 0.0, 255.0)
