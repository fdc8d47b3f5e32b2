"""Accuracy on blurred, dark, noisy, turned, shrunk, compressed and covered faces, network against network."""

import streamlit as st

from fer_core.app import loading, shell, ui
from fer_core.app.charts import robustness as charts
from fer_core.app.choosing import choose_run, choose_runs
from fer_core.app.formats import format_percent
from fer_core.app.pictures import make_data_url, make_sheet
from fer_core.app.sentences import robustness as sentences
from fer_core.labels import LABELS
from fer_core.runs.corruptions import CORRUPTIONS, Corruption
from fer_core.runs.robustness import COMMAND

shell.start(__file__)

runs = loading.load_runs()
found = loading.load_robustness()
names = list(found.by_run)
default = loading.load_default_run()
names.sort(key=lambda name: (not default or name != default.name, name))  # the network that answers comes first
shown = {name: runs.names[name] for name in names}
missing = [runs.names[run.name] for run in runs if run.model_path and run.name not in found.by_run]

header = st.container()
for problem in found.problems:
    st.warning(shell.shorten_paths(problem), icon=":material/folder_off:")
if not names:
    with header:
        ui.page_header("Robustness", "How far accuracy falls when pictures are blurred, dark, turned or half covered.")
        ui.show_problems(runs.problems)
    if missing:
        ui.empty_state("Not measured yet", sentences.describe_missing(missing), icon="blur_on")
        ui.how_to_reproduce(COMMAND)
    else:
        ui.empty_state(
            "No network to measure yet",
            f"Train one with `python train.py train compact`, then run `{COMMAND}`.",
            icon="model_training",
        )
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    chosen = choose_runs("Networks", shown, names[:3], "robustness-runs")
    label = st.selectbox(
        "Example face", LABELS, index=3, key="robustness-face", bind="query-params", width=160,
        help="A drawn face, no real person, spoiled in the same way as the test pictures.",
    )  # fmt: skip
measured = {shown[name]: found.by_run[name] for name in chosen or names[:1]}
first = next(iter(measured))
floor = charts.compute_floor(list(measured.values()))

with header:
    ui.page_header("Robustness", sentences.make_takeaway(first, measured[first]))
    ui.show_problems(runs.problems)
ui.set_subject(measured, measured[first].n)
if missing:
    st.caption(sentences.describe_missing(missing))


def render_card(corruption: Corruption) -> None:
    """Show what the strengths look like on the drawn face, above the curve that they give."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{corruption.title}**")
        examples = sentences.make_examples(corruption, label)
        st.image(
            make_data_url(make_sheet(examples, len(examples))),
            width="stretch",
            alt=f"A drawn {label} face, untouched and with {corruption.title.lower()} in every strength of the chart.",
        )
        ui.render_chart(
            charts.make_corruption_chart(corruption, measured, floor, runs.looks),
            f"robustness-{corruption.name}",
            alt=charts.describe_corruption(corruption, measured),
            export=False,
            caption=sentences.describe_card(corruption, measured),
        )


ui.section("Worse pictures", sentences.describe_worst(first, measured[first]), anchor="pictures")
with st.grid(3, min_column_width=300):
    for corruption in CORRUPTIONS.values():
        if not corruption.is_occlusion:
            render_card(corruption)

ui.section(
    "Covered faces",
    "What the study names as its limit. The part is filled with the picture's mean grey, from a strip to all of it.",
    anchor="covered",
)
with st.grid(3, min_column_width=300):
    for corruption in CORRUPTIONS.values():
        if corruption.is_occlusion:
            render_card(corruption)
st.caption(
    f"Bars: 95 % intervals. Dotted: always naming the largest class, {format_percent(floor, 0)}. "
    f"{sentences.describe_sample(measured)}"
)
rivals = sentences.describe_rivals(measured)
if rivals:
    st.markdown(rivals, width=ui.TEXT_WIDTH)

ui.section(
    "Which expressions go first",
    "Points of recall that each class loses or wins against untouched pictures. A class wins where the network "
    "falls back on naming it.",
    anchor="classes",
)
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    name = choose_run("Network", shown, names[0], "robustness-network", width=320)
    level = ui.choose_one(
        "Strengths", list(charts.LEVELS), default="Most harmful", key="robustness-level",
    )  # fmt: skip
ui.render_chart(
    charts.make_class_chart(found.by_run[name], level),
    "robustness-classes",
    alt=charts.describe_classes(found.by_run[name], level),
    caption="Disgust has so few pictures that its recall moves by several points by chance.",
    table=sentences.make_table(measured),
)
with st.expander("All numbers", icon=":material/table:"):
    percent = st.column_config.NumberColumn(format="percent")
    table = sentences.make_table(measured)
    st.dataframe(
        table, hide_index=True, column_config={column: percent for column in table.columns[3:]}, placeholder="–",
        alt="Accuracy, interval, loss and recall per class for every corruption and strength.",
    )  # fmt: skip
ui.share_note()
