"""Sentences and the summary table of the training page."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from fer_core.app.charts.history import GAP, VALIDATION, Curve, CurveMetric, find_reductions, mark_votes
from fer_core.app.charts.losses import PLAIN, name_losses
from fer_core.app.formats import format_percent, format_points
from fer_core.runs import Run
from fer_core.runs.leaderboard import is_variant, list_members
from fer_core.runs.paper import (
    PAPER_BEST_VAL_ACCURACY,
    PAPER_CONFIGURATION,
    PAPER_LOG,
    PAPER_TABLE,
    find_paper_experiment,
    paper_value,
)

MOST_FIRST = 3
VOTES = "(votes): taught by people's votes, so right is what most people see, not FER2013's label. The two scores do not compare."
END_COLUMNS = {
    "Epochs": st.column_config.TextColumn(help="Finished, of those planned"),
    "Validation": st.column_config.NumberColumn(
        format="percent", help="Validation accuracy at the kept epoch; (votes): by what most people see"
    ),
    "Crowd": st.column_config.NumberColumn(
        format="percent",
        help="Of the validation pictures with a unique first choice of ten people (FER+), those it names",
    ),
    "Log loss": st.column_config.NumberColumn(
        format="%.3f",
        help="Plain cross-entropy against the labels of the validation pictures; compares between recipes",
    ),
    "Training": st.column_config.NumberColumn(
        format="percent", help="Training accuracy of that epoch, on augmented pictures with dropout"
    ),
    "Gap": st.column_config.NumberColumn(format="%+.1f", help="Training minus validation accuracy, in points"),
    "First rate": st.column_config.NumberColumn(format="%.2g", help="Learning rate of the first epoch"),
    "Last rate": st.column_config.NumberColumn(format="%.2g", help="Learning rate of the last epoch"),
    "Seconds": st.column_config.NumberColumn(format="%.1f", help="Per epoch, median"),
    "Hours": st.column_config.NumberColumn(format="%.2f", help="Sum over the epochs"),
}


def choose_first(runs: Sequence[Run]) -> list[str]:
    """Names of the runs shown first, three at most: the best by validation accuracy of those that repeat the study, of our
    own that learned labels and of those that learned votes, whose scores do not compare; then the best of other experiments.

    Ensembles, which were not trained, and runs that only vary another one come in where there is nothing else.
    """
    trained = [run for run in runs if not list_members(run)] or runs
    best: dict[str, Run] = {}
    for run in sorted([run for run in trained if not is_variant(run)] or trained, key=_rank):
        best[run.experiment] = run
    ranked = sorted(best.values(), key=_rank, reverse=True)
    leaders = {_name_kind(run): run.name for run in reversed(ranked)}
    chosen = dict.fromkeys([*leaders.values(), *(run.name for run in ranked)])
    return sorted(list(chosen)[:MOST_FIRST])


def _name_kind(run: Run) -> tuple[bool, bool]:
    return run.learns_votes, find_paper_experiment(run.experiment) is not None


def choose_paper(runs: Sequence[Run]) -> list[int]:
    """Numbers of the study's experiments that `runs` reproduce; the second, whose log it prints, if none does."""
    found = [find_paper_experiment(run.experiment) for run in runs]
    return sorted({experiment.number for experiment in found if experiment}) or [2]


def _rank(run: Run) -> tuple:
    """Finished runs on real pictures come before others, then those with a recipe of their own, then the best."""
    return not run.is_drawn, not run.is_partial, not is_variant(run), _best_accuracy(run)


def _best_accuracy(run: Run, column: str = "val_accuracy") -> float:
    return float(run.history[column][run.best_epoch - 1])


def describe_runs(runs: Sequence[Run], names: Mapping[str, str]) -> str:
    """Return the page's takeaway: the best run by validation accuracy, its gap, and the study beside it."""
    if not runs:
        return "How each network learned, epoch by epoch, beside what the study printed."
    by_label = [run for run in runs if not run.learns_votes]
    best = max(by_label or runs, key=_rank)
    accuracy, gap = _best_accuracy(best), _best_accuracy(best, "accuracy") - _best_accuracy(best)
    position = f"epoch {best.best_epoch} of {best.config.epochs}"
    side = "higher" if gap > 0 else "lower"
    among = "" if len(by_label) in (0, len(runs)) else " of those that learned labels"
    text = (
        f"**{names[best.name]}** did best{among}: it got **{format_percent(accuracy)}** of its validation pictures right at {position}. "
        f"Its training accuracy was {format_points(abs(gap)).lstrip('+±')} {side}. "
    )
    text += (
        f"The study's best is {format_percent(PAPER_BEST_VAL_ACCURACY)}."
        if by_label
        else "Right is what most people see."
    )
    if taught := [run for run in runs if run.learns_votes and by_label]:
        crowd = max(taught, key=_rank)
        text += f" **{names[crowd.name]}**, judged by what most people see, reached {format_percent(_best_accuracy(crowd))}."
    partial = sum(run.is_partial for run in runs)
    if partial:
        text += f" {partial} of {len(runs)} runs {'is' if partial == 1 else 'are'} unfinished."
    return text


