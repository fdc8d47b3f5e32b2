"""Where a video cuts from one scene to the next, and how still and how sharp its frames are."""

from collections import deque

import numpy as np
from PIL import Image, ImageFilter

SIZE = (48, 36)  # to which frames are reduced: small movements vanish, scenes do not
BINS = 8  # of each colour's histogram
MOVED = 14.0  # grey levels, the mean difference of two reduced frames; less is no cut
OTHER_COLOURS = 0.25  # share of the pixels whose colours are new; less is a camera that moves
SUDDEN = 3.0  # times the usual difference of the last frames
MEMORY = 8  # frames
EDGE = 60  # of the gradient's length in grey levels, from which a pixel lies on an edge


class CutFinder:
    """Tells cuts from movement: the picture and its colours change at once, and much more than just before."""

    def __init__(self):
        self._before: tuple[np.ndarray, np.ndarray] | None = None
        self._usual: deque[float] = deque(maxlen=MEMORY)
        self.change = 0.0
        """Mean difference to the frame before, grey levels."""

    def look(self, rgb: np.ndarray) -> bool:
        """Take the next frame, uint8 (height, width, 3); whether it begins another scene. The first one does not."""
        small = np.asarray(Image.fromarray(rgb).resize(SIZE, Image.Resampling.BOX))
        colours = np.concatenate(
            [np.bincount(c.ravel() // (256 // BINS), minlength=BINS) for c in small.transpose(2, 0, 1)]
        )
        levels, colours = small.astype(np.float32).mean(axis=2), colours / (3 * SIZE[0] * SIZE[1])
        before, self._before = self._before, (levels, colours)
        if before is None:
            return False
        self.change = float(np.abs(levels - before[0]).mean())
        usual = float(np.median(self._usual)) if self._usual else 0.0
        self._usual.append(self.change)
        new = float(np.abs(colours - before[1]).sum()) / 2
        is_cut = self.change > max(MOVED, SUDDEN * usual) and new > OTHER_COLOURS
        if is_cut:
            self._usual.clear()
        return is_cut


def count_edges(picture: Image.Image) -> float:
    """Share of the pixels that lie on an edge: smoothing, gradient and threshold as in Canny's detector (1986)."""
    grey = np.asarray(picture.convert("L").filter(ImageFilter.GaussianBlur(1.4)), np.float32)
    y, x = np.gradient(grey)
    return float((4 * np.hypot(x, y) > EDGE).mean())
