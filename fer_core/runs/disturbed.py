"""A network's answers to spoiled test pictures, as `robustness.npz` of its run: what robustness.json is computed from.

Two networks that answered the same pictures can so be compared picture by picture, long after they were measured.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from fer_core.files import FileError, read_arrays, write_atomically
from fer_core.runs.corruptions import ALL, CORRUPTIONS, TEN, Disturbance, corrupt
from fer_core.runs.crowd import find_majority
from fer_core.runs.extras import broken_extra
from fer_core.runs.metrics import compute_wilson_interval
from fer_core.runs.paired import estimate_mean
from fer_core.runs.run import Run

ANSWERS = "robustness.npz"
COMMAND = "python -m fer_core.runs.robustness"
CLEAN = "clean"
NONE = 255
"""In place of a class: not asked about this picture; or, for the crowd, no unique majority."""
SEED = 0


@dataclass(frozen=True, eq=False)  # compared and remembered as the object that it is
class Answers:
    """Winning classes for the test pictures in the order of `predictions.npz`, uint8 (n,), by the disturbance's key.

    `label` (n,): FER2013's; `majority` (n,): the crowd's unique first choice, NONE where it has none. `given` has the
    answers to untouched pictures as CLEAN; in a sample, NONE stands for the pictures outside it.
    """

    label: np.ndarray
    majority: np.ndarray
    given: dict[str, np.ndarray]

    @property
    def asked(self) -> np.ndarray:
        """Which pictures the network was asked about in every case that it was asked at all, bool (n,)."""
        return np.all([found != NONE for found in self.given.values()], axis=0)

    def mark_right(self, key: str, by_crowd: bool = False) -> np.ndarray:
        """Which answers are right, bool (n,), for FER2013's labels or for the crowd."""
        return self.given[key] == (self.majority if by_crowd else self.label)

    def judged(self, by_crowd: bool = False) -> np.ndarray:
        """Which answers can be right or wrong: asked and, for the crowd, with a majority; bool (n,)."""
        return self.asked & (self.majority != NONE) if by_crowd else self.asked

    def mark_ten(self, by_crowd: bool = False) -> np.ndarray:
        """Share of the ten disturbances under which each answer is right, (n,)."""
        return np.mean([self.mark_right(case.key, by_crowd) for case in TEN], axis=0)

    @property
    def has_ten(self) -> bool:
        return all(case.key in self.given for case in TEN)


def start_answers(run: Run) -> Answers:
    """Answers that are still to be given, to the run's test pictures."""
    test = run.predictions("test")
    majority = np.full(len(test), NONE, np.uint8)
    if test.votes is not None:
        winner, unique = find_majority(test.votes)
        majority[unique] = winner[unique]
    return Answers(test.label, majority, {})


def load_answers(run: Run, fingerprint: str) -> Answers | None:
    """Read a run's `robustness.npz`, written by the network with that fingerprint; None when there is none.

    Raises ArtifactError with one sentence when it is damaged or about another network or other pictures.
    """
    file = run.path / ANSWERS
    if not file.exists():
        return None
    empty = start_answers(run)
    try:
        arrays = read_arrays(file, {"model_sha256", "label", CLEAN, *(case.key for case in ALL)})
        if str(arrays.pop("model_sha256", "")) != fingerprint:
            raise FileError("is about another network than the run's")
        if not np.array_equal(arrays.pop("label", None), empty.label):
            raise FileError("is about other pictures than the run's")
        shape = empty.label.shape
        if CLEAN not in arrays or any(a.dtype != np.uint8 or a.shape != shape for a in arrays.values()):
            raise FileError(f"should hold answers to {len(empty.label)} pictures, as they are and spoiled")
    except FileError as error:
        raise broken_extra(file, str(error), f"{COMMAND} {run.name} --again") from None
    return replace(empty, given=arrays)


def write_answers(run: Run, answers: Answers, fingerprint: str) -> Path:
    """Write a run's `robustness.npz` so that a reader meets the old file or the new one; returns where."""
    arrays: dict = {"model_sha256": np.array(fingerprint), "label": answers.label} | answers.given
    file = run.path / ANSWERS
    write_atomically(file, lambda stream: np.savez_compressed(stream, **arrays))
    return file


def answer_disturbed(
    predict: Callable, images: np.ndarray, rows: np.ndarray, answers: Answers, cases: Iterable[Disturbance],
    until: float | None = None,
):  # fmt: skip
    """Answer test pictures, uint8 (n, 48, 48), as they are and in every case; yields after each
    pass its key and the grown Answers.

    `predict`: uint8 (m, 48, 48) -> probabilities (m, 7); `rows`: the pictures to ask about. What `answers` holds is not
    asked again, so that a sample can grow; no pass begins that, going by the longest so far, would end after `until` (of
    time.monotonic()).
    """
    longest, nothing = 0.0, np.full(len(images), NONE, np.uint8)
    for key, spoil in _list_passes(cases):
        found = answers.given.get(key, nothing).copy()
        left = rows[found[rows] == NONE]
        if not len(left):
            continue
        started = time.monotonic()
        if until is not None and started + longest > until:
            return
        # All are spoiled, whoever is asked: a picture's noise does not depend on the sample.
        found[left] = predict(spoil(images)[left]).argmax(axis=1)
        answers = replace(answers, given=answers.given | {key: found})
        longest = max(longest, time.monotonic() - started)
        yield key, answers


