"""Small artifacts beside the sample runs: spoiled pictures, speed, and a dataset whose crowd has an opinion."""

from pathlib import Path

import numpy as np

from fer_core.data import FerDataset, write_dataset_facts
from fer_core.data.votes import VOTE_COLUMNS
from fer_core.labels import LABELS
from fer_core.runs.corruptions import ALL, CORRUPTIONS
from fer_core.runs.disturbed import answer_disturbed, start_answers, summarise, write_answers
from fer_core.runs.extras import compute_fingerprint, write_extra
from fer_core.runs.robustness import ROBUSTNESS, SCHEMA
from fer_core.runs.robustness_records import Robustness
from fer_core.runs.run import Run

CROWD = ("anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise")
"""FER+'s names of our labels, in the order of LABELS."""


def write_sample_robustness(run: Run, weakness: float = 1.0, cases=ALL) -> Path:
    """Write both files of robustness: answers get lost the more a picture changes, the faster with `weakness`."""
    answers = run.predictions("test")
    n = len(answers)
    images = np.random.default_rng(0).integers(60, 200, (n, 48, 48), np.uint8)
    guesses = np.random.default_rng(1).dirichlet(np.ones(len(LABELS)), n)

    def predict(spoiled: np.ndarray) -> np.ndarray:
        change = np.abs(spoiled.astype(float) - images).mean(axis=(1, 2), keepdims=True)[:, 0]
        blend = np.clip(weakness * change / 60, 0, 1)
        return (1 - blend) * answers.probability + blend * guesses

    *_, (_, answers) = answer_disturbed(predict, images, np.arange(n), start_answers(run), cases)
    model = compute_fingerprint(run.model_path) if run.model_path else ""
    write_answers(run, answers, model)
    about = {"schema": SCHEMA, "model_sha256": model, "source": "noise", "n_test": n}
    return write_extra(run.path, ROBUSTNESS, about | summarise(answers))


def is_complete(robustness: Robustness) -> bool:
    """Whether every way and strength of spoiling was measured."""
    strengths = {name: tuple(point.strength for point in points) for name, points in robustness.curves.items()}
    return strengths == {name: corruption.strengths for name, corruption in CORRUPTIONS.items()}


def write_sample_facts(root: Path, run: Run) -> None:
    """Write `artifacts/dataset` about the test pictures of `run`: the crowd votes for the label, now and then not."""
    answers = run.predictions("test")
    n, rng = len(answers), np.random.default_rng(2)
    votes = np.zeros((n, len(VOTE_COLUMNS)), np.uint8)
    for row, label in enumerate(answers.label):
        winner = label if row % 3 else answers.predicted[row]
        size = 4 + row % 7
        votes[row, VOTE_COLUMNS.index(CROWD[winner])] = size
        votes[row, VOTE_COLUMNS.index("contempt")] = 10 - size
    votes[::20] = 0
    dataset = FerDataset(
        rng.integers(0, 256, (n, 48, 48), np.uint8),
        answers.label,
        answers.file,
        np.ones(n, bool),
        votes,
        "noise",
        False,
    )
    write_dataset_facts(dataset, root / "dataset")
