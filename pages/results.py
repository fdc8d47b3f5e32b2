"""Confusion matrices, classes and mistakes of every run."""

import streamlit as st

from fer_core.app import loading, router, ui
from fer_core.app.charts import scores
from fer_core.app.choosing import choose_run
from fer_core.app.results import confidence, finder, matrix, pair, sentences, subjects
from fer_core.app.results.judge import choose_judge
from fer_core.app.results.query import Query, find_rows

router.start(__file__)

NOTHING = "nothing"
runs = loading.load_runs()
names = {**runs.names, subjects.STUDY: subjects.STUDY_NAME}
default = loading.load_default_run() or max(runs, key=lambda run: run.validation.accuracy, default=None)

header = st.container()
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    name = choose_run(
        "Network", names, default and default.name, "results-run", width=300,
        help="One of ours, or the study's experiment 2 as printed.",
    )  # fmt: skip
    other_name = choose_run("Compare with", {NOTHING: NOTHING, **names}, NOTHING, "results-with", width=300)
    run, other_run = runs.find(name), runs.find(other_name)
    chosen = [found for found in (run, other_run) if found]
    by_crowd = subjects.STUDY not in (name, other_name) and choose_judge(chosen)
    averaged = st.toggle(
        "Average with the mirror image", value=True, key="results-mirror", bind="query-params",
        disabled=not any(found.can_average for found in chosen),
        help="The mean answer to a picture and its mirror image, as photos are answered. Off: one look, as in the study.",
    )  # fmt: skip
study = subjects.make_study_result()
result = subjects.make_result(run, runs.names[name], averaged, by_crowd) if run else study
other = None
if other_name not in (NOTHING, name):
    other = subjects.make_result(other_run, runs.names[other_name], averaged, by_crowd) if other_run else study

with header:
    ui.page_header("Results", sentences.describe_result(result))
    ui.show_problems(runs.problems)
    if not runs:
        ui.no_runs()
answers = result.load_answers()
ui.set_subject([shown.name for shown in (result, other) if shown], result.n)
ui.metric_row(subjects.make_cards(result))
if other:
    compared = pair.compare(result, other)
    ui.section("Both networks compared", pair.describe_pair(compared, result, other), anchor="pair")
    for judge, cards in pair.make_pair_rows(compared, result, other).items():
        st.markdown(f"**{judge}**")
        ui.metric_row(cards)

ui.section(
    "Which expressions get confused",
    "Press a cell, or choose its classes, to see the test pictures in it.",
    anchor="matrix",
)
matrix.render_matrix(result, other, answers)

beside = other or (study if run and not result.by_crowd else None)
ui.section("Class by class", sentences.describe_classes(result), anchor="classes")
score = ui.choose_one(
    "Score", list(subjects.SCORES), default="F1", key="results-score",
    label_visibility="collapsed",
)  # fmt: skip
key, beside_scores, beside_name = subjects.SCORES[score], beside and beside.per_class, beside.name if beside else ""
table = subjects.make_class_table(result, beside)
ui.render_chart(
    scores.view_classes(result.per_class, key, result.name, beside_scores, beside_name, table),
    "results-classes",
    caption="In brackets: test pictures. Disgust has so few that its scores move by several points from run to run.",
)
percent = st.column_config.NumberColumn(format="percent")
ui.render_folded_table(
    "All scores", table, "results-table", column_config=dict.fromkeys(table.columns[2:], percent),
    alt="Precision, recall and F1 of the seven classes.",
)  # fmt: skip

if answers is not None:
    mistakes = find_rows(answers, Query())[: subjects.MOST_CONFIDENT]
    ui.section("Find test pictures", sentences.describe_mistakes(answers, mistakes), anchor="pictures")
    finder.render_finder([found for found in (result, other) if found], answers)

    confidence.render_confidence(result, answers, sentences.describe_calibration(result))
    st.space("small")
    ui.csv_button(
        subjects.make_answer_table(answers), f"{run.name}-answers", "results-answers-csv", "All test answers (CSV)"
    )
ui.share_note()
