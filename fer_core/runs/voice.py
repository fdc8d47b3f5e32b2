"""What a voice could add to a face: stored answers joined with an imagined voice of a given accuracy.

`python train.py voice` writes `voice.json` into run folders. No voice is recorded or learned anywhere here. The imagined one
names one expression: the right one with the accuracy asked for, else each other one equally often, and its mistakes have
nothing to do with the face's. Whoever joins the two knows that accuracy and follows Bayes' rule: the product of the face's
probabilities and the voice's likelihoods (the independent opinion of Kittler et al. 1998, doi:10.1109/34.667881). Real faces
and voices err together, so this is more than one may hope for.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from fer_core.files import FileError
from fer_core.labels import LABELS
from fer_core.probability import apply_temperature
from fer_core.records import Interval, PerClass, Record, Share, read_record
from fer_core.runs.extras import broken_extra, write_extra
from fer_core.runs.metrics import Z95
from fer_core.runs.run import Run

VOICE = "voice.json"
COMMAND = "python train.py voice"
SCHEMA = 1
SKILLS = tuple(percent / 100 for percent in range(15, 101))
"""Accuracies of the imagined voice; below one in seven it would know less than nothing."""
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Drop:
    """A published system for face and voice together: accuracy when it knows the speakers, and when they are new."""

    dataset: str
    known: float
    new: float
    new_spread: float


PUBLISHED = (Drop("RAVDESS", 0.9583, 0.4806, 0.0976), Drop("CREMA-D", 0.7354, 0.5312, 0.0265))
SOURCE = "Ibrahim et al., OpenAlex W7165812165"
SOURCE_URL = "https://openalex.org/W7165812165"
"""Faces and voices of actors; random splits against splits by speaker, as its abstract states them."""


class Voice(Record):
    """What `voice.json` holds: the face alone, and joined with a voice of each accuracy in `skills`, on `n` test pictures.

    `by_crowd`: whether most people's choice counts as right, else FER2013's label. `recall`: share of each class that is
    found, by the face alone first, then with each voice.
    """

    n: Annotated[int, Field(gt=0, le=10**9)]
    by_crowd: bool
    averaged: bool
    face: Share
    skills: tuple[Share, ...]
    fused: tuple[Share, ...]
    fused_ci95: tuple[Interval, ...]
    recall: Annotated[dict[str, tuple[Share | None, ...]], PerClass]

    @model_validator(mode="after")
    def _check(self):
        n = len(self.skills)
        lengths = {len(self.fused), len(self.fused_ci95), *(len(row) - 1 for row in self.recall.values())}
        if n == 0 or lengths != {n} or list(self.skills) != sorted(set(self.skills)):
            raise ValueError("should give one value for each accuracy of the voice")
        return self

    def find(self, skill: float) -> int:
        """Return the place of the accuracy nearest to `skill`."""
        return int(np.abs(np.array(self.skills) - skill).argmin())

    def compute_ceiling(self, skill: float) -> float:
        """Return how often face or voice or both are right: nobody who believes one of the two can do better."""
        return 1 - (1 - self.face) * (1 - skill)


def compute_voice(label: np.ndarray, probability: np.ndarray) -> dict:
    """Join answers, `label` (n,) and `probability` (n, 7), with voices of SKILLS; returns JSON-ready numbers.

    Exact: all seven things that the voice may say are weighed, none is drawn.
    """
    alone = probability.argmax(axis=1) == label
    chances = np.stack([alone, *(compute_chance(label, probability, skill) for skill in SKILLS)])
    n = len(label)
    spread = Z95 * chances.std(axis=1) / np.sqrt(n)
    means = chances.mean(axis=1)
    bounds = np.clip(np.stack([means - spread, means + spread], axis=1), 0, 1)
    classes = {name: chances[:, label == place] for place, name in enumerate(LABELS)}
    return {
        "n": n,
        "face": round(float(means[0]), 5),
        "skills": list(SKILLS),
        "fused": _round(means[1:]),
        "fused_ci95": [_round(pair) for pair in bounds[1:]],
        "recall": {
            name: _round(rows.mean(axis=1)) if rows.size else [None] * len(chances) for name, rows in classes.items()
        },
    }


def compute_chance(label: np.ndarray, probability: np.ndarray, skill: float) -> np.ndarray:
    """Return how likely each picture is named right together with a voice of accuracy `skill`, (n,)."""
    count = len(LABELS)
    says = np.full((count, count), (1 - skill) / (count - 1))
    np.fill_diagonal(says, skill)  # row: what the voice says; column: what is true
    answers = (probability[:, None, :] * says).argmax(axis=2)
    return (says[:, label].T * (answers == label[:, None])).sum(axis=1)


def _round(values: np.ndarray) -> list[float]:
    return np.round(values, 5).tolist()


def compute_run_voice(run: Run) -> dict:
    """What a run's `voice.json` says besides its schema, for answers as photos get them; JSON-ready."""
    served = run.as_served()
    answers, calibration = served.answers("test"), served.calibration
    probability = apply_temperature(answers.probability, calibration.temperature if calibration else 1.0)
    return {"by_crowd": served.by_crowd, "averaged": served.is_averaged, **compute_voice(answers.label, probability)}


def write_voice(run: Run) -> Path:
    """Compute and write a run's `voice.json`; returns where."""
    return write_extra(run.path, VOICE, {"schema": SCHEMA} | compute_run_voice(run))


def load_voice(run: Run) -> Voice | None:
    """Read and check a run's `voice.json`; None when it has none.

    Raises ArtifactError with one sentence when it is damaged, of another schema, or about other answers than the run's.
    """
    file = run.path / VOICE
    if not file.is_file():
        return None
    served = run.as_served()
    try:
        found = read_record(file, Voice, SCHEMA)
        same = (found.by_crowd, found.averaged, found.n) == (served.by_crowd, served.is_averaged, served.test.n)
        if not same or abs(found.face - served.test.accuracy) > TOLERANCE:
            raise FileError("is about other answers than the run's")
    except FileError as error:
        raise broken_extra(file, str(error), f"{COMMAND} {run.name}") from None
    return found
