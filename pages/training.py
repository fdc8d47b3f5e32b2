"""Curves and settings of every run."""

from fer_core.app import loading, shell, ui

shell.start(__file__)

ui.page_header("Training", "How each network learned, epoch by epoch.")

runs = loading.load_runs()
ui.show_problems(runs.problems)
if not runs:
    ui.no_runs()
