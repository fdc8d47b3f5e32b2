"""What each change of one factor is worth to the study's recipe: a table on the study page."""

from collections.abc import Mapping, Sequence
from statistics import mean

import pandas as pd
import streamlit as st

from fer_core.app import shell, ui
from fer_core.app.charts.ingredients import view_ingredients
from fer_core.app.formats import format_change, format_gap, format_percent, format_points
from fer_core.runs.ablation import N_BOOTSTRAP, RARE, AblationRow, bootstrap_f1, compute_ablation, compute_rare_recall
from fer_core.runs.contract import PREDICTIONS
from fer_core.runs.run import Run

BASE, FULL = "quarter", "vgg_study"
"""The experiment that is varied, and the network that it stands for."""


def render_ablation(runs: Sequence[Run], rows: Sequence[AblationRow]) -> None:
    """Show the changes that were tried, `rows` of `load_ablation`, and how to try the others."""
    base = [run for run in runs if run.experiment == BASE and not run.is_partial and not run.is_drawn]
    st.markdown(f"{describe_finding(rows)}\n\n{describe_base(base, runs)}", width=ui.TEXT_WIDTH)
    ui.render_chart(
        view_ingredients(rows, base[0].title),
        "study-ablation-chart",
        about=ui.write_subject([base[0].title], len(base[0].predictions("test"))),
        caption=f"Differences to the recipe unchanged ({_count_seeds(len(base))}) on the test pictures, one look per face, with "
        "95 % intervals over the pictures, the same for both sides. Other seeds would move them further. In the order of accuracy on "
        "the validation pictures, by FER2013's labels: that is what one may choose by. What most people see counts where one "
        f"answer has more votes than any other of the seven. Batches of 128 take a quarter of the steps in as many "
        f"epochs.{describe_arithmetic(base, runs)}",
    )
    _render_table(rows, base, runs)
    ui.how_to_reproduce(f"python train.py train {BASE} {' '.join(row.experiment for row in rows)}")
    trained = {run.experiment for run in _select(runs, BASE)}
    if missing := list_missing(trained):
        st.caption(f"Planned with them and not trained yet: {', '.join(missing)}.")
    if others := trained - {BASE, *(row.experiment for row in rows)}:
        st.caption(
            f"Left out, because their runs are unfinished or have other test pictures: {', '.join(sorted(others))}."
        )


@st.fragment  # opening it draws nothing but the table
def _render_table(rows: Sequence[AblationRow], base: Sequence[Run], runs: Sequence[Run]) -> None:
    with (
        shell.guard(),
        st.expander(
            "Validation, macro F1, disgust and fear", icon=":material/table:", key="study-ablation", on_change="rerun",
            bind="query-params",
        ) as fold,
    ):  # fmt: skip
        if fold.open:
            compared = _select(runs, BASE)
            table = make_table(rows, base, _load_f1(_sign(compared), BASE, compared))
            st.table(table, border="horizontal", hide_index=True, alt=describe_ablation(rows))
            st.caption(
                f"Intervals of macro F1: {N_BOOTSTRAP:,} resamples of the test pictures, the same for both sides."
            )


def describe_finding(rows: Sequence[AblationRow]) -> str:
    """Return which change the validation pictures choose, of `rows` in their order, and what the test pictures say to it."""
    best = rows[0]
    worth = (
        f"{format_points(best.validation)} on the validation pictures, and on the test pictures, which chose nothing, "
        f"{format_points(best.difference)} ({format_gap(best.interval)})"
    )
    finding = f"**{best.factor.capitalize()}** helps most: {worth}."
    if best.validation <= 0:
        finding = f"Nothing that was tried helps. **{best.factor.capitalize()}** comes nearest: {worth}."
    return f"{finding} {describe_people(rows)}".strip()


def describe_people(rows: Sequence[AblationRow]) -> str:
    """Say what the first of `rows` is worth by what most people see, and where they come to another verdict; "" without votes."""
    if not rows or rows[0].crowd is None:
        return ""
    text = f"By what most people see, it is worth {format_change(*rows[0].crowd)} points."
    split = [row for row in rows if row.crowd and _judge(row.interval) != _judge(row.crowd.interval)]
    if not split:
        return text
    row = max(split, key=lambda row: abs(row.crowd.value - row.difference))
    return (
        f"{text} The judges part most over **{row.factor}**: {format_change(row.difference, row.interval)} by the labels, "
        f"{format_change(*row.crowd)} by people. What helps with FER2013's search words need not help with faces."
    )


def _judge(interval: tuple[float, float]) -> int:
    """1 for a gain beyond chance, -1 for a loss, 0 for neither."""
    return (interval[0] > 0) - (interval[1] < 0)


