"""What learning curves are made of: columns of the runs' history.csv, as they are or smoothed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_core.app.charts.losses import PLAIN, name_losses
from fer_core.app.looks import Look
from fer_core.runs import Run

BOTH, TRAINING, VALIDATION, GAP = "Both", "Training", "Validation", "Gap"
VIEWS = (BOTH, TRAINING, VALIDATION, GAP)


@dataclass(frozen=True)
class CurveMetric:
    """A column of history.csv: `unit` "%" for shares; `split` says whether there is a `val_` column, too."""

    column: str
    axis: str
    unit: str = ""
    split: bool = True
    log: bool = False


METRICS = {
    "Accuracy": CurveMetric("accuracy", "Accuracy", "%"),
    "Loss": CurveMetric("loss", "Loss"),
    "Precision": CurveMetric("precision", "Precision, answers above 50 %", "%"),
    "Recall": CurveMetric("recall", "Recall, answers above 50 %", "%"),
    "Learning rate": CurveMetric("learning_rate", "Learning rate", split=False, log=True),
    "Seconds per epoch": CurveMetric("seconds", "Seconds per epoch", split=False),
}


@dataclass(frozen=True)
class Curve:
    """One line: `values` per epoch as recorded, `split` TRAINING or VALIDATION (or GAP), `name` and `look` of its run.

    `against`: of a loss, what it is against (`name_losses`).
    """

    run: Run
    split: str
    values: np.ndarray
    name: str
    look: Look
    against: str = ""


def smooth(values: Sequence[float], weight: float) -> np.ndarray:
    """Exponential moving average with `weight` (0: none, towards 1: smoother), corrected for its start at zero."""
    series = pd.Series(values, dtype=float)
    return (series if weight <= 0 or series.hasnans else series.ewm(alpha=1 - weight).mean()).to_numpy()


def find_reductions(rate: Sequence[float]) -> list[int]:
    """Epochs, from 1, that begin with a lower learning rate after at least two at one rate.

    So the steps of a plateau schedule count, and the steady fall of a cosine does not.
    """
    rate = np.asarray(rate, float)
    return [
        i + 1
        for i in range(2, len(rate))
        if rate[i] < 0.99 * rate[i - 1] and np.isclose(rate[i - 1], rate[i - 2], rtol=1e-6, atol=0)
    ]


def _place_plain_loss(run: Run) -> np.ndarray:
    """NaN for every epoch but the kept one, which has the plain log loss on validation pictures."""
    values = np.full(len(run.history), np.nan)
    loss = run.metrics.validation.loss
    values[run.best_epoch - 1] = np.nan if loss is None else loss
    return values


def _get(run: Run, column: str) -> np.ndarray | None:
    return run.history[column] if column in run.history.dtype.names else None


def mark_votes(run: Run, name: str) -> str:
    """What the run is called beside its scores: those of a network taught by votes count what most people see."""
    return f"{name} (votes)" if run.learns_votes else name


def list_curves(
    runs: Sequence[Run], metric: CurveMetric, view: str, names: Mapping[str, str], looks: Mapping[str, Look]
) -> list[Curve]:
    """Return the lines that `view` asks for; runs whose history lacks the column are left out.

    `names`, `looks`: by the runs' folders. Losses of two kinds do not compare (`name_losses`): where `runs` mix them, those
    of another kind than the plain one have a single point, the plain log loss on validation pictures at the kept epoch;
    and a training loss of another kind than the run's own validation loss is left out.
    """
    is_loss = metric.column == "loss"
    curves, mixed = [], is_loss and len({name_losses(run)[1] for run in runs}) > 1
    for run in runs:
        against, judged = name_losses(run) if is_loss else ("", "")
        if mixed and judged != PLAIN:
            if view in (BOTH, VALIDATION):
                plain = _place_plain_loss(run)
                curves.append(Curve(run, VALIDATION, plain, names[run.name], looks[run.name], PLAIN))
            continue
        training = _get(run, metric.column) if against == judged else None
        validation = _get(run, f"val_{metric.column}") if metric.split else None
        name = mark_votes(run, names[run.name]) if metric.unit else names[run.name]
        who = name, looks[run.name], judged
        if view == GAP and metric.split:
            if training is not None and validation is not None:
                curves.append(Curve(run, GAP, training - validation, *who))
            continue
        if training is not None and (view in (BOTH, TRAINING) or not metric.split):
            curves.append(Curve(run, TRAINING, training, *who))
        if validation is not None and view in (BOTH, VALIDATION):
            curves.append(Curve(run, VALIDATION, validation, *who))
    return curves


def name_curve(curve: Curve) -> str:
    """Return what the curve's run is called; of a partial run also how far it got."""
    run = curve.run
    return f"{curve.name} ({len(run.history)} of {run.config.epochs} epochs)" if run.is_partial else curve.name
