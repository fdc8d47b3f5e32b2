"""Our results and the literature's, with what makes two numbers comparable."""

import streamlit as st

from fer_core.app import loading, router, shell, ui
from fer_core.app.charts import leaderboard as charts
from fer_core.app.charts.measures import view_measures
from fer_core.app.formats import format_percent
from fer_core.app.leaderboard import tables
from fer_core.app.results.judge import CROWD, LABELS
from fer_core.app.sentences import leaderboard as sentences
from fer_core.data import DatasetError
from fer_core.runs import leaderboard as board
from fer_core.runs.leak import compute_leak
from fer_core.runs.literature import BOTH, LITERATURE, PEOPLE

router.start(__file__)

runs = loading.load_runs()
speeds = loading.load_speeds()
crowd = None
try:
    facts = loading.load_facts()
    crowd = facts.crowd.agreement["test"] if facts and facts.crowd and not facts.drawn else None
except DatasetError as error:
    st.warning(shell.shorten_paths(str(error)), icon=":material/folder_off:")

header = st.container()
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    split_name = ui.choose_one(
        "Test pictures", [*sentences.SPLIT_NAMES, sentences.ANY], default="PrivateTest",
        key="leaderboard-split",
        help="Most works report PrivateTest, one of two halves that need not be equally hard; the study reports both together. "
        "Any: each work on the pictures it reports, ours on all 7,178. The study and Gan are always shown, on theirs.",
    )  # fmt: skip
    asked = st.pills(
        "Only", list(board.FILTERS), selection_mode="multi", key="leaderboard-only", bind="query-params",
        help="Rows whose source does not say are left out; the line below the chart counts them.",
    )  # fmt: skip
    order = ui.choose_one("Order", list(tables.ORDERS), default="Accuracy", key="leaderboard-order")
split = sentences.SPLIT_NAMES.get(split_name)
averaged = board.PLAIN not in asked
ours = board.make_our_entries(list(runs), split or BOTH, averaged)
plain = board.make_our_entries(list(runs), split or BOTH, averaged=False)
rivals = board.make_literature_entries(split)
others = board.make_literature_entries(split, board.ALWAYS)
entries, unsaid = board.filter_entries([*ours, *others], asked)
entries.sort(key=tables.ORDERS[order])

with header:
    ui.page_header(
        "Leaderboard", sentences.make_takeaway(ours, plain, rivals, "test" if split in (None, BOTH) else split)
    )
    ui.show_problems(runs.problems)
ui.set_subject([f"Ours and others on {split or 'the pictures that each reports'}"])

view = charts.view_board(entries, crowd, split)
ui.render_chart(view, "leaderboard-board", caption=sentences.explain_board(entries, unsaid))
st.dataframe(
    view.table, hide_index=True, column_config=tables.BOARD_COLUMNS, placeholder="–", key="leaderboard-table",
    alt="The same results with split, data, ensemble, test-time augmentation, choice, source and notes.",
)  # fmt: skip
people = f"People: {PEOPLE.note} {PEOPLE.unconfirmed}"
st.caption(f"{people} A crowd of ten (FER+) confirms {format_percent(crowd)} of the test labels." if crowd else people)

groups = board.group_runs(list(runs))
if not groups:
    if not runs:
        ui.no_runs()
    else:
        ui.empty_state("No finished run on FER2013 yet", "Unfinished runs and drawn faces do not count here.")
    ui.share_note()
    st.stop()

titles = board.name_groups(groups)
ui.section("Our networks by every measure", anchor="measures")
deployed_first = sorted(titles, key=lambda title: not any(run.model_path for run in titles[title]))
chosen = st.multiselect(
    "Networks", list(titles), default=deployed_first[:4], key="leaderboard-networks", bind="query-params"
)
measures = {title: board.compute_measures(titles[title], averaged) for title in chosen}
measures = {title: rows for title, rows in measures.items() if rows}
if measures:
    st.markdown(sentences.describe_measures(measures), width=ui.TEXT_WIDTH)
    ui.render_chart(
        view_measures(measures, runs.looks),
        "leaderboard-measures",
        caption="Twins are test pictures that are also, pixel for pixel, in the training folder. 95 % intervals.",
    )
    if len(measures) > 1:
        pair = [titles[title][0] for title in list(measures)[:2]]
        st.markdown(sentences.describe_pair(*pair, runs.names), width=ui.TEXT_WIDTH)
    if leak := compute_leak(list(runs)):
        st.markdown(sentences.describe_leak(leak, runs.names), width=ui.TEXT_WIDTH)
    st.markdown(sentences.describe_seeds(ours), width=ui.TEXT_WIDTH)
else:
    ui.empty_state("No network selected", "Choose one or more above.", icon="leaderboard")

top = st.container()
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    cost = ui.choose_one("Cost", list(charts.COSTS), default="Parameters", key="leaderboard-cost")
    voted = any(run.metrics.crowd_test for run in runs)
    judge = ui.choose_one(
        "Right means", [LABELS, CROWD], key="leaderboard-judge", disabled=not voted,
        help="FER2013's label is a search word. What most people see is the unique first choice of ten people (FER+).",
    )  # fmt: skip
by_crowd = voted and judge == CROWD
costs = board.compute_costs(list(runs), speeds.by_run, by_crowd)
with top:
    ui.section("Accuracy against cost", sentences.describe_costs(costs, by_crowd), anchor="cost")
for problem in speeds.problems:
    st.warning(shell.shorten_paths(problem), icon=":material/timer_off:")
attribute = charts.COSTS[cost][0]
# Times of different machines or moments are no order: only those of one run are drawn.
drawn = board.select_session(costs) if attribute == "milliseconds" else costs
if any(getattr(row, attribute) is not None for row in drawn):
    ui.render_chart(
        charts.view_costs(drawn, cost, LITERATURE, runs.looks, by_crowd),
        "leaderboard-costs",
        caption=sentences.explain_costs(by_crowd, any(run.learns_votes for run in runs)),
    )
else:
    timing = (
        "Not timed together yet",
        "`python -m fer_core.runs.speed --again` times all networks in one run; the table has what there is.",
    )
    training = ("Not measured yet", "`python train.py train EXPERIMENT` writes it; it appears here by itself.")
    ui.empty_state(*(timing if attribute == "milliseconds" else training), icon="timer")
ui.render_folded_table(
    "All costs", charts.make_cost_table(costs, by_crowd), "leaderboard-costs-table",
    column_config={charts.RIGHT[by_crowd]: tables.PERCENT},
    alt="Parameters, time per face, size and training of every network.",
)  # fmt: skip
ui.share_note()
