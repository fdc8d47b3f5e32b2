"""What the network sees while it trains: the real training layers on one face."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from fer_core.app import augment, loading, sample_face, shell, ui
from fer_core.app.augment import STEPS, Settings
from fer_core.app.formats import format_percent
from fer_core.app.pictures import encode_png, enlarge, make_sheet
from fer_core.data import DatasetError

shell.start(__file__)

VIEWS = ["Both policies", "One by one", "Mix your own"]
POLICIES = {"The study": "study", "Ours": "compact"}
N_SIDE, N_STRIP, N_MIX, N_BATCH = 12, 6, 24, 16
TEN_CROP = (
    "The study's text also names a ten-crop; its code only resizes the picture to the size it already has. "
    "So there is no crop to show."
)
MIX = {  # slider: label, lowest, highest, step, help
    "rotation": ("Rotation, degrees", 0, 45, 1, "Drawn evenly from minus to plus this angle."),
    "shift": ("Shift, share", 0.0, 0.5, 0.05, "Of the side; drawn for both directions."),
    "zoom": ("Zoom, share", 0.0, 0.5, 0.05, "0.2 means a factor of 0.8 to 1.2."),
    "brightness": ("Brightness, share", 0.0, 0.5, 0.05, "Of the range, added to every pixel."),
    "contrast": ("Contrast, share", 0.0, 0.9, 0.1, "A factor about the picture's mean."),
    "probability": ("Erasing, share", 0.0, 1.0, 0.1, "How often a square is covered."),
    "side": ("Erased square, pixels", 2, 24, 2, "The largest side, of 48."),
}


def show_sheet(variants: augment.Variants, columns: int, name: str, what: str, scale: int = 3, download: bool = True) -> None:
    """Show pictures as one sheet, those upside down framed, with a way to take it away."""
    sheet = encode_png(make_sheet(variants.images, columns, scale, marked=variants.upside_down))
    down, erased, n = int(variants.upside_down.sum()), int(variants.erased.sum()), len(variants.images)
    st.image(sheet, width="stretch", alt=f"{what}: {n} variants, {down} of them upside down, {erased} with a covered square")
    if download:
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.caption(f"{down} of {n} upside down (framed), {erased} with a covered square." if down else
                       f"None upside down, {erased} of {n} with a covered square.", width="stretch")  # fmt: skip
            st.download_button("PNG", sheet, f"{name}.png", "image/png", key=f"augmentation-png-{name}", type="tertiary",
                               icon=":material/download:", on_click="ignore")  # fmt: skip


def new_draw() -> None:
    st.session_state["augmentation-seed"] = (st.session_state.get("augmentation-seed", 0) + 1) % 1000


def choose_mix(start: Settings, title: str) -> Settings:
    """Show a slider for everything the layers can do, set to a policy's values; returns what they say now."""
    chosen = {}
    with st.grid(4, min_column_width=165, gap="medium"):
        for name, (label, low, high, step, help) in MIX.items():
            value = type(step)(start.largest if name == "side" else getattr(start, name))
            # Keys of their own for each policy: changing the start sets every slider.
            key = f"augmentation-{POLICIES[title]}-{name}"
            chosen[name] = st.slider(label, low, high, value, step, key=key, bind="query-params", help=help)
        with st.container():
            for name, label in (("horizontal_flip", "Mirror half"), ("vertical_flip", "Half upside down")):
                key = f"augmentation-{POLICIES[title]}-{name}"
                chosen[name] = st.toggle(label, getattr(start, name), key=key, bind="query-params")
    side = chosen.pop("side")
    return replace(start, **chosen, smallest=min(side, start.smallest), largest=side)


ui.page_header(
    "Augmentation",
    "In every epoch each training picture comes anew: turned, shifted, zoomed, mirrored, partly covered. "
    "The study also stands **half of its faces on their heads**; our network keeps them upright.",
)

album = None
try:
    album = sample_face.load_real_album() if loading.find_dataset_path() else None
except DatasetError as error:
    st.warning(str(error), icon=":material/folder_off:")

