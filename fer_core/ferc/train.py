"""Train FERC's perceptron on FER2013's five classes and measure it: writes artifacts/ferc/ferc.json.

    python -m fer_core.ferc.train

Trains on pictures of the study's training split, chooses the penalty of the weights on some of its validation split, and
answers all test pictures once, with the whole way and without stage 1. Reads FER2013; takes minutes.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from fer_core.command import refuse_drawn, run_command
from fer_core.ferc.face import CROPPED, find_face
from fer_core.ferc.points import find_points
from fer_core.ferc.report import COLUMNS, write_digits, write_report
from fer_core.ferc.vector import answer, compute_vector
from fer_core.runs.artifacts import ARTIFACTS
from fer_core.runs.metrics import compute_wilson_interval

PENALTIES = (0.01, 0.1, 1.0, 10.0)
"""Scikit-learn's C: the smaller, the smaller the weights."""


MOST = {"train": 4000, "validation": 1500}
"""Pictures drawn from a split: enough for the perceptron's 125 numbers, and for one choice among four."""


def select_rows(dataset, split) -> dict[str, np.ndarray]:
    """Rows of the five classes, by split: all of the test, at most MOST of the others."""
    rows = {}
    for name in ("train", "validation", "test"):
        own = getattr(split, name)
        own = own[np.isin(dataset.labels[own], COLUMNS)]
        most = min(MOST.get(name, len(own)), len(own))
        rows[name] = np.sort(np.random.default_rng(0).choice(own, most, replace=False))
    return rows


def compute_vectors(images: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The vectors of pictures uint8 (n, 48, 48): float (n, 24) the whole way, the same without stage 1, and the scores
    (n,) of the whole way's last look."""
    found = []
    for number, image in enumerate(images, 1):
        picture = Image.fromarray(image)
        face = find_face(picture, CROPPED)
        whole, uncut = find_points(face.grey, face.box), find_points(face.grey, (0, 0, *face.picture.size))
        found.append((compute_vector(whole.upright), compute_vector(uncut.upright), whole.score))
        if number % 1000 == 0 or number == len(images):
            print(f"\r{number:,} of {len(images):,} pictures", end="", flush=True)
    print()
    return tuple(np.array(part) for part in zip(*found))


def fit_perceptron(vectors: np.ndarray, labels: np.ndarray, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights (5, 24) and bias (5,) that take vectors (n, 24) as they are; `labels`: (n,), 0 to 4.

    The least cross-entropy of one layer has one solution, which scikit-learn finds, on vectors of mean 0 and spread 1.
    """
    from sklearn.linear_model import LogisticRegression

    mean, spread = vectors.mean(axis=0), np.maximum(vectors.std(axis=0), 1e-9)
    found = LogisticRegression(C=penalty, max_iter=2000).fit((vectors - mean) / spread, labels)
    weights = found.coef_ / spread
    return weights, found.intercept_ - weights @ mean


def choose_perceptron(train: tuple, validation: tuple) -> tuple[tuple[np.ndarray, np.ndarray], list[dict]]:
    """Fit with every penalty on `train`, (vectors, labels): the best on `validation`, and what each reached there."""
    fits = [fit_perceptron(*train, penalty) for penalty in PENALTIES]
    vectors, labels = validation
    shares = [float((answer(vectors, *fit).argmax(axis=1) == labels).mean()) for fit in fits]
    options = [{"c": penalty, "accuracy": share} for penalty, share in zip(PENALTIES, shares)]
    return fits[int(np.argmax(shares))], options


def make_report(dataset, split) -> dict:
    """Train, choose, measure; the content of the artifact. `dataset`, `split`: as fer_core.data gives them."""
    whole, uncut = {}, {}
    for name, rows in select_rows(dataset, split).items():
        labels = np.searchsorted(COLUMNS, dataset.labels[rows])
        vectors, uncut_vectors, scores = compute_vectors(dataset.images[rows])
        whole[name], uncut[name] = (vectors, labels), (uncut_vectors, labels)
    (weights, bias), options = choose_perceptron(whole["train"], whole["validation"])
    without, _ = choose_perceptron(uncut["train"], uncut["validation"])
    return {
        "weights": weights.tolist(),
        "bias": bias.tolist(),
        "options": options,
        "chosen_c": max(options, key=lambda option: option["accuracy"])["c"],
        "train_pictures": len(whole["train"][1]),
        "validation_pictures": len(whole["validation"][1]),
        "labels": write_digits(whole["test"][1]),
        "answers": write_digits(answer(whole["test"][0], weights, bias).argmax(axis=1)),
        "uncut_answers": write_digits(answer(uncut["test"][0], *without).argmax(axis=1)),
        "found": float((scores >= 0.5).mean()),
    }


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="FER2013, as train.py takes it; 'drawn' for the stand-in")
    parser.add_argument("--out", type=Path, default=ARTIFACTS, help="where ferc/ferc.json goes (artifacts/)")
    options = parser.parse_args(arguments)

    def work() -> None:
        from fer_core.data import load_dataset, make_drawn_dataset, make_study_split
        from fer_core.ferc.report import load_report

        refuse_drawn(options.data, options.out, ARTIFACTS)
        dataset = make_drawn_dataset() if options.data == "drawn" else load_dataset(options.data)
        file = write_report(make_report(dataset, make_study_split(dataset)), options.out)
        right = load_report(options.out).right
        low, high = compute_wilson_interval(right.mean(), len(right))
        print(f"{right.mean():.1%} of {len(right):,} test pictures (95 %: {low:.1%} to {high:.1%}); written to {file}")

    return run_command("fer_core.ferc.train", work)


if __name__ == "__main__":
    sys.exit(main())
