"""How FER2013 frames a face, measured: where a detector's box lies on pictures whose frame is known.

A 48x48 picture is enlarged and its border repeated, which makes it a photo with a face in it (see staging); the
detector looks for the face, and the crop must bring the original frame back. What the network then loses is the price
of the pipeline. The same with the face leaning by 15 to 45 degrees says when turning it upright pays.

    python -m fer_core.vision.calibration                              # the network that the dashboard predicts with
    python -m fer_core.vision.calibration artifacts/<run>/model.onnx 500   # another one, 500 pictures of each split

Right means what the network learned: FER2013's label, or what most people see. Reads FER2013, writes
artifacts/pipeline/framing.json. The first time takes some minutes; the faces found are kept in
the user's cache, so that the next network takes seconds.
"""

import argparse
import itertools
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from fer_core.command import Failure, run_command
from fer_core.preprocessing import IMAGE_SIZE
from fer_core.probability import compute_log
from fer_core.runs.metrics import compute_wilson_interval
from fer_core.runs.paired import estimate_mean
from fer_core.runs.pipeline import SCHEMA, write_pipeline_report
from fer_core.vision.crop import UPRIGHT_FROM, Framing, compute_tilt, compute_unit, crop_tilted
from fer_core.vision.detector import FaceDetector
from fer_core.vision.in_use import DETECTOR
from fer_core.vision.predictor import Predictor
from fer_core.vision.staging import MIDDLE, ZOOM, FoundFaces, find_faces, load_found_faces, make_photo

SCALES = (0.95, 1.0, 1.05, 1.1, 1.15)
SHIFTS_Y = (-0.03, 0.0, 0.03, 0.06)
TILTS = (0.0, 15.0, 30.0, 45.0)
UPRIGHT_OPTIONS = (0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 90.0)
"""Degrees from which a head is turned upright; 90 is never."""

Find = Callable[[np.ndarray, np.ndarray], FoundFaces]


def fit_framing(boxes: np.ndarray) -> Framing:
    """The median shift and scale from found boxes (n, 4), nan where none, to the known frame."""
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        raise ValueError("No face was found on any picture, so the framing cannot be fitted: check the detector.")
    units = np.array([compute_unit(box) for box in boxes])
    shift = (MIDDLE - (boxes[:, :2] + boxes[:, 2:]) / 2) / units[:, None]
    scale = IMAGE_SIZE * ZOOM / units
    return Framing(*(round(float(np.median(value)), 3) for value in (shift[:, 0], shift[:, 1], scale)))


def make_crops(photos: Sequence[np.ndarray], boxes: np.ndarray, framing: Framing, tilts=None) -> np.ndarray:
    """Cut the boxes (n, 4) out of their photos through `framing`, turned by `tilts` (n,) degrees; uint8 (n, 48, 48)."""
    tilts = np.zeros(len(photos)) if tilts is None else tilts
    crops = [crop_tilted(photo, box, tilt, framing) for photo, box, tilt in zip(photos, boxes, tilts)]
    return np.reshape(crops, (-1, IMAGE_SIZE, IMAGE_SIZE)).astype(np.uint8)


def choose_framing(
    pictures: np.ndarray, labels: np.ndarray, boxes: np.ndarray, predictor: Predictor, fitted: Framing
) -> tuple[Framing, list[dict]]:
    """Try shifts and scales beside the fitted ones on validation pictures: the one to use, and all options.

    The loss decides because it is steadier than the accuracy on a few thousand pictures; of those that it cannot tell
    apart, the accuracy. Answers are not averaged over the mirror image here, which would take twice the time and moves
    all options alike.
    """
    found = np.isfinite(boxes).all(axis=1)
    photos, labels, boxes = [make_photo(picture) for picture in pictures[found]], labels[found], boxes[found]
    framings = [Framing(fitted.shift_x, y, scale) for y, scale in itertools.product(SHIFTS_Y, SCALES)]
    framings += [framing for framing in (fitted, DETECTOR.framing) if framing not in framings]
    answers = [predictor.predict(make_crops(photos, boxes, framing), flip=False) for framing in framings]
    options = [{**vars(framing), **_score(answer, labels)} for framing, answer in zip(framings, answers)]
    close = find_close_to_best(np.array([compute_losses(answer, labels) for answer in answers]))
    best = max((option for option, is_close in zip(options, close) if is_close), key=lambda option: option["accuracy"])
    return Framing(best["shift_x"], best["shift_y"], best["scale"]), options


def find_close_to_best(losses: np.ndarray) -> np.ndarray:
    """Which of the options, float losses (options, n) on the same pictures, are as good as the best: bool (options,).

    Their mean loss is at most one standard error of the paired difference above the least (the one-standard-error rule
    of Breiman et al., Classification and Regression Trees, 1984).
    """
    excess = losses - losses[losses.mean(axis=1).argmin()]
    return excess.mean(axis=1) <= excess.std(axis=1) / losses.shape[1] ** 0.5


