"""Accuracy on blurred, dark, noisy, turned, shrunk, compressed and covered faces, network against network."""

import streamlit as st

from fer_core.app import loading, router, shell, ui
from fer_core.app.choosing import choose_runs
from fer_core.app.results.judge import CROWD, LABELS
from fer_core.app.robustness import views
from fer_core.app.sentences import robustness as sentences
from fer_core.labels import LABELS as CLASSES

router.start(__file__)

runs, disturbed = loading.load_runs(), loading.load_disturbed()
default = loading.load_default_run()
serving = {run.name for run in runs if run.model_path}


def rank(name: str) -> tuple:
    """The network that answers first, then the others that visitors can ask."""
    return not default or name != default.name, name not in serving, name


found = {name: disturbed.by_run[name] for name in sorted(disturbed.by_run, key=rank)}
missing = [runs.names[run.name] for run in runs if run.name in serving and run.name not in found]

header = st.container()
for problem in disturbed.problems:
    st.warning(shell.shorten_paths(problem), icon=":material/folder_off:")
if not found:
    with header:
        ui.page_header("Robustness", "How far accuracy falls when pictures are blurred, dark, turned or half covered.")
        ui.show_problems(runs.problems)
    views.render_nothing(missing)
    st.stop()

chosen = choose_runs("Networks", {name: runs.names[name] for name in found}, list(found)[:3], "robustness-runs")
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    asked = any(told.clean.crowd for told, _ in found.values())
    judge = ui.choose_one(
        "Right means", [LABELS, CROWD], default=CROWD if asked and default and default.learns_votes else LABELS,
        key="robustness-judge", disabled=not asked,
        help="FER2013's label is a search word. What most people see is the unique first choice of ten people (FER+).",
    )  # fmt: skip
    label = st.selectbox(
        "Example face", CLASSES, index=3, key="robustness-face", bind="query-params", width=160,
        help="A drawn face, no real person, degraded in the same way as the test pictures.",
    )  # fmt: skip
by_crowd = asked and judge == CROWD
usable = [name for name in chosen or list(found)[:1] if not by_crowd or found[name][0].clean.crowd]
usable = usable or [name for name, (told, _) in found.items() if not by_crowd or told.clean.crowd][:1]
measured = {runs.names[name]: found[name][0].as_judged(by_crowd) for name in usable}
answers = {runs.names[name]: found[name][1] for name in usable if found[name][1]}
curves = {name: told for name, told in measured.items() if told.has_curves}
first = next(iter(measured))

with header:
    ui.page_header("Robustness", sentences.make_takeaway(first, measured[first], by_crowd))
    ui.show_problems(runs.problems)
ui.set_subject(measured, measured[first].n)
if missing:
    st.caption(sentences.describe_missing(missing))

tens = {name: told for name, told in measured.items() if told.ten}
if tens:
    practice = sentences.describe_practice(
        {name: runs.find(run) for run in usable if (name := runs.names[run]) in tens}
    )
    views.render_ten(tens, answers, runs.looks, by_crowd, practice)
if curves:
    if others := [name for name in measured if name not in curves]:
        st.caption(sentences.describe_without_curves(others))
    views.render_upside_down(curves, answers, runs.looks, by_crowd, label)
    views.render_curves(curves, answers, runs.looks, by_crowd, label)
    views.render_classes({name: found[run][0] for run in usable if (name := runs.names[run]) in curves})
elif tens:
    st.caption("None of the chosen networks has been tested on every kind of damage yet, only on the ten above.")
st.caption(sentences.describe_sample(measured))
ui.share_note()
