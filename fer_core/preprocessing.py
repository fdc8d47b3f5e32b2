"""The one preprocessing function: training, evaluation, uploads and webcam all go through it."""

import numpy as np

IMAGE_SIZE = 48


def to_network_input(images: np.ndarray) -> np.ndarray:
    """Turn grey pictures into what every network here takes.

    `images`: uint8 (n, 48, 48). Returns float32 (n, 48, 48, 1), grey levels 0 to 255. Rescaling happens inside
    each network's graph, so networks with different conventions share this input. Raises ValueError on other shapes.
    """
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.shape[1:] != (IMAGE_SIZE, IMAGE_SIZE):
        raise ValueError(f"Expected uint8 pictures of shape (n, 48, 48), got {images.dtype} {images.shape}.")
    return images[..., None].astype(np.float32)
