"""The parts of the overview page."""

from collections.abc import Sequence

import streamlit as st

from fer_core.app import shell, summary, ui
from fer_core.app.faces import album, cards, photo
from fer_core.app.findings import Finding
from fer_core.app.formats import format_count, format_percent, quote_name
from fer_core.app.loading import load_engine
from fer_core.app.memory import describe_stay
from fer_core.labels import LABELS
from fer_core.runs.run import Run
from fer_core.vision.images import READABLE, ImageError, clean_name


def make_quality_sentence(run: Run, facts=None, seeds: str = "") -> str:
    """Return how good the network that answers here is, beside the study's best; `seeds` says what others reach."""
    text = (
        f"**{summary.describe_network(run)}** {summary.describe_accuracy(run)}"
        f"{', averaging each face with its mirror image' if run.is_averaged else ''}. "
        f"{seeds and seeds + ' '}"
    )
    if run.by_crowd:
        return (
            f"{text}{summary.describe_people(facts, run)} It learned the votes of ten people for each picture, not FER2013's labels. "
            f"{summary.describe_crowd(facts)} The study, which learned those labels, reports {summary.best_study_accuracy()} "
            "of them."
        )
    return (
        f"{text}The study reports {summary.best_study_accuracy()} for its best network. {summary.describe_crowd(facts)}"
    )


def render_photo_drop(run: Run | None) -> None:
    """Show the uploader and, beside it, the answer: the visitor's photo, or the example until there is one."""
    if run is None:
        ui.empty_state(
            "No network to ask yet",
            "Train one with `python train.py train compact`; the run that brings a `model.onnx` answers photos here.",
            icon="model_training",
            link="predict",
        )
        return
    with st.container(border=True, key="overview-photo"):
        left, right = st.columns([5, 6], gap="large", vertical_alignment="top")
        with left:
            upload = st.file_uploader(
                "Drop a photo here",
                key="overview-upload",
                help=f"{READABLE}. It stays in memory and is gone {describe_stay()} after your visit.",
            )
            picture_slot = st.container()
            ui.page_link("predict", "Several photos, or the camera")
        with right, shell.guard():
            answer = _answer(upload)
            if answer:
                with picture_slot:
                    cards.render_picture(answer, photo.EXAMPLE_CREDIT if upload is None else "")
                _render_answer(answer, upload)


def _answer(upload) -> photo.Answer | None:
    if upload is None:
        return photo.answer_example()
    try:
        return photo.answer_photo(upload.getvalue(), upload.name, load_engine())
    except ImageError as error:
        st.error(
            f"{quote_name(clean_name(upload.name))}: {error}",
            icon=":material/broken_image:",
            title="This file cannot be read",
        )
        return None


def _render_answer(answer: photo.Answer, upload) -> None:
    if not answer.faces:
        st.markdown("**No face found.** Faces should look at the camera and be at least 40 pixels high.")
        if st.button("Mark the face by hand", key="overview-by-hand", icon=":material/crop:"):
            album.hand_over(upload)
            st.switch_page(shell.page("predict"))
        return
    cards.render_faces(answer, "overview-face")
    st.caption(f"{answer.wording.meaning} {answer.wording.dotted}")


def render_findings(findings: Sequence[Finding]) -> None:
    """Show what this project found: a figure, a title and a sentence each, and the way to more."""
    for column, finding in zip(st.columns(len(findings), gap="small"), findings, strict=True):
        with column.container(border=True, height="stretch", gap="small"):
            st.markdown(f"## {finding.figure}")
            st.markdown(f"**{finding.title}**")
            st.caption(finding.text)
            st.space("stretch")
            ui.page_link(finding.page)


def render_path(run: Run | None, facts=None) -> None:
    """Show the way through the study, step by step, with what each step finds."""
    grid = st.grid(4, min_column_width=180, gap="small")
    for number, (name, title, text) in enumerate(make_path(run, facts), 1):
        with grid.container(border=True, height="stretch", gap="small"):
            st.subheader(f"{number} · {title}", anchor=False)
            st.markdown(text)
            st.space("stretch")
            ui.page_link(name)


def make_path(run: Run | None, facts=None) -> list[tuple[str, str, str]]:
    """Return the steps as (page, title, finding)."""
    results = "Confusion matrices of every network and of the study, down to the single picture."
    if run:
        weakest, strongest = summary.find_extreme_classes(run)
        recall = {label: format_percent(run.test.per_class[label].recall, 0) for label in LABELS}
        true, predicted, count = summary.find_top_confusion(run)
        results = (
            f"It finds {recall[strongest]} of the {strongest} faces but {recall[weakest]} of the {weakest} ones, and "
            f"takes {format_count(count)} {true} faces for {predicted}."
        )
    return [
        ("study", "The study", "One network, trained three times: its table beside ours, and a close reading."),
        ("dataset", "The data", summary.describe_dataset(facts)),
        ("augmentation", "The recipe", "Turned, shifted, mirrored, even upside down: faces as training shows them."),
        ("training", "The training", "Curves, settings and learning rates of every network, side by side."),
        ("results", "The results", results),
        ("leaderboard", "The others", "What others report on FER2013, and what makes two numbers comparable."),
        ("robustness", "Bad pictures", "Blur, darkness, noise, covered faces: what each costs."),
        ("limits", "The limits", "Labels that people do not confirm, and expressions with too few pictures."),
    ]
