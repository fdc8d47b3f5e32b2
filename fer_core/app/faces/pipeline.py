"""What finding and framing a face costs, measured with the network that answers: read, and told in a sentence."""

import streamlit as st

from fer_core.app import loading
from fer_core.app.formats import SPACE, format_count, format_gap, format_percent, format_points
from fer_core.runs.contract import ArtifactError
from fer_core.runs.extras import compute_fingerprint
from fer_core.runs.pipeline import Found, PipelineReport, load_pipeline_report
from fer_core.runs.run import Run


def load_report() -> tuple[PipelineReport | None, list[str]]:
    """Return the pipeline's report, or None, and one sentence when it is damaged."""
    try:
        return load_pipeline_report(loading.artifacts_root()), []
    except ArtifactError as error:
        return None, [str(error)]


def is_about(report: PipelineReport, run: Run) -> bool:
    """Tell whether the report was measured with the very network of `run`."""
    if run.model_path is None:
        return False
    return _compute_fingerprint(str(run.model_path), run.model_path.stat().st_mtime_ns) == report.model_sha256


@st.cache_data(show_spinner=False, max_entries=20)
def _compute_fingerprint(path: str, changed: int) -> str:
    return compute_fingerprint(path)


def describe_for_visitors(report: PipelineReport) -> str:
    """Return the finding in a sentence for the page that answers photos."""
    test = report.test
    verb = "agreed with most people on" if report.by_crowd else "was right on"
    then = f"it {verb} {format_percent(test.pipeline.accuracy)} of {format_count(test.n_found)} test faces"
    if is_clear(test):
        told = f"{then} instead of {format_percent(test.given.accuracy)}, a change of {describe_change(test)}"
    else:
        told = f"{then}: no measurable difference, {describe_change(test)}"
    return (
        f"These figures are for faces cropped as in FER2013. With the face found and framed first, as here, {told}. "
        "[How that was measured](about#pipeline)"
    )


def is_clear(found: Found) -> bool:
    """Tell whether the pictures can tell the difference from nothing."""
    low, high = found.difference_ci95
    return not low <= 0 <= high


def describe_change(found: Found) -> str:
    """Return "+8.7 points (95 %: +7.0 to +10.0)"; with a digit more where one would show nothing at all."""
    digits = 1 if round(100 * found.difference, 1) else 2
    return f"{format_points(found.difference, digits)} (95{SPACE}%: {format_gap(found.difference_ci95, digits)})"
