"""Stage 1 of FERC: take the background away by skin colour and by circles that lie in a circle."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

SIDE = 192
"""Pixels that the shorter side of a larger picture is reduced to."""
LONGEST = 4 * SIDE
"""Pixels of the longer side at most: the circles of a long panorama would take half a gigabyte."""
SKIN_CB, SKIN_CR = (77, 127), (133, 173)
"""Skin in YCbCr, of 0 to 255 (Chai and Ngan 1999, https://doi.org/10.1109/76.767122); FERC's own limits were not read."""
LEAST_SKIN = 0.02
"""Share of the picture; less is chance, and grey pictures have none."""
PHOTO, CROPPED = (0.14, 0.5), (0.38, 0.55)
"""Radius of a face, in shorter sides, in a photo and in a picture that is cut to a face already, as FER2013's are."""
FACE_STEP, INNER_STEP = 4, 2
"""Pixels from one radius to the next."""
N_FACES, N_INNER = 12, 80
"""Circles that are looked at."""
INNER = (0.06, 0.25)
"""Radius of eyes, nostrils and an open mouth, in radii of the face."""


@dataclass(frozen=True, eq=False)
class Found:
    """What stage 1 found in a picture, in the pixels of `picture`, the given one reduced.

    `skin`: bool (height, width), or None in a picture without colour; `face`: (x, y, radius) of the chosen circle;
    `inner`: float (n, 3), the circles in it; `others`: float (m, 3), the circles that were not chosen.
    """

    picture: Image.Image
    skin: np.ndarray | None
    face: tuple[float, float, float]
    inner: np.ndarray
    others: np.ndarray

    @property
    def grey(self) -> Image.Image:
        """What stage 2 looks at."""
        return self.picture.convert("L")

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The square around the face's circle."""
        x, y, radius = self.face
        return x - radius, y - radius, x + radius, y + radius


def find_face(picture: Image.Image, radii: tuple[float, float] = PHOTO) -> Found:
    """Find the one face that FERC looks at; it always settles for one. `radii`: of a face, in shorter sides."""
    zoom = min(SIDE / min(picture.size), LONGEST / max(picture.size), 1)
    picture = picture.resize([max(1, round(side * zoom)) for side in picture.size], Image.Resampling.BICUBIC)
    skin = None if picture.mode == "L" else find_skin(picture)
    edges = find_edges(np.asarray(picture.convert("L")), skin)
    side = min(picture.size)
    faces = find_circles(edges, radii[0] * side, radii[1] * side, FACE_STEP, N_FACES)
    if not len(faces):
        middle = (picture.width / 2, picture.height / 2, radii[1] * side)
        return Found(picture, skin, middle, np.empty((0, 3)), np.empty((0, 3)))
    small = find_circles(edges, INNER[0] * faces[:, 2].min(), INNER[1] * faces[:, 2].max(), INNER_STEP, N_INNER)
    inner = [select_inside(small, face) for face in faces]
    best = int(np.argmax(faces[:, 2] * faces[:, 3] * [1 + len(circles) for circles in inner]))
    others = np.delete(faces, best, axis=0)
    return Found(picture, skin, tuple(faces[best, :3].tolist()), inner[best][:, :3], others[:, :3])


def find_skin(picture: Image.Image) -> np.ndarray | None:
    """The largest spot of skin colour, its holes filled: bool (height, width); None where there is next to none."""
    from scipy import ndimage

    _, cb, cr = np.asarray(picture.convert("YCbCr")).transpose(2, 0, 1)
    skin = (cb >= SKIN_CB[0]) & (cb <= SKIN_CB[1]) & (cr >= SKIN_CR[0]) & (cr <= SKIN_CR[1])
    spots, _ = ndimage.label(ndimage.binary_opening(skin, iterations=2))
    sizes = np.bincount(spots.ravel())
    sizes[0] = 0
    if sizes.max() < LEAST_SKIN * skin.size:
        return None
    return ndimage.binary_fill_holes(spots == sizes.argmax())


def find_edges(grey: np.ndarray, skin: np.ndarray | None) -> np.ndarray:
    """Edges (Canny 1986) on the skin and at its rim, everywhere without skin: bool (height, width)."""
    from scipy import ndimage
    from skimage.feature import canny

    grey = (grey - grey.mean()) / max(float(grey.std()), 1.0)
    edges = canny(grey, sigma=2.0, low_threshold=0.1, high_threshold=0.3)
    return edges if skin is None else edges & ndimage.binary_dilation(skin, iterations=3)


def find_circles(edges: np.ndarray, smallest: float, largest: float, step: int, most: int) -> np.ndarray:
    """The Hough transform's best circles (Duda and Hart 1972): float (n, 4) of x, y, radius and the share of the
    circle that lies on edges; the best first, one in one place."""
    from skimage.feature import peak_local_max
    from skimage.transform import hough_circle

    radii = np.arange(max(round(smallest), 2), max(round(largest), 2) + 1, step)
    votes = hough_circle(edges, radii)
    best = votes.max(axis=0)
    y, x = peak_local_max(best, min_distance=max(1, radii[0] // 2), num_peaks=most, exclude_border=False).T
    return np.stack([x, y, radii[votes[:, y, x].argmax(axis=0)], best[y, x]], axis=1).astype(float)


def select_inside(circles: np.ndarray, face: np.ndarray) -> np.ndarray:
    """Those circles (n, 4) that lie wholly in `face` and have the size of its parts."""
    distance = np.hypot(*(circles[:, :2] - face[:2]).T)
    size = circles[:, 2] / face[2]
    return circles[(distance + circles[:, 2] <= face[2]) & (size >= INNER[0]) & (size <= INNER[1])]
