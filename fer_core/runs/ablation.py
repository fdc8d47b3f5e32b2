"""What each change of one factor is worth: runs of an ablation beside the runs of the experiment that they vary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean

import numpy as np

from fer_core.labels import LABELS
from fer_core.runs.crowd import find_majority
from fer_core.runs.leaderboard import choose_fresh, compute_spread, group_runs, is_variant
from fer_core.runs.learning_curve import get_share
from fer_core.runs.paired import Difference, estimate_mean
from fer_core.runs.run import Run

N_BOOTSTRAP = 1000
RARE = ("disgust", "fear")
"""The classes that the study is worst at; their recall stands in the table."""


@dataclass(frozen=True)
class AblationRow:
    """One factor: the mean over its runs minus the mean over the base's.

    `difference` is of accuracy on the test pictures and `interval` its 95 % over them (`estimate_mean`), `f1_difference` of
    macro F1, `validation` of accuracy on the validation pictures; `accuracies` are the runs' own, one for each seed, and
    `recall` theirs of the rare classes, `base_recall` the base's. `crowd`: the difference on the pictures with a unique majority, where that is what
    counts as right; None where no votes are stored.
    """

    experiment: str
    factor: str
    accuracies: tuple[float, ...]
    difference: float
    interval: tuple[float, float]
    f1_difference: float
    recall: dict[str, float]
    validation: float
    crowd: Difference | None = None
    base_recall: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_idle(self) -> bool:
        """Whether the change never came into play: its networks answer as the base's do."""
        return self.difference == 0 and tuple(self.interval) == (0, 0)

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

    Finished runs on real pictures count, on all training pictures, and with the base's test pictures: FER2013 exists in other
    orders and under other names. Intervals are of the same pictures on both sides:
    they say how far other pictures could change the difference, not other seeds. Empty without runs of `base`.
    """
    base_runs, varied = _split(runs, base)
    rows = [_compare(made, base_runs) for made in varied]
    return sorted(rows, key=lambda row: -row.validation)  # the test pictures confirm; they choose nothing


def bootstrap_f1(runs: Sequence[Run], base: str) -> dict[str, tuple[float, float]]:
    """The 95 % intervals of `f1_difference`, by experiment: paired percentile bootstraps that draw the same pictures for both
    sides (Efron 1979), some hundredths of a second each.
    """
    base_runs, varied = _split(runs, base)
    return {made[0].experiment: _bootstrap_f1(base_runs, made) for made in varied}


def _split(runs: Sequence[Run], base: str) -> tuple[list[Run], list[list[Run]]]:
    """The runs of `base`, and those of each of its ablations; none of these without any of the former."""
    groups = group_runs(runs, variants=True)
    base_runs = choose_fresh(groups.get(base, []))
    varied = [group for group in groups.values() if _is_ablation(group[0]) and group[0].config.ablation_of == base]
    return base_runs, [group for group in varied if have_same_pictures([*base_runs, *group])] if base_runs else []


def _is_ablation(run: Run) -> bool:
    return is_variant(run) and get_share(run) == 1


def compute_rare_recall(runs: Sequence[Run]) -> dict[str, float]:
    """Mean recall of the rare classes over `runs`."""
    return {label: float(np.mean([run.metrics.test.per_class[label].recall for run in runs])) for label in RARE}


def _mean_validation(runs: Sequence[Run]) -> float:
    return mean(run.metrics.validation.accuracy for run in runs)


def have_same_pictures(runs: Sequence[Run]) -> bool:
    """Whether all `runs` have answered the same test pictures, in one order: only then can they be compared."""
    first, *others = (run.predictions("test") for run in runs)
    return all(
        np.array_equal(given.file, first.file) and np.array_equal(given.fer_label, first.fer_label) for given in others
    )


def _collect_answers(runs: Sequence[Run], reference: Run) -> list[np.ndarray]:
    """The winning classes of each run, (n,). Raises ValueError unless `runs` answered the pictures of `reference`."""
    for run in runs:
        if not have_same_pictures([reference, run]):
            raise ValueError(f"{run.name} has answered other test pictures than the runs that it is compared with.")
    return [run.predictions("test").predicted for run in runs]


def compare_groups(made: list[Run], base: list[Run]) -> Difference:
    """How much more often the runs `made` name FER2013's label than those of `base`, on the same test pictures."""
    return _compare_right(made, base, base[0].predictions("test").label)


def _compare_right(
    made: list[Run], base: list[Run], right: np.ndarray, rows: np.ndarray | slice = slice(None)
) -> Difference:
    """The same with any right answers (n,), on the pictures `rows`."""
    before, after = (
        np.mean([predicted == right for predicted in _collect_answers(runs, base[0])], axis=0) for runs in (base, made)
    )
    return Difference(*estimate_mean((after - before)[rows]))


def compare_by_crowd(made: list[Run], base: list[Run]) -> Difference | None:
    """The same by what most people see, on the pictures with a unique majority; None where no votes are stored."""
    votes = base[0].predictions("test").votes
    if votes is None:
        return None
    majority, unique = find_majority(votes)
    return _compare_right(made, base, majority, unique) if unique.any() else None


def _compare(made: list[Run], base: list[Run]) -> AblationRow:
    difference, interval = compare_groups(made, base)
    f1 = (mean(run.metrics.test.f1_macro for run in runs) for runs in (made, base))
    return AblationRow(
        made[0].experiment, made[0].config.factor or made[0].title,
        tuple(run.metrics.test.accuracy for run in made), difference, interval, next(f1) - next(f1),
        compute_rare_recall(made), _mean_validation(made) - _mean_validation(base), compare_by_crowd(made, base),
        compute_rare_recall(base),
    )  # fmt: skip


def _bootstrap_f1(base: list[Run], made: list[Run]) -> tuple[float, float]:
    answers = _collect_answers([*base, *made], base[0])
    kinds, weights = _draw_weights([base[0].predictions("test").label, *answers])
    scores = [_compute_f1(kinds[0], predicted, weights) for predicted in kinds[1:]]
    difference = np.mean(scores[len(base) :], axis=0) - np.mean(scores[: len(base)], axis=0)
    low, high = np.percentile(difference, [2.5, 97.5])
    return float(low), float(high)


def _draw_weights(columns: Sequence[np.ndarray], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Resample pictures by kind: those with the same label and answers count together, which is some hundred kinds.

    `columns`: the label and each run's answer, (n,). Returns them for each kind, (columns, kinds), and how many pictures of
    a kind count in each resample, float32 (N_BOOTSTRAP, kinds).
    """
    codes = sum(column.astype(np.int64) * len(LABELS) ** place for place, column in enumerate(columns))
    _, first, counts = np.unique(codes, return_index=True, return_counts=True)
    n = len(columns[0])
    draws = np.random.default_rng(seed).multinomial(n, counts / n, N_BOOTSTRAP)
    return np.stack([column[first] for column in columns]), draws.astype(np.float32)


def _compute_f1(label: np.ndarray, predicted: np.ndarray, weights: np.ndarray) -> np.ndarray:
    classes = np.arange(len(LABELS))
    is_label, is_predicted = (values[:, None] == classes for values in (label, predicted))
    hits, labels, answers = (
        (weights @ marks.astype(np.float32)).astype(np.float64)  # whole numbers: exact in float32
        for marks in (is_label & is_predicted, is_label, is_predicted)
    )
    return (2 * hits / np.maximum(labels + answers, 1)).mean(axis=1)
