"""Runs beside the study and beside each other: tables, paired tests, spread over seeds."""

from dataclasses import dataclass
from math import comb

import numpy as np
import pandas as pd

from fer_core.runs.artifacts import Run
from fer_core.runs.paper import CELL_METRICS, PAPER_TABLE, find_paper_experiment, paper_value

STUDY_BEST = 2
ENVIRONMENT_KEYS = frozenset({
    "schema", "experiment", "title", "note", "paper_experiment", "deploy", "dataset", "device", "backend", "versions",
    "git_commit", "wall_seconds", "caveat", "ablation_of", "factor", "quantise", "members",
})  # fmt: skip
"""Keys of `config.json` that describe where and on what a run was made; all others are hyper-parameters."""

SEED_METRICS = (
    "accuracy", "public_accuracy", "private_accuracy", "deduplicated_accuracy", "ferplus_agreement", "f1_macro", "ece",
)  # fmt: skip


@dataclass(frozen=True)
class ComparisonRow:
    """One cell of Table 1: `paper` and `ours` are shares from 0 to 1, `printed` the paper's text, None where absent.

    `ours` belongs to the best epoch's weights, `last_epoch` to the last epoch's; `difference` is ours - paper.
    """

    split: str
    metric: str
    printed: str
    paper: float
    ours: float | None
    difference: float | None
    last_epoch: float | None = None


@dataclass(frozen=True)
class PairedComparison:
    """Two runs on the same `n` pictures; `difference` = accuracy of b - accuracy of a, with its 95 % interval.

    `only_a` / `only_b` count pictures that just one of them gets right; `p_value` is McNemar's exact two-sided test.
    """

    n: int
    accuracy_a: float
    accuracy_b: float
    difference: float
    ci95: tuple[float, float]
    only_a: int
    only_b: int
    p_value: float


def compare_with_paper(run: Run, number: int | None = None) -> list[ComparisonRow]:
    """Set `run` beside each cell of Table 1's experiment `number` (1 to 3), in printed order.

    Without `number`: the experiment that the run reproduces, else the study's best, 2. Train accuracy is the training
    log's at the best epoch, on augmented pictures with dropout, as in the study.
    """
    if number is None:
        reproduced = find_paper_experiment(run.experiment)
        number = reproduced.number if reproduced else STUDY_BEST
    rows = []
    for split, cells in PAPER_TABLE[number - 1].cells.items():
        for metric, printed in cells.items():
            paper, ours = paper_value(number, split, metric), _our_value(run, split, metric)
            difference = None if ours is None else ours - paper
            last = _our_value(run, split, metric, last_epoch=True)
            rows.append(ComparisonRow(split, metric, printed, paper, ours, difference, last))
    return rows


def _our_value(run: Run, split: str, metric: str, last_epoch: bool = False) -> float | None:
    if split == "train":
        epoch = len(run.history) if last_epoch else run.best_epoch
        return float(run.history[metric].iloc[epoch - 1])
    sections = run.metrics.get("last_epoch", {}) if last_epoch else run.metrics
    return (sections.get(split) or {}).get(CELL_METRICS[split, metric])


def compare_table_with_paper(runs: list[Run]) -> pd.DataFrame:
    """Set Table 1 beside the mean over our finished runs of the same experiments; a row per cell.

    Columns: experiment (1 to 3), name, split, metric, printed, paper, ours, difference, n_runs, sd (standard deviation
    over the runs, NaN for fewer than two), deviations (difference / sd). An experiment not yet run has n_runs 0 and NaN.
    """
    rows = []
    for experiment in PAPER_TABLE:
        made = [run for run in _select_finished(runs) if run.experiment == experiment.name]
        columns = [compare_with_paper(run, experiment.number) for run in made]
        for i, (split, metric) in enumerate((s, m) for s, cells in experiment.cells.items() for m in cells):
            values = [column[i].ours for column in columns if column[i].ours is not None]
            paper, ours = paper_value(experiment.number, split, metric), float(np.mean(values)) if values else np.nan
            printed = experiment.cells[split][metric]
            row = (experiment.number, experiment.name, split, metric, printed, paper, ours, ours - paper, len(values))
            rows.append((*row, float(np.std(values, ddof=1)) if len(values) > 1 else np.nan))
    columns = ["experiment", "name", "split", "metric", "printed", "paper", "ours", "difference", "n_runs", "sd"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(deviations=table["difference"] / table["sd"].where(table["sd"] > 0))


def choose_default_run(runs: list[Run]) -> Run | None:
    """Choose what the dashboard predicts with: of the runs with a model, the best validation accuracy.

    Runs on drawn pictures come last whatever they reach, before them runs that learned from their validation pictures;
    None when no run has a model.
    """
    candidates = [run for run in runs if run.model_path]
    seen = {run.name for run in runs if run.config.get("split") == "all"}
    return max(
        candidates,
        key=lambda run: (not run.is_drawn, run.name not in seen, run.metrics["validation"]["accuracy"]),
        default=None,
    )


def compare_configs(runs: list[Run]) -> pd.DataFrame:
    """List the hyper-parameters of `runs` side by side: a row per parameter, a text column per run name, `differs`.

    Nested settings become "outer.inner"; a run that lacks one shows "–" and counts as different.
    """
    flat = {run.name: _flatten({k: v for k, v in run.config.items() if k not in ENVIRONMENT_KEYS}) for run in runs}
    names = list(dict.fromkeys(key for settings in flat.values() for key in settings))
    table = {run: [_format(settings.get(name, "–")) for name in names] for run, settings in flat.items()}
    frame = pd.DataFrame(table, index=pd.Index(names, name="parameter"), dtype=str)
    frame["differs"] = frame.nunique(axis=1) > 1 if runs else False
    return frame


def _flatten(settings: dict, prefix: str = "") -> dict:
    flat = {}
    for key, value in settings.items():
        flat |= _flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


def _format(value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_format, value)) or "none"
    return "none" if value is None else str(value)


