"""Who answers on the predict page: the networks to choose from, how good they are, when they are not sure."""

import streamlit as st

from fer_core.app import ui
from fer_core.app.choosing import find_in_address
from fer_core.app.faces import pipeline
from fer_core.app.formats import format_percent, format_points, format_range
from fer_core.app.loading import Engine, find_calibration, load_default_run, load_engine, load_runs
from fer_core.app.summary import describe_accuracy, describe_network, write_gap
from fer_core.app.ui import Metric
from fer_core.app.wording import Wording
from fer_core.runs.records import Scores
from fer_core.runs.run import Run

NETWORKS = "predict-networks"
MAX_SIDE_BY_SIDE = 3


def require_run(title: str, takeaway: str) -> Run:
    """Return the run that answers by default; without one, say so under the page's `title` and end the page."""
    run = load_default_run()
    if run is None:
        ui.page_header(title, takeaway)
        ui.show_problems(load_runs().problems)
        ui.empty_state(
            "No network to ask yet",
            "Train one with `python train.py train compact`; the run that brings a `model.onnx` answers here.",
            icon="model_training",
        )
        st.stop()
    return run


def choose_engines() -> list[Engine]:
    """Let the visitor choose networks, where several can answer; the first one decides what the boxes say."""
    default = load_default_run()
    runs = load_runs()
    names = {runs.names[run.name]: run.name for run in runs if run.model_path}
    first = runs.names[default.name]
    if len(names) == 1:
        return [load_engine(default.name)]
    given = [runs.names[name] for name in find_in_address(runs.names, NETWORKS) if runs.names[name] in names]
    chosen = st.multiselect(
        "Networks", list(names), default=given or [first], max_selections=MAX_SIDE_BY_SIDE, key=NETWORKS, bind="query-params",
        width=420, help="Up to three answer side by side; the first one labels the boxes.",
    )  # fmt: skip
    return [load_engine(names[name]) for name in chosen or [first]]


def find_scores(run: Run) -> Scores:
    """Return the test scores of answers as given here, averaged over a face and its mirror image, where known."""
    return run.as_served().test


def make_takeaway(run: Run) -> str:
    """Return the page's opening, with how good the answers are."""
    return (
        f"Bring a photo: {_describe_answer(run)}. The network {describe_accuracy(run.as_served())}, none of which it "
        "learned from."
    )


def _describe_answer(run: Run) -> str:
    if run.learns_votes:
        return "every face gets the votes that ten people would give it, among seven expressions"
    return "every face gets one of seven labels, with seven probabilities"


def render_caution(run: Run) -> None:
    """Say in a line what the answers are not."""
    wrong = format_percent(1 - find_scores(run).accuracy, 0)
    whose = "most people see something else" if run.learns_votes else "its answer is wrong"
    st.caption(
        f":material/shield_person: {Wording(run.learns_votes).meaning} For {wrong} of the test pictures {whose}. Not for "
        "judging people. [Responsible use](about)",
        width=ui.TEXT_WIDTH,
    )


def describe_threshold(run: Run) -> str:
    """Return how the "not sure" threshold was chosen and what it buys, in the run's own numbers."""
    calibration = find_calibration(run)
    if calibration is None or not calibration.not_sure_threshold:
        return "It always answers; it never says *not sure*."
    accuracy = find_scores(run).accuracy
    if run.learns_votes:
        return (
            f"Where no expression gets {format_percent(calibration.not_sure_threshold, 0)} of the votes, it says that "
            f"*people would disagree*. It then still answers {format_percent(calibration.test_coverage, 0)} of the test pictures, "
            f"and names what most people see in **{format_percent(calibration.test_accuracy_above)}** of those, against "
            f"{format_percent(accuracy)} of all. Its shares stand for votes, and are off by "
            f"{format_points(calibration.test_ece_after).lstrip('+')} on average."
        )
    return (
        f"Below a confidence of **{format_percent(calibration.not_sure_threshold, 0)}** it says *not sure*. That line was set on validation "
        f"pictures, where answers above it are right {format_percent(calibration.validation_accuracy_above, 0)} of "
        f"the time. On the test pictures it then answers {format_percent(calibration.test_coverage, 0)} and is right "
        f"on **{format_percent(calibration.test_accuracy_above)}** of those, instead of "
        f"{format_percent(accuracy)} of all. Confidence is calibrated: of answers given with 70 %, about 70 % are right."
    )


def render_network(run: Run) -> None:
    """Show which network answers, its scores with intervals, and the way to its results."""
    st.markdown(f"**{describe_network(run)}**. {describe_threshold(run)}", width=ui.TEXT_WIDTH)
    ui.metric_row(_make_cards(run))
    report, _ = pipeline.load_report()
    if report and pipeline.is_about(report, run):
        st.caption(pipeline.describe_for_visitors(report), width=ui.TEXT_WIDTH)
    ui.page_link("results", "Its results, class by class", {"results-run": run.title})


def _make_cards(run: Run) -> list[Metric]:
    """Return cards by both yardsticks, whatever the network learned, so that two networks compare; and how sure it is."""
    served, calibration = run.as_served(), find_calibration(run)
    looks = " Averaged over each face and its mirror image, as for your photo." if served.is_averaged else ""
    judges = {
        "What most people see": (True, "How often it names what most of ten people see, where one expression leads."),
        "FER2013's label": (False, "How often it names the label that the picture came with, a search word."),
    }
    cards = []
    for label, (by_crowd, help) in judges.items():
        judged = served.as_judged(by_crowd)
        if judged.by_crowd == by_crowd:
            scores = judged.test
            note = f"95 %: {format_range(scores.accuracy_ci95)}"
            cards.append(Metric(label, format_percent(scores.accuracy), note, f"{help}{looks}"))
    if calibration and calibration.test_accuracy_above is not None:
        right = f"right in {format_percent(calibration.test_accuracy_above)}"
        cards.append(
            Metric("Answers when sure", format_percent(calibration.test_coverage), right, "Of the test faces.")
        )
    error = calibration.test_ece_after if calibration else served.test.ece
    return [
        *cards,
        Metric("Off the votes by" if run.learns_votes else "Calibration error", write_gap(error), "0 is best"),
    ]
