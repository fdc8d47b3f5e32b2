"""What holds accuracy where it is: the labels, the number of training pictures, the ingredients."""

import streamlit as st

from fer_core.app import loading, router, shell, ui
from fer_core.app.choosing import choose_run
from fer_core.app.limits import views
from fer_core.app.sentences import limits as sentences
from fer_core.data import DatasetError
from fer_core.runs import label_limits

router.start(__file__)

runs = loading.load_runs()
if not runs:
    ui.page_header("Limits", "Why is it not better? The labels, the number of training pictures, or the recipe.")
    ui.show_problems(runs.problems)
    ui.no_runs()
    st.stop()

facts = None
header = st.container()
try:
    facts = loading.load_facts()
except DatasetError as error:
    st.warning(shell.shorten_paths(str(error)), icon=":material/folder_off:")

default = loading.load_label_run() or max(runs, key=lambda run: run.metrics.validation.accuracy)
run = runs.find(choose_run("Network", runs.names, default.name, "limits-run", width=320))
answers = run.as_served().as_judged(by_crowd=False).answers("test")
crowd = label_limits.match_crowd(answers, facts.pictures) if facts else None

with header:
    takeaway = "Why is it not better? The labels, the number of training pictures, or the recipe."
    if crowd is not None:
        takeaway = sentences.make_takeaway(run.title, *label_limits.compute_united(answers, crowd))
    ui.page_header("Limits", takeaway)
    ui.show_problems(runs.problems)
ui.set_subject([runs.names[run.name]], run.test.n)

VIEWS = {"Labels": lambda: views.render_labels(run, answers, crowd, runs)}
if views.list_curve_bases(list(runs)):  # no tab without anything in it
    VIEWS["Training pictures"] = lambda: views.render_learning(runs)
if views.list_ablation_bases(list(runs)):
    VIEWS["Ingredients"] = lambda: views.render_ingredients(runs)
tabs = st.tabs(list(VIEWS), key="limits-view", bind="query-params", on_change="rerun")
for tab, render in zip(tabs, VIEWS.values()):
    if tab.open:
        with tab:
            render()
ui.share_note()
