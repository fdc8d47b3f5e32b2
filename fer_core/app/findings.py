"""Examples of what is odd in the dataset: as pictures where they are at hand, else as file names."""

import numpy as np
import pandas as pd
import streamlit as st

from fer_core.app.album import Album
from fer_core.app.pictures import make_data_url
from fer_core.labels import LABELS

N_EXAMPLES = 12


def make_group_table(pictures: dict[str, np.ndarray], wanted: str = "conflict") -> pd.DataFrame:
    """Return a row per group of identical pictures: `labels`, `pictures`, `files`; largest groups first.

    `pictures`: the arrays of the dataset's facts. `wanted`: the column that marks the pictures looked for, "conflict"
    or "twin". Groups that look the same on every machine: sorted by size, then by number.
    """
    groups = np.unique(pictures["duplicate_group"][pictures[wanted]])
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
        files=("files", ", ".join),
    )
    return grouped.sort_values(["pictures", "labels"], ascending=[False, True]).reset_index()


def render_groups(table: pd.DataFrame, album: Album | None) -> None:
    """Show groups of identical pictures: one picture for each with its labels, or without pictures the file names."""
    examples = pick_examples(table)
    if album is None or album.dataset.drawn:
        st.dataframe(
            table[["labels", "pictures", "files"]],
            hide_index=True,
            height=320,
            column_config={
                "labels": st.column_config.TextColumn("Labels", width="medium"),
                "pictures": st.column_config.NumberColumn("Copies", width="small"),
                "files": st.column_config.TextColumn("Files", width="large"),
            },
            alt=f"{len(table)} groups of identical pictures with their labels and file names",
        )
        return
    row_of = {f"{'test' if test else 'train'}/{key}": row for row, (test, key) in enumerate(zip(album.dataset.is_test, album.key))}
    with st.grid(min_column_width=120, gap="small"):
        for example in examples.itertuples():
            files = example.files.split(", ")
            row = row_of.get(files[0])
            if row is None:
                continue
            with st.container(gap="xsmall"):
                st.image(
                    make_data_url(album.dataset.images[row]),
                    width="stretch",
                    alt=f"A picture that is there {example.pictures} times, labelled {example.labels}",
                )
                st.caption(" · ".join(_count_labels(files)), help="  \n".join(f"`{file}`" for file in files[:8]))


def pick_examples(table: pd.DataFrame) -> pd.DataFrame:
    """Pick groups to show: every set of labels once before any comes twice, the largest groups first."""
    turn = table.groupby("labels").cumcount()
    return table.assign(turn=turn).sort_values(["turn", "pictures"], ascending=[True, False], kind="stable").head(N_EXAMPLES)


def _count_labels(files: list[str]) -> list[str]:
    places = [tuple(file.split("/")[:2]) for file in files]
    unique = sorted(set(places), key=lambda place: (place[1], place[0]))
    return [f"**{label}** {folder}" + (f" ×{places.count((folder, label))}" if places.count((folder, label)) > 1 else "")
            for folder, label in unique]  # fmt: skip
