"""Confusion matrices, classes and mistakes of every run."""

from fer_core.app import loading, shell, ui

shell.start(__file__)

ui.page_header("Results", "What each network gets right, and what it takes for something else.")

runs = loading.load_runs()
ui.show_problems(runs.problems)
if not runs:
    ui.no_runs()
