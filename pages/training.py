"""Curves and settings of every run."""

import streamlit as st

from fer_core.app import loading, router, ui
from fer_core.app.charts import history
from fer_core.app.charts.curves import view_curves
from fer_core.app.choosing import choose_runs
from fer_core.app.sentences import training as sentences
from fer_core.app.training import configurations

router.start(__file__)

runs = loading.load_runs()
ui.page_header("Training", sentences.describe_runs(list(runs), runs.names))
ui.show_problems(runs.problems)
if not runs:
    ui.no_runs()
    st.stop()

names = runs.names
first = sentences.choose_first(list(runs))
first_paper = sentences.choose_paper([runs.find(name) for name in first])
chosen = [runs.find(name) for name in choose_runs("Networks", names, first, "training-runs")]

with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    metric_name = ui.choose_one("Curve", list(history.METRICS), default="Accuracy", key="training-metric")
    metric = history.METRICS[metric_name]
    view = ui.choose_one(
        "Show",
        history.VIEWS,
        default=history.BOTH,
        disabled=not metric.split,
        key="training-view",
        help="Gap is training minus validation. Training is measured on augmented pictures with dropout, so it "
        "often lies below validation.",
    )
    smoothing = st.slider(
        "Smoothing", 0.0, 0.9, 0.0, 0.1, key="training-smoothing", bind="query-params", width=200,
        help="Weight of an exponential moving average; the recorded values stay visible as faint lines.",
    )  # fmt: skip
    paper = st.pills(
        "The study's experiments",
        [1, 2, 3],
        default=first_paper,
        selection_mode="multi",
        key="training-paper",
        bind="query-params",
        help="Where the study's training ended (Table 1), and the epochs that its log prints (experiment 2).",
    )

ui.set_subject(names[run.name] for run in chosen)
if not chosen:
    ui.empty_state("No network selected", "Choose one or more above to see their curves.", icon="show_chart")
lines = history.list_curves(chosen, metric, view, names, runs.looks)
missing = sentences.describe_missing(chosen, lines, metric_name, names)
if missing:
    st.info(missing, icon=":material/info:")
if lines:
    ui.render_chart(
        view_curves(lines, metric, view, smoothing, paper),
        "training-curves",
        caption=sentences.explain_curves(chosen, metric, view, names),
    )

ui.section(
    "Where each run ended",
    "At the epoch whose weights are kept: the best by validation accuracy, or the last where the learning rate "
    "has reached zero.",
    anchor="ends",
)
ends = sentences.make_end_table(chosen, names, paper)
st.dataframe(
    ends, hide_index=True, column_config=sentences.END_COLUMNS, placeholder="–", alt=sentences.describe_ends(ends)
)
ui.csv_button(ends, "training-ends", "training-ends-csv")
if looked := sentences.list_looked_at(chosen, names):
    with st.expander("What had been seen of the test pictures", icon=":material/visibility:"):
        st.markdown(looked)

ui.section(
    "Configurations",
    "How the networks were trained, side by side. Settings that older runs did not record are shown as they were: at "
    "their defaults.",
    anchor="settings",
)
options = configurations.STUDY_NAMES | names
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    columns = choose_runs(
        "Compare", options, [*(f"paper-{number}" for number in first_paper), *first], "training-columns"
    )
    everything = st.toggle("Also what is the same", key="training-same", bind="query-params")
if columns:
    compared = [configurations.find_run(key, runs) for key in columns]
    settings = configurations.compare_settings(compared, options, runs.find)
    shown = settings if everything or len(columns) == 1 else settings[settings["differs"]]
    if shown.empty:
        st.info("These networks were trained with the same settings.", icon=":material/equal:")
    for group, table in configurations.split_groups(shown).items():
        st.subheader(group, anchor=False)
        st.table(table, border="horizontal", hide_index=True, alt=f"{group}. {configurations.describe(settings)}")
    ui.csv_button(settings, "training-settings", "training-settings-csv")
else:
    ui.empty_state("Nothing selected", "Choose networks, or the study's experiments, above.", icon="table")
ui.share_note()
