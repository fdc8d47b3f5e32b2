"""Ten faces to judge: test pictures of FER2013 where it is at hand, else drawn ones and a free photo."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from fer_core.app import shell
from fer_core.app.dataset_album import PARTS, Album
from fer_core.data import count_seven_votes, draw_face
from fer_core.labels import LABELS
from fer_core.preprocessing import IMAGE_SIZE
from fer_core.runs.crowd import ENOUGH, UNITED

N_FACES = 10
MAX_NUMBER = 9999
"""Games are numbered from 1: the same number shows everybody the same faces."""
PORTRAIT_CROP = (172, 68, 278, 174)
"""The face in the example photo, pixels: a square as FER2013 frames faces."""


@dataclass(frozen=True, eq=False)
class PlayFace:
    """A face to judge: `picture` uint8 (48, 48), its `label`, and the `votes` of ten people, (7,) or None.

    `source` says where it comes from, for whoever asks after judging.
    """

    picture: np.ndarray
    label: str
    votes: np.ndarray | None
    source: str

    @property
    def crowd(self) -> str | None:
        """What more people chose than anything else; None where they tie or were not asked."""
        if self.votes is None:
            return None
        ranked = np.sort(self.votes)
        return LABELS[int(self.votes.argmax())] if ranked[-1] > ranked[-2] else None

    @property
    def is_united(self) -> bool:
        """Whether at least eight of ten people agree."""
        return self.votes is not None and int(self.votes.max()) >= UNITED


def choose_faces(album: Album | None, number: int) -> list[PlayFace]:
    """Return the ten faces of game `number`: each expression once, and three more, in random order.

    `album`: FER2013, of which test pictures with votes are taken, which no network learned from. Without it, or without
    votes, faces are drawn and one free photo is among them.
    """
    rng = np.random.default_rng(number)
    rows = _find_candidates(album)
    labels = [*range(len(LABELS)), *rng.integers(0, len(LABELS), N_FACES - len(LABELS))]
    rng.shuffle(labels)
    if rows is None:
        return _draw_faces(labels, rng)
    chosen: list[int] = []
    for label in labels:
        left = rows[(album.dataset.labels[rows] == label) & ~np.isin(rows, chosen)]
        chosen.append(int(rng.choice(left)))
    return [_take(album, row) for row in chosen]


def has_votes(album: Album | None) -> bool:
    """Whether the faces to judge are pictures that ten people judged, too."""
    return _find_candidates(album) is not None


def _find_candidates(album: Album | None) -> np.ndarray | None:
    """Rows of test pictures that enough people judged; None where some expression has too few of them."""
    if album is None or album.dataset.votes is None:
        return None
    judged = count_seven_votes(album.dataset.votes).sum(axis=1, dtype=np.int64)
    rows = np.flatnonzero((album.part == PARTS.index("test")) & ~album.blank & (judged >= ENOUGH))
    fewest = min(np.count_nonzero(album.dataset.labels[rows] == label) for label in range(len(LABELS)))
    return rows if fewest > N_FACES - len(LABELS) else None


def _take(album: Album, row: int) -> PlayFace:
    data = album.dataset
    votes = count_seven_votes(data.votes[row : row + 1])[0]
    return PlayFace(data.images[row], LABELS[data.labels[row]], votes, f"FER2013, {album.key[row]}")


def _draw_faces(labels, rng: np.random.Generator) -> list[PlayFace]:
    """Draw faces for `labels`; the first happy one gives way to a photo of somebody who smiles."""
    faces = [PlayFace(draw_face(int(label), rng), LABELS[label], None, "drawn by this program") for label in labels]
    place = [face.label for face in faces].index("happy")
    faces[place] = PlayFace(read_portrait(), "happy", None, "Eileen Collins, photo by NASA, public domain")
    return faces


@lru_cache(maxsize=1)
def read_portrait() -> np.ndarray:
    """Return the face in the free example photo, uint8 (48, 48)."""
    with Image.open(shell.ASSETS / "example.jpg") as photo:
        face = photo.convert("L").resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.LANCZOS, box=PORTRAIT_CROP)
    return np.asarray(face)
