"""Trust, but recompute: check a run's metrics against its predictions, and its model against both."""

import re
import subprocess
from pathlib import Path

import numpy as np

from fer_core.folders import finish_swaps
from fer_core.runs.artifacts import ARTIFACTS, load_run, load_runs
from fer_core.runs.contract import CONFIG, METRICS, MODEL, PREDICTIONS, SPLITS, ArtifactError
from fer_core.runs.extras import broken_extra, compute_fingerprint
from fer_core.runs.metrics import compute_run_metrics
from fer_core.runs.network import load_network
from fer_core.runs.predictions import load_arrays

TOLERANCE = 1e-6
LOOSE_TOLERANCE = 5e-3
LOOSE = ("calibration", "calibration_tta", "voice.json")  # a numerical search, and what follows from it
MODEL_TOLERANCE = 2e-3  # storing as float16 costs up to 2.5e-4, another runtime about 1e-4
SHOWN = 5


def note_commits(root=ARTIFACTS) -> dict[str, str]:
    """Note the runs whose code cannot be looked up: their `git_commit` is not in this repository, or was not clean.

    Maps a run's name to one sentence. No problem of the run's numbers: history that was rewritten stays so. Empty where
    there is no repository to ask.
    """
    notes = {}
    if _run_git("rev-parse", "HEAD") != 0:
        return notes
    for run in load_runs(root)[0]:
        commit = run.config.git_commit
        if commit is None:
            notes[run.name] = f"{CONFIG} names no commit: which code made the run is not known."
        elif not re.fullmatch("[0-9a-f]{7,40}[+]?", commit) or _run_git(
            "cat-file", "-e", f"{commit.rstrip('+')}^{{commit}}"
        ):
            notes[run.name] = f"{CONFIG} names commit {commit}, which is not in this repository."
        elif commit.endswith("+"):
            notes[run.name] = f"made with changes on top of commit {commit.rstrip('+')} that are not in it."
    return notes


def _run_git(*arguments: str) -> int:
    """The exit code of a git command in the repository of this code; 127 without git."""
    git = ["git", "-C", str(Path(__file__).parent), *arguments]
    try:
        return subprocess.run(git, capture_output=True, check=False).returncode
    except OSError:
        return 127


def verify_runs(root=ARTIFACTS, dataset=None) -> dict[str, list[str]]:
    """Verify every run folder under `root`; maps its name to its problems, an empty list when all is well."""
    return {name: verify_run(path, dataset) for name, path in find_folders(root).items()}


def find_folders(root=ARTIFACTS) -> dict[str, Path]:
    """The run folders under `root` by name, broken ones as well."""
    finish_swaps(root)
    folders = sorted(path.parent for path in Path(root).glob(f"*/{CONFIG}") if not path.parent.name.startswith("."))
    return {path.name: path for path in folders}


def verify_run(path, dataset=None) -> list[str]:
    """Recompute what can be recomputed and return the disagreements, one sentence each; empty when all is well.

    Always: metrics from `predictions.npz`, and that what was measured afterwards adds up and is about this network and
    these answers. With a `dataset` (images, labels, files, is_test as in `FerDataset`) also the stored labels, and
    `model.onnx`, if there is one, run on all test pictures and their mirror images and compared with the stored
    probabilities. What training alone saw cannot be recomputed: the curves, `train`, most of `last_epoch`, `quantised`.
    """
    try:
        run = load_run(path)
        splits = {split: run.predictions(split) for split in SPLITS}
        arrays = load_arrays(run.path)
    except ArtifactError as error:
        return [str(error)]
    problems = (
        _compare(run.metrics.to_plain(), compute_run_metrics(arrays)) + _verify_last_epoch(run) + _verify_extras(run)
    )
    stated = run.metrics.model_sha256
    if stated and run.model_path and compute_fingerprint(run.model_path) != stated:
        problems.append(f"{MODEL} is another network than the one {METRICS} was written for: export it again.")
    shared = np.intersect1d(splits["validation"].file, splits["test"].file)
    if len(shared):
        problems.append(f"{len(shared)} pictures are in validation and in test, for example {shared[0]}.")
    if dataset is not None:
        problems += _verify_on_dataset(run, splits["test"], dataset)
    return [f"{run.name}: {problem}" for problem in problems]


def _verify_last_epoch(run) -> list[str]:
    """Check the accuracies of the last epoch's weights against their own matrices and, where these are the weights that
    were kept, the matrices against those of the run. The answers themselves are not stored."""
    problems = []
    for split in SPLITS:
        last = run.metrics.last_epoch and getattr(run.metrics.last_epoch, split)
        if last is None:
            continue
        counted = sum(last.confusion[i][i] for i in range(len(last.confusion))) / last.n
        if abs(counted - last.accuracy) > TOLERANCE:
            problems.append(
                f"{METRICS} gives {last.accuracy} for last_epoch {split} accuracy, its matrix gives {counted}."
            )
        if run.metrics.best_epoch == len(run.history) and last.confusion != getattr(run.metrics, split).confusion:
            problems.append(
                f"{METRICS} gives last_epoch {split} another matrix, though the last epoch is the one kept."
            )
    return problems


