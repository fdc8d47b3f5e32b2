"""Where photos on the predict page come from: files, the camera, or a free example."""

import streamlit as st

from fer_core.app import ui
from fer_core.app.faces import album as albums
from fer_core.app.faces import photo
from fer_core.app.faces.album import CAMERA, EXAMPLE, SHOT, SOURCE, UPLOAD, UPLOADS, Album, Photo, open_album
from fer_core.app.faces.batch import go_on
from fer_core.app.faces.examples import EXAMPLES, FIRST
from fer_core.app.faces.thumbnails import choose_example
from fer_core.app.formats import format_size, quote_name
from fer_core.app.memory import describe_stay

SHOT_NAME = "snapshot.jpg"
NAMES_SHOWN = 8


def choose_photos() -> list[Photo]:
    """Show the ways to bring a photo, and return what was brought, else the chosen example; [] for neither."""
    with st.container(key="predict-bring-photos"):
        left, right = st.columns([4, 7], gap="medium")
    with left:
        begins_with_camera = ui.is_phone() and not open_album(UPLOADS).photos
        source = ui.choose_one(
            "Photos from", [UPLOAD, CAMERA], default=CAMERA if begins_with_camera else UPLOAD, key=SOURCE,
            label_visibility="collapsed",
        )  # fmt: skip
        album = _show_camera() if source == CAMERA else _show_uploader()
        albums.offer_to_forget(album, "predict-forget")
        st.caption(
            ":material/lock: Your photos stay in this server's memory, go nowhere else, and are gone "
            f"{describe_stay()} after you leave."
        )
    with right:
        own = bool(album.photos)  # whoever comes back to the page meets these again, not the example
        example = choose_example(
            "Or try a free example", list(EXAMPLES), EXAMPLE, None if own else FIRST, bind="query-params"
        )
        if example and (hint := EXAMPLES[example].hint):
            st.caption(hint)
    return [photo.open_example(example)] if example else list(album.photos.values())


def _show_uploader() -> Album:
    from fer_core.vision.images import READABLE

    album = open_album(UPLOADS)
    files = st.file_uploader(
        f"Up to {albums.MAX_PHOTOS} photos at once", accept_multiple_files=True, key=UPLOADS, on_change=_take, args=(UPLOADS,),
        help=f"{READABLE}, whatever their names. In large photos, too, faces are found down to a height of 40 pixels.",
    )  # fmt: skip
    if not files:
        album.note_empty_widget()
    if album.left_out:
        st.warning(describe_left_out(album), icon=":material/photo_library:", title="Too many photos at once")
    return album


def _show_camera() -> Album:
    album = open_album(SHOT)
    shot = st.camera_input("Take a photo", key=SHOT, on_change=_take, args=(SHOT,), label_visibility="collapsed")
    if not shot:
        album.note_empty_widget()
    st.caption("No camera here, or refused to use it? Choose Upload; a phone offers its camera there, too.")
    return album


def _take(widget: str) -> None:
    """Bring the widget's files into its album. Own photos take the example's place as soon as they arrive."""
    value = st.session_state[widget]
    files = value if isinstance(value, list) else [value] if value else []
    open_album(widget).take(files, SHOT_NAME if widget == SHOT else None)
    go_on()
    if files:
        st.session_state[EXAMPLE] = None


def describe_left_out(album: Album) -> str:
    """Return which files were left out, by name, why, and what to do."""
    names = ", ".join(map(quote_name, album.left_out[:NAMES_SHOWN]))
    rest = len(album.left_out) - NAMES_SHOWN
    return (
        f"At most {albums.MAX_PHOTOS} photos or {format_size(albums.MAX_BYTES)} are answered together. "
        f"Left out: {names}{f' and {rest} more' if rest > 0 else ''}. Remove some to make room."
    )
