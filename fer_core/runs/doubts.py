"""What a network sees beside the expression: whether the face is covered, and whether it is drawn. As `doubts.json`.

    python -m fer_core.runs.doubts            every run with a model.onnx that has none yet
    python -m fer_core.runs.doubts crowd-s0   one run, even if it has one

Two linear probes (Alain and Bengio 2016, arxiv.org/abs/1610.01644) on what enters the network's last layer: fitted on
training pictures as they are against the same ones with a mask or a hand painted over the mouth, and against drawn faces.
Of other training pictures, one in a hundred may be taken for covered, one in two hundred for drawn. How often the probes are
right is measured on validation pictures, with covers among them that no probe has met. Needs FER2013, and a minute or two; for
a network as large as the study's a quarter of an hour.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from fer_core.command import run_command
from fer_core.labels import COVERED, DOUBT, DRAWN, SEEN
from fer_core.records import Number, Record, Share, Text
from fer_core.runs.contract import ArtifactError
from fer_core.runs.extras import (
    Extra,
    broken_extra,
    choose_runs,
    compute_fingerprint,
    load_extra,
    make_parser,
    write_extra,
)
from fer_core.runs.run import Run

DOUBTS, SCHEMA = "doubts.json", 1
COMMAND = "python -m fer_core.runs.doubts"
FITTED, COVERS_FITTED, DRAWN_FITTED = 4000, ("mask", "hand"), 3000
LET_THROUGH = {COVERED: 0.01, DRAWN: 0.005}
"""Share of unspoiled training pictures, others than those fitted on, that each probe may doubt. To be called a drawing is
the stranger mistake."""
STRENGTH = 0.1
"""Inverse strength of the probes' L2 penalty on standardised features; .02 and less miss a tenth of the covers."""
MEASURED, DRAWN_MEASURED, SEED = 1000, 300, 0
LARGEST = 16_384


class Probe(Record):
    """One probe: a face is doubted where features @ `weights` + `bias` is positive.

    `false_alarms`: share of validation pictures doubted as they are; `noticed`: of each kind of spoiled ones.
    """

    weights: Annotated[tuple[Number, ...], Field(min_length=1, max_length=LARGEST)]
    bias: Number
    false_alarms: Share
    noticed: dict[Text, Share]


class Doubts(Extra):
    """What `doubts.json` holds: `tensor` enters the network's last layer, `n` validation pictures were measured."""

    tensor: Text
    n: Annotated[int, Field(gt=0, le=10**9)]
    probes: dict[Literal["covered", "drawn"], Probe]

    @model_validator(mode="after")
    def _check(self):
        if tuple(self.probes) != SEEN:
            raise ValueError(f"should hold the probes {' and '.join(SEEN)}")
        if len({len(probe.weights) for probe in self.probes.values()}) > 1:
            raise ValueError("should have as many weights in each probe")
        return self


def load_doubts(run: Run) -> Doubts | None:
    """Read a run's `doubts.json`; None when it has none, or no network.

    Raises ArtifactError with one sentence when it is damaged or about another network than the run's.
    """
    if run.model_path is None:
        return None
    found = load_extra(run.path, DOUBTS, Doubts, SCHEMA, f"{COMMAND} {run.name}")
    if found and found.tensor.encode() not in run.model_path.read_bytes():
        raise broken_extra(run.path / DOUBTS, f"looks at {found.tensor!r}, which the network lacks", COMMAND)
    return found


def read_network(run: Run) -> bytes:
    """Return the run's network as it is served: `model.onnx`, with its doubts as a further output where there are any.

    Raises ArtifactError as `load_doubts`. What comes back opens in every ONNX Runtime, the browser's too.
    """
    model, doubts = run.model_path.read_bytes(), load_doubts(run)
    return model + _make_continuation(doubts) if doubts else model


def read_served(run: Run) -> tuple[bytes, str]:
    """Return the run's network as it is served, and a sentence where damaged doubts cost it those: the answers stay."""
    try:
        return read_network(run), ""
    except ArtifactError as error:
        return run.model_path.read_bytes(), f"{error} Until then nothing is said about covered and drawn faces."


def _make_continuation(doubts: Doubts) -> bytes:
    """Return what continues a model's file with the output DOUBT, float32 (n, 2): positive is doubted, as in SEEN.

    Messages of Protocol Buffers that follow each other are one message, whose lists go on
    (protobuf.dev/programming-guides/encoding, "Last One Wins"): nothing of the file is taken apart.
    """
    from onnx import GraphProto, ModelProto, TensorProto, helper, numpy_helper

    weights = np.array([probe.weights for probe in doubts.probes.values()], np.float32).T
    bias = np.array([probe.bias for probe in doubts.probes.values()], np.float32)
    graph = GraphProto(
        node=[
            helper.make_node("MatMul", [doubts.tensor, "doubt/weights"], ["doubt/product"]),
            helper.make_node("Add", ["doubt/product", "doubt/bias"], [DOUBT]),
        ],
        initializer=[
            numpy_helper.from_array(weights, "doubt/weights"),
            numpy_helper.from_array(bias, "doubt/bias"),
        ],
        output=[helper.make_tensor_value_info(DOUBT, TensorProto.FLOAT, [None, len(SEEN)])],
    )
    return ModelProto(graph=graph).SerializeToString()


