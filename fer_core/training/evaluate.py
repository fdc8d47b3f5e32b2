"""From trained weights to a run folder: predictions, metrics, configuration, and the model to deploy."""

import dataclasses
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import keras
import numpy as np

from fer_core.data import FerDataset, Split, compute_twin_mask, compute_vote_majority, count_seven_votes
from fer_core.labels import LABELS
from fer_core.preprocessing import IMAGE_SIZE
from fer_core.runs import Run, compute_metrics, compute_run_metrics, write_run
from fer_core.runs.history import make_history
from fer_core.runs.writing import record_model
from fer_core.training.backend import describe_device
from fer_core.training.checkpoint import load_state
from fer_core.training.experiments import Experiment
from fer_core.training.export import ExportError, export_onnx
from fer_core.training.fit import make_split
from fer_core.training.guards import check_same, lock
from fer_core.training.model import make_loss
from fer_core.training.policies import describe_policy
from fer_core.training.task import make_task
from fer_core.training.weights import load_best, load_kept, load_last, predict

CROP = 44
SEEN = (
    "It learned from its validation pictures too: their numbers, and the confidence calibrated on them, say nothing "
    "about new pictures."
)
ROUNDING = {"float32": (0.002, 0.005), "mixed_bfloat16": (0.02, 0.05)}
"""How far accuracy, and the loss in proportion, of stored weights may be from the history, which was computed in that
precision; the weights are judged in float32."""
REPORTED_METRICS = ("accuracy", "loss", "precision", "recall")


class WeightsError(RuntimeError):
    """Stored weights do not answer as the history says they did."""


def predict_averaged(network: keras.Model, images: np.ndarray, tta: str = "flip") -> np.ndarray:
    """Mean probabilities over views of each picture: itself and its mirror image ("flip"), or "ten-crop"."""
    views = list_crops(images) if tta == "ten-crop" else [images]
    views += [view[:, :, ::-1] for view in views]
    return np.mean([predict(network, view) for view in views], axis=0)


