"""The parts of the overview page."""

import streamlit as st

from fer_core.app import shell, summary, ui
from fer_core.app.formats import format_count, format_percent, quote_name
from fer_core.app.loading import load_engine
from fer_core.app.predict import photo, photo_source
from fer_core.labels import LABELS
from fer_core.runs.artifacts import Run
from fer_core.vision.images import READABLE, ImageError, clean_name


def make_quality_sentence(run: Run, facts=None) -> str:
    """Return how good the network that answers here is, beside the study's best."""
    text = (
        f"**{summary.describe_network(run)}** {summary.describe_accuracy(run)}"
        f"{', averaging each face with its mirror image' if run.is_averaged else ''}. "
    )
    if run.by_crowd:
        return (
            f"{text}{summary.describe_people(facts)} It was taught by the votes of ten people a picture, not by FER2013's "
            f"labels: {summary.describe_crowd(facts)} The study, which learned those labels, reports "
            f"{summary.best_study_accuracy()} of them."
        )
    return f"{text}The study reports {summary.best_study_accuracy()} for its best network. {summary.describe_crowd(facts)}"


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
                help=f"{READABLE}. It stays in memory and is gone with your session.",
            )
            picture_slot = st.container()
            ui.page_link("predict", "Several photos, or the camera")
        with right, shell.guard():
            answer = _answer(upload)
            if answer:
                with picture_slot:
                    photo.render_picture(answer, photo.EXAMPLE_CREDIT if upload is None else "")
                _render_answer(answer, upload)


def _answer(upload) -> photo.Answer | None:
    if upload is None:
        return photo.answer_example()
    try:
        return photo.answer_photo(upload.getvalue(), upload.name, load_engine())
    except ImageError as error:
        st.error(
            f"{quote_name(clean_name(upload.name))}: {error}", icon=":material/broken_image:", title="This file cannot be read"
        )
        return None


def _render_answer(answer: photo.Answer, upload) -> None:
    if not answer.faces:
        st.markdown("**No face found.** Faces should look at the camera and be at least 40 pixels high.")
        if st.button("Mark the face by hand", key="overview-by-hand", icon=":material/crop:"):
            photo_source.hand_over(upload)
            st.switch_page(shell.page("predict"))
        return
    photo.render_faces(answer, "overview-face")
    st.caption(f"{answer.wording.meaning} {answer.wording.dotted}")


def render_next_steps(run: Run | None, facts=None) -> None:
    """Show where to go from here, with a fact from the artifacts on each card where there is one."""
    grid = st.grid(3, min_column_width=240, gap="small")
    for name, title, text in _make_next_steps(run, facts):
        with grid.container(border=True, height="stretch", gap="small"):
            st.subheader(title, anchor=False)
            st.markdown(text)
            st.space("stretch")
            ui.page_link(name)


def _make_next_steps(run: Run | None, facts) -> list[tuple[str, str, str]]:
    results = "Confusion matrices of every run and of the study, down to the single picture."
    if run:
        weakest, strongest = summary.find_extreme_classes(run)
        recall = {label: format_percent(run.test.per_class[label].recall, 0) for label in LABELS}
        true, predicted, count = summary.find_top_confusion(run)
        results = (
            f"It finds {recall[strongest]} of the {strongest} faces but {recall[weakest]} of the {weakest} ones, and "
            f"takes {format_count(count)} {true} faces for {predicted}."
        )
    return [
        ("study", "What it takes up", "A study in three experiments, cell by cell beside ours, and read closely."),
        ("results", "What it confuses", results),
        ("dataset", "What it learned from", summary.describe_dataset(facts)),
        ("training", "How it learned", "Every run's curves, settings and learning rates, laid over one another."),
        (
            "augmentation",
            "What it saw",
            "Turned, shifted, mirrored, even upside down: the pictures as training shows them.",
        ),
        (
            "limits",
            "What holds it back",
            "Labels that people disagree on, pictures it never had: why it is not better.",
        ),
    ]