def compare_runs(a: Run, b: Run, split: str = "test", n_bootstrap: int = 2000, seed: int = 0) -> PairedComparison:
    """Compare two runs on the pictures of `split` that both have answered.

    Paired percentile bootstrap for the difference; McNemar's exact test (Dietterich 1998). Raises ValueError when the
    runs share no picture or disagree about a label.
    """
    answers_a, answers_b = a.predictions(split), b.predictions(split)
    _, in_a, in_b = np.intersect1d(answers_a.file, answers_b.file, return_indices=True)
    if len(in_a) == 0:
        raise ValueError(f"{a.name} and {b.name} have no {split} picture in common, so they cannot be compared.")
    if not np.array_equal(answers_a.label[in_a], answers_b.label[in_b]):
        raise ValueError(f"{a.name} and {b.name} disagree about the labels of their {split} pictures.")
    right_a, right_b = answers_a.correct[in_a], answers_b.correct[in_b]
    n, only_a, only_b = len(in_a), int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    # Only the pictures where just one is right move the difference, so resampling three counts is the paired bootstrap.
    shares = np.array([only_a, only_b, n - only_a - only_b]) / n
    draws = np.random.default_rng(seed).multinomial(n, shares, n_bootstrap)
    low, high = np.percentile((draws[:, 1] - draws[:, 0]) / n, [2.5, 97.5])
    return PairedComparison(
        n, float(right_a.mean()), float(right_b.mean()), (only_b - only_a) / n, (float(low), float(high)),
        only_a, only_b, compute_mcnemar(only_a, only_b),
    )  # fmt: skip


def compute_mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided p-value that both are equally often the only one right (binomial test with p = 1/2)."""
    n = only_a + only_b
    tail = sum(comb(n, k) for k in range(min(only_a, only_b) + 1))
    return min(1.0, 2 * tail / 2**n)  # whole numbers until the division, so thousands of pictures are exact too


def compute_leaderboard(runs: list[Run]) -> pd.DataFrame:
    """One row per run, best test accuracy first; shares from 0 to 1, NaN where a run has no such number.

    Columns: run, title, experiment, seed, test_accuracy, ci_low, ci_high, tta_accuracy, public_accuracy,
    private_accuracy, deduplicated_accuracy, ferplus_agreement, f1_macro, ece, validation_accuracy, parameters, epochs,
    wall_seconds, partial, drawn, has_model.
    """
    rows = []
    for run in runs:
        test = run.metrics["test"]
        rows.append({
            "run": run.name, "title": run.title, "experiment": run.experiment, "seed": run.seed,
            "test_accuracy": test["accuracy"], "ci_low": test["accuracy_ci95"][0], "ci_high": test["accuracy_ci95"][1],
            "tta_accuracy": run.metrics.get("test_tta", {}).get("accuracy"),
            **{metric: test.get(metric) for metric in SEED_METRICS[1:]},
            "validation_accuracy": run.metrics["validation"]["accuracy"],
            "parameters": run.config.get("parameters"), "epochs": len(run.history),
            "wall_seconds": run.config.get("wall_seconds"),
            "partial": run.is_partial, "drawn": run.is_drawn, "has_model": run.model_path is not None,
        })  # fmt: skip
    if not rows:
        return pd.DataFrame(columns=["run", "test_accuracy"])
    numeric = ["tta_accuracy", *SEED_METRICS[1:], "parameters", "wall_seconds"]
    board = pd.DataFrame(rows)
    board[numeric] = board[numeric].astype(float)  # a column of None would otherwise be of objects
    return board.sort_values("test_accuracy", ascending=False, ignore_index=True)


def compute_seed_summary(runs: list[Run]) -> pd.DataFrame:
    """Mean and standard deviation over the seeds of each experiment, finished runs on real pictures only.

    A row per experiment: experiment, n, then `<metric>_mean` and `<metric>_sd` (NaN for one seed) of the test metrics.
    """
    rows = [
        {"experiment": run.experiment, **{metric: run.metrics["test"].get(metric) for metric in SEED_METRICS}}
        for run in _select_finished(runs)
    ]
    if not rows:
        return pd.DataFrame(columns=["experiment", "n", "accuracy_mean", "accuracy_sd"])
    frame = pd.DataFrame(rows).astype(dict.fromkeys(SEED_METRICS, float))
    grouped = frame.groupby("experiment")
    summary = grouped[list(SEED_METRICS)].agg(["mean", "std"])
    summary.columns = [f"{metric}_{'sd' if what == 'std' else what}" for metric, what in summary.columns]
    summary.insert(0, "n", grouped.size())
    return summary.sort_values("accuracy_mean", ascending=False).reset_index()


def _select_finished(runs: list[Run]) -> list[Run]:
    return [run for run in runs if not run.is_partial and not run.is_drawn]