def fit_doubts(run: Run, dataset, fitted: int = FITTED, measured: int = MEASURED) -> dict:
    """Fit both probes on `fitted` training pictures and measure them on `measured` validation pictures.

    Returns the content of `doubts.json`. Raises ArtifactError where the run's training pictures are not known.
    """
    from fer_core.data.covered import COVERS, cover_faces
    from fer_core.data.drawn import draw_framed
    from fer_core.runs.features import find_tensor, load_features

    rng, look = np.random.default_rng(SEED), _average_views(load_features(run.model_path))
    train, validation = _choose_rows(run, dataset, rng, 2 * fitted, measured)
    plain = look(dataset.images[train])

    drawn = draw_framed(DRAWN_FITTED * fitted // FITTED, rng)
    covered = [look(cover_faces(dataset.images[train[:fitted]], cover, rng)) for cover in COVERS_FITTED]
    fits = {
        COVERED: _fit(plain[:fitted], np.concatenate(covered), plain[fitted:], LET_THROUGH[COVERED]),
        DRAWN: _fit(plain[:fitted], look(drawn), plain[fitted:], LET_THROUGH[DRAWN]),
    }
    faces = dataset.images[validation]
    seen, spoiled = look(faces), {cover: look(cover_faces(faces, cover, rng)) for cover in COVERS}
    kinds = {COVERED: spoiled, DRAWN: {"drawn": look(draw_framed(DRAWN_MEASURED, rng))}}
    return {
        "schema": SCHEMA,
        "model_sha256": compute_fingerprint(run.model_path),
        "tensor": find_tensor(run.model_path),
        "n": len(validation),
        "probes": {name: _describe(*fits[name], seen, kinds[name]) for name in SEEN},
    }


def _choose_rows(run: Run, dataset, rng, n_train: int, n_validation: int) -> tuple[np.ndarray, np.ndarray]:
    from fer_core.data import make_grouped_split
    from fer_core.runs.learned import find_learned

    learned = find_learned(run, dataset)
    if learned is None:
        raise ArtifactError(f"{run.name} does not say which pictures it was trained on: its probes cannot be fitted.")
    train = rng.permutation(np.flatnonzero(learned))[:n_train]
    validation = np.setdiff1d(make_grouped_split(dataset).validation, np.flatnonzero(learned))
    return train, rng.permutation(validation)[:n_validation]


def _average_views(compute: Callable) -> Callable:
    """Average over a face and its mirror image, as answers are."""
    return lambda images: (compute(images) + compute(images[:, :, ::-1])) / 2


def _fit(plain: np.ndarray, spoiled: np.ndarray, others: np.ndarray, doubted: float) -> tuple[np.ndarray, float]:
    """Return weights (d,) and bias: a share `doubted` of `others`, unspoiled too, is taken for spoiled."""
    from sklearn.linear_model import LogisticRegression

    spread = plain.std(axis=0) + 1e-3
    target = np.repeat([0, 1], [len(plain), len(spoiled)])
    probe = LogisticRegression(C=STRENGTH, max_iter=5000).fit(np.concatenate([plain, spoiled]) / spread, target)
    weights = np.array([float(f"{value:.5g}") for value in probe.coef_[0] / spread])  # as the file keeps them
    return weights, -float(np.quantile(others @ weights, 1 - doubted))


def _describe(weights: np.ndarray, bias: float, seen: np.ndarray, spoiled: Mapping[str, np.ndarray]) -> dict:
    def count(features: np.ndarray) -> float:
        return round(float((features @ weights + bias > 0).mean()), 4)

    return {
        "weights": weights.tolist(),
        "bias": round(bias, 6),
        "false_alarms": count(seen),
        "noticed": {kind: count(features) for kind, features in spoiled.items()},
    }


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = make_parser(__doc__)
    return run_command("doubts", lambda: measure(parser.parse_args(argv)))


def measure(arguments) -> None:
    """Write what the command line asks for. Raises ArtifactError or DatasetError with one sentence."""
    from fer_core.data import load_voted

    runs = choose_runs(arguments.runs, arguments.artifacts, None if arguments.runs else load_doubts)
    if not runs:
        print("Every network has its doubts.")
        return
    dataset = load_voted(arguments.data, any(run.learns_votes for run in runs), check_counts=True)
    for run in runs:
        content = fit_doubts(run, dataset)
        print(f"{run.name}: written to {write_extra(run.path, DOUBTS, content)}")
        for name, probe in content["probes"].items():
            shares = ", ".join(f"{kind} {share:.1%}" for kind, share in probe["noticed"].items())
            print(f"  {name}: noticed of {shares}; false alarms {probe['false_alarms']:.1%}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
