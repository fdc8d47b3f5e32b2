"""Examples of what is odd in the dataset: as pictures where they are at hand, else as file names."""

import numpy as np
import pandas as pd
import streamlit as st

from fer_core.app.dataset_album import FINDINGS, Album
from fer_core.app.pictures import make_data_url
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


def render_groups(table: pd.DataFrame, album: Album | None) -> None:
    """Show groups of identical pictures: one picture for each with its labels, or without pictures the file names."""
    if album is None or album.dataset.drawn:
        st.dataframe(
            table[["labels", "pictures", "in_test", "files"]],
            hide_index=True,
            height=320,
            column_config={
                "labels": st.column_config.TextColumn("Labels", width="medium"),
                "pictures": st.column_config.NumberColumn("Copies", width="small"),
                "in_test": st.column_config.NumberColumn("In test", width="small"),
                "files": st.column_config.TextColumn("Files", width="large"),
            },
            alt=f"{len(table)} groups of identical pictures with their labels and file names",
        )
        return
    row_of = _name_rows(album)
    with st.grid(6, min_column_width=104, gap="small"):
        for example in pick_examples(table).itertuples():
            row = row_of.get(example.files.partition(", ")[0])
            if row is None:  # the facts are of another copy of the dataset
                continue
            with st.container(gap="xsmall"):
                st.image(
                    make_data_url(album.dataset.images[row]),
                    width="stretch",
                    alt=f"A picture that appears {example.pictures} times, labelled {example.labels}",
                )
                copies = f"{example.pictures} copies" + (f", {example.in_test} in test" if example.in_test else "")
                labels = example.labels if example.labels.count("+") < 3 else f"{example.labels.count('+') + 1} labels"
                st.caption(f"**{labels}**  \n{copies}")


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