def describe_missing(
    runs: Sequence[Run], curves: Sequence[Curve], metric_name: str, names: Mapping[str, str]
) -> str | None:
    """Name the chosen runs that are not drawn for this metric, and why."""
    drawn = {curve.run.name for curve in curves}
    bare = [run for run in runs if run.name not in drawn]
    other = [names[run.name] for run in bare if metric_name == "Loss" and name_losses(run) != (PLAIN, PLAIN)]
    if other:
        return f"The losses of {', '.join(other)} are of kinds that do not compare: choose *{VALIDATION}*, or fewer networks."
    return f"No {metric_name.lower()} was recorded for {', '.join(names[run.name] for run in bare)}." if bare else None


def explain_curves(runs: Sequence[Run], metric: CurveMetric, view: str, names: Mapping[str, str]) -> str:
    """Return the caption: what is special about these curves."""
    parts = [VOTES] if metric.unit and any(run.learns_votes for run in runs) else []
    partial = [f"{names[run.name]} {len(run.history)} of {run.config.epochs} epochs" for run in runs if run.is_partial]
    if partial:
        parts.append(f"Unfinished: {', '.join(partial)}.")
    if view == GAP and metric.split:
        parts.append(
            "Above zero, the network does better on what it trains on; augmentation and dropout push it below."
        )
    steady = [names[run.name] for run in runs if _falls_steadily(run)]
    if steady:
        parts.append(
            f"The learning rate of {', '.join(steady)} falls in every epoch, so no single reduction is marked."
        )
    if metric.column == "loss":
        parts += _explain_losses(runs, names)
    if len({run.config.split for run in runs}) > 1:
        parts.append("These runs were validated on different pictures.")
    return " ".join(parts)


def _explain_losses(runs: Sequence[Run], names: Mapping[str, str]) -> list[str]:
    """Say which losses are not drawn as recorded, because they would not compare."""
    kinds, parts = {run.name: name_losses(run) for run in runs}, []
    if len({judged for _, judged in kinds.values()}) > 1:
        other = [f"{names[name]} (against {judged})" for name, (_, judged) in kinds.items() if judged != PLAIN]
        parts.append(
            f"Losses of several kinds do not compare: of {', '.join(other)} the star is the plain log loss on validation "
            "pictures at the kept epoch. Networks of one kind alone show their curves."
        )
    apart = [f"{names[name]} ({against})" for name, (against, judged) in kinds.items() if against != judged]
    if apart:
        parts.append(f"Not drawn: the training loss of {', '.join(apart)}, which is of another kind.")
    return parts


def _falls_steadily(run: Run) -> bool:
    rate = run.history["learning_rate"]
    return len(rate) > 2 and rate[-1] < rate.max() and not find_reductions(rate)


def make_end_table(runs: Sequence[Run], names: Mapping[str, str], paper: Sequence[int] = ()) -> pd.DataFrame:
    """Return a row per run, then one per experiment of the study (`paper`); accuracies as shares, the gap in points."""
    rows = [_make_end_row(run, names[run.name]) for run in runs] + [_make_paper_row(number) for number in paper]
    columns = [
        "Network", "Epochs", "Kept epoch", "Validation", "Crowd", "Log loss", "Training", "Gap", "Rate reduced", "First rate", "Last rate",
        "Seconds", "Hours",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _make_end_row(run: Run, name: str) -> dict:
    rate, seconds = run.history["learning_rate"], run.history["seconds"]
    validation, training = _best_accuracy(run), _best_accuracy(run, "accuracy")
    scores = run.metrics.validation
    return {
        "Network": mark_votes(run, name),
        "Epochs": f"{len(run.history)} of {run.config.epochs}",
        "Kept epoch": run.best_epoch,
        "Validation": validation,
        "Crowd": scores.crowd_accuracy,
        "Log loss": scores.loss,
        "Training": training,
        "Gap": 100 * (training - validation),
        "Rate reduced": "every epoch" if _falls_steadily(run) else _count_times(len(find_reductions(rate))),
        "First rate": rate[0],
        "Last rate": rate[-1],
        "Seconds": float(np.median(seconds)),
        "Hours": float(seconds.sum()) / 3600,
    }


def _count_times(number: int) -> str:
    return {0: "never", 1: "once"}.get(number, f"{number} times")


def _make_paper_row(number: int) -> dict:
    experiment = PAPER_TABLE[number - 1]
    validation, training = paper_value(number, "validation", "accuracy"), paper_value(number, "train", "accuracy")
    row = {
        "Network": f"The study, experiment {number}",
        "Epochs": f"{experiment.epochs} of {experiment.epochs}",
        "Validation": validation,
        "Training": training,
        "Gap": 100 * (training - validation),
        "First rate": PAPER_CONFIGURATION["learning rate"],
    }
    if number == 2:
        row["Seconds"] = float(np.median([line["seconds"] for line in PAPER_LOG]))
    return row


def describe_ends(table: pd.DataFrame) -> str:
    """Return the table in words: the validation accuracy of each row."""
    ends = ", ".join(f"{row['Network']} {format_percent(row['Validation'])}" for row in table.to_dict("records"))
    return f"Validation accuracy at the kept epoch: {ends}." if ends else "No network selected."


def list_looked_at(runs: Sequence[Run], names: Mapping[str, str]) -> str:
    """Say what had been seen of the test pictures before each run, as a list; "" where no run tells."""
    return "\n".join(f"- **{names[run.name]}.** {run.config.looked_at}" for run in runs if run.config.looked_at)
