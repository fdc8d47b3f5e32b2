"""What can go wrong with a picture of a face, in steps: blur, light, noise, turning, size, JPEG, covered parts.

After the idea of Hendrycks and Dietterich 2019 (https://arxiv.org/abs/1903.12261), with strengths for 48 x 48 pixels.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from fer_core.preprocessing import IMAGE_SIZE

EYE_ROW, MOUTH_ROW = 18, 38
"""Where eyes and mouth lie in FER2013's average face, in pixels from the top."""


@dataclass(frozen=True)
class Corruption:
    """One way to spoil pictures. `strengths` go along the axis of a chart; `untouched` is the one that changes nothing.

    `apply(images, strength, rng)` takes and returns uint8 (n, 48, 48); only noise uses `rng`.
    """

    name: str
    title: str
    unit: str
    strengths: tuple[float, ...]
    untouched: float
    apply: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]

    @property
    def place(self) -> int:
        """Where the untouched picture stands among the strengths: between two sides (darker, brighter), else first."""
        below = sum(strength < self.untouched for strength in self.strengths)
        return below if below < len(self.strengths) else 0

    @property
    def is_signed(self) -> bool:
        """Whether a strength needs its sign to be understood."""
        return min(self.strengths) < 0

    @property
    def is_occlusion(self) -> bool:
        """Whether a part of the face is covered: the study's stated limit."""
        return self.name.startswith("cover-")


def corrupt(images: np.ndarray, name: str, strength: float, seed: int = 0) -> np.ndarray:
    """Spoil pictures, uint8 (n, 48, 48), in the way `name`; the same seed draws the same noise.

    Returns a new array of the same form. Raises ValueError on an unknown name or another shape.
    """
    if name not in _KNOWN:
        raise ValueError(f"There is no corruption {name!r}: choose one of {', '.join(_KNOWN)}.")
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE):
        raise ValueError(f"Expected uint8 pictures of shape (n, 48, 48), got {images.dtype} {images.shape}.")
    return _KNOWN[name].apply(images, strength, np.random.default_rng(seed))


def _one_by_one(change: Callable[[Image.Image, float], Image.Image]) -> Callable:
    def apply(images, strength, rng):
        changed = [np.asarray(change(Image.fromarray(image), strength)) for image in images]
        return np.stack(changed) if changed else images.copy()

    return apply


def _blur(image: Image.Image, sigma: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(sigma))


def _turn(image: Image.Image, degrees: float) -> Image.Image:
    """Turn anticlockwise; the corners are filled with the nearest pixels, so that no black wedge gives it away."""
    margin = IMAGE_SIZE // 2
    wide = Image.fromarray(np.pad(np.asarray(image), margin, mode="edge"))
    inside = (margin, margin, margin + IMAGE_SIZE, margin + IMAGE_SIZE)
    return wide.rotate(degrees, Image.Resampling.BILINEAR).crop(inside)


def _shrink(image: Image.Image, side: float) -> Image.Image:
    small = image.resize((int(side), int(side)), Image.Resampling.BOX)
    return small.resize(image.size, Image.Resampling.BILINEAR)


def _compress(image: Image.Image, quality: float) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=int(quality))
    return Image.open(file)


