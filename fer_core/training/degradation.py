"""What visitors' photos suffer from, as augmentation: soft, small, noisy, dark, flat and half-covered faces.

Each layer spoils a share of the pictures by a drawn strength, so that a network that only ever saw FER2013's clean
crops learns to do without what a bad photo lacks. Same rules as the layers of augmentation.py.
"""

import numpy as np
from keras import ops, random

from fer_core.training.augmentation import SIZE, RandomLayer, _inside


class RandomShare(RandomLayer):
    """A layer that leaves all but `probability` of the pictures alone."""

    def __init__(self, probability=0.1, seed=None, **kwargs):
        super().__init__(seed=seed, **kwargs)
        self.probability = probability

    def choose(self, count, values, untouched):
        """`values` (count,) where the coin says so, else `untouched`."""
        return ops.where(self.draw_coin(count, self.probability), values, untouched)


class RandomSoftness(RandomShare):
    """Lose detail along rows and columns alike: X becomes M X M', with M one of a table of 48 x 48 matrices.

    The table's first entry is the identity; `draw` gives a place in it.
    """

    def __init__(self, table: np.ndarray, probability=0.1, seed=None, **kwargs):
        super().__init__(probability, seed=seed, **kwargs)
        self.table = np.concatenate([np.eye(SIZE)[None], table]).astype("float32")

    def draw(self, count) -> dict:
        place = ops.floor(self.draw_uniform(count, 1, len(self.table)))
        return {"place": ops.cast(self.choose(count, place, 0.0), "int32")}

    def transform(self, images, parameters: dict):
        matrix = ops.take(ops.convert_to_tensor(self.table), parameters["place"], axis=0)
        rows = ops.matmul(matrix, images[..., 0])
        return ops.matmul(rows, ops.transpose(matrix, (0, 2, 1)))[..., None]


class RandomBlur(RandomSoftness):
    """Gaussian blur, sigma drawn from 16 steps up to `sigma` pixels; the border repeats the nearest pixel."""

    def __init__(self, sigma=2.0, probability=0.1, seed=None, **kwargs):
        self.sigma = sigma
        table = [make_blur_matrix(step) for step in np.linspace(sigma / 8, sigma, 16)]
        super().__init__(np.stack(table), probability, seed=seed, **kwargs)


class RandomShrink(RandomSoftness):
    """Shrink to `smallest` up to 40 pixels by averaging, and enlarge again bilinearly: a face far from the camera."""

    def __init__(self, smallest=16, probability=0.1, seed=None, **kwargs):
        self.smallest = smallest
        table = [make_shrink_matrix(side) for side in range(smallest, 41)]
        super().__init__(np.stack(table), probability, seed=seed, **kwargs)


def make_blur_matrix(sigma: float) -> np.ndarray:
    """The (48, 48) matrix that blurs a column of pixels."""
    distance = np.arange(-4 * SIZE, 5 * SIZE)[None, :] - np.arange(SIZE)[:, None]
    kernel = np.exp(-0.5 * (distance / sigma) ** 2)
    nearest = np.clip(np.arange(-4 * SIZE, 5 * SIZE), 0, SIZE - 1)
    matrix = (kernel / kernel.sum(axis=1, keepdims=True)) @ np.eye(SIZE)[nearest]
    return matrix


def make_shrink_matrix(side: int) -> np.ndarray:
    """The (48, 48) matrix that averages a column of pixels into `side` and reads 48 between them again."""
    edges = np.linspace(0, SIZE, side + 1)
    pixel = np.arange(SIZE)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    down = np.clip(overlap, 0, None) * side / SIZE
    place = np.clip((pixel + 0.5) * side / SIZE - 0.5, 0, side - 1)
    up = np.clip(1 - np.abs(place[:, None] - np.arange(side)), 0, None)
    return up @ down


class RandomNoise(RandomShare):
    """Gaussian noise, sigma U(0, `sigma`) grey levels: a dark room."""

    def __init__(self, sigma=28.0, probability=0.1, seed=None, **kwargs):
        super().__init__(probability, seed=seed, **kwargs)
        self.sigma = sigma

    def draw(self, count) -> dict:
        noise = random.normal((count, SIZE, SIZE, 1), dtype="float32", seed=self.seed_generator)
        return {"sigma": self.choose(count, self.draw_uniform(count, 0.0, self.sigma), 0.0), "noise": noise}

    def transform(self, images, parameters: dict):
        spoilt = images + parameters["sigma"][:, None, None, None] * parameters["noise"]
        return ops.clip(spoilt, 0.0, 255.0)


class RandomExposure(RandomShare):
    """Add U(-`levels`, `levels`) grey levels, and lose what leaves the range: too little light, or too much."""

    def __init__(self, levels=110.0, probability=0.1, seed=None, **kwargs):
        super().__init__(probability, seed=seed, **kwargs)
        self.levels = levels

    def draw(self, count) -> dict:
        return {"levels": self.choose(count, self.draw_uniform(count, -self.levels, self.levels), 0.0)}

    def transform(self, images, parameters: dict):
        return ops.clip(images + parameters["levels"][:, None, None, None], 0.0, 255.0)


class RandomFlatness(RandomShare):
    """Contrast U(`lowest`, 1) about the picture's mean: fog, backlight, a faded print."""

    def __init__(self, lowest=0.15, probability=0.1, seed=None, **kwargs):
        super().__init__(probability, seed=seed, **kwargs)
        self.lowest = lowest

    def draw(self, count) -> dict:
        return {"contrast": self.choose(count, self.draw_uniform(count, self.lowest, 1.0), 1.0)}

    def transform(self, images, parameters: dict):
        mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
        return (images - mean) * parameters["contrast"][:, None, None, None] + mean


class RandomCover(RandomShare):
    """Cover a band of `smallest` to `largest` rows in one drawn grey, from above (a cap, glasses) or below (a mask)."""

    def __init__(self, smallest=10, largest=24, probability=0.1, seed=None, **kwargs):
        super().__init__(probability, seed=seed, **kwargs)
        self.smallest, self.largest = smallest, largest

    def draw(self, count) -> dict:
        rows = ops.floor(self.draw_uniform(count, self.smallest, self.largest + 1))
        return {
            "rows": self.choose(count, rows, 0.0),
            "below": self.draw_coin(count),
            "level": self.draw_uniform(count, 0.0, 255.0),
        }

    def transform(self, images, parameters: dict):
        start = ops.where(parameters["below"], SIZE - parameters["rows"], 0.0)
        covered = _inside(start, parameters["rows"])[:, :, None, None]
        return ops.where(covered, parameters["level"][:, None, None, None], images)
