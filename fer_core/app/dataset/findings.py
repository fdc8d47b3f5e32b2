"""Examples of what is odd in the dataset: as pictures where they are at hand, else as file names."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from fer_core.app import ui
from fer_core.app.dataset.browser import make_tile, make_viewer
from fer_core.app.dataset_album import FINDINGS, Album
from fer_core.app.gallery.tiles import make_stand_in, render_tiles
from fer_core.app.gallery.viewer import render_viewer
from fer_core.labels import LABELS

N_EXAMPLES = 12


def make_group_table(pictures: dict[str, np.ndarray], wanted: np.ndarray) -> pd.DataFrame:
    """Return a row per group of identical pictures: `labels`, `pictures`, `in_test`, `files`; largest groups first.

    `pictures`: the arrays of the dataset's facts. `wanted`: bool (n,), marks a picture of each group to show.
    """
    groups = np.unique(pictures["duplicate_group"][wanted])
    groups = groups[groups >= 0]
    rows = np.flatnonzero(np.isin(pictures["duplicate_group"], groups))
    table = pd.DataFrame(
        {
            "group": pictures["duplicate_group"][rows],
            "label": np.array(LABELS)[pictures["label"][rows]],
            "file": pictures["file"][rows],
            "folder": np.where(pictures["is_test"][rows], "test", "train"),
        }
    )
    table["files"] = table["folder"] + "/" + table["label"] + "/" + table["file"]
    grouped = table.groupby("group").agg(
        labels=("label", lambda labels: " + ".join(sorted(set(labels)))),
        pictures=("file", "size"),
        in_test=("folder", lambda folders: int((folders == "test").sum())),
        files=("files", ", ".join),
    )
    return grouped.sort_values(["pictures", "labels"], ascending=[False, True]).reset_index()


def render_groups(table: pd.DataFrame, album: Album | None, pictures: dict[str, np.ndarray], name: str) -> None:
    """Show groups of identical pictures: one of each to press or, without pictures, its labels and votes drawn instead.

    `table`: of make_group_table; `pictures`: the arrays of the dataset's facts; `name` begins the widgets' keys.
    """
    examples = list(pick_examples(table).itertuples())
    if album is None or album.dataset.drawn:
        st.caption(
            ":material/photo_library: FER2013's pictures are of real people and not part of this site. In place of each: "
            "bars up for the labels that its copies carry, a bar down for the answer with the most of ten votes."
        )
        with st.grid(6, min_column_width=104, gap="small"):
            for example in examples:
                with st.container(gap="xsmall"):
                    alt = f"{example.pictures} identical pictures, labelled {example.labels}"
                    st.image(make_group_stand_in(pictures, example.group), width="stretch", alt=alt)
                    st.caption("**{}**  \n{}".format(*describe_group(example)))
        _render_table(table, f"dataset-{name}-table")
        return
    row_of = _name_rows(album)
    rows = [row_of.get(example.files.partition(", ")[0]) for example in examples]
    # A row is missing where the facts are of another copy of the dataset.
    found = [(example, row) for example, row in zip(examples, rows, strict=True) if row is not None]
    viewer = make_viewer(f"dataset-{name}-picture", album, np.array([row for _, row in found], int))
    tiles = [replace(make_tile(album, row), lines=describe_group(example), badges=()) for example, row in found]
    render_tiles(tiles, f"dataset-{name}-tiles", viewer.open, columns=6, narrowest=104)
    render_viewer(viewer)


def describe_group(example) -> tuple[str, str]:
    """Return (labels, copies) of a row of make_group_table: ("fear + sad", "3 copies, 1 in test")."""
    many = example.labels.count("+") + 1
    copies = f"{example.pictures} copies" + (f", {example.in_test} in test" if example.in_test else "")
    return (example.labels if many < 4 else f"{many} labels"), copies


def make_group_stand_in(pictures: dict[str, np.ndarray], group: int) -> str:
    """Draw a group of identical pictures without showing it, as an address: its labels up, the crowd's choice down."""
    rows = pictures["duplicate_group"] == group
    shares = np.bincount(pictures["label"][rows], minlength=len(LABELS)) / rows.sum()
    if "vote_majority" not in pictures:
        return make_stand_in(shares)
    majority = int(pictures["vote_majority"][rows][0])
    votes = np.zeros(len(LABELS), int)
    if majority < len(LABELS):
        votes[majority] = round(10 * float(np.nan_to_num(pictures["vote_agreement"][rows][0])))
    return make_stand_in(shares, votes)


def _render_table(table: pd.DataFrame, key: str) -> None:
    ui.render_folded_table(
        "All of them by file name",
        table[["labels", "pictures", "in_test", "files"]],
        key,
        height=320,
        column_config={
            "labels": st.column_config.TextColumn("Labels", width="medium"),
            "pictures": st.column_config.NumberColumn("Copies", width="small"),
            "in_test": st.column_config.NumberColumn("In test", width="small"),
            "files": st.column_config.TextColumn("Files", width="large"),
        },
        alt=f"{len(table)} groups of identical pictures with their labels and file names",
    )


@st.cache_resource(show_spinner=False, max_entries=1)
def _name_rows_of(source: str, n: int, _album: Album) -> dict[str, int]:
    folders = np.where(_album.dataset.is_test, "test/", "train/")
    return {name: row for row, name in enumerate(np.strings.add(folders, _album.key).tolist())}


def _name_rows(album: Album) -> dict[str, int]:
    return _name_rows_of(album.dataset.source, len(album.dataset), album)


def pick_examples(table: pd.DataFrame) -> pd.DataFrame:
    """Pick groups to show: every set of labels once before any comes twice, the largest groups first."""
    turn = table.groupby("labels").cumcount()
    return (
        table.assign(turn=turn)
        .sort_values(["turn", "pictures"], ascending=[True, False], kind="stable")
        .head(N_EXAMPLES)
    )


def render_see_all(finding: str, album: Album | None) -> None:
    """Offer a button that shows all pictures of a finding in the browser; only with pictures."""
    if album is not None:
        icon = ":material/photo_library:"
        key = f"dataset-all-{finding}"
        st.button("See all in the browser", icon=icon, key=key, type="tertiary", on_click=_see_all, args=(finding,))


def _see_all(finding: str) -> None:
    st.session_state["dataset-view"] = "Pictures"
    # The filter is not on the page yet. Streamlit gives it the session's value if it was there before, else the
    # address's; the address would not show a value of the session alone.
    st.session_state["dataset-finding"] = finding
    st.query_params["dataset-finding"] = FINDINGS[finding]
