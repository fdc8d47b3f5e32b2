"""The average face of every cell of a run's confusion matrix: what "sad taken for neutral" looks like, without a picture.

    python -m fer_core.runs.cell_faces            every run with a model.onnx
    python -m fer_core.runs.cell_faces crowd-s0   one run

Writes `cell_faces.npz` into the run's folder, for answers as photos get them and either judge. Cells with fewer than 50
pictures stay empty: an average of few would still show somebody. Needs FER2013.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from fer_core.command import run_command
from fer_core.files import FileError, read_arrays, write_atomically
from fer_core.labels import LABELS
from fer_core.preprocessing import IMAGE_SIZE
from fer_core.runs.contract import ArtifactError
from fer_core.runs.extras import broken_extra, choose_runs, make_parser
from fer_core.runs.predictions import Predictions
from fer_core.runs.run import Run

CELL_FACES = "cell_faces.npz"
COMMAND = "python -m fer_core.runs.cell_faces"
FEWEST = 50
"""Pictures that an average needs."""
SHAPE = (len(LABELS), len(LABELS), IMAGE_SIZE, IMAGE_SIZE)


def compute_cell_faces(answers: Predictions, find: Callable[[Predictions], np.ndarray]) -> np.ndarray:
    """Average the pictures of each cell (label, answer): uint8 (7, 7, 48, 48); zeros where fewer than FEWEST lie.

    `find` gives the pictures of `answers`, uint8 (n, 48, 48).
    """
    images, faces = find(answers), np.zeros(SHAPE, np.uint8)
    for true in range(len(LABELS)):
        for predicted in range(len(LABELS)):
            rows = (answers.label == true) & (answers.predicted == predicted)
            if rows.sum() >= FEWEST:
                faces[true, predicted] = np.round(images[rows].mean(axis=0))
    return faces


def make_finder(dataset) -> Callable[[Predictions], np.ndarray]:
    """Make a function that looks test pictures up by label and file name: two of Kaggle's names stand in two folders.

    It raises ArtifactError where the dataset lacks one of them.
    """
    rows = np.flatnonzero(dataset.is_test)
    keys = zip(dataset.labels[rows].tolist(), dataset.files[rows].tolist(), strict=True)
    place = dict(zip(keys, rows.tolist(), strict=True))

    def find(answers: Predictions) -> np.ndarray:
        rows = [place.get(key) for key in zip(answers.fer_label.tolist(), answers.file.tolist(), strict=True)]
        if None in rows:
            raise ArtifactError(
                "This dataset lacks pictures that the run was tested on: bring the FER2013 that it was trained with."
            )
        return dataset.images[rows]

    return find


def list_judges(run: Run) -> dict[str, Run]:
    """The run as photos are answered, by who judges: "labels", and "crowd" where there are votes."""
    served = run.as_served()
    judges = {"labels": served.as_judged(by_crowd=False), "crowd": served.as_judged(by_crowd=True)}
    return {name: judged for name, judged in judges.items() if judged.by_crowd == (name == "crowd")}


def write_cell_faces(run: Run, dataset) -> Path:
    """Compute and write the run's `cell_faces.npz`; returns where."""
    find = make_finder(dataset)
    arrays: dict = {name: compute_cell_faces(judged.answers("test"), find) for name, judged in list_judges(run).items()}
    counts: dict = {f"{name}_counts": np.array(judged.test.confusion) for name, judged in list_judges(run).items()}
    path = run.path / CELL_FACES
    write_atomically(path, partial(np.savez_compressed, **arrays, **counts))
    return path


def load_cell_faces(run: Run) -> np.ndarray | None:
    """Read the average faces for the run as it is looked at, uint8 (7, 7, 48, 48); None where there are none for it.

    Raises ArtifactError when the file is damaged or about other answers than the run's.
    """
    file, name = run.path / CELL_FACES, "crowd" if run.by_crowd else "labels"
    if not file.is_file() or run.is_averaged != run.can_average:
        return None
    try:
        arrays = read_arrays(file, (name, f"{name}_counts"))
        if not arrays:
            return None
        faces, counts = arrays[name], arrays[f"{name}_counts"]
        if faces.shape != SHAPE or faces.dtype != np.uint8 or not np.array_equal(counts, run.test.confusion):
            raise FileError("is about other answers than the run's")
    except (FileError, KeyError) as error:
        raise broken_extra(file, str(error), f"{COMMAND} {run.name}") from None
    return faces


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = make_parser(__doc__)
    return run_command("cell_faces", lambda: measure(parser.parse_args(argv)))


def measure(arguments) -> None:
    """Write what the command line asks for. Raises ArtifactError or DatasetError with one sentence."""
    from fer_core.data import find_dataset, load_dataset

    runs = choose_runs(arguments.runs, arguments.artifacts)
    dataset = load_dataset(find_dataset(arguments.data), check_counts=True)
    for run in runs:
        print(f"{run.name}: written to {write_cell_faces(run, dataset)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
