"""What this is, a photo to try, and how the networks did."""

from fer_core.app import shell, ui
from fer_core.labels import LABELS

shell.start(__file__)

ui.page_header(
    "Which expression is it?",
    f"Show a photo to a small neural network, and it names the expression on every face: {', '.join(LABELS[:-1])} or "
    f"{LABELS[-1]}. It learned from FER2013, and you can look at everything it learned from and got wrong.",
)

# After the heading, because on a cold server these take most of a second to import.
from fer_core.app import loading, overview, summary

runs = loading.load_runs()
run = loading.load_default_run()
served = run and run.as_served()
facts = None
with shell.guard():
    facts = loading.load_facts()

ui.show_problems(runs.problems)

overview.render_photo_drop(run)

if run:
    ui.section("How good is it?", overview.make_quality_sentence(served, facts))
    ui.show_caveats(summary.describe_caveats(run))
    ui.metric_row(summary.make_headline_metrics(served))

ui.section("Where to go next")
overview.render_next_steps(served, facts)
