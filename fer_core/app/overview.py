"""The parts of the overview page."""

from collections.abc import Sequence

import streamlit as st

from fer_core.app import shell, summary, ui
from fer_core.app.faces import album, batch, cards, photo
from fer_core.app.faces.album import Photo
from fer_core.app.faces.batch import Outcome
from fer_core.app.faces.examples import EXAMPLES, FIRST
from fer_core.app.faces.thumbnails import choose_example
from fer_core.app.findings import Finding
from fer_core.app.formats import format_count, format_percent
from fer_core.app.loading import load_engine
from fer_core.app.memory import describe_stay
from fer_core.labels import LABELS
from fer_core.runs.run import Run
from fer_core.vision.images import READABLE

UPLOADER, BROUGHT, EXAMPLE = "overview-upload", "overview-brought", "overview-example"
SHOWN_EXAMPLES = (FIRST, "Portrait", "Photographer", "Mouth covered", "Lying down", "Drawn fear")
WIDTHS = [4, 7]
"""Of photo and answer: the answer's column holds all examples in a row."""


def make_plain_sentence(run: Run, facts=None) -> str:
    """Return how good the network that answers here is, in a hundred faces, and beside it one person."""
    right = round(100 * run.test.accuracy)
    if not run.by_crowd:
        return f"It names FER2013's label for {right} of 100 faces that it has never seen."
    text = f"It names what most people see in **{right} of 100** faces that it has never seen."
    one = facts.crowd.people.one if facts and facts.crowd and facts.crowd.people else None
    return (
        text
        if one is None
        else f"{text} One person agrees with most of the others in **{round(100 * one)} of 100** votes."
    )


def make_quality_sentence(run: Run, facts=None, seeds: str = "") -> str:
    """Return the same with its numbers, beside the study's best; `seeds` says what others reach."""
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


def describe_yardsticks(run: Run, facts=None) -> str:
    """Say how one person's votes and the network's answers are counted, which is not quite the same; or nothing."""
    people = facts.crowd.people if facts and facts.crowd else None
    if people is None or people.one is None or not run.by_crowd:
        return ""
    return (
        f"The two are not counted alike: the network is judged on the {format_count(run.test.n)} faces where one expression "
        f"has more of the ten votes than any other; each person's vote against the other voters', on {format_count(people.one_n)} faces."
    )


def render_quality(run: Run, facts, seeds: str) -> None:
    """Show how good it is in a sentence, and its numbers folded away."""
    ui.section("How good is it?", make_plain_sentence(run, facts))
    with st.expander("Details", icon=":material/analytics:"):
        for text in (make_quality_sentence(run, facts, seeds), describe_yardsticks(run, facts)):
            st.markdown(ui.link_words(text), width=ui.TEXT_WIDTH)
        ui.metric_row(summary.make_headline_metrics(run))


def render_photo_drop(run: Run | None) -> None:
    """Show the ways to bring a photo, and below them the answer: the visitor's photo, or an example until there is one."""
    if run is None:
        ui.empty_state(
            "No network to ask yet",
            "Train one with `python train.py train compact`; the run that brings a `model.onnx` answers photos here.",
            icon="model_training",
            link="predict",
        )
        return
    with st.container(border=True, key="overview-photo"), shell.guard():
        chosen = _choose_photo()
        (outcome,) = batch.answer_photos([chosen], load_engine()) or [None]
        if outcome is None:
            return
        batch.render_problems([outcome])
        if outcome.answer:
            _render_outcome(outcome)


def _choose_photo() -> Photo:
    """Return the chosen example, else the visitor's own photo, else the first example."""
    with st.container(key="overview-bring-photos"):
        left, right = st.columns(WIDTHS, gap="medium")
    with left:
        help = f"{READABLE}. It stays in memory and is gone {describe_stay()} after your visit."
        if not st.file_uploader("Your photo", key=UPLOADER, on_change=_take, help=help):
            st.session_state.pop(BROUGHT, None)  # the widget is new: what it brought before stays
            album.offer_to_forget(album.open_album(album.UPLOADS), "overview-forget")
        with st.container(horizontal=True, gap="small"):
            ui.page_link("predict", "Take a photo", {album.SOURCE: album.CAMERA})
            ui.page_link("predict", "Several photos", {album.SOURCE: album.UPLOAD})
    own = album.find_own()
    if own is None and st.session_state.get(EXAMPLE, FIRST) is None:
        st.session_state[EXAMPLE] = FIRST  # pressed again, or the photo was taken away
    with right:
        example = choose_example("Or a free example", SHOWN_EXAMPLES, EXAMPLE, None if own else FIRST)
    return own if own and not example else photo.open_example(example or FIRST)


def _take() -> None:
    """Follow the uploader: a new file joins the visit's photos, the one that it listed before leaves them."""
    if before := st.session_state.pop(BROUGHT, None):
        album.take_back(before)
    file = st.session_state[UPLOADER]
    if file and (brought := album.hand_over(file)):
        st.session_state[BROUGHT], st.session_state[EXAMPLE] = brought.key, None


def _render_outcome(outcome: Outcome) -> None:
    answer, example = outcome.answer, EXAMPLES.get(outcome.photo.example)
    with st.container(key="overview-answer-first"):
        left, right = st.columns(WIDTHS, gap="medium")
    with left:
        cards.render_picture(answer, example.credit if example else "")
    with right:
        if not answer.faces:
            _render_no_face(outcome)
            return
        cards.render_faces(answer, "overview-face")
        dotted = answer.wording.dotted if len(answer.faces) == 1 else ""
        st.caption(" ".join(filter(None, [example.hint if example else "", answer.wording.meaning, dotted])))


def _render_no_face(outcome: Outcome) -> None:
    st.markdown("**No face found.** Faces should look at the camera and be at least 40 pixels high.")
    if st.button("Mark the face by hand", key="overview-by-hand", icon=":material/crop:"):
        album.show_on_predict(outcome.photo)
        st.switch_page(shell.page("predict"))


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
        ("limits", "The limits", "Labels that people do not confirm, and expressions that networks miss."),
    ]
