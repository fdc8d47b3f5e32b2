"""Runs beside the study; which one answers by default."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fer_core.runs.paper import CELL_METRICS, PAPER_TABLE, find_paper_experiment, paper_value
from fer_core.runs.run import Run

STUDY_BEST = 2


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
        return float(run.history[metric][epoch - 1])
    sections = run.metrics.last_epoch if last_epoch else run.metrics
    return getattr(getattr(sections, split, None), CELL_METRICS[split, metric], None)


@dataclass(frozen=True)
class TableRow:
    """One cell of Table 1 beside the mean over our finished runs of that experiment (1 to 3); None where there is none.

    `paper`, `ours` (at the kept epoch) and `last_epoch` (ours at the last one) are shares from 0 to 1, `printed` the
    paper's text. `n_runs` of our runs have the score; `sd` is their standard deviation, None for fewer than two.
    """

    experiment: int
    split: str
    metric: str
    printed: str
    paper: float
    ours: float | None
    last_epoch: float | None
    n_runs: int
    sd: float | None

    @property
    def difference(self) -> float | None:
        """ours - paper."""
        return None if self.ours is None else self.ours - self.paper

    @property
    def deviations(self) -> float | None:
        """The difference in units of our runs' standard deviation; None where that is 0 or not known."""
        return self.difference / self.sd if self.difference is not None and self.sd else None


def compare_table_with_paper(runs: list[Run]) -> list[TableRow]:
    """Set Table 1 beside the mean over our finished runs of the same experiments: its 27 cells in printed order."""
    rows = []
    for experiment in PAPER_TABLE:
        made = [run for run in _select_finished(runs) if run.experiment == experiment.name]
        columns = [compare_with_paper(run, experiment.number) for run in made]
        for i, (split, metric) in enumerate((s, m) for s, cells in experiment.cells.items() for m in cells):
            ours = [column[i].ours for column in columns if column[i].ours is not None]
            last = [column[i].last_epoch for column in columns if column[i].last_epoch is not None]
            printed, paper = experiment.cells[split][metric], paper_value(experiment.number, split, metric)
            sd = float(np.std(ours, ddof=1)) if len(ours) > 1 else None
            cell = (experiment.number, split, metric, printed, paper)
            rows.append(TableRow(*cell, _mean(ours), _mean(last), len(ours), sd))
    return rows


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


@dataclass(frozen=True)
class Mention:
    """A class's score that section 6.3 names: as `printed`, `paper` its number, ours at the kept and at the last epoch."""

    label: str
    metric: str
    printed: str
    paper: float
    ours: float
    last_epoch: float | None
    support: int


def compare_mentioned(run: Run) -> list[Mention]:
    """Set the scores per class that the study's text names beside ours, for a run of one of its experiments."""
    experiment = find_paper_experiment(run.experiment)
    if experiment is None:
        return []
    kept, last = run.metrics.test.per_class, run.metrics.last_epoch and run.metrics.last_epoch.test.per_class
    return [
        Mention(
            label, metric, printed, float(printed), getattr(kept[label], metric),
            getattr(last[label], metric) if last else None, kept[label].support,
        )
        for (label, metric), printed in experiment.mentioned.items()
    ]  # fmt: skip


def choose_default_run(runs: list[Run]) -> Run | None:
    """Choose what the dashboard predicts with: of the runs with a model, the best on validation pictures.

    A run that was taught by the crowd's votes comes before all that learned labels: it answers what visitors ask. Either
    kind is ranked by its own judge. Runs on drawn pictures come last whatever they reach, before them runs that learned
    from their validation pictures; None when no run has a model.
    """
    candidates = [run for run in runs if run.model_path]
    seen = {run.name for run in runs if run.config.split == "all"}
    return max(
        candidates,
        key=lambda run: (not run.is_drawn, run.name not in seen, run.learns_votes, run.validation.accuracy),
        default=None,
    )


def find_taught_otherwise(run: Run, runs: Iterable[Run]) -> Run | None:
    """The first finished run of the same network by the other teacher: people's votes instead of labels, or the reverse."""
    body = (run.config.network, run.config.pretrained)
    return next(
        (
            other
            for other in _select_finished(runs)
            if other.learns_votes != run.learns_votes and (other.config.network, other.config.pretrained) == body
        ),
        None,
    )


def _select_finished(runs: Iterable[Run]) -> list[Run]:
    return [run for run in runs if not run.is_partial and not run.is_drawn]
