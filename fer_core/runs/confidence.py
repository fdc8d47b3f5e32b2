"""Confidence: how far it can be trusted, the temperature that mends it, and what answering only when sure buys."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from fer_core.probability import apply_temperature, check_predictions, compute_log, round_to_stored
from fer_core.runs.crowd import find_shares

N_BINS = 15
TARGET_ACCURACY = 0.8


def compute_reliability(label, probability, n_bins: int = N_BINS, votes=None) -> dict:
    """Bin top-label confidence into equal widths (k/n, (k+1)/n]: lists `count`, `confidence`, `accuracy` per bin.

    Empty bins hold None. Source: Guo et al. 2017, "On Calibration of Modern Neural Networks". With `votes` (n, 7), at
    least one for each picture, an answer counts for the share of the votes that it gets instead of as right or wrong:
    what a network that learned vote shares claims. The result then says so: `of` is "votes".
    """
    label, probability = np.asarray(label), np.asarray(probability)
    confidence, named = probability.max(axis=1), probability.argmax(axis=1)
    worth = named == label if votes is None else find_shares(votes)[np.arange(len(named)), named]
    bins = np.clip(np.ceil(confidence * n_bins).astype(int) - 1, 0, n_bins - 1)
    count = np.bincount(bins, minlength=n_bins)

    def mean(values):
        sums = np.bincount(bins, weights=values, minlength=n_bins)
        return [float(total / n) if n else None for total, n in zip(sums, count, strict=True)]

    return {
        "count": count.tolist(),
        "confidence": mean(confidence),
        "accuracy": mean(worth),
        "of": "labels" if votes is None else "votes",
    }


def compute_ece(label, probability, n_bins: int = N_BINS, votes=None) -> float:
    """Expected calibration error of the top label, 0..1: count-weighted mean |confidence - accuracy| over bins.

    With `votes`: |confidence - share of the votes|, as in `compute_reliability`.
    """
    bins = compute_reliability(label, probability, n_bins, votes)
    rows = zip(bins["count"], bins["confidence"], bins["accuracy"], strict=True)
    return float(sum(n * abs(c - a) for n, c, a in rows if n) / sum(bins["count"]))


def simulate_calibration_floor(
    probability, votes=None, n_bins: int = N_BINS, n_draws: int = 400, seed: int = 0
) -> tuple[float, float, float]:
    """Calibration error that a perfectly calibrated network with these probabilities (n, 7) would show by chance alone.

    Draws for each picture whether the answer is right, with its own confidence as the chance; with `votes` (n, 7), how many
    of as many votes it gets. Returns (mean, 2.5 %, 97.5 %) of `compute_ece` over the draws: no network can show less than
    about the mean (Vaicenavicius et al. 2019, arXiv:1902.06977, resample so for a test of calibration).
    """
    confidence = np.asarray(probability, float).max(axis=1)
    counts = b"" if votes is None else np.asarray(votes).sum(axis=1, dtype=np.int64).tobytes()
    return _simulate_floor(confidence.tobytes(), counts, n_bins, n_draws, seed)


@lru_cache(maxsize=16)  # a third of a second, and every visitor of a page asks for the same few networks
def _simulate_floor(stated: bytes, voters: bytes, n_bins: int, n_draws: int, seed: int) -> tuple[float, float, float]:
    confidence, counts = np.frombuffer(stated), np.frombuffer(voters, np.int64)
    rng, shape = np.random.default_rng(seed), (n_draws, len(confidence))
    if len(counts):
        worth = rng.binomial(counts, np.clip(confidence, 0, 1), shape) / counts
    else:
        worth = (rng.random(shape) < confidence).astype(float)
    bins = np.clip(np.ceil(confidence * n_bins).astype(int) - 1, 0, n_bins - 1)
    misses = (worth - confidence) @ (bins[:, None] == np.arange(n_bins)).astype(float)
    errors = np.abs(misses).sum(axis=1) / len(confidence)
    low, high = np.percentile(errors, [2.5, 97.5])
    return float(errors.mean()), float(low), float(high)


def compute_augrc(confidence: np.ndarray, correct: np.ndarray) -> float:
    """Area under the generalised risk-coverage curve, 0..0.5, lower is better; both (n,).

    The share of all pictures that are answered AND wrong, averaged over every share of pictures that one may choose to
    answer, the most confident first: the mean risk of a silent mistake (Traub et al. 2024, arXiv:2407.01032). Pictures
    of the same confidence come in together, on a straight line.
    """
    levels, group = np.unique(-np.asarray(confidence), return_inverse=True)
    answered = np.bincount(group, minlength=len(levels)).cumsum() / len(correct)
    wrong = np.bincount(group, weights=~np.asarray(correct, bool), minlength=len(levels)).cumsum() / len(correct)
    return float(np.trapezoid(np.concatenate([[0], wrong]), np.concatenate([[0], answered])))


def fit_temperature(label, probability) -> float:
    """Find the temperature with the lowest log loss on `label` (n,), `probability` (n, 7) (Guo et al. 2017)."""
    from scipy.optimize import minimize_scalar

    label = np.asarray(label).astype(np.int64)

    def log_loss(log_temperature):
        scaled = apply_temperature(probability, np.exp(log_temperature))
        return -compute_log(scaled[np.arange(len(label)), label]).mean()

    return float(np.exp(minimize_scalar(log_loss, bounds=(-3, 3), method="bounded").x))


def compute_calibration(
    validation_label,
    validation_probability,
    test_label,
    test_probability,
    temperature: float | None = None,
    threshold: float | None = None,
    votes: Mapping[str, np.ndarray] | None = None,
) -> dict:
    """Fit a temperature and a "not sure" threshold on validation; report both splits before and after.

    Labels (n,), probabilities (n, 7). The threshold, a whole percent of calibrated confidence, is the lowest above which
    validation answers are right 80 % of the time, never leaving out more than half of the pictures. Either may be given
    instead. `votes`: of both splits, (n, 7) each; calibration errors are then against the shares of the votes.
    Raises ValueError on impossible input.
    """
    label, before = {"validation": validation_label, "test": test_label}, {}
    for split, probability in (("validation", validation_probability), ("test", test_probability)):
        check_predictions(label[split], probability)
        label[split], before[split] = np.asarray(label[split]), round_to_stored(probability)
    if temperature is None:
        temperature = fit_temperature(label["validation"], before["validation"])
    after = {split: apply_temperature(before[split], temperature) for split in before}
    result = {"temperature": temperature}
    if threshold is None:
        threshold = _choose_threshold(label["validation"], after["validation"])
        result["target_accuracy"] = TARGET_ACCURACY
    result["not_sure_threshold"] = threshold
    votes = votes or dict.fromkeys(before)
    for split, raw in before.items():
        coverage, accuracy = _compute_above(label[split], after[split], threshold)
        result |= {
            f"{split}_ece_before": compute_ece(label[split], raw, votes=votes[split]),
            f"{split}_ece_after": compute_ece(label[split], after[split], votes=votes[split]),
            f"{split}_coverage": coverage,
            f"{split}_accuracy_above": accuracy,
        }
    correct = after["test"].argmax(axis=1) == label["test"]
    return result | {
        "test_augrc_after": compute_augrc(after["test"].max(axis=1), correct),
        "test_reliability_after": compute_reliability(label["test"], after["test"], votes=votes["test"]),
    }


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
