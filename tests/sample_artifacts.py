"""Small run folders in the real format, written by the real writer: what tests of the dashboard stand on."""

import dataclasses
from pathlib import Path

import numpy as np

from fer_core.labels import LABELS
from fer_core.runs.history import make_history
from fer_core.runs.metrics import compute_run_metrics
from fer_core.runs.run import Run
from fer_core.runs.writing import write_run
from fer_core.training.experiments import find_experiment

N_VALIDATION, N_TEST = 140, 280
RUNS = {"compact-s0": 2.6, "vgg-b32-e100-s0": 2.0}
"""Name of the run: how much better than chance its answers are."""


CROWD_RUNS = {"crowd-s0": 2.6, **RUNS}
"""The same beside a network that learned the crowd's votes."""


def write_sample_runs(root: Path, skills: dict[str, float] = RUNS, votes: bool = False) -> list[Run]:
    """Write the runs of `skills` under `root`; all but the study's bring a (hopeless, but valid) network.

    With `votes` the pictures have been voted on.
    """
    runs = [write_run(root / name, *_make_parts(name, skill, votes)) for name, skill in skills.items()]
    for name in skills.keys() & {"compact-s0", "crowd-s0"}:
        (root / name / "model.onnx").write_bytes(make_tiny_network())
    return runs


def break_run(root: Path, name: str = "vgg-b32-e100-s0") -> None:
    """Cut the run's metrics.json in half, as a full disk would."""
    file = root / name / "metrics.json"
    file.write_text(file.read_text()[: file.stat().st_size // 2])


def make_tiny_network() -> bytes:
    """Return an ONNX network with the deployed networks' input and outputs that looks at nine grey levels only."""
    from onnx import TensorProto, helper, numpy_helper

    weights = np.random.default_rng(0).normal(size=(9, 7)).astype(np.float32) / 100
    nodes = [
        helper.make_node("Transpose", ["image"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("AveragePool", ["planes"], ["pooled"], kernel_shape=[16, 16], strides=[16, 16]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probability"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 48, 48, 1])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["n", 7])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return model.SerializeToString()


def _make_parts(name: str, skill: float, votes: bool):
    experiment, _, seed = name.rpartition("-s")
    predictions = {}
    for split, n, usages in (
        ("validation", N_VALIDATION, ("Training",)),
        ("test", N_TEST, ("PublicTest", "PrivateTest")),
    ):
        label, probability = _draw_answers(n, len(name) + n, skill)
        predictions[f"{split}_file"] = np.array([f"{usages[i % len(usages)]}_{i}.jpg" for i in range(n)])
        predictions[f"{split}_label"], predictions[f"{split}_probability"] = label, probability
    label = predictions["test_label"]
    predictions["test_tta_probability"] = _draw_answers(N_TEST, len(name) + N_TEST, skill + 0.1)[1]
    predictions["test_twin"] = np.arange(N_TEST) % 12 == 0
    predictions["test_ferplus"] = np.where(np.arange(N_TEST) % 9 == 0, 255, label).astype(np.uint8)
    if votes:
        for split in ("validation", "test"):
            predictions[f"{split}_votes"] = _draw_votes(predictions[f"{split}_label"])
        predictions["validation_tta_probability"] = predictions["validation_probability"]
    metrics = compute_run_metrics(predictions)
    metrics |= {
        "train": {"accuracy": 0.71, "loss": 0.8},
        "best_epoch": 10,
    }
    config = dataclasses.asdict(find_experiment(experiment)) | {
        "experiment": experiment,
        "seed": int(seed),
        "epochs": 12,
        "augmentation": {"policy": experiment, "affine": {"rotation": 12}},
        "parameters": 1_172_000 if experiment == "compact" else 43_333_319,
        "trainable_parameters": 1_171_000 if experiment == "compact" else 43_330_000,
        "mixed_precision": False,
        "dataset": {
            "drawn": False,
            "train": _count(22_968),
            "validation": _count(N_VALIDATION),
            "test": _count(N_TEST),
        },
        "wall_seconds": 3725.0,
        "device": "CPU, 2 cores, x86_64",
        "backend": "tensorflow",
        "versions": {"python": "3.11.7", "keras": "3.12.0", "tensorflow": "2.20.0"},
        "git_commit": "0123abc",
    }
    return config, _make_history(12), metrics, predictions


def _count(total: int) -> dict[str, int]:
    return {"total": total, **dict.fromkeys(LABELS, total // len(LABELS))}


def _draw_answers(n: int, seed: int, skill: float):
    rng = np.random.default_rng(seed)
    label = np.arange(n, dtype=np.uint8) % len(LABELS)
    logits = rng.normal(size=(n, len(LABELS)))
    logits[np.arange(n), label] += skill
    power = np.exp(logits)
    return label, (power / power.sum(axis=1, keepdims=True)).astype(np.float32)


def _draw_votes(label: np.ndarray) -> np.ndarray:
    """Ten votes a picture: eight for the label on two of three, six for the next class on the others, five ties."""
    rows = np.arange(len(label))
    votes = np.zeros((len(label), len(LABELS)), np.uint8)
    votes[rows, label] = np.where(rows % 3, 8, 4)
    votes[rows, (label + 1) % len(LABELS)] = np.where(rows % 3, 2, 6)
    votes[:5] = 0
    votes[:5, :2] = 5
    return votes


def _make_history(epochs: int) -> np.ndarray:
    rise = 1 - np.exp(-np.arange(1, epochs + 1) / 4)
    return make_history(
        {
            "epoch": np.arange(1, epochs + 1),
            "accuracy": 0.2 + 0.5 * rise,
            "loss": 1.9 - rise,
            "precision": 0.5 + 0.3 * rise,
            "recall": 0.1 + 0.5 * rise,
            "val_accuracy": 0.22 + 0.42 * rise,
            "val_loss": 1.8 - 0.8 * rise,
            "val_precision": 0.5 + 0.28 * rise,
            "val_recall": 0.12 + 0.4 * rise,
            "learning_rate": np.where(np.arange(epochs) < 8, 0.001, 0.00075),
            "seconds": np.full(epochs, 97.0),
        }
    )
