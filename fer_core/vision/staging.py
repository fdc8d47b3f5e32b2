"""Photos made of FER2013's pictures: a face in a known place, upright or leaning, to try detector and crop on."""

import hashlib
import inspect
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from fer_core.files import write_atomically
from fer_core.preprocessing import IMAGE_SIZE
from fer_core.vision.detector import FaceDetector

ZOOM, BORDER = 2, 24  # the photo: twice the pixels, half a frame of repeated border on each side
SIDE = (IMAGE_SIZE + 2 * BORDER) * ZOOM
MIDDLE = SIDE / 2
WORKERS = 2

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class FoundFaces:
    """The face in each of n photos: `boxes` float32 (n, 4) and `landmarks` (n, 5, 2), nan where none was found."""

    boxes: np.ndarray
    landmarks: np.ndarray

    @property
    def found(self) -> np.ndarray:
        """Whether a face was found, bool (n,)."""
        return np.isfinite(self.boxes).all(axis=1)


def make_photo(picture: np.ndarray, tilt: float = 0.0) -> np.ndarray:
    """Turn a picture, uint8 (48, 48), into a photo around it, uint8 RGB (192, 192, 3).

    `tilt`: degrees by which the face leans clockwise; then the repeated border reaches as far as the corners need it.
    """
    border = BORDER if not tilt else SIDE // ZOOM // 2
    padded = Image.fromarray(np.pad(picture, border, mode="edge"))
    photo = padded.resize((padded.width * ZOOM,) * 2, Image.Resampling.BICUBIC)
    if tilt:
        edge = (photo.width - SIDE) // 2
        photo = photo.rotate(-tilt, Image.Resampling.BICUBIC).crop((edge, edge, edge + SIDE, edge + SIDE))
    return np.asarray(photo.convert("RGB"))


def find_faces(
    pictures: np.ndarray, detector: FaceDetector, tilts: Sequence[float] | None = None, progress: Progress | None = None
) -> FoundFaces:
    """Find the face in each picture's photo, leaning by `tilts` (n,) degrees; a box elsewhere counts as not found."""
    tilts = np.zeros(len(pictures)) if tilts is None else tilts

    def find(i: int) -> tuple[np.ndarray, np.ndarray]:
        if progress and i % 100 == 0:
            progress(i / len(pictures))
        for face in detector.detect(make_photo(pictures[i], tilts[i])):
            centre = (np.array(face.box[:2]) + face.box[2:]) / 2
            if np.abs(centre - MIDDLE).max() < IMAGE_SIZE * ZOOM / 3:
                return np.float32(face.box), np.full((5, 2), np.nan) if face.landmarks is None else face.landmarks
        return np.full(4, np.nan), np.full((5, 2), np.nan)

    with ThreadPoolExecutor(WORKERS) as pool:
        faces = list(pool.map(find, range(len(pictures))))
    boxes, landmarks = ([face[i] for face in faces] for i in (0, 1))
    return FoundFaces(np.float32(boxes).reshape(-1, 4), np.float32(landmarks).reshape(-1, 5, 2))


def load_found_faces(
    folder: Path, pictures: np.ndarray, detector: FaceDetector, tilts: Sequence[float], progress: Progress | None = None
) -> FoundFaces:
    """Like find_faces, but keep the result in `folder`: another network needs no second search.

    The file is named after the pictures, the tilts, the detector and the very code that finds and stages (this folder's, and
    the file of a detector from elsewhere), so it is never stale. A damaged file counts as none.
    """
    digest = hashlib.sha256(np.ascontiguousarray(pictures).tobytes() + np.float64(tilts).tobytes())
    digest.update(detector.name.encode())
    for source in sorted({*Path(__file__).parent.glob("*.py"), Path(inspect.getfile(type(detector)))}):
        digest.update(source.read_bytes())
    file = Path(folder) / f"faces-{digest.hexdigest()[:20]}.npz"
    try:
        with np.load(file) as kept:
            return FoundFaces(kept["boxes"], kept["landmarks"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        faces = find_faces(pictures, detector, tilts, progress)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, lambda stream: np.savez(stream, boxes=faces.boxes, landmarks=faces.landmarks))
    return faces
