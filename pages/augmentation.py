"""What the network sees while it trains: the real training layers on one face."""

from contextlib import nullcontext

import streamlit as st

from fer_core.app import ablation, loading, router, shell, ui
from fer_core.app.augmentation import views, worker
from fer_core.app.faces import sample_face
from fer_core.app.pictures import enlarge
from fer_core.data import DatasetError

router.start(__file__)

UPRIGHT = "quarter-no-vertical-flip"
"""The study's recipe without its vertical flip."""


def draw_anew() -> None:
    st.session_state["augmentation-seed"] = (st.session_state.get("augmentation-seed", 0) + 1) % 1000


ui.page_header(
    "Augmentation",
    "In every epoch the network sees each training picture changed a little: turned, shifted, zoomed, mirrored, partly "
    "covered. The study also turns **half of its faces upside down**; our network keeps them upright.",
)

album = None
try:
    album = sample_face.load_real_album() if loading.find_dataset_path() else None
except DatasetError as error:
    st.warning(shell.shorten_paths(str(error)), icon=":material/folder_off:")

with st.grid(2, min_column_width=300):
    with st.container():
        face = sample_face.choose_face(album)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            seed = st.number_input("Seed", 0, 999, key="augmentation-seed", bind="query-params", width=140)
            st.button("New draw", icon=":material/casino:", on_click=draw_anew, key="augmentation-draw")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(enlarge(face.picture, 176), width=176, output_format="PNG", alt=f"Before augmentation: {face.note}")
        st.caption(f"**Before**  \n{face.note}", width="stretch")

STARTS = "These are the training's own layers: TensorFlow starts, which takes a few seconds"

st.space("small")
VIEWS = {
    "Both policies": lambda: views.render_both(
        face.picture, seed, album, ablation.find_row(list(loading.load_runs()), UPRIGHT), loading.load_default_run()
    ),
    "One by one": lambda: views.render_steps(face.picture, seed),
    "Bad photos": lambda: views.render_spoilt(face.picture, seed),
    "Mix your own": lambda: views.render_mix(face.picture, seed),
}
tabs = st.tabs(list(VIEWS), key="augmentation-view", bind="query-params", on_change="rerun")
try:
    for tab, render in zip(tabs, VIEWS.values()):
        if tab.open:
            with tab, st.spinner(STARTS, show_time=True) if worker.rests() else nullcontext():
                render()
finally:
    if face.is_own:
        views.forget()  # a visitor's face is not kept for the next one

ui.share_note(repeatable=not face.is_own)
