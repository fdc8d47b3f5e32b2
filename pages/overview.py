"""What this is, a photo to try, and how the networks did."""

from fer_core.app import router, shell, ui
from fer_core.labels import LABELS

router.start(__file__)

ui.page_header(
    "Which expression is it?",
    f"Show a photo to a small neural network, and it says what people would call each face: {', '.join(LABELS[:-1])} or "
    f"{LABELS[-1]}. People often disagree about a face, and then it says so.",
)

# After the heading, because on a cold server these take most of a second to import.
from fer_core.app import findings, loading, overview, summary

runs = loading.load_runs()
run = loading.load_default_run()
served = run and run.as_served()
facts = None
with shell.guard():
    facts = loading.load_facts()

ui.show_problems(runs.problems)

overview.render_photo_drop(run)

if run:
    overview.render_quality(served, facts, summary.describe_seeds(run, runs))
    ui.show_caveats(summary.describe_caveats(run))

found = findings.make_findings(
    loading.load_label_run(), run if run and run.learns_votes else None, loading.load_robustness().by_run,
    {run.name: run for run in runs}, facts,
)  # fmt: skip
if found:
    ui.section("What was found", anchor="findings")
    overview.render_findings(found)

ui.section("The whole story, step by step", "Eight pages, from the study to its limits. Each opens with its finding.")
overview.render_path(served, facts)
ui.share_note()
