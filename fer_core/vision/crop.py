"""From a face's box to the 48x48 grey picture that the networks were trained on.

FER2013's pictures frame a face in their own way, which is not a detector's way, and the accuracy depends on it. Each
detector brings its Framing, fitted on training pictures and chosen on validation ones by calibration.py.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from fer_core.preprocessing import IMAGE_SIZE

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Framing:
    """Where FER2013's frame lies around a detector's box, in units of the box's mean side.

    `shift_x`, `shift_y`: from the box's centre to the frame's (y points down); `scale`: side of the frame.
    """

    shift_x: float = 0.0
    shift_y: float = 0.0
    scale: float = 1.0

    def frame(self, box: Box) -> Box:
        """Return the square that FER2013 would show of the face in `box`."""
        x0, y0, x1, y1 = box
        unit = compute_unit(box)
        x, y = (x0 + x1) / 2 + self.shift_x * unit, (y0 + y1) / 2 + self.shift_y * unit
        half = self.scale * unit / 2
        return x - half, y - half, x + half, y + half


def compute_unit(box: Box) -> float:
    """The geometric mean of a box's sides: steadier from face to face than either side."""
    return (max(box[2] - box[0], 0) * max(box[3] - box[1], 0)) ** 0.5


UPRIGHT_FROM = 15.0
"""Degrees; a head that leans further is turned upright. On validation pictures that were tilted, all limits from 0 to 15
are about as good; this one turns the fewest."""


def crop_face(rgb: np.ndarray, box: Box, framing: Framing, landmarks: np.ndarray | None = None) -> np.ndarray:
    """Cut a face out as FER2013 would show it: uint8 (48, 48). `rgb`: uint8 (height, width, 3).

    With `landmarks`, float (5, 2) as in Face, a head that leans by UPRIGHT_FROM or more is turned upright.
    Raises ValueError when the box has no area or lies outside the picture.
    """
    tilt = 0.0 if landmarks is None else compute_tilt(landmarks)
    return crop_tilted(rgb, box, tilt if abs(tilt) >= UPRIGHT_FROM else 0.0, framing)


def compute_tilt(landmarks: np.ndarray) -> float:
    """Degrees by which the line between the eyes leans, positive clockwise, from landmarks (5, 2)."""
    x, y = landmarks[1] - landmarks[0]
    return float(np.degrees(np.arctan2(y, x)))


def crop_tilted(rgb: np.ndarray, box: Box, tilt: float, framing: Framing) -> np.ndarray:
    """Cut a face out that leans clockwise by `tilt` degrees, and turn it upright; else as crop_face."""
    if not tilt:
        return crop_square(rgb, framing.frame(box))
    turn, unit = np.radians(tilt), compute_unit(box)
    x = (box[0] + box[2]) / 2 + (framing.shift_x * np.cos(turn) - framing.shift_y * np.sin(turn)) * unit
    y = (box[1] + box[3]) / 2 + (framing.shift_x * np.sin(turn) + framing.shift_y * np.cos(turn)) * unit
    half = framing.scale * unit / 2
    _check_frame(rgb, (x - half, y - half, x + half, y + half))
    half *= 1.5  # the corners of a turned square reach 1.41 times as far
    around = _resample(rgb, (x - half, y - half, x + half, y + half), 3 * IMAGE_SIZE)
    upright = around.rotate(tilt, Image.Resampling.BICUBIC)
    start, end = IMAGE_SIZE // 2, IMAGE_SIZE // 2 + 2 * IMAGE_SIZE
    return np.array(upright.crop((start, start, end, end)).reduce(2))


def crop_square(rgb: np.ndarray, frame: Box) -> np.ndarray:
    """Cut `frame` out as it is (a box drawn by hand, say): grey, uint8 (48, 48). Raises ValueError as crop_face does.

    Grey is ITU-R 601 luma, as Pillow and OpenCV compute it. Reducing averages the pixels that each new one covers,
    with fractions; enlarging interpolates. Where the frame leaves the picture, its border pixels are repeated.
    """
    return np.array(_resample(rgb, _check_frame(rgb, frame), IMAGE_SIZE))


def _resample(rgb: np.ndarray, frame: Box, size: int) -> Image.Image:
    """Show `frame` as a grey picture of `size` x `size` pixels."""
    x0, y0, x1, y1 = frame
    height, width = rgb.shape[:2]
    columns = np.arange(int(np.floor(x0)), int(np.ceil(x1)))
    rows = np.arange(int(np.floor(y0)), int(np.ceil(y1)))
    step = max(1, min(len(rows), len(columns)) // 1024)  # a frame far larger than the picture costs no memory
    columns, rows = columns[::step], rows[::step]
    part = rgb[rows.clip(0, height - 1)[:, None], columns.clip(0, width - 1)]
    grey = Image.fromarray(part).convert("L")
    inner = ((x0 - columns[0]) / step, (y0 - rows[0]) / step, (x1 - columns[0]) / step, (y1 - rows[0]) / step)
    inner = tuple(np.clip(inner, 0, [*grey.size, *grey.size]).tolist())
    shrinks = inner[2] - inner[0] >= size
    return grey.resize((size, size), Image.Resampling.BOX if shrinks else Image.Resampling.BICUBIC, box=inner)


def _check_frame(rgb: np.ndarray, frame: Box) -> Box:
    x0, y0, x1, y1 = map(float, frame)
    if not (np.isfinite([x0, y0, x1, y1]).all() and x1 - x0 >= 1 and y1 - y0 >= 1):
        raise ValueError("The box around the face is smaller than a pixel: draw a larger one.")
    height, width = rgb.shape[:2]
    if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
        raise ValueError("The box around the face lies outside the picture: draw it on the face.")
    limit = 4 * max(height, width)
    if max(x1 - x0, y1 - y0) > limit:
        raise ValueError("The box around the face is much larger than the picture: draw a smaller one.")
    return x0, y0, x1, y1
