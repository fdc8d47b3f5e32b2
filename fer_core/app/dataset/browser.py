"""The browser of the dataset page: filters, sixty pictures a page, and one picture large."""

import math
import threading

import numpy as np
import streamlit as st

from fer_core.app import dataset_album as albums
from fer_core.app import loading, shell, theme, ui
from fer_core.app.charts.crowd import describe_votes, make_votes_chart
from fer_core.app.dataset_album import CROWD, FINDINGS, NO_MAJORITY, ORDERS, PARTS, Album, Filter
from fer_core.app.formats import format_count, format_percent
from fer_core.app.hosting import hide_folders, may_download
from fer_core.app.pictures import encode_png, enlarge, make_data_url
from fer_core.app.wording import Wording
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
        if may_download() and st.button("Download from Kaggle (63 MB)", icon=":material/download:", key="dataset-download"):
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


def render_filters(album: Album) -> Filter:
    """Show the filters and return what they say. Changing one goes back to the first page."""
    classes = st.pills(
        "Classes",
        LABELS,
        selection_mode="multi",
        key="dataset-classes",
        bind="query-params",
        on_change=_first_page,
    )
    bound = {"bind": "query-params", "on_change": _first_page}
    with st.grid(5, min_column_width=150, vertical_alignment="bottom"):
        part = st.selectbox("Split of the study", ("all", *PARTS), key="dataset-part", **bound)
        crowd = st.selectbox(
            "FER+ crowd",
            list(CROWD),
            format_func=CROWD.get,
            key="dataset-crowd",
            disabled=not album.has_crowd,
            help="Ten people labelled each picture again for FER+." if album.has_crowd else "No crowd votes here.",
            **bound,
        )
        finding = st.selectbox("Findings", list(FINDINGS), format_func=FINDINGS.get, key="dataset-finding", **bound)
        order = st.selectbox(
            "Order",
            list(ORDERS) if album.has_crowd else ["mixed", "files"],
            format_func=ORDERS.get,
            key="dataset-order",
            disabled=finding in ("duplicates", "twins", "contradictions"),
            **bound,
        )
        name = st.text_input(
            "File name holds",
            key="dataset-name",
            placeholder="Training_1",
            icon=":material/search:",
            max_chars=60,
            **bound,
        )
    return Filter(tuple(classes), part, crowd if album.has_crowd else "any", finding, name, order)


def _first_page() -> None:
    st.session_state["dataset-page"] = 1
    st.session_state["dataset-picture"] = None


def render_browser(album: Album, rows: np.ndarray) -> None:
    """Show one page of the pictures in `rows`; the chosen one opens in a dialog."""
    if not len(rows):
        ui.empty_state("No picture passes these filters", "Remove one of the filters.", icon="filter_alt_off")
        return
    n_pages = math.ceil(len(rows) / PAGE_SIZE)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        page = min(st.pagination(n_pages, key="dataset-page", bind="query-params"), n_pages)
        shown = rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        first = (page - 1) * PAGE_SIZE + 1
        chosen = st.selectbox(
            f"{format_count(len(rows))} pictures, here {format_count(first)} to {format_count(first + len(shown) - 1)}",
            album.key[shown].tolist(),
            index=None,
            placeholder="Press one, or choose its name",
            key="dataset-picture",
            bind="query-params",
            width=300,
        )
    with st.grid(N_COLUMNS, min_column_width=TILE_WIDTH, gap="xsmall"):
        for place, row in enumerate(shown.tolist()):
            _render_tile(album, row, place)
    if chosen:
        dialog = st.dialog("One picture", width="large", icon=":material/photo:", on_dismiss=_close)
        dialog(_render_picture)(album, shown)


def _render_tile(album: Album, row: int, place: int) -> None:
    label = LABELS[album.dataset.labels[row]]
    with st.container(gap=None):
        st.image(make_data_url(album.dataset.images[row]), width="stretch", alt=describe_picture(album, row))
        key = str(album.key[row])
        st.button(label, key=f"dataset-tile-{place}", type="tertiary", width="stretch", on_click=_open, args=(key,))


def _open(key: str) -> None:
    st.session_state["dataset-picture"] = key


def _close() -> None:
    st.session_state["dataset-picture"] = None


def _render_picture(album: Album, shown: np.ndarray) -> None:
    with shell.guard():
        row = album.find(st.session_state.get("dataset-picture"))
        if row is None:
            return
        left, right = st.columns([2, 3], gap="medium")
        with left:
            st.image(
                encode_png(enlarge(album.dataset.images[row], 336)), width="stretch", alt=describe_picture(album, row)
            )
            _render_facts(album, row)
            _render_steps(album, shown, row)
        with right:
            _render_crowd(album, row)
            _render_answer(album, row)