def measure_pipeline(
    pictures: np.ndarray,
    labels: np.ndarray,
    boxes: np.ndarray,
    predictor: Predictor,
    framing: Framing = DETECTOR.framing,
) -> dict:
    """Accuracy (0..1) on given crops and through the pipeline, each with its 95 % interval.

    `given` and `pipeline` are of the faces that were found, which makes `difference` a paired one; `given_all` is of
    all pictures, and `pipeline_by_hand` too: where no face is found the frame counts as drawn by hand, as the app offers.
    """
    found = np.isfinite(boxes).all(axis=1)
    given = predictor.predict(pictures).argmax(axis=1) == labels
    through = given.copy()
    crops = make_crops([make_photo(picture) for picture in pictures[found]], boxes[found], framing)
    through[found] = predictor.predict(crops).argmax(axis=1) == labels[found]
    return {
        "n": len(pictures),
        "n_found": int(found.sum()),
        "given_all": _describe_share(given),
        "pipeline_by_hand": _describe_share(through),
        **_compare(given[found], through[found]),
    }


def choose_upright(
    pictures: np.ndarray, labels: np.ndarray, predictor: Predictor, find: Find, framing: Framing = DETECTOR.framing
) -> tuple[float, list[dict], list[dict]]:
    """Let validation faces lean both ways: from how many degrees should they be turned upright?

    Of the options that are as good as the best the one that turns the fewest. Returns (degrees, the options with accuracy and loss over all found faces of all TILTS, a row for each of TILTS:
    accuracy on given upright crops, as they are found, and turned when they lean by UPRIGHT_FROM or more).
    """
    answers = {degrees: [] for degrees in UPRIGHT_OPTIONS}
    truths, rows = [], []
    given = predictor.predict(pictures).argmax(axis=1) == labels
    for tilt in TILTS:
        leaning = np.where(np.arange(len(pictures)) % 2, tilt, -tilt) + 0.0  # no negative zero: names in the cache
        faces = find(pictures, leaning)
        found = faces.found & np.isfinite(faces.landmarks).all(axis=(1, 2))
        photos = [make_photo(picture, angle) for picture, angle in zip(pictures[found], leaning[found])]
        boxes, seen = faces.boxes[found], np.array([compute_tilt(points) for points in faces.landmarks[found]])
        as_found, upright = (predictor.predict(make_crops(photos, boxes, framing, turn)) for turn in (None, seen))
        for degrees, parts in answers.items():
            parts.append(np.where(np.abs(seen)[:, None] >= degrees, upright, as_found))
        truths.append(labels[found])
        turned = np.where(np.abs(seen)[:, None] >= UPRIGHT_FROM, upright, as_found)
        comparison = _compare(*(part.argmax(axis=1) == truths[-1] for part in (as_found, turned)))
        row = {"tilt": tilt, "n": len(pictures), "n_found": int(found.sum()), "given": _describe_share(given[found])}
        rows.append(row | {"as_found": comparison.pop("given"), "turned": comparison.pop("pipeline"), **comparison})
    truth = np.concatenate(truths)
    united = {degrees: np.concatenate(parts) for degrees, parts in answers.items()}
    options = [{"from_degrees": degrees, **_score(answer, truth)} for degrees, answer in united.items()]
    close = find_close_to_best(np.array([compute_losses(answer, truth) for answer in united.values()]))
    return max(np.array(UPRIGHT_OPTIONS)[close]).item(), options, rows


def calibrate(dataset, split, predictor: Predictor, find: Find, limit: int | None = None) -> dict:
    """Fit on training pictures, choose on validation, measure on validation and test; at most `limit` of each.

    `dataset`, `split`: as fer_core.data gives them; `find(pictures, tilts)` finds the faces. The network takes no part
    in the fit, so 2,000 training pictures are enough. Returns the report for write_pipeline_report.
    """
    rng = np.random.default_rng(0)
    parts, boxes = {}, {}
    for name, most in (("train", 2000), ("validation", None), ("test", None)):
        index = np.asarray(getattr(split, name))
        size = min([len(index), *(n for n in (limit, most) if n)])
        index = np.sort(rng.choice(index, size, replace=False))
        parts[name] = dataset.images[index], dataset.labels[index]
        boxes[name] = find(parts[name][0], np.zeros(size)).boxes
    fitted = fit_framing(boxes["train"])
    chosen, options = choose_framing(*parts["validation"], boxes["validation"], predictor, fitted)
    degrees, upright_options, tilts = choose_upright(*parts["validation"], predictor, find)
    return {
        "schema": SCHEMA,
        "framing": {
            "n_train": len(boxes["train"]),
            "fitted": vars(fitted),
            "chosen": vars(chosen),
            "in_use": vars(DETECTOR.framing),
            "options": options,
        },
        "validation": measure_pipeline(*parts["validation"], boxes["validation"], predictor),
        "test": measure_pipeline(*parts["test"], boxes["test"], predictor),
        "upright": {"chosen": degrees, "in_use": UPRIGHT_FROM, "options": upright_options, "tilts": tilts},
    }


