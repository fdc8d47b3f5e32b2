"""A map of the test faces: those that look alike to a run's network lie close together.

    python -m fer_core.runs.face_map            every run with a model.onnx
    python -m fer_core.runs.face_map crowd-s0   one run

Takes what the network's last layer gets of each test picture and lays it out on a plane with t-SNE (van der Maaten and
Hinton 2008, jmlr.org/papers/v9/vandermaaten08a.html). Writes `face_map.npz` into the run's folder: two numbers a picture,
nothing of the pictures themselves. Only who is near whom means something, not the directions or the size of a gap. Needs
FER2013, and two or three minutes.
"""

import sys
from functools import partial
from pathlib import Path

import numpy as np

from fer_core.command import run_command
from fer_core.files import FileError, read_arrays, write_atomically
from fer_core.runs.cell_faces import make_finder
from fer_core.runs.contract import MODEL, ArtifactError
from fer_core.runs.extras import broken_extra, choose_runs, make_parser
from fer_core.runs.features import load_features
from fer_core.runs.run import Run

FACE_MAP = "face_map.npz"
COMMAND = "python -m fer_core.runs.face_map"
COMPONENTS = 50
"""Principal components that t-SNE starts from, as its authors advise."""


def compute_face_map(features: np.ndarray, seed: int = 0) -> np.ndarray:
    """Lay features, float (n, d), out on a plane: float16 (n, 2), each axis from -1 to 1."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    components = min(COMPONENTS, *features.shape)
    reduced = PCA(components, random_state=seed).fit_transform(features.astype(np.float32))
    perplexity = min(40, (len(features) - 1) / 3)
    xy = TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(reduced)
    low, high = xy.min(axis=0), xy.max(axis=0)
    return (2 * (xy - low) / np.maximum(high - low, 1e-6) - 1).astype(np.float16)


def write_face_map(run: Run, dataset) -> Path:
    """Compute and write the run's `face_map.npz`; returns where. Raises ArtifactError for a run without a network."""
    if run.model_path is None:
        raise ArtifactError(f"{run.name} has no {MODEL} to look into: export it first.")
    answers = run.predictions("test")
    xy = compute_face_map(load_features(run.model_path)(make_finder(dataset)(answers)))
    path = run.path / FACE_MAP
    write_atomically(path, partial(np.savez_compressed, xy=xy, predicted=answers.predicted))
    return path


def load_face_map(run: Run) -> np.ndarray | None:
    """Read the places of the test pictures in the order of the run's predictions, float32 (n, 2); None without a map.

    Raises ArtifactError when the file is damaged or about other answers than the run's.
    """
    file = run.path / FACE_MAP
    if not file.is_file():
        return None
    try:
        arrays = read_arrays(file, ("xy", "predicted"))
        answers = run.predictions("test")
        if arrays["xy"].shape != (len(answers), 2) or not np.array_equal(arrays["predicted"], answers.predicted):
            raise FileError("is about other answers than the run's")
    except (FileError, KeyError) as error:
        raise broken_extra(file, str(error), f"{COMMAND} {run.name}") from None
    return arrays["xy"].astype(np.float32)


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = make_parser(__doc__)
    return run_command("face_map", lambda: measure(parser.parse_args(argv)))


def measure(arguments) -> None:
    """Write what the command line asks for. Raises ArtifactError or DatasetError with one sentence."""
    from fer_core.data import find_dataset, load_dataset

    runs = choose_runs(arguments.runs, arguments.artifacts)
    dataset = load_dataset(find_dataset(arguments.data), check_counts=True)
    for run in runs:
        print(f"{run.name}: written to {write_face_map(run, dataset)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
