"""The study page's section on FERC: how it does on FER2013, and its steps on a photo."""

import hashlib
import io
from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from fer_core.app import loading, shell, ui
from fer_core.app.charts.measures import view_measures
from fer_core.app.faces.examples import EXAMPLES
from fer_core.app.formats import quote_name
from fer_core.app.looks import Look
from fer_core.app.memory import describe_stay
from fer_core.app.sentences import ferc as sentences
from fer_core.app.study import ferc_pictures
from fer_core.app.theme import MUTED
from fer_core.ferc.report import COMMAND, FercReport, judge_network
from fer_core.ferc.steps import Steps, take_steps
from fer_core.ferc.vector import PAIRS
from fer_core.runs.contract import ArtifactError
from fer_core.runs.run import Run

PHOTOS = ("Portrait", "Admiral", "Photographer", "Mouth covered", "Six versions", "Cat")
OWN = "Your own"
LOOKS = {"FERC": Look(MUTED, "hexagon", "dot"), "FERC without stage 1": Look(MUTED, "hexagon-open", "dot")}
"""No network of this project has them."""
OPEN, CHOICE, UPLOAD, KEPT = "study-ferc-steps", "study-ferc", "study-ferc-upload", "study-ferc-own"


def render_ferc(runs: Sequence[Run | None], names: dict[str, str]) -> None:
    """Show FERC, beside `runs` on the same pictures; nothing where it was not trained."""
    try:
        report = loading.load_ferc()
    except ArtifactError as error:
        st.warning(shell.shorten_paths(str(error)), icon=":material/folder_off:")
        return
    if report is None:
        return
    ui.section("FERC, step by step", sentences.INTRODUCTION, anchor="ferc")
    _render_result(report, runs, names)
    _render_photo(report)
    left, right = st.columns(2, gap="medium")
    with left.expander("What the study quotes of it", icon=":material/format_quote:"):
        st.markdown(f"{sentences.QUOTED}\n{sentences.REPORTED}")
    with right.expander("Which choices are ours", icon=":material/handyman:"):
        st.markdown(sentences.describe_choices(report))
    ui.how_to_reproduce(COMMAND)


def _render_result(report: FercReport, runs: Sequence[Run | None], names: dict[str, str]) -> None:
    judged = {names[run.name]: judge_network(run.as_judged(by_crowd=False).answers(), report) for run in runs if run}
    networks = {name: right for name, right in judged.items() if right is not None}
    st.markdown(ui.link_words(sentences.describe_result(report, networks)), width=ui.TEXT_WIDTH)
    ui.render_chart(
        view_measures(sentences.measure_rows(report, networks), loading.load_runs().looks | LOOKS),
        "study-ferc-accuracies",
        caption=f"Right answers, one look per face. Bars: 95 % intervals. {sentences.describe_stage_1(report)}",
    )


@st.fragment  # another photo redraws this part alone
def _render_photo(report: FercReport) -> None:
    fold = st.expander(
        "Its steps on a photo", icon=":material/footprint:", key=OPEN, on_change="rerun", bind="query-params"
    )
    with shell.guard(), fold:
        if not fold.open:  # scikit-image's 30 MB and a second of work are for those who look
            return
        st.markdown(sentences.FAILS, width=ui.TEXT_WIDTH)
        choice = ui.choose_one("Photo", [*PHOTOS, OWN], key=CHOICE)
        found = _read_own(report) if choice == OWN else (_take_example(choice, report), EXAMPLES[choice].credit)
        if found:
            _render_steps(*found)


def _read_own(report: FercReport) -> tuple[Steps, str] | None:
    """The steps of the visitor's photo, worked out once; None until there is one that can be read."""
    from fer_core.vision import ImageError, read_image
    from fer_core.vision.images import READABLE, clean_name

    upload = st.file_uploader(
        "A photo with one face",
        key=UPLOAD,
        help=f"{READABLE}. It stays in memory and is gone {describe_stay()} after your visit.",
    )
    if upload is None:
        return None
    key = (hashlib.sha256(upload.getvalue()).hexdigest(), report)
    kept = st.session_state.get(KEPT)
    if not kept or kept[0] != key:
        try:
            with loading.TURN:
                picture = Image.fromarray(read_image(upload.getvalue(), upload.name).rgb)
                steps = take_steps(picture, report)
        except ImageError as error:
            name = quote_name(clean_name(upload.name))
            st.error(f"{name}: {error}", icon=":material/broken_image:", title="This file cannot be read")
            return None
        kept = st.session_state[KEPT] = (key, steps)
    return kept[1], "Your photo"


@st.cache_resource(show_spinner=False, max_entries=len(PHOTOS), hash_funcs={FercReport: lambda report: report.answers})
def _take_example(name: str, report: FercReport) -> Steps:
    return take_steps(Image.open(io.BytesIO(EXAMPLES[name].read())).convert("RGB"), report)


def _render_steps(steps: Steps, credit: str) -> None:
    found = steps.found
    skin = "Skin colour" if found.skin is not None else "No skin colour: a grey picture, or none of skin"
    cut = ferc_pictures.draw_points(found, steps.points)
    with st.grid(3, min_column_width=220, gap="small"):
        for title, picture in (
            (f"1 · {skin}", ferc_pictures.draw_skin(found)),
            (f"2 · Circles: {len(found.inner)} in the chosen one", ferc_pictures.draw_circles(found)),
            ("3 · 13 points, 24 distances", cut) if steps.is_face else ("3 · No face in the circle", cut),
        ):
            with st.container(gap="xsmall"):
                st.image(picture, width="stretch", alt=title)
                st.caption(title)
    if steps.is_face:
        st.markdown(f"{sentences.describe_stage(steps)} FERC's answer: {sentences.describe_answer(steps.probability)}.")
        ui.render_folded_table("The 24 distances", _make_table(steps.vector), "study-ferc-vector", height=320)
    else:
        st.info(sentences.NO_FACE, icon=":material/search_off:")
    st.caption(credit)


def _make_table(vector: np.ndarray) -> pd.DataFrame:
    starts, ends = zip(*PAIRS)
    return pd.DataFrame({"From": starts, "To": ends, "In distances between the eyes": np.round(vector, 2)})
