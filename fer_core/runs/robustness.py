"""How far a network's accuracy falls when pictures get worse, as the artifact `robustness.json` of its run.

python -m fer_core.runs.robustness                       every run with a model.onnx that has none yet
python -m fer_core.runs.robustness compact-s0 --again    one run, even if it has one
python -m fer_core.runs.robustness --pictures 2000       a fixed sample, where all test pictures take too long

Each network answers the test pictures as they are and spoiled in every way and strength of corruptions.py: one look
per face, no mirror image. Noise is seeded, so the same network gives the same file. Needs FER2013 and ONNX Runtime.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from fer_core.command import run_command
from fer_core.labels import LABELS
from fer_core.records import Count, Interval, Number, Record, Share, Text
from fer_core.runs.artifacts import ARTIFACTS, load_runs
from fer_core.runs.contract import MODEL, ArtifactError
from fer_core.runs.corruptions import CORRUPTIONS, corrupt
from fer_core.runs.extras import Extra, broken_extra, compute_fingerprint, load_extra, write_extra
from fer_core.runs.metrics import compute_accuracy_interval
from fer_core.runs.network import load_network
from fer_core.runs.records import Row
from fer_core.runs.run import Run

ROBUSTNESS, SCHEMA = "robustness.json", 1
COMMAND = "python -m fer_core.runs.robustness"
SEED = 0
CLEAN_TOLERANCE = 2e-3  # another runtime rounds differently, which moves an answer or two in a thousand


class Point(Record):
    """Answers to pictures spoiled with one `strength` (None: untouched): right ones per class, accuracy, 95 % interval."""

    strength: Number | None = None
    correct: Row
    accuracy: Share
    ci95: Interval


class Robustness(Extra):
    """What `robustness.json` holds: a curve per corruption, over the `n` pictures that `support` counts per class."""

    n: Annotated[int, Field(gt=0, le=10**9)]
    n_test: Count
    support: Row
    clean: Point
    curves: dict[str, tuple[Point, ...]]
    source: Text | None = None

    @model_validator(mode="after")
    def _check(self):
        if sum(self.support) != self.n:
            raise ValueError("should count its pictures as it says")
        for point in (self.clean, *(point for curve in self.curves.values() for point in curve)):
            fits = all(right <= n for right, n in zip(point.correct, self.support, strict=True))
            low, high = point.ci95
            near = low - 1e-4 <= point.accuracy <= high + 1e-4
            if not (fits and near and abs(point.accuracy - sum(point.correct) / self.n) < 1e-4):
                raise ValueError("should count and divide to the same shares")
        return self

    def compute_loss(self, point: Point) -> float:
        """Accuracy lost against untouched pictures, a share."""
        return self.clean.accuracy - point.accuracy

    def compute_class_losses(self, point: Point) -> list[float]:
        """Recall lost per class against untouched pictures, shares in the order of LABELS; 0 for an empty class."""
        rows = zip(self.clean.correct, point.correct, self.support, strict=True)
        return [(before - after) / n if n else 0.0 for before, after, n in rows]


def compute_robustness(predict: Callable, images: np.ndarray, labels: np.ndarray, report: Callable = print) -> dict:
    """Answer pictures, uint8 (n, 48, 48) with labels (n,), as they are and spoiled; returns JSON-ready counts.

    `predict`: uint8 (n, 48, 48) -> probabilities (n, 7), whatever computes it. `report` gets a line per corruption.
    """
    started = time.monotonic()
    clean = _make_point(predict(images), labels)
    steps = 1 + sum(len(corruption.strengths) for corruption in CORRUPTIONS.values())
    minutes = (time.monotonic() - started) * steps / 60
    report(f"  untouched: {clean['accuracy']:.1%} of {len(labels):,}; all {steps} passes take about {minutes:.0f} min")
    curves = {}
    for name, corruption in CORRUPTIONS.items():
        curves[name] = [
            {"strength": strength} | _make_point(predict(corrupt(images, name, strength, SEED)), labels)
            for strength in corruption.strengths
        ]
        worst = min(curves[name], key=lambda point: point["accuracy"])
        report(f"  {corruption.title}: down to {worst['accuracy']:.1%} at {worst['strength']:g} {corruption.unit}")
    support = np.bincount(labels, minlength=len(LABELS)).tolist()
    return {"n": len(labels), "support": support, "seed": SEED, "mirror": False, "clean": clean, "curves": curves}


def _make_point(probability: np.ndarray, labels: np.ndarray) -> dict:
    right = probability.argmax(axis=1) == labels
    correct = np.bincount(labels[right], minlength=len(LABELS)).tolist()
    interval = [round(edge, 5) for edge in compute_accuracy_interval(right)]
    return {"correct": correct, "accuracy": round(float(right.mean()), 5), "ci95": interval}


def choose_sample(labels: np.ndarray, size: int | None) -> np.ndarray:
    """Choose about `size` rows with every class in proportion, always the same; None or enough: all rows."""
    if size is None or size >= len(labels):
        return np.arange(len(labels))
    rng = np.random.default_rng(SEED)
    classes = (np.flatnonzero(labels == label) for label in np.unique(labels))
    chosen = [rng.permutation(rows)[: max(1, round(size * len(rows) / len(labels)))] for rows in classes]
    return np.sort(np.concatenate(chosen))


def load_robustness(run: Run) -> Robustness | None:
    """Read and check a run's `robustness.json`; None when it has none.

    Raises ArtifactError with one sentence and the command when the file is damaged, of another schema or set of
    corruptions, does not add up, or belongs to another network than the run's.
    """
    command = f"{COMMAND} {run.name}"
    found = load_extra(run.path, ROBUSTNESS, Robustness, SCHEMA, command)
    if found is None:
        return None
    file = run.path / ROBUSTNESS
    if {name: tuple(p.strength for p in points) for name, points in found.curves.items()} != _list_strengths():
        raise broken_extra(file, "has other corruptions or strengths than this version", command)
    # A network stored in fewer bits is a little off the one that wrote the test answers, by what the run says.
    expected = (run.metrics.quantised or run.metrics.test).accuracy
    if found.n == found.n_test and abs(found.clean.accuracy - expected) > CLEAN_TOLERANCE:
        raise broken_extra(file, f"starts at {found.clean.accuracy:.4f} where the run reached {expected:.4f}", command)
    return found


def _list_strengths() -> dict[str, tuple[float, ...]]:
    return {name: corruption.strengths for name, corruption in CORRUPTIONS.items()}


def measure_run(run: Run, dataset, model: Path, size: int | None = None, report: Callable = print) -> Path:
    """Measure the network `model` on the dataset's test pictures and write the run's `robustness.json`."""
    rows = np.flatnonzero(dataset.is_test)
    labels = np.asarray(dataset.labels)[rows].astype(np.int64)
    chosen = choose_sample(labels, size)
    content = compute_robustness(load_network(model), dataset.images[rows][chosen], labels[chosen], report)
    about = {"schema": SCHEMA, "model_sha256": compute_fingerprint(model), "source": dataset.source}
    return write_extra(run.path, ROBUSTNESS, about | {"n_test": len(rows)} | content)


def choose_runs(names: list[str], root: Path, again: bool, load: Callable) -> list[Run]:
    """Choose the runs to measure: those named, else all with a network; without `again` only where `load` finds none.

    Raises ArtifactError on an unknown name.
    """
    runs = {run.name: run for run in load_runs(root)[0]}
    unknown = [name for name in names if name not in runs]
    if unknown:
        raise ArtifactError(f"There is no run {unknown[0]!r} in {root}. Known: {', '.join(runs) or 'none'}.")
    chosen = [runs[name] for name in names] or [run for run in runs.values() if run.model_path]
    return [run for run in chosen if again or not _has(run, load)]


def _has(run: Run, load: Callable) -> bool:
    try:
        return load(run) is not None
    except ArtifactError:
        return False


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="*", metavar="RUN", help="run folders (default: all with a model.onnx)")
    parser.add_argument("--data", metavar="PATH", help="FER2013 (default: FER2013_PATH, data/, the Kaggle cache)")
    parser.add_argument("--artifacts", type=Path, default=ARTIFACTS, help="where the run folders are")
    parser.add_argument("--pictures", type=int, metavar="N", help="use a fixed sample of about N test pictures")
    parser.add_argument("--model", type=Path, help="the ONNX file of the one named RUN, when it lies elsewhere")
    parser.add_argument("--again", action="store_true", help="measure again what has been measured")
    arguments = parser.parse_args(argv)
    if arguments.model and len(arguments.runs) != 1:
        parser.error("--model goes with exactly one RUN")
    if arguments.pictures is not None and arguments.pictures < 1:
        parser.error("--pictures wants a number above 0")
    return run_command("robustness", lambda: measure(arguments))


def measure(arguments) -> None:
    """Measure what the command line asks for. Raises ArtifactError or DatasetError with one sentence."""
    from fer_core.data import find_dataset, load_dataset

    runs = choose_runs(arguments.runs, arguments.artifacts, arguments.again, load_robustness)
    if not runs:
        print("Nothing to do: every run with a network has been measured (--again measures anyway).")
        return
    dataset = load_dataset(find_dataset(arguments.data), check_counts=True)
    for run in runs:
        model = arguments.model or run.model_path
        if model is None or not Path(model).is_file():
            raise ArtifactError(f"{run.name} has no {MODEL}: export it, or name the file with --model.")
        print(f"{run.name}:", flush=True)
        print(f"  written to {measure_run(run, dataset, Path(model), arguments.pictures)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
