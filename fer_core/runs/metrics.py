"""The numbers of a run, computed once at the end of training and again by `train.py verify`.

scikit-learn and SciPy are imported inside the functions: the dashboard reads finished numbers and needs neither.
"""

from math import sqrt

import numpy as np

from fer_core.labels import LABELS

Z95 = 1.959964
N_BINS = 15
N_BOOTSTRAP = 1000
SEED = 0
EPSILON = 1e-7  # the floor under a probability before its logarithm, as in Keras; float16 ends near 6e-8
NO_VOTE = 255
TARGET_ACCURACY = 0.8
SUM_TOLERANCE = 5e-3  # seven roundings to float16 move the sum by at most 5e-4


def round_to_stored(probability) -> np.ndarray:
    """Round probabilities (n, 7) through float16, as stored; returns float64 so that sums are exact enough.

    Every number is computed after this rounding, so `predictions.npz` gives it back exactly.
    """
    return np.asarray(probability).astype(np.float16).astype(np.float64)


def check_predictions(label, probability) -> None:
    """Raise ValueError unless `label` (n,) holds 0..6 and `probability` (n, 7) holds n distributions, n > 0."""
    label, probability = np.asarray(label), np.asarray(probability)
    if label.ndim != 1 or len(label) == 0:
        raise ValueError(f"expected a non-empty row of labels, got shape {label.shape}")
    if probability.shape != (len(label), len(LABELS)):
        raise ValueError(f"expected probabilities of shape ({len(label)}, {len(LABELS)}), got {probability.shape}")
    if not np.issubdtype(label.dtype, np.integer) or label.min() < 0 or label.max() >= len(LABELS):
        raise ValueError(f"labels must be whole numbers from 0 to {len(LABELS) - 1}")
    if probability.dtype.kind not in "fiu" or not np.isfinite(probability).all():
        raise ValueError("probabilities hold NaN, infinity or no numbers")
    sums = probability.sum(axis=1, dtype=np.float64)
    if probability.min() < 0 or np.abs(sums - 1).max() > SUM_TOLERANCE:
        raise ValueError("every row of probabilities must be non-negative and sum to 1")


def compute_metrics(label, probability, file=None, twin=None, ferplus=None) -> dict:
    """Compute every number of one split; JSON-ready (Python floats, ints, lists, None where no picture counts).

    `label` (n,) 0..6, `probability` (n, 7); optional, all (n,): `file` Kaggle base names, `twin` bool (True: the same
    pixels stand in the training folder), `ferplus` FER+ majority 0..6 or 255. Raises ValueError on impossible input.
    """
    check_predictions(label, probability)
    label, probability = np.asarray(label).astype(np.int64), round_to_stored(probability)
    predicted = probability.argmax(axis=1)
    correct = predicted == label
    metrics = {
        "n": len(label),
        "accuracy": float(correct.mean()),
        "accuracy_ci95": compute_accuracy_interval(correct),
        **_compute_class_scores(label, predicted),
        **_compute_thresholded(label, probability),
        "loss": float(-np.log(np.maximum(probability[np.arange(len(label)), label], EPSILON)).mean()),
        "ece": compute_ece(label, probability),
        "reliability": compute_reliability(label, probability),
    }
    if file is not None:
        names = np.asarray(file).astype(str)
        metrics |= _compute_share("public", "accuracy", correct, np.char.startswith(names, "PublicTest_"))
        metrics |= _compute_share("private", "accuracy", correct, np.char.startswith(names, "PrivateTest_"))
    if twin is not None:
        metrics |= _compute_share("deduplicated", "accuracy", correct, ~np.asarray(twin, bool))
    if ferplus is not None:
        ferplus = np.asarray(ferplus)
        metrics |= _compute_share("ferplus", "agreement", predicted == ferplus, ferplus != NO_VOTE)
    return metrics


def _compute_share(subset: str, what: str, correct: np.ndarray, mask: np.ndarray) -> dict:
    if mask.shape != correct.shape:
        raise ValueError(f"expected {len(correct)} entries for the {subset} subset, got shape {mask.shape}")
    n = int(mask.sum())
    return {f"{subset}_{what}": float(correct[mask].mean()) if n else None, f"{subset}_n": n}


def compute_accuracy_interval(correct, n_bootstrap: int = N_BOOTSTRAP, seed: int = SEED) -> list[float]:
    """95 % percentile bootstrap interval [low, high] of the mean of `correct` (n,) bool (Efron 1979).

    Resampling n right-or-wrong answers and counting the right ones IS a binomial draw, so one call makes them all.
    """
    correct = np.asarray(correct, bool)
    draws = np.random.default_rng(seed).binomial(len(correct), correct.mean(), n_bootstrap) / len(correct)
    return [float(edge) for edge in np.percentile(draws, [2.5, 97.5])]


