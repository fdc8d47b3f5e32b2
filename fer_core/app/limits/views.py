"""The three tabs of the limits page."""

from collections.abc import Sequence

import streamlit as st

from fer_core.app import ui
from fer_core.app.ablation import load_ablation
from fer_core.app.charts import learning
from fer_core.app.charts import limits as charts
from fer_core.app.charts.ingredients import view_ingredients
from fer_core.app.choosing import choose_run
from fer_core.app.formats import format_percent
from fer_core.app.loading import Runs
from fer_core.app.sentences import limits as sentences
from fer_core.app.sentences.steps import describe_steps
from fer_core.runs import Predictions, Run
from fer_core.runs import label_limits as limits
from fer_core.runs.ablation import list_ablation_bases
from fer_core.runs.leaderboard import group_runs
from fer_core.runs.learning_curve import compute_learning_curve, list_curve_bases

FACTS_COMMAND = "python train.py facts"
PERCENT = st.column_config.NumberColumn(format="percent")


def render_labels(run: Run, answers: Predictions, crowd: limits.CrowdView | None, runs: Runs) -> None:
    """Show where FER2013's labels, not the network, decide what counts as right."""
    if crowd is None:
        ui.empty_state(
            "No crowd votes for these test pictures",
            "Where FER+'s votes are joined, this part shows whom people side with: the label or the network.",
            icon="groups",
        )
        ui.how_to_reproduce(FACTS_COMMAND)
    else:
        render_crowd(run, answers, crowd)
    ui.section("The hardest expressions", anchor="rare")
    shown = {group[0].title: group[0] for group in group_runs(list(runs)).values()}
    recalls = sentences.compute_rare_recalls({**shown, run.title: run})
    st.markdown(sentences.describe_rare(recalls, run.title), width=ui.TEXT_WIDTH)
    ui.render_chart(
        charts.view_rare(recalls),
        "limits-rare",
        caption="Share of a class's test pictures that is found (recall), by FER2013's labels, one look per face; 95 % intervals. "
        "Networks taught by the crowd did not learn these labels.",
    )


def render_crowd(run: Run, answers: Predictions, crowd: limits.CrowdView) -> None:
    """Show the network's answers beside the ten votes: cards, classes, unity, mistakes."""
    united, divided = limits.compute_united(answers, crowd)
    mistakes = limits.compute_mistake_rows(answers, crowd)
    ui.metric_row(sentences.make_cards(united, divided, mistakes))
    classes = limits.compute_class_limits(answers, crowd)
    ui.section("Label by label", sentences.describe_class_limits(classes), anchor="labels")
    ui.render_chart(
        charts.view_class_limits(classes),
        "limits-classes",
        caption="In brackets: test pictures. The crowd's choice is the label with more of its ten votes than any other of the seven; ties are left out. The "
        "network answers as it does for photos.",
    )
    rows = limits.compute_unity_rows(answers, crowd)
    ui.section(
        "How far people agree",
        "A picture that people disagree about has no right answer to find.",
        anchor="unity",
    )
    ui.render_chart(
        charts.view_unity(rows),
        "limits-unity",
        caption="Ten people per picture (FER+, Barsoum et al. 2016, arXiv:1608.01041). Bars: 95 % intervals. For "
        f"{format_percent(limits.compute_half_share(crowd), 0)} of the voted pictures the first choice has at most five votes.",
    )
    if mistakes:
        ui.section("Whose mistake is it?", sentences.describe_mistakes(mistakes), anchor="mistakes")
        ui.render_chart(
            charts.view_mistakes(mistakes),
            "limits-mistakes",
            caption="Wrong answers by confidence, those that the crowd judged. Single pictures: on the Results page.",
        )


def _name_bases(bases: Sequence[str], runs: Runs) -> dict[str, str]:
    """Experiment -> what its network is called."""
    titles = {run.experiment: run.title for run in runs}
    return {base: titles.get(base, base) for base in bases}


def render_learning(runs: Runs) -> None:
    """Show accuracy against the number of training pictures, for experiments that were trained on fewer."""
    bases = list_curve_bases(list(runs))
    base = choose_run("Experiment", _name_bases(bases, runs), None, "limits-curve", width=320)
    points = compute_learning_curve(list(runs), base)
    if len(points) > 1:
        st.markdown(sentences.describe_learning(points), width=ui.TEXT_WIDTH)
    else:
        st.info("Only one size of training set has been tried with this recipe so far.", icon=":material/info:")
    hollow = describe_steps(points)
    ui.render_chart(
        learning.view_learning(points),
        "limits-learning",
        caption="Mean over seeds on the test pictures, one look per face; 95 % intervals from the number of pictures, which "
        f"cover the choice of test pictures and not that of seeds.{hollow and f' {hollow}'}",
    )


def render_ingredients(runs: Runs) -> None:
    """Show what each change to an experiment does to its accuracy."""
    bases = list_ablation_bases(list(runs))
    names = _name_bases(bases, runs)
    base = choose_run("Experiment", names, None, "limits-base", width=320)
    rows = load_ablation(list(runs), base)[::-1]  # what harms most comes first
    st.markdown(sentences.describe_ingredients(rows), width=ui.TEXT_WIDTH)
    view = view_ingredients(rows, names[base])
    ui.render_chart(
        view,
        "limits-ingredients",
        caption=f"Test accuracy minus that of {names[base]}, on the same pictures, one look per face, averaged over seeds. The 95 % "
        "intervals cover the choice of pictures, not of seeds.",
    )
    st.dataframe(
        view.table, hide_index=True, placeholder="–", alt="Accuracy and difference of every change.",
        column_config=dict.fromkeys(view.table.columns.drop(["Change", "Experiment", "Seeds"]), PERCENT),
    )  # fmt: skip
