"""The study that this project takes up: read, run again, carried on."""

import streamlit as st

from fer_core.app import ablation, loading, router, ui
from fer_core.app.sentences import study as sentences
from fer_core.app.study import families, ferc, strengths, table, views
from fer_core.runs.paper import CITATION, PAPER_CONFIGURATION, find_paper_experiment

router.start(__file__)

runs = loading.load_runs()
run = loading.load_label_run()  # what the study did, too: it learns FER2013's labels
measured = loading.load_robustness().by_run

ui.page_header("The study", sentences.make_takeaway())
st.caption(CITATION)
ui.show_problems(runs.problems)
ui.set_subject(["The study and its reruns"], PAPER_CONFIGURATION["test pictures"])

ui.section(
    "The study beside ours, cell by cell",
    "Table 1 as printed, and the same experiments run again here. Validation precision and recall count a class as named "
    "only above a probability of 0.5, as Keras does; test scores are averages weighted by class size.",
    anchor="table-1",
)
table.render_paper_table(list(runs))

ui.section("More than chance?", anchor="chance")
views.render_accuracies(list(runs))

again = next((found for found in runs if find_paper_experiment(found.experiment)), None)
views.render_gain(runs, again, run)

changes = ablation.load_ablation(list(runs))
if changes:
    ui.section(
        "What would have helped it most?",
        "Its recipe on a smaller copy of its network, with one thing changed at a time.",
        anchor="ablation",
    )
    ablation.render_ablation(list(runs), changes)
answers = {name: given for name, (_, given) in loading.load_disturbed().by_run.items()}
claims, learning = strengths.compare_claims(list(runs), answers), strengths.describe_learning(list(runs))
if found := strengths.make_strengths(changes, claims, learning):
    ui.section(
        "Its strengths, taken away",
        "What section 7.1 lists as strengths, each removed in the same short training.",
        anchor="strengths",
    )
    st.markdown("\n".join(f"- **{claim}.** {answer}" for claim, answer in found), width=ui.TEXT_WIDTH)

ui.section("Its network, layer by layer", sentences.describe_layers(run), anchor="network")
views.render_network()

ui.section("What it builds on", anchor="works")
views.render_works()

ui.section("The families it reviews", anchor="families")
families.render_families(list(runs))

ferc.render_ferc([again, run], runs.names)

ui.section("Read closely", "Where the text, the table and the printed code contradict one another.", anchor="findings")
views.render_findings()

ui.section("What it left open", "Its limits and future work, and what is known about them here.", anchor="open")
told, doubted = (found.get(run.name) if run else None for found in (measured, loading.load_doubts().by_run))
views.render_questions(sentences.make_questions(run, told, changes, loading.load_pretrained_run(), doubted))
ui.share_note()
