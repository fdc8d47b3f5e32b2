"""The three views of the augmentation page: both policies, one transform at a time, a mix of one's own."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from fer_core.app import ui
from fer_core.app.augmentation import augment, spoiling, worker
from fer_core.app.augmentation.augment import STEPS, Settings, Variants
from fer_core.app.augmentation.worker import ask
from fer_core.app.dataset_album import Album
from fer_core.app.faces.sample_face import make_crowd_of_faces
from fer_core.app.formats import format_count, format_gap, format_percent, format_points
from fer_core.app.pictures import encode_png, make_sheet
from fer_core.runs.ablation import AblationRow
from fer_core.runs.run import Run

POLICIES = {"The study": "study", "Compact network": "compact"}
N_SIDE, N_STRIP, N_MIX, N_BATCH = 12, 6, 24, 16
TEN_CROP = (
    "The study's text also names a ten-crop; its code only resizes the picture to the size it already has. "
    "So there is no crop to show."
)
FILL = "What moves in from outside repeats the nearest pixel of the edge, as in training (`fill_mode='nearest'`)."
SLIDERS = {  # label, lowest, highest, step, help
    "rotation": ("Rotation, degrees", 0, 45, 1, "Drawn evenly from minus to plus this angle."),
    "shift": ("Shift, share", 0.0, 0.5, 0.05, "Of the side; drawn for both directions."),
    "zoom": ("Zoom, share", 0.0, 0.5, 0.05, "0.2 means a factor of 0.8 to 1.2."),
    "brightness": ("Brightness, share", 0.0, 0.5, 0.05, "Of the range, added to every pixel."),
    "contrast": ("Contrast, share", 0.0, 0.9, 0.1, "A factor about the picture's mean."),
    "probability": ("Erasing, share", 0.0, 1.0, 0.1, "How often a square is covered."),
    "side": ("Erased square, pixels", 2, 24, 2, "The largest side, of 48."),
}


def render_both(
    picture: np.ndarray, seed: int, album: Album | None, upright: AblationRow | None, answering: Run | None
) -> None:
    """Show what both policies make of one face, their settings, and of a batch of faces.

    `upright`: what the study's recipe gains without its vertical flip, where that was trained; `answering`: the network that
    answers for photos.
    """
    settings_of = {title: ask(augment.get_policy, name) for title, name in POLICIES.items()}
    _render_side_by_side(settings_of, np.repeat(picture[None], N_SIDE, 0), seed, "policy")
    table = {
        title: [augment.describe_step(settings, step) for step in STEPS] for title, settings in settings_of.items()
    }
    st.table(pd.DataFrame({"Transform": [name for name, _ in STEPS.values()]} | table).set_index("Transform"))
    more = spoiling.describe_answering(answering) if answering else ""
    st.caption("  \n".join(filter(None, (more, TEN_CROP))))

    share = format_percent(ask(augment.measure_upside_down, settings_of["The study"], seed))
    ui.section(
        "Half the faces upside down",
        f"In {format_count(augment.SHARE_DRAWS)} draws the study's layer turned {share} of the pictures upside down. "
        "Faces in photos hardly ever are: half of the learning goes into pictures that nobody will ask about. "
        f"Upside down, a smile even bends like a frown.{_describe_upright(upright)}",
        anchor="upside-down",
    )
    st.caption(f"A batch of {N_BATCH} faces, as the network meets them.")
    _render_side_by_side(settings_of, make_crowd_of_faces(album, N_BATCH, seed), seed, "batch")


def _describe_upright(row: AblationRow | None) -> str:
    if row is None:
        return ""
    return (
        f" Trained without it, the study's network at a quarter of its width gains, in a short training, {format_points(row.difference)} "
        f"({format_gap(row.interval)}) of test accuracy. [What else would have helped](study#ablation)"
    )


def _render_side_by_side(settings_of: dict[str, Settings], pictures: np.ndarray, seed: int, name: str) -> None:
    with st.grid(2, min_column_width=300, gap="medium"):
        for title, settings in settings_of.items():
            with st.container():
                st.subheader(title, anchor=False)
                variants = ask(augment.make_variants, pictures, settings, seed)
                render_sheet(variants, 4, f"{name}-{POLICIES[title]}", f"{title}: {name}")


def render_steps(picture: np.ndarray, seed: int) -> None:
    """Show each transform of a policy alone, with the same draws as in all of them together."""
    title = ui.choose_one("Policy", list(POLICIES), default="The study", key="augmentation-policy")
    settings = ask(augment.get_policy, POLICIES[title])
    pictures = np.repeat(picture[None], 2 * N_STRIP, 0)
    for step in augment.list_steps(settings):
        name, why = STEPS[step]
        variants = ask(augment.make_variants, pictures[:N_STRIP], augment.keep_step(settings, step), seed)
        _render_step(name, f"{augment.describe_step(settings, step).capitalize()}. {why}", variants)
    together = "What the network really gets: one draw of everything per picture, in each epoch another."
    _render_step(
        "All together", together, ask(augment.make_variants, pictures, settings, seed), f"all-{POLICIES[title]}"
    )
    if title == "The study":
        st.caption(TEN_CROP)


def _render_step(name: str, text: str, variants: Variants, file: str | None = None) -> None:
    left, right = st.columns([2, 3], gap="medium", vertical_alignment="center")
    with left:
        st.subheader(name, anchor=False)
        st.markdown(text)
    with right:
        render_sheet(variants, N_STRIP, file, name)


def render_spoilt(picture: np.ndarray, seed: int) -> None:
    """Show the ways in which the crowd's network meets bad photos."""
    st.markdown(
        "Visitors' photos are worse than test pictures. So the network taught by the crowd also trains on faces spoilt in six "
        "ways; about half of its pictures stay clean. [What that gains](robustness)",
        width=ui.TEXT_WIDTH,
    )
    nothing = np.zeros(N_STRIP, bool)
    for way, (name, why) in spoiling.WAYS.items():
        pictures = ask(spoiling.spoil, picture, way, N_STRIP, seed)
        _render_step(name, f"{ask(spoiling.describe_way, way)}. {why}", Variants(pictures, nothing, nothing))