def _render_facts(album: Album, row: int) -> None:
    dataset = album.dataset
    label = LABELS[dataset.labels[row]]
    st.markdown(f"{theme.ICONS[label]} **{label}**" + (" · drawn" if dataset.drawn else ""))
    folder = "test" if dataset.is_test[row] else "train"
    st.caption(f"`{folder}/{album.key[row]}`  \nStudy's split: {PARTS[album.part[row]]}")
    if album.blank[row]:
        st.badge("Blank picture", icon=":material/hide_image:", color="orange")
    twins = album.twins_of(row)
    if len(twins):
        places = [f"`{'test' if dataset.is_test[twin] else 'train'}/{album.key[twin]}`" for twin in twins[:4].tolist()]
        more = f" and {len(twins) - 4} more" if len(twins) > 4 else ""
        kind = "Contradictory labels" if album.conflict[row] else "Duplicate"
        st.badge(kind, icon=":material/content_copy:", color="orange")
        st.caption("The same pixels: " + ", ".join(places) + more)


def _render_steps(album: Album, shown: np.ndarray, row: int) -> None:
    place = int(np.flatnonzero(shown == row)[0]) if row in shown else 0
    with st.container(horizontal=True):
        for name, step, icon in (("Previous", -1, "arrow_back"), ("Next", 1, "arrow_forward")):
            inside = 0 <= place + step < len(shown)
            key = str(album.key[shown[place + step]]) if inside else ""
            if st.button(
                name, key=f"dataset-{name}", icon=f":material/{icon}:", disabled=not inside, on_click=_open, args=(key,)
            ):
                st.rerun()  # the whole page: the address follows


def _render_crowd(album: Album, row: int) -> None:
    st.subheader("What ten people said", anchor=False)
    dataset, label = album.dataset, LABELS[album.dataset.labels[row]]
    if dataset.votes is None:
        missing = "No FER+ votes here: put `ferplus_votes.csv` beside the data."
        st.caption(album.problem or ("Nobody voted on drawn faces." if dataset.drawn else missing))
    elif not dataset.votes[row].any():
        st.caption("FER+ has no votes for this picture.")
    else:
        words = describe_votes(dataset.votes[row])
        st.plotly_chart(
            make_votes_chart(dataset.votes[row], label),
            key="dataset-votes",
            alt=f"Votes: {words}",
            config={"displayModeBar": False},
        )
        if album.majority[row] == NO_MAJORITY:
            st.caption("None of the seven labels got a vote.")
        else:
            share = format_percent(float(album.agreement[row]), 0)
            st.caption(f"In bold: FER2013's label. The majority's share is {share}.")


def _render_answer(album: Album, row: int) -> None:
    st.subheader("What the network said", anchor=False)
    runs = loading.load_runs()
    if not runs:
        st.caption("No run yet: `python train.py train compact` makes one.")
        return
    names = [run.name for run in runs]
    default = loading.load_default_run()
    run = runs.find(
        st.selectbox(
            "Network",
            names,
            index=names.index(default.name) if default else 0,
            key="dataset-run",
            format_func=runs.names.get,
            label_visibility="collapsed",
        )
    )
    answer = albums.load_answers(run).get(str(album.key[row]))
    if answer is None:
        st.caption(
            "A drawn face: no answer is stored for it."
            if album.dataset.drawn
            else "No answer is stored: this run learned from this picture, or never saw it."
        )
        return
    split, probability = answer
    ui.render_probabilities(probability, key="dataset-answer", name=f"{run.title} on {album.key[row]}", wording=Wording(run.learns_votes))
    label, top = LABELS[album.dataset.labels[row]], LABELS[int(probability.argmax())]
    verdict = "as labelled" if top == label else f"labelled **{label}**"
    seen = f"A {split} picture of this run, not one it learned from."
    if album.twin[row] or (split == "validation" and len(album.twins_of(row))):
        seen = f"A {split} picture of this run, but its copy may have been among those it learned from."
    st.caption(f"It says **{top}**, {verdict}. {seen}")


def describe_picture(album: Album, row: int) -> str:
    """Return the alt text of a picture: what kind, its label, where it lies."""
    kind = "Drawn face" if album.dataset.drawn else "Face"
    return f"{kind} labelled {LABELS[album.dataset.labels[row]]}, {album.dataset.files[row]}"