def _to_grey(levels: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def _brighten(images, strength, rng):
    return _to_grey(images + np.float32(strength))


def _change_contrast(images, strength, rng):
    mean = images.mean(axis=(1, 2), keepdims=True, dtype=np.float32)
    return _to_grey(mean + np.float32(strength) * (images - mean))


def _add_noise(images, strength, rng):
    return _to_grey(images + strength * rng.standard_normal(images.shape, np.float32))


def _cover(rows: Callable[[int], slice], columns: Callable[[int], slice]) -> Callable:
    """Cover a part with the picture's mean grey: no darker or brighter than the face, so only what is lost counts."""

    def apply(images, strength, rng):
        covered, size = images.copy(), int(strength)
        mean = _to_grey(images.mean(axis=(1, 2), keepdims=True, dtype=np.float32))
        covered[:, rows(size), columns(size)] = mean
        return covered

    return apply


def _all(size: int) -> slice:
    return slice(None)


def _first(size: int) -> slice:
    return slice(0, size)


def _last(size: int) -> slice:
    return slice(IMAGE_SIZE - size, IMAGE_SIZE)


def _around(row: int) -> Callable[[int], slice]:
    return lambda size: slice(row - size // 2, row + size - size // 2)


BANDS, HALVES = (4, 8, 12, 16), (6, 12, 18, 24)
CORRUPTIONS = {
    corruption.name: corruption
    for corruption in (
        Corruption("blur", "Blur", "Gaussian, σ in pixels", (0.5, 1, 1.5, 2, 3), 0, _one_by_one(_blur)),
        Corruption("brightness", "Brightness", "grey levels added", (-120, -80, -40, 40, 80, 120), 0, _brighten),
        Corruption("contrast", "Contrast", "times the original", (0.1, 0.2, 0.4, 0.7, 1.5, 2.5), 1, _change_contrast),
        Corruption("noise", "Noise", "Gaussian, σ in grey levels", (5, 10, 20, 30, 50), 0, _add_noise),
        Corruption("rotation", "Rotation", "degrees", (15, 30, 45, 90, 180), 0, _one_by_one(_turn)),
        Corruption("scale", "Low resolution", "pixels across", (32, 24, 16, 12, 8), 48, _one_by_one(_shrink)),
        Corruption("jpeg", "JPEG", "quality", (75, 50, 30, 15, 5), 100, _one_by_one(_compress)),
        Corruption("cover-eyes", "Eyes covered", "rows of pixels", BANDS, 0, _cover(_around(EYE_ROW), _all)),
        Corruption("cover-mouth", "Mouth covered", "rows of pixels", BANDS, 0, _cover(_around(MOUTH_ROW), _all)),
        Corruption("cover-left", "Left half covered", "columns of pixels", HALVES, 0, _cover(_all, _first)),
        Corruption("cover-upper", "Upper half covered", "rows of pixels", HALVES, 0, _cover(_first, _all)),
        Corruption("cover-lower", "Lower half covered", "rows of pixels", HALVES, 0, _cover(_last, _all)),
    )
}
"""By name, in the order in which they are shown. `untouched` of JPEG is the picture as it came, not quality 100."""

_BAND = Corruption(
    "cover-band", "Band over the eyes", "rows of pixels", (14,), 0, _cover(lambda n: slice(10, 10 + n), _all)
)
_KNOWN = CORRUPTIONS | {_BAND.name: _BAND}


@dataclass(frozen=True)
class Disturbance:
    """One way and strength of spoiling pictures."""

    name: str
    strength: float

    @property
    def key(self) -> str:
        """Its name in files, for example "blur_1.5"."""
        return f"{self.name}_{self.strength:g}"

    @property
    def corruption(self) -> Corruption:
        return _KNOWN[self.name]


TEN = tuple(
    Disturbance(*case)
    for case in (
        ("blur", 1), ("blur", 2), ("noise", 10), ("noise", 20), ("brightness", -120), ("brightness", 120),
        ("contrast", 0.2), ("scale", 20), ("cover-lower", 18), ("cover-band", 14),
    )
)  # fmt: skip
"""What a visitor's photo suffers from, in ten cases; their mean is one number for how much a network bears."""
UPSIDE_DOWN = Disturbance("rotation", 180)
STRONGEST = tuple(Disturbance(name, corruption.strengths[-1]) for name, corruption in CORRUPTIONS.items())
"""Each way of spoiling at its last strength."""
ALL = tuple(dict.fromkeys((
    *TEN, UPSIDE_DOWN, *STRONGEST,
    *(Disturbance(name, strength) for name, corruption in CORRUPTIONS.items() for strength in corruption.strengths),
)))  # fmt: skip
"""Every case that is measured, in this order: what says most comes first."""