def describe_base(base: Sequence[Run], runs: Sequence[Run]) -> str:
    """Return how near the test bed comes to the study's network at full width, where that was trained."""
    accuracy = mean(run.metrics.test.accuracy for run in base)
    text = (
        f"The test bed is the study's network at a quarter of its width, a sixteenth of the arithmetic, after "
        f"{base[0].config.epochs} epochs: it gets {format_percent(accuracy)} of the test pictures right"
    )
    full = [run for run in runs if run.config.network == FULL and run.config.paper_experiment and not run.is_drawn]
    caution = (
        f"After {base[0].config.epochs} epochs it is still learning, so what makes learning faster gains here, too, and would "
        "gain less in a longer training."
    )
    if not full:
        return f"{text}. {caution}"
    best = max(full, key=lambda run: run.metrics.validation.accuracy)
    return f"{text}, the full one after {best.config.epochs} epochs {format_percent(best.metrics.test.accuracy)}. {caution}"


def describe_arithmetic(base: Sequence[Run], runs: Sequence[Run]) -> str:
    """Return which changes were computed with other numbers than the recipe unchanged, "" where none was."""
    usual = bool(base[0].config.mixed_precision)
    varied = [run for run in _select(runs, BASE) if run.config.ablation_of]
    others = {run.config.factor or run.title for run in varied if bool(run.config.mixed_precision) != usual}
    if not others:
        return ""
    bits = {True: "16 bits with sums in 32", False: "32 bits"}
    return f" Computed in {bits[not usual]}, the others in {bits[usual]}: {', '.join(sorted(others))}."


def load_ablation(runs: Sequence[Run], base: str = BASE) -> list[AblationRow]:
    """The rows for the ablation of `base`; computed again only when a file of predictions changed."""
    runs = _select(runs, base)
    return _compute(_sign(runs), base, runs)


def _select(runs: Sequence[Run], base: str) -> list[Run]:
    return [run for run in runs if run.experiment == base or run.config.ablation_of == base]


def _sign(runs: Sequence[Run]) -> tuple:
    return tuple((run.name, (run.path / PREDICTIONS).stat().st_mtime_ns) for run in runs)


def find_row(runs: Sequence[Run], experiment: str) -> AblationRow | None:
    """The row of one change of the study's recipe; None where it was not trained."""
    return next((row for row in load_ablation(runs) if row.experiment == experiment), None)


@st.cache_data(max_entries=4, show_spinner=False)
def _compute(signature: tuple, base: str, _runs: list[Run]) -> list[AblationRow]:
    return compute_ablation(_runs, base)


@st.cache_data(max_entries=2, show_spinner=False)
def _load_f1(signature: tuple, base: str, _runs: list[Run]) -> dict[str, tuple[float, float]]:
    return bootstrap_f1(_runs, base)


def list_missing(trained: set[str]) -> list[str]:
    """What the ablation's experiments change that are not among `trained`."""
    from fer_core.training.experiments import EXPERIMENTS  # plain data; Keras stays away

    return [
        experiment.factor or experiment.title
        for name, experiment in EXPERIMENTS.items()
        if experiment.ablation_of == BASE and name not in trained
    ]


def make_table(rows: Sequence[AblationRow], base: Sequence[Run], f1: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """A row for the study's recipe, then one per change; `f1`: from `bootstrap_f1`."""
    recall = compute_rare_recall(list(base))
    first = {
        "Change": "the study's recipe",
        "Seeds": len(base),
        "Validation": "0",
        "Accuracy": "0",
        "People": "0",
        "Macro F1": "0",
    }
    first |= {f"{label.capitalize()} found": format_percent(recall[label]) for label in RARE}
    return pd.DataFrame([first, *(_make_row(row, f1[row.experiment]) for row in rows)])


def _make_row(row: AblationRow, f1: tuple[float, float]) -> dict:
    return {
        "Change": row.factor,
        "Seeds": len(row.accuracies),
        "Validation": format_points(row.validation, unit=False),
        "Accuracy": format_change(row.difference, row.interval),
        "People": format_change(*row.crowd) if row.crowd else "–",
        "Macro F1": format_change(row.f1_difference, f1),
        **{f"{label.capitalize()} found": format_percent(row.recall[label]) for label in RARE},
    }


def describe_ablation(rows: Sequence[AblationRow]) -> str:
    """Return the table in words: each change and its difference in accuracy."""
    return f"Change of test accuracy: {', '.join(f'{row.factor} {format_points(row.difference)}' for row in rows)}."


def _count_seeds(n: int) -> str:
    return "one seed" if n == 1 else f"{n} seeds"
