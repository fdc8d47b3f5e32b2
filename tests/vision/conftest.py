"""The bundled example photo, free pictures without faces, the real detector, a tiny network."""

from pathlib import Path

import numpy as np
import pytest
from linear_model import make_linear_model
from PIL import Image

from fer_core.vision import PairedDetector, Predictor

EXAMPLE = Path(__file__).resolve().parents[2] / "fer_core/app/assets/example.jpg"


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """The bundled example: Eileen Collins, photo by NASA, public domain; one smiling face, (512, 512, 3)."""
    return np.asarray(Image.open(EXAMPLE).convert("RGB"))


@pytest.fixture(scope="session")
def load_free_picture():
    """Return a function that loads one of scikit-image's free pictures, reduced to 640 pixels."""
    skimage = pytest.importorskip("skimage", reason="scikit-image brings the pictures without faces")

    def load(name: str) -> np.ndarray:
        picture = Image.open(Path(skimage.__file__).parent / "data" / name).convert("RGB")
        picture.thumbnail((640, 640))
        return np.asarray(picture)

    return load


@pytest.fixture(scope="session")
def detector() -> PairedDetector:
    return PairedDetector()


@pytest.fixture(scope="session")
def linear_weights() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.05, (2304, 7)).astype(np.float32)


@pytest.fixture(scope="session")
def linear_model(linear_weights) -> bytes:
    return make_linear_model(linear_weights)


@pytest.fixture(scope="session")
def predictor(linear_model) -> Predictor:
    return Predictor(linear_model, threshold=0.3)
