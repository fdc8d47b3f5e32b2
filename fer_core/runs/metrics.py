"""The numbers of a run, computed once at the end of training and again by `train.py verify` and `rewrite`.

scikit-learn and SciPy are imported inside the functions: the dashboard reads finished numbers and needs neither.
"""

from math import sqrt

import numpy as np

from fer_core.labels import LABELS
from fer_core.probability import apply_temperature, check_predictions, round_to_stored
from fer_core.runs.confidence import compute_calibration, compute_ece, compute_reliability, fit_temperature
from fer_core.runs.contract import SPLITS
from fer_core.runs.crowd import HALF, find_majority
from fer_core.runs.registry import NO_VOTE, Answers, compute_registered

__all__ = [
    "NO_VOTE", "Z95", "apply_temperature", "check_predictions", "compute_calibration",
    "compute_ece", "compute_metrics", "compute_reliability", "compute_run_metrics", "compute_unpaired_error", "compute_wilson_interval",
    "fit_temperature", "round_to_stored",
]  # fmt: skip

Z95 = 1.959964


def compute_metrics(label, probability, file=None, twin=None, ferplus=None, votes=None, by_crowd=False) -> dict:
    """Compute every number of one split; JSON-ready (Python floats, ints, lists, None where no picture counts).

    `label` (n,) 0..6, `probability` (n, 7); optional, all (n,): `file` Kaggle base names, `twin` bool (True: the same
    pixels stand in the training folder), `ferplus` FER+ majority 0..6 or 255; `votes` (n, 7) FER+ votes for the seven
    classes. `by_crowd`: the labels are the first choices of these votes. The registered METRICS, and the tables that pages draw. Raises ValueError on impossible input.
    """
    check_predictions(label, probability)
    label, probability = np.asarray(label).astype(np.int64), round_to_stored(probability)
    optional = {"file": file, "twin": twin, "ferplus": ferplus, "votes": votes}
    given = {name: np.asarray(array) for name, array in optional.items() if array is not None}
    answers = Answers(label, probability, **given, by_crowd=by_crowd)
    return {
        **compute_registered(answers),
        "accuracy_ci95": list(compute_wilson_interval(float(answers.correct.mean()), len(label))),
        **_compute_class_scores(label, answers.predicted),
        **_compute_thresholded(label, probability),
        "reliability": compute_reliability(label, probability, votes=given["votes"] if by_crowd else None),
    }


def compute_wilson_interval(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share seen in n > 0 pictures (Wilson 1927), as shares.

    Every share of right answers has this one; differences on the same pictures have paired bootstraps (paired.py).
    """
    center = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    # At 0 and 1 a bound is the share itself: rounding must not put the share beside its interval.
    return max(0.0, min(center - half, share)), min(1.0, max(center + half, share))


def compute_unpaired_error(a: float, n_a: int, b: float, n_b: int) -> float:
    """Return the standard error of the difference of two shares, as if of different pictures; on the same ones it is less."""
    return sqrt(a * (1 - a) / n_a + b * (1 - b) / n_b)


def _compute_class_scores(label: np.ndarray, predicted: np.ndarray) -> dict:
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    classes = np.arange(len(LABELS))
    options = {"labels": classes, "zero_division": 0}
    rows = np.transpose(precision_recall_fscore_support(label, predicted, **options))
    weighted = precision_recall_fscore_support(label, predicted, average="weighted", **options)[:3]
    per_class = {
        name: {"precision": float(p), "recall": float(r), "f1": float(f), "support": int(n)}
        for name, (p, r, f, n) in zip(LABELS, rows, strict=True)
    }
    return {
        **{f"{name}_weighted": float(v) for name, v in zip(("precision", "recall", "f1"), weighted, strict=True)},
        "per_class": per_class,
        "confusion": confusion_matrix(label, predicted, labels=classes).tolist(),
    }


def _compute_thresholded(label: np.ndarray, probability: np.ndarray) -> dict:
    """Keras's `precision` and `recall` for one-hot labels: all n x 7 cells pooled, positive above .5."""
    positive = probability > 0.5
    true_positive = int(positive[np.arange(len(label)), label].sum())
    precision = true_positive / max(int(positive.sum()), 1)
    recall = true_positive / len(label)
    f1 = 2 * precision * recall / (precision + recall) if true_positive else 0.0
    return {"precision_at_half": precision, "recall_at_half": recall, "f1_at_half": f1}


def compute_run_metrics(predictions: dict) -> dict:
    """Compute all sections of `metrics.json` that follow from the arrays of `predictions.npz`.

    Returns `validation`, `test`, `calibration`, and with `test_tta_probability` also `test_tta` (with
    `validation_tta_probability` too: `validation_tta` and `calibration_tta`); with the crowd's votes the same again
    against what most people chose, as `crowd_validation` and so on. Training adds `train`, `last_epoch` and
    `best_epoch`, for which no probabilities are stored.
    """
    metrics = _compute_sections(predictions)
    if "validation_votes" in predictions and "test_votes" in predictions:
        # Vote shares need no temperature, and half of the votes is a line that nobody has to choose.
        judged = _compute_sections(judge_by_crowd(predictions), by_crowd=True, temperature=1.0, threshold=HALF)
        metrics |= {f"crowd_{name}": section for name, section in judged.items()}
    return metrics


def judge_by_crowd(predictions: dict) -> dict:
    """The arrays of the pictures on which one class has more votes than any other, that class as their label.

    `predictions`: as in `predictions.npz`, of one split or both, with votes.
    """
    judged = {}
    for split in ("validation", "test"):
        votes = predictions.get(f"{split}_votes")
        if votes is None:
            continue
        majority, unique = find_majority(np.asarray(votes))
        own = {name: array for name, array in predictions.items() if name.startswith(f"{split}_") and array is not None}
        own.pop(f"{split}_last_epochs", None)
        judged |= {name: np.asarray(array)[unique] for name, array in own.items()}
        judged[f"{split}_label"] = majority[unique].astype(np.uint8)
    return judged


def _compute_sections(predictions: dict, by_crowd: bool = False, **calibration) -> dict:
    get = predictions.get
    votes = {split: predictions[f"{split}_votes"] for split in SPLITS} if by_crowd else None
    test_extra = {name: get(f"test_{name}") for name in ("file", "twin", "ferplus", "votes")}
    metrics = {}
    for suffix in ("", "_tta"):
        validation, test = get(f"validation{suffix}_probability"), get(f"test{suffix}_probability")
        if validation is not None:
            metrics[f"validation{suffix}"] = compute_metrics(
                predictions["validation_label"], validation, votes=get("validation_votes"), by_crowd=by_crowd
            )
        if test is not None:
            metrics[f"test{suffix}"] = compute_metrics(predictions["test_label"], test, **test_extra, by_crowd=by_crowd)
        if validation is not None and test is not None:
            metrics[f"calibration{suffix}"] = compute_calibration(
                predictions["validation_label"], validation, predictions["test_label"], test, votes=votes, **calibration
            )
    return metrics