def compute_wilson_interval(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share seen in n > 0 pictures (Wilson 1927), as shares."""
    center = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    return center - half, center + half


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
        "f1_macro": float(rows[:, 2].mean()),
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


def compute_reliability(label, probability, n_bins: int = N_BINS) -> dict:
    """Bin top-label confidence into equal widths (k/n, (k+1)/n]: lists `count`, `confidence`, `accuracy` per bin.

    Empty bins hold None. Source: Guo et al. 2017, "On Calibration of Modern Neural Networks".
    """
    label, probability = np.asarray(label), np.asarray(probability)
    confidence = probability.max(axis=1)
    correct = probability.argmax(axis=1) == label
    bins = np.clip(np.ceil(confidence * n_bins).astype(int) - 1, 0, n_bins - 1)
    count = np.bincount(bins, minlength=n_bins)

    def mean(values):
        sums = np.bincount(bins, weights=values, minlength=n_bins)
        return [float(total / n) if n else None for total, n in zip(sums, count, strict=True)]

    return {"count": count.tolist(), "confidence": mean(confidence), "accuracy": mean(correct)}


def compute_ece(label, probability, n_bins: int = N_BINS) -> float:
    """Expected calibration error of the top label, 0..1: count-weighted mean |confidence - accuracy| over bins."""
    bins = compute_reliability(label, probability, n_bins)
    rows = zip(bins["count"], bins["confidence"], bins["accuracy"], strict=True)
    return float(sum(n * abs(c - a) for n, c, a in rows if n) / sum(bins["count"]))


def apply_temperature(probability, temperature: float) -> np.ndarray:
    """Soften (temperature > 1) or sharpen (< 1) probabilities (..., 7): softmax(log p / temperature), float64."""
    if not (np.isfinite(temperature) and temperature > 0):
        raise ValueError(f"The temperature must be a positive number, got {temperature}.")
    scaled = np.log(np.maximum(np.asarray(probability, np.float64), EPSILON)) / temperature
    power = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return power / power.sum(axis=-1, keepdims=True)


def fit_temperature(label, probability) -> float:
    """Find the temperature with the lowest log loss on `label` (n,), `probability` (n, 7) (Guo et al. 2017)."""
    from scipy.optimize import minimize_scalar

    label = np.asarray(label).astype(np.int64)

    def log_loss(log_temperature):
        scaled = apply_temperature(probability, np.exp(log_temperature))
        return -np.log(np.maximum(scaled[np.arange(len(label)), label], EPSILON)).mean()

    return float(np.exp(minimize_scalar(log_loss, bounds=(-3, 3), method="bounded").x))


def compute_calibration(validation_label, validation_probability, test_label, test_probability) -> dict:
    """Fit a temperature and a "not sure" threshold on validation; report both splits before and after.

    Labels (n,), probabilities (n, 7). The threshold, a whole percent of calibrated confidence, is the lowest above which
    validation answers are right 80 % of the time, never leaving out more than half of the pictures.
    Raises ValueError on impossible input.
    """
    label, before = {"validation": validation_label, "test": test_label}, {}
    for split, probability in (("validation", validation_probability), ("test", test_probability)):
        check_predictions(label[split], probability)
        label[split], before[split] = np.asarray(label[split]), round_to_stored(probability)
    temperature = fit_temperature(label["validation"], before["validation"])
    after = {split: apply_temperature(before[split], temperature) for split in before}
    threshold = _choose_threshold(label["validation"], after["validation"])
    result = {"temperature": temperature, "not_sure_threshold": threshold, "target_accuracy": TARGET_ACCURACY}
    for split, raw in before.items():
        coverage, accuracy = _compute_above(label[split], after[split], threshold)
        result |= {
            f"{split}_ece_before": compute_ece(label[split], raw),
            f"{split}_ece_after": compute_ece(label[split], after[split]),
            f"{split}_coverage": coverage,
            f"{split}_accuracy_above": accuracy,
        }
    return result | {"test_reliability_after": compute_reliability(label["test"], after["test"])}


def _compute_above(label: np.ndarray, probability: np.ndarray, threshold: float) -> tuple[float, float | None]:
    """Share of pictures answered with at least `threshold` confidence, and the accuracy among them."""
    sure = probability.max(axis=1) >= threshold
    correct = probability.argmax(axis=1) == label
    return float(sure.mean()), float(correct[sure].mean()) if sure.any() else None


def _choose_threshold(label: np.ndarray, probability: np.ndarray) -> float:
    threshold = 0.0
    for candidate in np.arange(100) / 100:
        coverage, accuracy = _compute_above(label, probability, candidate)
        if coverage < 0.5:
            break
        threshold = float(candidate)
        if accuracy >= TARGET_ACCURACY:
            break
    return threshold


def compute_run_metrics(predictions: dict) -> dict:
    """Compute all sections of `metrics.json` that follow from the arrays of `predictions.npz`.

    Returns `validation`, `test`, `calibration`, and with `test_tta_probability` also `test_tta` (with
    `validation_tta_probability` too: `validation_tta` and `calibration_tta`). Training adds `train`, `last_epoch`
    and `best_epoch`, for which no probabilities are stored.
    """
    get = predictions.get
    test_extra = {"file": get("test_file"), "twin": get("test_twin"), "ferplus": get("test_ferplus")}
    metrics = {}
    for suffix in ("", "_tta"):
        validation, test = get(f"validation{suffix}_probability"), get(f"test{suffix}_probability")
        if validation is not None:
            metrics[f"validation{suffix}"] = compute_metrics(predictions["validation_label"], validation)
        if test is not None:
            metrics[f"test{suffix}"] = compute_metrics(predictions["test_label"], test, **test_extra)
        if validation is not None and test is not None:
            metrics[f"calibration{suffix}"] = compute_calibration(
                predictions["validation_label"], validation, predictions["test_label"], test
            )
    return metrics