def _list_passes(cases: Iterable[Disturbance]):
    yield CLEAN, lambda images: images
    for case in cases:
        yield case.key, lambda images, case=case: corrupt(images, case.name, case.strength, SEED)


def is_done(answers: Answers, cases: Iterable[Disturbance], rows: np.ndarray) -> bool:
    """Whether all `cases` were answered for the pictures `rows`."""
    return all(key in answers.given and (answers.given[key][rows] != NONE).all() for key, _ in _list_passes(cases))


def summarise(answers: Answers, n_classes: int = 7) -> dict:
    """What robustness.json says about answers: JSON-ready counts, shares and intervals.

    Curves have the strengths that were measured; the ten disturbances come when all of them were.
    """
    label = answers.label[answers.asked]
    curves = {
        name: [
            {"strength": strength} | _make_point(answers, key)
            for strength in known.strengths
            if (key := Disturbance(name, strength).key) in answers.given
        ]
        for name, known in CORRUPTIONS.items()
    }
    curves = {name: points for name, points in curves.items() if points}
    content = {
        "n": len(label), "n_crowd": int(answers.judged(by_crowd=True).sum()), "seed": SEED, "mirror": False,
        "support": np.bincount(label, minlength=n_classes).tolist(),
        "clean": _make_point(answers, CLEAN), "curves": curves,
    }  # fmt: skip
    if answers.has_ten:
        content["ten"] = [{"name": c.name, "strength": c.strength} | _make_point(answers, c.key) for c in TEN]
        content["ten_mean"] = _make_score(answers, lambda by_crowd: answers.mark_ten(by_crowd))
    return content


def _make_point(answers: Answers, key: str) -> dict:
    right = answers.mark_right(key)[answers.asked]
    correct = np.bincount(answers.label[answers.asked][right], minlength=7).tolist()
    return {"correct": correct} | _make_score(answers, lambda by_crowd: answers.mark_right(key, by_crowd))


def _make_score(answers: Answers, mark: Callable[[bool], np.ndarray]) -> dict:
    score = _score(answers, mark, by_crowd=False)
    return score | {"crowd": _score(answers, mark, by_crowd=True) if answers.judged(by_crowd=True).any() else None}


def _score(answers: Answers, mark: Callable[[bool], np.ndarray], by_crowd: bool) -> dict:
    """Accuracy, and accuracy lost against untouched pictures, on the same pictures, each with its interval."""
    rows = answers.judged(by_crowd)
    right, clean = mark(by_crowd)[rows].astype(float), answers.mark_right(CLEAN, by_crowd)[rows]
    accuracy, interval = estimate_mean(right)
    if set(np.unique(right)) <= {0.0, 1.0}:
        interval = compute_wilson_interval(accuracy, len(right))
    _, loss = estimate_mean(clean - right)
    return {"accuracy": round(accuracy, 5), "ci95": _round(interval), "loss_ci95": _round(loss)}


def _round(interval) -> list[float]:
    return [round(edge, 5) for edge in interval]


@dataclass(frozen=True)
class Gap:
    """Network b minus network a on the same pictures, shares with paired intervals of 95 %.

    `accuracy`: on spoiled pictures; `loss`: what spoiling costs b more than it costs a, each against its own answers to
    the untouched pictures.
    """

    n: int
    accuracy: float
    accuracy_ci95: tuple[float, float]
    loss: float
    loss_ci95: tuple[float, float]


@lru_cache(maxsize=512)  # a page asks for thirty of them at each visit
def compare_disturbed(a: Answers, b: Answers, case: Disturbance | None, by_crowd: bool = False) -> Gap:
    """Compare two networks under one disturbance, or under the mean of the ten (None), on pictures that both answered.

    Raises ValueError when they answered other pictures or have none in common.
    """
    if not np.array_equal(a.label, b.label):
        raise ValueError("The two networks answered other test pictures.")
    rows = a.judged(by_crowd) & b.judged(by_crowd)
    if not rows.any():
        raise ValueError("The two networks have no picture in common.")
    spoiled = [x.mark_ten(by_crowd) if case is None else x.mark_right(case.key, by_crowd) for x in (a, b)]
    clean = [x.mark_right(CLEAN, by_crowd) for x in (a, b)]
    (right_a, right_b), (clean_a, clean_b) = (
        [marks[rows].astype(float) for marks in pair] for pair in (spoiled, clean)
    )
    accuracy = estimate_mean(right_b - right_a)
    loss = estimate_mean(np.round((clean_b - right_b) - (clean_a - right_a), 6))
    return Gap(int(rows.sum()), *accuracy, *loss)
