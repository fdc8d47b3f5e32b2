"""What each change of one factor is worth: runs of an ablation beside the runs of the experiment that they vary."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

import numpy as np

from fer_core.labels import LABELS
from fer_core.runs.leaderboard import compute_spread, group_runs, is_variant
from fer_core.runs.learning_curve import get_share
from fer_core.runs.run import Run

N_BOOTSTRAP = 1000
RARE = ("disgust", "fear")
"""The classes that the study is worst at; their recall stands in the table."""


@dataclass(frozen=True)
class AblationRow:
    """One factor: the mean over its runs minus the mean over the base's, with 95 % intervals over the test pictures.

    `difference` and `interval` are of accuracy, `f1_difference` and `f1_interval` of macro F1, `validation` is the
    difference of accuracy on the validation pictures; `accuracies` are the runs' own, one for each seed, and `recall`
    theirs of the rare classes.
    """

    experiment: str
    factor: str
    accuracies: tuple[float, ...]
    difference: float
    interval: tuple[float, float]
    f1_difference: float
    f1_interval: tuple[float, float]
    recall: dict[str, float]
    validation: float

    @property
    def accuracy(self) -> float:
        return mean(self.accuracies)

    @property
    def spread(self) -> float | None:
        """Standard deviation over seeds, None for one."""
        return compute_spread(self.accuracies)


def list_ablation_bases(runs: Sequence[Run]) -> list[str]:
    """Experiments that have runs with one factor changed, and runs of their own to compare with."""
    groups = group_runs(runs, variants=True)
    bases = {group[0].config.ablation_of for group in groups.values() if _is_ablation(group[0])}
    return sorted(base for base in bases if base in groups)


def compute_ablation(runs: Sequence[Run], base: str) -> list[AblationRow]:
    """Compare every experiment that is an ablation of `base` with the runs of `base`; the largest gain on validation first.

    Finished runs on real pictures count, and on all training pictures. Intervals are paired percentile bootstraps that
    draw the same pictures for both sides (Efron 1979): they say how far other pictures could change the difference, not
    other seeds. Empty without runs of `base`. Raises ValueError when two runs have answered other pictures.
    """
    groups = group_runs(runs, variants=True)
    base_runs = groups.get(base, [])
    varied = [group for group in groups.values() if _is_ablation(group[0]) and group[0].config.ablation_of == base]
    if not base_runs or not varied:
        return []
    reference = base_runs[0].predictions("test")
    weights = _draw_weights(len(reference))
    before = _mean_scores(base_runs, reference, weights)
    validation = _mean_validation(base_runs)
    rows = [_compare(made, before, _mean_scores(made, reference, weights), validation) for made in varied]
    return sorted(rows, key=lambda row: -row.validation)  # the test pictures confirm; they choose nothing


def _is_ablation(run: Run) -> bool:
    return is_variant(run) and get_share(run) == 1


def compute_rare_recall(runs: Sequence[Run]) -> dict[str, float]:
    """Mean recall of the rare classes over `runs`."""
    return {label: float(np.mean([run.metrics.test.per_class[label].recall for run in runs])) for label in RARE}


def _mean_validation(runs: Sequence[Run]) -> float:
    return mean(run.metrics.validation.accuracy for run in runs)


def _compare(made: list[Run], before: np.ndarray, after: np.ndarray, validation: float) -> AblationRow:
    difference = after - before
    low, high = np.percentile(difference[1:], [2.5, 97.5], axis=0)
    (accuracy, f1), intervals = difference[0], [(float(a), float(b)) for a, b in zip(low, high, strict=True)]
    return AblationRow(
        made[0].experiment, made[0].config.factor or made[0].title,
        tuple(run.metrics.test.accuracy for run in made), float(accuracy), intervals[0], float(f1), intervals[1],
        compute_rare_recall(made), _mean_validation(made) - validation,
    )  # fmt: skip


def _draw_weights(n: int, seed: int = 0) -> np.ndarray:
    """How often each of `n` pictures counts, float32 (1 + N_BOOTSTRAP, n): once each, then in the resamples."""
    draws = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), N_BOOTSTRAP)
    return np.concatenate([np.ones((1, n)), draws]).astype(np.float32)


def _mean_scores(runs: Sequence[Run], reference, weights: np.ndarray) -> np.ndarray:
    """Accuracy and macro F1 under each row of `weights`, averaged over `runs`: (rows, 2)."""
    scores = []
    for run in runs:
        answers = run.predictions("test")
        if not (np.array_equal(answers.file, reference.file) and np.array_equal(answers.label, reference.label)):
            raise ValueError(f"{run.name} has answered other test pictures than the runs that it is compared with.")
        scores.append(_compute_scores(answers.label, answers.predicted, weights))
    return np.mean(scores, axis=0)


def _compute_scores(label: np.ndarray, predicted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    classes = np.arange(len(LABELS))
    is_label, is_predicted = (values[:, None] == classes for values in (label, predicted))
    hits, labels, answers = (
        (weights @ marks.astype(np.float32)).astype(np.float64)  # whole numbers: exact in float32
        for marks in (is_label & is_predicted, is_label, is_predicted)
    )
    f1 = 2 * hits / np.maximum(labels + answers, 1)
    return np.stack([hits.sum(axis=1) / labels.sum(axis=1), f1.mean(axis=1)], axis=1)
