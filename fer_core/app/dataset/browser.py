"""The browser of the dataset page: filters, sixty pictures a page, and one picture large."""

import math
import threading
from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st

from fer_core.app import ui
from fer_core.app.dataset_album import CROWD, FINDINGS, NETWORK, NO_MAJORITY, ORDERS, PARTS, Album, Filter
from fer_core.app.formats import format_count
from fer_core.app.gallery.picture import Picture, find_album_badges, make_album_picture
from fer_core.app.gallery.tiles import RIGHT, WRONG, Tile, render_tiles
from fer_core.app.gallery.viewer import Viewer, render_viewer
from fer_core.app.hosting import hide_folders, may_download
from fer_core.app.pictures import make_data_url
from fer_core.data import DatasetError, download_dataset
from fer_core.labels import LABELS

PAGE_SIZE = 60
N_COLUMNS, TILE_WIDTH = 12, 70  # pixels at least: twelve side by side on a laptop, four on a phone
KAGGLE_PAGE = "https://www.kaggle.com/datasets/msambare/fer2013"

_download_lock = threading.Lock()


def render_bring_data() -> None:
    """Say that the pictures are missing and how to bring them; one button downloads them."""
    with st.container(border=True):
        st.subheader("These faces are drawn: FER2013 is not on this machine", icon=":material/draw:", anchor=False)
        st.markdown(
            "FER2013 holds pictures of real people, so it does not come with this app. "
            f"Get it from [Kaggle]({KAGGLE_PAGE}) and put the zip or its folder into `data/`, "
            "or name the place in `FER2013_PATH`. Crowd votes: a `ferplus_votes.csv` beside it, or `FERPLUS_PATH`.",
            width=ui.TEXT_WIDTH,
        )
        if may_download() and st.button(
            "Download from Kaggle (63 MB)", icon=":material/download:", key="dataset-download"
        ):
            _download()


def _download() -> None:
    if not _download_lock.acquire(blocking=False):
        st.info("The download is already running: look again in a minute.", icon=":material/hourglass_top:")
        return
    bar = st.progress(0.0, "Asking Kaggle")
    try:
        download_dataset(lambda share, text: bar.progress(share, text))
    except DatasetError as error:
        bar.empty()
        st.error(hide_folders(str(error)), icon=":material/cloud_off:", title="The download did not work")
        return
    finally:
        _download_lock.release()
    st.rerun()


def render_filters(album: Album, answered: bool) -> Filter:
    """Show the filters and return what they say. Changing one goes back to the first page.

    `answered`: whether a network's answers can be filtered by.
    """
    classes = st.pills(
        "Classes",
        LABELS,
        selection_mode="multi",
        key="dataset-classes",
        bind="query-params",
        on_change=_first_page,
    )
    crowd_help = "Ten people labelled each picture again for FER+." if album.has_crowd else "No crowd votes here."
    network_help = "Whether its stored answer is the label. It has answers for validation and test pictures."
    with st.grid(6, min_column_width=140, vertical_alignment="bottom"):
        part = _choose("Split of the study", {"all": "all"} | {part: part for part in PARTS}, "dataset-part")
        crowd = _choose("FER+ crowd", CROWD, "dataset-crowd", disabled=not album.has_crowd, help=crowd_help)
        network = _choose("Network", NETWORK, "dataset-network", disabled=not answered, help=network_help)
        finding = _choose("Findings", FINDINGS, "dataset-finding")
        orders = ORDERS if album.has_crowd else {key: ORDERS[key] for key in ("mixed", "files")}
        order = _choose("Order", orders, "dataset-order", disabled=finding in ("duplicates", "twins", "contradictions"))
        name = st.text_input(
            "File name holds", key="dataset-name", placeholder="Training_1", icon=":material/search:", max_chars=60,
            bind="query-params", on_change=_first_page,
        )  # fmt: skip
    return Filter(
        tuple(classes), part, crowd if album.has_crowd else "any", finding, network if answered else "any", name, order
    )


def _choose(title: str, options: Mapping[str, str], key: str, **more) -> str:
    return st.selectbox(
        title, list(options), format_func=options.get, key=key, bind="query-params", on_change=_first_page, **more
    )


def _first_page() -> None:
    st.session_state["dataset-page"] = 1
    st.query_params.pop("dataset-picture", None)


def render_browser(album: Album, rows: np.ndarray, predicted: np.ndarray | None) -> None:
    """Show one page of the pictures in `rows`; a pressed one opens in a dialog. `predicted`: see find_rows."""
    if not len(rows):
        ui.empty_state("No picture passes these filters", "Remove one of the filters.", icon="filter_alt_off")
        return
    n_pages = math.ceil(len(rows) / PAGE_SIZE)
    slot = st.container()
    page = min(st.pagination(n_pages, key="dataset-page", bind="query-params"), n_pages) if n_pages > 1 else 1
    first = (page - 1) * PAGE_SIZE
    shown = rows[first : first + PAGE_SIZE]
    viewer = make_viewer("dataset-picture", album, rows)
    with slot:
        st.caption(
            f"{format_count(len(rows))} pictures, here {format_count(first + 1)} to {format_count(first + len(shown))}. "
            "Press one to see its votes and answers."
        )
        tiles = [make_tile(album, row, predicted) for row in shown.tolist()]
        render_tiles(tiles, "dataset-tiles", viewer.open, N_COLUMNS, TILE_WIDTH)
    render_viewer(viewer)


def make_viewer(name: str, album: Album, rows: np.ndarray) -> Viewer:
    """Return what opens the pictures in `rows` large; `name`: of its address's parameter."""
    return Viewer(name, album.key[rows].tolist(), partial(_find, album), album=album)


def _find(album: Album, key: str) -> Picture | None:
    row = album.find(key)
    return None if row is None else make_album_picture(album, row)


def make_tile(album: Album, row: int, predicted: np.ndarray | None = None) -> Tile:
    """Return the tile of one of the album's pictures, with what is odd about it and whether the network was right."""
    badges = find_album_badges(album, row)
    if predicted is not None and predicted[row] != NO_MAJORITY:
        badges = (RIGHT if predicted[row] == album.dataset.labels[row] else WRONG, *badges)
    label = LABELS[album.dataset.labels[row]]
    kind = "Drawn face" if album.dataset.drawn else "Face"
    alt = f"{kind} labelled {label}, {album.dataset.files[row]}"
    return Tile(str(album.key[row]), make_data_url(album.dataset.images[row]), alt, (label,), badges)