def judge_by_crowd(dataset, split):
    """Put what most people see in place of the labels; pictures without a unique choice leave the split."""
    from fer_core.data.votes import count_seven_votes
    from fer_core.runs.crowd import find_majority

    winner, unique = find_majority(count_seven_votes(dataset.votes))
    parts = {name: np.asarray(getattr(split, name)) for name in ("train", "validation", "test")}
    return replace(dataset, labels=winner), replace(split, **{name: rows[unique[rows]] for name, rows in parts.items()})


def compute_losses(probability: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Log loss of each picture, float (n,)."""
    return -compute_log(probability[np.arange(len(labels)), labels])


def _score(probability: np.ndarray, labels: np.ndarray) -> dict:
    loss = compute_losses(probability, labels).mean()
    return {"accuracy": float((probability.argmax(axis=1) == labels).mean()), "loss": float(loss)}


def _describe_share(correct: np.ndarray) -> dict:
    if not len(correct):
        raise ValueError("No face was found in one of the splits, so there is nothing to measure: take more pictures.")
    return {
        "accuracy": float(correct.mean()),
        "ci95": list(compute_wilson_interval(float(correct.mean()), len(correct))),
    }


def _compare(given: np.ndarray, pipeline: np.ndarray) -> dict:
    """Both shares, and what the second gains over the first, with its paired 95 % interval."""
    shares = {"given": _describe_share(given), "pipeline": _describe_share(pipeline)}
    difference, interval = estimate_mean(pipeline.astype(float) - given)
    return shares | {"difference": difference, "difference_ci95": list(interval)}


def make_finder(detector: FaceDetector, cache: Path | None = None) -> Find:
    """Return find(pictures, tilts) with this detector; what it found is kept in the folder `cache`."""

    def find(pictures: np.ndarray, tilts: np.ndarray) -> FoundFaces:
        lean = np.abs(tilts).max(initial=0)

        def say(share: float) -> None:
            print(f"\r{len(pictures)} faces leaning by {lean:.0f} degrees: {share:4.0%}", end="", flush=True)

        if cache is None:
            return find_faces(pictures, detector, tilts)
        faces = load_found_faces(cache, pictures, detector, tilts, say)
        print(f"\r{len(pictures)} faces leaning by {lean:.0f} degrees: {faces.found.mean():.1%} found")
        return faces

    return find


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Calibrate the framing of faces and measure the whole pipeline.")
    parser.add_argument("model", nargs="?", help="artifacts/<run>/model.onnx; without it, the dashboard's default run")
    parser.add_argument("limit", nargs="?", type=int, help="pictures of each split; without it, all")
    options = parser.parse_args(arguments)
    return run_command("calibration", lambda: measure(options.model, options.limit))


def measure(model: str | None, limit: int | None) -> None:
    """Calibrate with a network on the FER2013 that load_dataset finds, write the report and say what it holds."""
    from fer_core.data import load_voted, make_grouped_split
    from fer_core.data.cache import get_cache_folder
    from fer_core.runs.artifacts import load_run, load_runs
    from fer_core.runs.comparison import choose_default_run
    from fer_core.runs.extras import compute_fingerprint

    run = load_run(Path(model).parent) if model else choose_default_run(load_runs()[0])
    if run is None or run.model_path is None:
        raise Failure("No run with a model.onnx: train one with `python train.py train compact`.")
    calibration = run.as_served().calibration
    predictor = Predictor(run.model_path, calibration.temperature if calibration else 1.0)
    dataset = load_voted(needed=run.learns_votes)
    split = make_grouped_split(dataset)
    if run.learns_votes:
        dataset, split = judge_by_crowd(dataset, split)
    find = make_finder(DETECTOR(), get_cache_folder())
    report = calibrate(dataset, split, predictor, find, limit)
    report |= {"run": run.name, "by_crowd": run.learns_votes, "model_sha256": compute_fingerprint(run.model_path)}
    print(write_pipeline_report(report))
    for split in ("validation", "test"):
        part = report[split]
        print(
            f"{split}: {part['n_found'] / part['n']:.1%} found, given {part['given']['accuracy']:.2%}, "
            f"pipeline {part['pipeline']['accuracy']:.2%}, difference {100 * part['difference']:+.2f} points"
        )
    for what in (report["framing"], report["upright"]):
        print("validation chose", what["chosen"], "in use", what["in_use"])


if __name__ == "__main__":
    sys.exit(main())
