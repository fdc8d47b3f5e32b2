"""What this is, a photo to try, and how the networks did."""

from fer_core.app import loading, shell, ui

shell.start(__file__)

ui.page_header("Seven expressions", "A small network names the expression on a face.")
ui.show_problems(loading.load_runs().problems)
