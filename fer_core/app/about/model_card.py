"""The parts of the model card on the About page that need Streamlit."""

import pandas as pd
import streamlit as st

from fer_core.app import summary, ui
from fer_core.app.charts.calibration import view_coverage
from fer_core.app.charts.reliability import view_reliability
from fer_core.app.formats import format_percent
from fer_core.app.sentences.model_card import list_facts
from fer_core.runs.metrics import apply_temperature
from fer_core.runs.records import Calibration
from fer_core.runs.run import Run


def render_network(run: Run) -> None:
    """Show what the network is and where it comes from."""
    facts = list_facts(run)
    table = pd.DataFrame({"": list(facts), "Value": list(facts.values())})
    st.table(table, border="horizontal", hide_index=True, hide_header=True, alt=f"Facts about the network {run.name}")


def render_classes(run: Run) -> None:
    """Show the seven classes, the hardest first."""
    per_class = run.test.per_class
    rows = [{"Expression": label, **scores.to_plain()} for label, scores in per_class.items()]
    table = pd.DataFrame(rows).sort_values("recall", ignore_index=True)
    table[["recall", "precision", "f1"]] *= 100
    share = {"min_value": 0, "max_value": 100, "format": "%.0f %%"}
    weakest, strongest = summary.find_extreme_classes(run)
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "recall": st.column_config.ProgressColumn("Found (recall)", help="Of the faces with this label", **share),
            "precision": st.column_config.ProgressColumn("Right (precision)", help="Of the answers with it", **share),
            "f1": st.column_config.ProgressColumn("F1", help="Harmonic mean of both", **share),
            "support": st.column_config.NumberColumn("Test pictures", format="localized"),
        },
        column_order=["Expression", "recall", "precision", "f1", "support"],
        alt=f"Scores per expression. Hardest: {weakest}, {format_percent(per_class[weakest].recall)} found; "
        f"easiest: {strongest}, {format_percent(per_class[strongest].recall)} found",
    )


def render_calibration(run: Run) -> None:
    """Show accuracy against confidence, after calibration where the run has it."""
    calibration = run.calibration
    reliability = calibration.test_reliability_after if calibration else run.test.reliability
    if not reliability:
        ui.empty_state("No calibration yet", "This run was written before calibration was recorded.", icon="speed")
        return
    ui.render_chart(
        view_reliability(reliability),
        "about-reliability",
        caption="Dotted: confidence equals accuracy. Larger points stand for more test pictures.",
    )
    st.caption(summary.describe_floor(run))
    _render_coverage(run, calibration)


def _render_coverage(run: Run, calibration: Calibration | None) -> None:
    """Show what saying "not sure" costs and buys, on the test pictures."""
    answers = run.answers("test")
    probability = apply_temperature(answers.probability, calibration.temperature if calibration else 1.0)
    confidence, correct = probability.max(axis=1), probability.argmax(axis=1) == answers.label
    ui.render_chart(
        view_coverage(confidence, correct, calibration and calibration.not_sure_threshold),
        "about-coverage",
        caption="What saying *not sure* costs and buys: the fewer pictures are answered, the more of the answers are "
        "right. The diamond is the line that was drawn on validation pictures; dotted: all test pictures.",
    )