def render_mix(picture: np.ndarray, seed: int) -> None:
    """Show what the visitor's own settings do."""
    title = ui.choose_one("Start from", list(POLICIES), default="The study", key="augmentation-start")
    settings = _choose_settings(ask(augment.get_policy, POLICIES[title]), POLICIES[title])
    variants = ask(augment.make_variants, np.repeat(picture[None], N_MIX, 0), settings, seed)
    render_sheet(variants, 8, "mix", "Your mix", scale=2)
    st.caption(FILL)


def _choose_settings(start: Settings, policy: str) -> Settings:
    chosen = {}
    with st.grid(4, min_column_width=165, gap="medium"):
        for name, (label, low, high, step, help) in SLIDERS.items():
            value = type(step)(start.largest if name == "side" else getattr(start, name))
            # Keys of their own for each policy: another start sets every slider.
            key = f"augmentation-{policy}-{name}"
            chosen[name] = st.slider(label, low, high, value, step, key=key, bind="query-params", help=help)
        with st.container():
            for name, label in (("horizontal_flip", "Mirror half"), ("vertical_flip", "Half upside down")):
                key = f"augmentation-{policy}-{name}"
                chosen[name] = st.toggle(label, getattr(start, name), key=key, bind="query-params")
    side = chosen.pop("side")
    return replace(start, **chosen, smallest=min(side, start.smallest), largest=side)


def render_sheet(variants: Variants, columns: int, file: str | None, what: str, scale: int = 3) -> None:
    """Show pictures as one sheet, those upside down framed; with a name for a `file` it can be taken away as PNG."""
    sheet = _encode_sheet(variants.images, columns, scale, variants.upside_down)
    n, down, erased = len(variants.images), int(variants.upside_down.sum()), int(variants.erased.sum())
    turned = f"{down} of {n} upside down (framed)" if down else f"None of {n} upside down"
    st.image(sheet, width="stretch", alt=f"{what}. {turned}, {erased} partly covered.")
    if file:
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.caption(f"{turned}, {erased} partly covered.", width="stretch")
            st.download_button(
                "PNG",
                sheet,
                f"augmentation-{file}.png",
                "image/png",
                key=f"augmentation-png-{file}",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
            )


@st.cache_data(max_entries=32, show_spinner=False)
def _encode_sheet(images: np.ndarray, columns: int, scale: int, marked: np.ndarray) -> bytes:
    return encode_png(make_sheet(images, columns, scale, marked=marked))


def forget() -> None:
    """Forget all faces that were kept, and what was made of them."""
    worker.forget()
    _encode_sheet.clear()
