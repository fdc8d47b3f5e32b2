"""Many photos at once: a gallery to choose from, every face in a table, and both to take away."""

from collections.abc import Sequence

import streamlit as st

from fer_core.app import loading, ui
from fer_core.app.faces import album, photo
from fer_core.app.faces.album import CHOSEN
from fer_core.app.faces.batch import Outcome, ask_others
from fer_core.app.faces.export import COLUMNS, make_face_table, make_zip
from fer_core.app.formats import format_count, quote_name
from fer_core.app.loading import Engine
from fer_core.labels import LABELS

PAGE, TAKE_AWAY = "predict-page", "predict-take-away"
PER_PAGE = 24
ANSWER_FIRST = (
    "label",
    "confidence",
    "sure",
    *(name for name in COLUMNS if name not in ("label", "confidence", "sure")),
)
"""Columns as the page shows them: a phone has room for three. The files keep their documented order."""


def choose_outcome(outcomes: Sequence[Outcome]) -> Outcome:
    """Show the answered photos as tiles, where there are several, and return the chosen one."""
    keys = [outcome.photo.key for outcome in outcomes]
    if st.session_state.get(CHOSEN) not in keys:
        st.session_state[CHOSEN] = keys[0]
    chosen = keys.index(st.session_state[CHOSEN])
    if len(outcomes) > 1:
        _render_tiles(outcomes, chosen)
    return outcomes[chosen]


def offer_to_turn(outcome: Outcome) -> None:
    """Let the visitor turn the photo: faces the wrong way up are found, but not among many that are upright."""
    with st.container(horizontal=True, gap="small"):
        for name, quarters in (("left", 3), ("right", 1)):
            st.button(
                f"Turn {name}", key=f"predict-turn-{name}", type="tertiary", icon=f":material/rotate_90_degrees_{'ccw' if quarters == 3 else 'cw'}:",
                on_click=album.turn, args=(outcome.photo.key, quarters),
            )  # fmt: skip


def describe_batch(outcomes: Sequence[Outcome]) -> str:
    """Return what was found in all photos together: "12 photos, 31 faces, 2 photos without one"."""
    counts = [len(outcome.answer.faces) for outcome in outcomes]
    empty = counts.count(0)
    text = f"**{format_count(sum(counts))} faces** in {len(counts)} photos"
    return text + (f", {empty} without a face." if empty else ".")


def _render_tiles(outcomes: Sequence[Outcome], chosen: int) -> None:
    pages = -(-len(outcomes) // PER_PAGE)
    slot = st.container()
    page = st.pagination(pages, key=PAGE, max_visible_pages=5) if pages > 1 else 1
    first = (page - 1) * PER_PAGE
    with slot, st.grid(6, min_column_width=140, gap="small"):
        for place, outcome in enumerate(outcomes[first : first + PER_PAGE], first):
            with st.container(gap="xxsmall"):
                st.image(outcome.thumbnail, width="stretch", alt=photo.describe_answer(outcome.answer))
                st.button(
                    quote_name(_shorten(outcome.name)),
                    key=f"predict-tile-{place}",
                    type="secondary" if place == chosen else "tertiary",
                    icon=":material/check:" if place == chosen else None,
                    help=f"{quote_name(outcome.name)}: {_list_labels(outcome)}",
                    width="stretch",
                    on_click=_choose,
                    args=(outcome.photo.key,),
                )


def _choose(key: str) -> None:
    st.session_state[CHOSEN] = key


def _shorten(name: str) -> str:
    return name if len(name) <= 18 else f"{name[:9]}…{name[-8:]}"


def _list_labels(outcome: Outcome) -> str:
    """Return "2 faces: happy, not sure"."""
    labels = [face.label if face.sure else "not sure" for face in outcome.answer.faces]
    return photo.count_faces(len(labels)) + (f": {', '.join(labels[:8])}" if labels else "")


def render_take_away(outcomes: Sequence[Outcome], engines: Sequence[Engine]) -> None:
    """Show every face in a table, explain its columns, and offer it as CSV and with the pictures as a zip."""
    for outcome in outcomes:
        ask_others(outcome, engines[1:])
    table = make_face_table(outcomes, engines[0].run.name)
    share = st.column_config.NumberColumn(format="percent")
    config = {label: share for label in LABELS} | {
        "confidence": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)
    }
    alt = f"{len(table)} rows: every face with label, confidence, probabilities and place."
    # People read names here; the files keep the run folders' own.
    shown = table.assign(network=table["network"].replace(loading.load_runs().names))
    st.dataframe(
        shown,
        hide_index=True,
        column_config=config,
        column_order=ANSWER_FIRST,
        key="predict-table",
        alt=alt,
        placeholder="",
    )
    with st.container(horizontal=True):
        st.download_button(
            "CSV", data=lambda: table.to_csv(index=False), file_name="faces.csv", mime="text/csv", key="predict-csv",
            on_click="ignore", icon=":material/table:",
        )  # fmt: skip
        pictures = [
            (n, outcome.name, outcome.answer.picture) for n, outcome in enumerate(outcomes, 1) if outcome.answer
        ]
        st.download_button(
            "Marked pictures and CSV (zip)", data=lambda: make_zip(pictures, table), file_name="faces.zip",
            mime="application/zip", key="predict-zip", on_click="ignore", icon=":material/folder_zip:",
        )  # fmt: skip
    with st.expander("What the columns hold", icon=":material/help:"):
        st.markdown("\n".join(f"- **{name}**: {text}" for name, text in COLUMNS.items()), width=ui.TEXT_WIDTH)
