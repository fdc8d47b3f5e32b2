"""Runs: the artifact contract, metrics, and the study's and the literature's numbers."""

from fer_core.runs.artifacts import ARTIFACTS, load_run, load_runs
from fer_core.runs.comparison import (
    choose_default_run,
    compare_table_with_paper,
    compare_with_paper,
)
from fer_core.runs.contract import SCHEMA, ArtifactError
from fer_core.runs.literature import LITERATURE, LiteratureRow
from fer_core.runs.metrics import apply_temperature, compute_calibration, compute_metrics, compute_run_metrics
from fer_core.runs.paired import Comparison, Pair, compare_runs
from fer_core.runs.predictions import Predictions, load_predictions
from fer_core.runs.run import Run
from fer_core.runs.verify import verify_run, verify_runs
from fer_core.runs.writing import write_run

__all__ = [
    "ARTIFACTS",
    "LITERATURE",
    "SCHEMA",
    "ArtifactError",
    "Comparison",
    "LiteratureRow",
    "Pair",
    "Predictions",
    "Run",
    "apply_temperature",
    "choose_default_run",
    "compare_runs",
    "compare_table_with_paper",
    "compare_with_paper",
    "compute_calibration",
    "compute_metrics",
    "compute_run_metrics",
    "load_predictions",
    "load_run",
    "load_runs",
    "verify_run",
    "verify_runs",
    "write_run",
]
