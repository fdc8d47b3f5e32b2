"""Pictures turned by any angle, and the faces found in them brought back to where they are."""

import numpy as np
from PIL import Image

from fer_core.vision.crop import compute_unit
from fer_core.vision.detector import Face

QUARTERS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


def turn_picture(picture: Image.Image, degrees: int) -> Image.Image:
    """Turn a picture counterclockwise, the whole of it in a larger frame where it needs one; black beside it."""
    if degrees in QUARTERS:
        return picture.transpose(QUARTERS[degrees])
    return picture.rotate(degrees, Image.Resampling.BILINEAR, expand=True) if degrees else picture


def turn_back(face: Face, degrees: int, turned: tuple[int, int], picture: tuple[int, int]) -> Face:
    """Return a face of the turned picture as one of the picture; both sizes as (width, height).

    Boxes stay upright: after a diagonal turn it is the square of the same area around the same centre.
    """
    radians = np.radians(degrees)
    back = np.array([[np.cos(radians), np.sin(radians)], [-np.sin(radians), np.cos(radians)]])

    def move(points: np.ndarray) -> np.ndarray:
        return (points - np.divide(turned, 2)) @ back + np.divide(picture, 2)

    width, height = (face.width, face.height) if degrees % 180 == 0 else (face.height, face.width)
    if degrees % 90:
        width = height = compute_unit(face.box)
    x, y = move(np.array([(face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2]))
    box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    landmarks = None if face.landmarks is None else np.float32(move(face.landmarks))
    return Face(tuple(map(float, box)), face.score, landmarks)
