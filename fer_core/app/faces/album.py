"""The visitor's own photos: they stay for the visit, whatever is chosen or opened in between, until taken away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import streamlit as st

from fer_core.app import _compat

MAX_PHOTOS = 100
MAX_BYTES = 200_000_000
"""Of one visitor's photos together: they lie in the server's memory."""
UPLOAD, CAMERA = "Upload", "Camera"
SOURCE, UPLOADS, SHOT, EXAMPLE = "predict-from", "predict-uploads", "predict-camera", "predict-example"
CHOSEN = "predict-photo"
"""The key of the photo on show."""
ALBUMS, TURNS = "predict-albums", "predict-turns"


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture file to answer: `key` names it within the session, `read` returns its bytes, `size` is their number.

    `name`: cleaned of folders and control characters; `example`: its name in EXAMPLES, when it is one of those.
    """

    key: str
    name: str
    read: Callable[[], bytes]
    example: str | None = None
    size: int = 0


@dataclass
class Album:
    """What one widget has brought: `photos` by key, in the order they came; `left_out`: names beyond the limits.

    `held`: the keys that the widget itself lists. It forgets its files when it leaves the screen; the album does not.
    """

    photos: dict[str, Photo] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)

    def take(self, files: Sequence, name: str | None = None) -> None:
        """Follow a change of the widget, which lists `files` now: new ones come in, those it listed before go.

        `name` replaces the files' own names.
        """
        ids = {file.file_id for file in files}
        for key in self.held - ids:
            self.photos.pop(key, None)
        self.held, self.left_out = ids, []
        for file in files:
            if file.file_id not in self.photos:
                self._add(file, name or file.name)

    def _add(self, file, name: str) -> None:
        from fer_core.vision.images import clean_name

        photo = Photo(file.file_id, clean_name(name), file.getvalue, size=file.size)
        n_bytes = photo.size + sum(other.size for other in self.photos.values())
        if len(self.photos) < MAX_PHOTOS and n_bytes <= MAX_BYTES:
            self.photos[photo.key] = photo
        else:
            self.left_out.append(photo.name)
            _compat.forget_upload(file.file_id)

    def bring(self, file) -> Photo | None:
        """Take a file that another widget brought, and return its photo; None beyond the limits."""
        self._add(file, file.name)
        return self.photos.get(file.file_id)

    def note_empty_widget(self) -> None:
        """Keep all photos although the widget lists none: it is new on the screen."""
        self.held, self.left_out = set(), []

    @property
    def n_from_before(self) -> int:
        """How many photos the widget does not list any more."""
        return len(self.photos.keys() - self.held)

    def forget_those_from_before(self) -> None:
        self.photos = {key: photo for key, photo in self.photos.items() if key in self.held}


def get_turns(key: str) -> int:
    """Return by how many quarter turns clockwise the visitor has turned the photo with this key, 0 to 3."""
    return st.session_state.get(TURNS, {}).get(key, 0)


def turn(key: str, quarters: int) -> None:
    """Turn a photo clockwise by `quarters`, for the rest of the visit."""
    st.session_state.setdefault(TURNS, {})[key] = (get_turns(key) + quarters) % 4


def open_album(widget: str) -> Album:
    """Return the visitor's album of what the widget with this key has brought."""
    return st.session_state.setdefault(ALBUMS, {}).setdefault(widget, Album())


def list_keys() -> set[str]:
    """Return the keys of all own photos of the visit, on the screen or not."""
    return {key for album in st.session_state.get(ALBUMS, {}).values() for key in album.photos}


def find_own() -> Photo | None:
    """Return the visitor's own photo that was on show last, else the newest; None where there is none."""
    photos = {key: photo for album in st.session_state.get(ALBUMS, {}).values() for key, photo in album.photos.items()}
    return photos.get(st.session_state.get(CHOSEN)) or next(reversed(photos.values()), None)


def show_on_predict(photo: Photo) -> None:
    """Have the predict page open with this photo of the visitor's own."""
    is_shot = photo.key in open_album(SHOT).photos
    st.session_state[SOURCE], st.session_state[EXAMPLE] = CAMERA if is_shot else UPLOAD, None
    st.session_state[CHOSEN] = photo.key


def hand_over(file) -> Photo | None:
    """Take a file that another page's uploader brought in among the photos of the predict page; None beyond the limits."""
    if brought := open_album(UPLOADS).bring(file):
        show_on_predict(brought)
    return brought


def take_back(key: str) -> None:
    """Forget an own photo that was handed over."""
    open_album(UPLOADS).photos.pop(key, None)


def offer_to_forget(album: Album, key: str) -> None:
    """Photos that no widget lists any more need another way to go."""
    n = album.n_from_before
    if not n:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{n} photo{'s' if n > 1 else ''} from before {'are' if n > 1 else 'is'} still here.")
        st.button(
            "Forget", key=key, type="tertiary", icon=":material/delete:",
            on_click=album.forget_those_from_before, help="Delete the photos and their answers from the server now.",
        )  # fmt: skip