def _verify_extras(run) -> list[str]:
    """Check what was measured after training: is it whole, and about this run's network and answers?"""
    # Here, not above: `python -m fer_core.runs.robustness` imports this package first, and would import itself twice.
    from fer_core.runs.cell_faces import list_judges, load_cell_faces
    from fer_core.runs.doubts import load_doubts
    from fer_core.runs.face_map import load_face_map
    from fer_core.runs.robustness import load_disturbed
    from fer_core.runs.speed import load_speed

    checks = [(load, run) for load in (load_disturbed, load_speed, load_doubts, load_face_map, _verify_voice)]
    problems = []
    for load, judged in checks + [(load_cell_faces, judged) for judged in list_judges(run).values()]:
        try:
            load(judged)
        except ArtifactError as error:
            problems.append(str(error))
    return problems


def _verify_voice(run) -> None:
    """Raises ArtifactError where `voice.json` is not what follows from the run's answers."""
    from fer_core.runs.voice import COMMAND, VOICE, compute_run_voice, load_voice

    if (stored := load_voice(run)) is None:
        return
    for keys, old, new in _find_differences(stored.to_plain(), compute_run_voice(run), (VOICE,)):
        place = " ".join(map(str, keys[1:]))
        what = f"gives {old} for {place}, {PREDICTIONS} gives {new}"
        raise broken_extra(run.path / VOICE, what, f"{COMMAND} {run.name}")


def _compare(stored: dict, computed: dict) -> list[str]:
    """Name the first few numbers of `computed` that `stored` lacks or gives differently."""
    differences = list(_find_differences(stored, computed, ()))
    problems = [_describe(*difference) for difference in differences[:SHOWN]]
    if len(differences) > SHOWN:
        problems.append(f"{METRICS} differs from {PREDICTIONS} in {len(differences) - SHOWN} more numbers.")
    return problems


def _describe(keys: tuple, old, new) -> str:
    place = " ".join(map(str, keys))
    if old is None:
        return f"{METRICS} has no {place}: `python train.py rewrite` adds it."
    return f"{METRICS} gives {old} for {place}, {PREDICTIONS} gives {new}."


def _find_differences(stored, computed, keys: tuple):
    """Yield (keys, stored, computed) wherever two nested structures differ; extra keys in `stored` are fine."""
    if isinstance(computed, dict):
        for key, value in computed.items():
            yield from _find_differences(stored.get(key) if isinstance(stored, dict) else None, value, (*keys, key))
    elif isinstance(computed, list) and isinstance(stored, list) and len(stored) == len(computed):
        for i, value in enumerate(computed):
            yield from _find_differences(stored[i], value, (*keys, i))
    elif isinstance(computed, (int, float)) and isinstance(stored, (int, float)):
        tolerance = LOOSE_TOLERANCE if any(key in LOOSE for key in keys) else TOLERANCE
        if abs(stored - computed) > tolerance:
            yield keys, stored, computed
    elif stored != computed:
        yield keys, stored, computed


def _verify_on_dataset(run, test, dataset) -> list[str]:
    position = {name: i for i, name in enumerate(dataset.files) if dataset.is_test[i]}
    missing = [name for name in test.file if name not in position]
    if missing:
        return [f"{len(missing)} of its test pictures are not in this dataset, for example {missing[0]}."]
    order = np.array([position[name] for name in test.file])
    problems = []
    wrong = int((np.asarray(dataset.labels)[order] != test.label).sum())
    if wrong:
        problems.append(f"{wrong} test labels differ from the dataset's.")
    if run.model_path:
        problems += _verify_model(run, test, dataset.images[order])
    return problems


def _verify_model(run, test, images: np.ndarray) -> list[str]:
    try:
        probability = predict_with_onnx(run.model_path, images)
    except Exception as error:  # noqa: BLE001 - the runtime raises its own unrelated classes
        return [f"{MODEL} cannot be run ({type(error).__name__}): export it again."]
    if probability.shape != test.probability.shape:
        return [f"{MODEL} answers with shape {probability.shape}, expected {test.probability.shape}."]
    largest = float(np.abs(probability - test.probability).max())
    accuracy = float((probability.argmax(axis=1) == test.label).mean())
    quantised = run.metrics.quantised
    if quantised and abs(accuracy - quantised.accuracy) > MODEL_TOLERANCE:
        return [f"{MODEL} is right about {accuracy:.4f} of the test pictures, {METRICS} says {quantised.accuracy:.4f}."]
    if largest > MODEL_TOLERANCE + (quantised.largest_difference if quantised else 0):
        accuracies = f"accuracy {accuracy:.4f}, stored {test.correct.mean():.4f}"
        return [f"{MODEL} differs from {PREDICTIONS} by up to {largest:.4f} in a probability ({accuracies})."]
    if not run.can_average or (quantised and not quantised.served):
        return []
    averaged = (probability + predict_with_onnx(run.model_path, images[:, :, ::-1])) / 2
    largest = float(np.abs(averaged - test.tta_probability).max())
    if largest <= MODEL_TOLERANCE:
        return []
    return [f"{MODEL} differs from {PREDICTIONS} by up to {largest:.4f} in an averaged probability."]


def predict_with_onnx(model_path, images: np.ndarray) -> np.ndarray:
    """Run `model.onnx` on uint8 pictures (n, 48, 48); returns the probabilities, float32 (n, 7)."""
    return load_network(model_path)(images)
