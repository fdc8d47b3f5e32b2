"""The parts of the study page that need Streamlit."""

from collections.abc import Sequence

import streamlit as st

from fer_core.app import ui
from fer_core.app.charts import network
from fer_core.app.charts.measures import view_measures
from fer_core.app.loading import Runs
from fer_core.app.looks import STUDY, make_look
from fer_core.app.sentences import study as sentences
from fer_core.app.sentences.leaderboard import ANY, describe_cause, describe_pair, describe_seed_mean
from fer_core.app.sentences.study import Question
from fer_core.app.summary import list_seeds
from fer_core.runs.comparison import find_taught_otherwise
from fer_core.runs.paper import PAPER_FINDINGS, PAPER_LAYERS, find_paper_experiment
from fer_core.runs.run import Run


def render_accuracies(runs: Sequence[Run]) -> None:
    """Show the three test accuracies with what chance does to them, the study's and ours."""
    accuracies = sentences.compute_accuracies(runs)
    st.markdown(sentences.describe_accuracies(accuracies), width=ui.TEXT_WIDTH)
    for run in runs:
        if find_paper_experiment(run.experiment) and not run.is_partial and not run.is_drawn:
            st.markdown(sentences.describe_epochs(run), width=ui.TEXT_WIDTH)
    ui.render_chart(
        view_measures(accuracies, {sentences.PAPER: STUDY, sentences.HERE: make_look(0)}),
        "study-accuracies",
        caption="Right answers among the test pictures, one look per face. Bars: 95 % intervals from their number. The study prints "
        "whole percents; experiment 2's is counted in its matrix.",
    )


def render_gain(runs: Runs, again: Run | None, ours: Run | None) -> None:
    """Say what separates our rerun of the study's network from our own, by labels and by people; nothing without both."""
    if again is None or ours is None or again.name == ours.name:
        return
    if text := describe_pair(again, ours, runs.names):
        seeds = describe_seed_mean(list_seeds(again, runs), list_seeds(ours, runs))
        ui.section("What the gain is made of", " ".join(filter(None, (text, seeds))), anchor="gain")
        taught = find_taught_otherwise(ours, runs)
        if taught and (cause := describe_cause(ours, taught)):
            st.markdown(cause, width=ui.TEXT_WIDTH)
        ui.page_link("results", "The two matrices side by side", {"results-run": ours.name, "results-with": again.name})


def render_network() -> None:
    """Show the study's network as bars, a layer each."""
    measure = ui.choose_one("Count", list(network.MEASURES), default="Parameters", key="study-count")
    ui.render_chart(
        network.view_layers(PAPER_LAYERS, measure),
        "study-layers",
        caption="Every convolution is followed by batch normalisation; every stage ends in 2×2 max pooling.",
    )


def render_works() -> None:
    """List what the study reads and builds on."""
    st.markdown(sentences.WORKS, width=ui.TEXT_WIDTH)
    ui.page_link("leaderboard", "Where 64 % stands among others", {"leaderboard-split": ANY})


def render_findings() -> None:
    """List what does not fit together in the study."""
    st.markdown("\n".join(f"- **{title}.** {text}" for title, text in PAPER_FINDINGS.items()), width=ui.TEXT_WIDTH)


def render_questions(questions: Sequence[Question]) -> None:
    """Show a card per question: what the study says, what is known here, where it is looked at."""
    grid = st.grid(3, min_column_width=280, gap="small")
    for question in questions:
        with grid.container(border=True, height="stretch", gap="small"):
            st.subheader(question.title, anchor=False)
            st.caption(question.said)
            st.markdown(question.found)
            st.space("stretch")
            if question.page:
                ui.page_link(question.page)