with st.grid(2, min_column_width=300):
    with st.container():
        face = sample_face.choose_face(album)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            seed = st.number_input("Seed", 0, 999, key="augmentation-seed", bind="query-params", width=140)
            st.button("New draw", icon=":material/casino:", on_click=new_draw, key="augmentation-draw")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(enlarge(face.picture, 176), width=176, output_format="PNG", alt=f"Before augmentation: {face.note}")
        st.caption(f"**Before**  \n{face.note}", width="stretch")

if not augment.is_started():
    st.caption(":material/hourglass_top: The first visit starts TensorFlow, a few seconds: these are the training's own layers.")
with st.spinner("Starting TensorFlow", show_time=True):
    augment.start()

view = st.segmented_control(
    "View", VIEWS, default=VIEWS[0], required=True, key="augmentation-view", bind="query-params", label_visibility="collapsed"
)
settings_of = {title: augment.get_policy(name) for title, name in POLICIES.items()}

if view == VIEWS[0]:
    with st.grid(2, min_column_width=300, gap="medium"):
        for title, settings in settings_of.items():
            with st.container():
                st.subheader(title, anchor=False)
                variants = augment.make_variants(np.repeat(face.picture[None], N_SIDE, 0), settings, seed)
                show_sheet(variants, 4, f"augmentation-{POLICIES[title]}", title)
    table = pd.DataFrame(
        {"Transform": [name for name, _ in STEPS.values()]}
        | {title: [augment.describe_step(settings, step) for step in STEPS] for title, settings in settings_of.items()}
    )
    st.table(table.set_index("Transform"))
    st.caption(TEN_CROP)

    share = augment.measure_upside_down(settings_of["The study"], seed)
    ui.section(
        "Half the faces upside down",
        f"In {augment.SHARE_DRAWS:,} draws the study's layer turned {format_percent(share)} of the pictures on their heads. "
        "Faces in photos hardly ever are, and in the test never: half of the learning goes into pictures that nobody will ask about. "
        "A smile upside down even looks like a frown.",
        anchor="upside-down",
    )
    batch = sample_face.make_crowd_of_faces(album, N_BATCH, seed)
    with st.grid(2, min_column_width=300, gap="medium"):
        for title, settings in settings_of.items():
            with st.container():
                st.markdown(f"**{title}**: a batch of {N_BATCH} faces")
                show_sheet(augment.make_variants(batch, settings, seed), 4, f"batch-{POLICIES[title]}", f"A batch, {title}")

elif view == VIEWS[1]:
    title = st.segmented_control(
        "Policy", list(POLICIES), default="The study", required=True, key="augmentation-policy", bind="query-params"
    )
    settings = settings_of[title]
    for step in augment.list_steps(settings):
        name, why = STEPS[step]
        text, strip = st.columns([2, 3], gap="medium", vertical_alignment="center")
        with text:
            st.subheader(name, anchor=False)
            st.markdown(f"{augment.describe_step(settings, step).capitalize()}. {why}")
        with strip:
            alone = augment.keep_step(settings, step)
            variants = augment.make_variants(np.repeat(face.picture[None], N_STRIP, 0), alone, seed)
            show_sheet(variants, N_STRIP, f"augmentation-{step}", name, download=False)
    text, strip = st.columns([2, 3], gap="medium", vertical_alignment="center")
    with text:
        st.subheader("All together", anchor=False)
        st.markdown("What the network really gets: one draw of everything per picture, in each epoch another.")
    with strip:
        variants = augment.make_variants(np.repeat(face.picture[None], 2 * N_STRIP, 0), settings, seed)
        show_sheet(variants, N_STRIP, f"augmentation-all-{POLICIES[title]}", f"All together, {title}")
    if title == "The study":
        st.caption(TEN_CROP)

else:
    title = st.segmented_control(
        "Start from", list(POLICIES), default="The study", required=True, key="augmentation-start", bind="query-params"
    )
    variants = augment.make_variants(np.repeat(face.picture[None], N_MIX, 0), choose_mix(settings_of[title], title), seed)
    show_sheet(variants, 8, "augmentation-mix", "Your mix", scale=2)
    st.caption("What moves in from outside repeats the nearest pixel of the edge, as in training (`fill_mode='nearest'`).")

ui.share_note()