def list_crops(images: np.ndarray) -> list[np.ndarray]:
    """The four corners and the centre of uint8 (n, 48, 48) pictures, 44 pixels wide, enlarged to 48 again."""
    last = IMAGE_SIZE - CROP
    corners = [(0, 0), (0, last), (last, 0), (last, last), (last // 2, last // 2)]
    crops = [images[:, y : y + CROP, x : x + CROP, None].astype("float32") for y, x in corners]
    size = (IMAGE_SIZE, IMAGE_SIZE)
    enlarged = [keras.ops.convert_to_numpy(keras.ops.image.resize(crop, size))[..., 0] for crop in crops]
    return [np.clip(np.round(crop), 0, 255).astype("uint8") for crop in enlarged]


def collect_predictions(
    network: keras.Model, dataset: FerDataset, split: Split, tta: str = "flip"
) -> dict[str, np.ndarray]:
    """The arrays of `predictions.npz` for a network: validation and test, with and without test-time augmentation."""
    arrays = {}
    for name, rows in (("validation", split.validation), ("test", split.test)):
        images = dataset.images[rows]
        arrays[f"{name}_file"] = dataset.files[rows]
        arrays[f"{name}_label"] = dataset.labels[rows].astype(np.uint8)
        arrays[f"{name}_probability"] = predict(network, images)
        arrays[f"{name}_tta_probability"] = predict_averaged(network, images, tta)
        if dataset.votes is not None:
            arrays[f"{name}_votes"] = count_seven_votes(dataset.votes[rows])
    arrays["test_twin"] = compute_twin_mask(dataset)[split.test]
    if dataset.votes is not None:
        arrays["test_ferplus"] = compute_vote_majority(dataset.votes[split.test])
    return arrays


def write_finished_run(
    experiment: Experiment,
    dataset: FerDataset,
    seed: int,
    state: dict,
    checkpoints: Path,
    path: Path,
    planned_epochs: int,
) -> Run:
    """Evaluate the kept and the last epoch's weights in `checkpoints` and write the run folder `path`.

    `state` is what `fit` returned. `planned_epochs` is the experiment's own number; fewer epochs make a partial run.
    Returns the `Run`; `model.onnx` is a step of its own (`export_kept`), since it needs TensorFlow. Raises WeightsError
    when the best or the last epoch's weights are not those that the history is about.
    """
    split = make_split(experiment, dataset)
    best, last = load_best(experiment, checkpoints, state), load_last(experiment, checkpoints, state)
    for network, of_epoch in ((best, state["best_epoch"]), (last, state["epoch"])):
        check_weights(network, experiment, dataset, split, state["history"][of_epoch - 1])
    kept, epoch = (last, state["epoch"]) if experiment.keep == "last" else (best, state["best_epoch"])
    predictions = collect_predictions(kept, dataset, split, experiment.tta)
    names = dict.fromkeys(name for row in state["history"] for name in row)  # not all rows of an older state have all
    history = make_history({name: [row.get(name, np.nan) for row in state["history"]] for name in names})
    predictions |= collect_last_answers(state)
    metrics = {
        "train": _compute_train_metrics(kept, dataset, split, history, epoch),
        **compute_run_metrics(predictions),
        "last_epoch": {
            name: compute_metrics(dataset.labels[rows], predict(last, dataset.images[rows]))
            for name, rows in (("validation", split.validation), ("test", split.test))
        },
        "best_epoch": epoch,
    }
    config = make_config(experiment, dataset, split, seed, state, planned_epochs)
    return write_run(path, config, history, metrics, predictions, anew=True)


def collect_last_answers(state: dict) -> dict[str, np.ndarray]:
    """The array `test_last_epochs` of `predictions.npz`, where the state has it: winning classes of the test pictures,
    uint8 (k, n), a row for each of the last k epochs in their order. It shows the noise; nothing is chosen by it."""
    answers = [
        answers for epoch, answers in sorted(state.get("test_answers", {}).items(), key=lambda item: int(item[0]))
    ]
    return {"test_last_epochs": np.array([list(map(int, row)) for row in answers], np.uint8)} if answers else {}


def check_weights(network: keras.Model, experiment: Experiment, dataset: FerDataset, split: Split, row: dict) -> None:
    """Raise WeightsError unless the network's validation accuracy and loss are those of its row of the history."""
    task = make_task(dataclasses.replace(experiment, teachers=()), dataset, split, Path())  # teachers do not validate
    labels = task.labels[task.validation]
    targets = np.eye(len(LABELS), dtype="float32")[labels] if task.targets is None else task.targets[task.validation]
    probability = predict(network, dataset.images[task.validation])
    accuracy = float((probability.argmax(axis=1) == labels).mean())
    loss = float(make_loss(experiment)(targets, probability))
    absolute, relative = ROUNDING[keras.mixed_precision.global_policy().name]
    apart = abs(accuracy - row["val_accuracy"]) > absolute + 1.5 / len(labels)
    if apart or abs(loss - row["val_loss"]) > relative * row["val_loss"] + absolute:
        raise WeightsError(
            f"The stored weights of epoch {row['epoch']} have a validation accuracy of {accuracy:.4f} and a loss of "
            f"{loss:.4f}, where the history says {row['val_accuracy']:.4f} and {row['val_loss']:.4f}: the run is not "
            "written; begin again with --restart."
        )


def export_kept(experiment: Experiment, checkpoints: Path, path: Path) -> float:
    """Write the run folder's `model.onnx` from the kept weights, and its fingerprint into metrics.json; see `export_onnx`.

    Raises ExportError, and GuardError where the weights are not those of the run, or are being trained.
    """
    state = load_state(checkpoints)
    if state is None:
        raise ExportError(f"There are no weights in {checkpoints}: train the run on this machine first.")
    with lock(checkpoints):
        check_same(path, checkpoints, state)
        network, _ = load_kept(experiment, checkpoints, state)
        difference = export_onnx(network, path / "model.onnx")
        record_model(path)
    return difference


def _compute_train_metrics(network, dataset, split, history, best_epoch) -> dict:
    """The training log of the kept epoch, as the study reports it (augmented pictures, dropout on, weights in motion),
    and `clean_accuracy`, of the finished network on the same pictures unaugmented."""
    row = history[best_epoch - 1]
    clean = predict(network, dataset.images[split.train]).argmax(axis=1) == dataset.labels[split.train]
    return {name: float(row[name]) for name in REPORTED_METRICS} | {"clean_accuracy": float(clean.mean())}


def make_config(experiment, dataset, split, seed, state, planned_epochs) -> dict:
    """Everything needed to judge or repeat the run, as plain data for `config.json`."""
    return {
        **{key: value for key, value in dataclasses.asdict(experiment).items() if key != "name"},
        "experiment": experiment.name,
        "seed": seed,
        "epochs": planned_epochs,
        "augmentation": {"policy": experiment.augmentation, **describe_policy(experiment.augmentation)},
        "parameters": state["parameters"],
        "trainable_parameters": state["trainable_parameters"],
        "mixed_precision": state["mixed_precision"],
        "cpu_kernels": state["cpu_kernels"],
        "dataset": {
            "drawn": dataset.drawn,
            **{name: _count(dataset, rows) for name, rows in dataclasses.asdict(split).items()},
        },
        "wall_seconds": round(sum(row["seconds"] for row in state["history"]), 1),
        "device": describe_device(state["devices"]),
        "backend": keras.backend.backend(),
        "versions": list_versions("keras", keras.backend.backend(), "numpy", "scikit-learn"),
        "git_commit": COMMIT,
        **({"caveat": SEEN} if experiment.split == "all" else {}),
    }


def _count(dataset: FerDataset, rows: np.ndarray) -> dict[str, int]:
    counts = np.bincount(dataset.labels[rows], minlength=len(LABELS))
    return {"total": len(rows), **{label: int(n) for label, n in zip(LABELS, counts, strict=True)}}


def list_versions(*packages: str) -> dict[str, str]:
    """Versions of Python and of those `packages` that are installed."""
    versions = {"python": platform.python_version()}
    for package in packages:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:  # for example tensorflow installed as tensorflow-cpu
            continue
    return versions


def _read_git_commit() -> str | None:
    """The commit of the code, with "+" when the working tree differs from it; None outside a checkout."""
    git = ["git", "-C", str(Path(__file__).parent)]
    try:
        head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
        changed = subprocess.run(
            [*git, "diff", "--quiet", "HEAD", "--", "."], capture_output=True, check=False
        ).returncode
    except (OSError, subprocess.CalledProcessError):
        return None
    return head.stdout.strip() + ("+" if changed else "")


COMMIT = _read_git_commit()
"""Read when training begins: hours later the checkout may hold other code than what ran."""
