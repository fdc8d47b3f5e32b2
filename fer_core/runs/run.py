"""One finished run in memory, and the ways of looking at it: by which judge, with one look per face or two."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from fer_core.runs.contract import MODEL
from fer_core.runs.predictions import Predictions, load_predictions
from fer_core.runs.records import Calibration, Config, Metrics, Scores


@dataclass(frozen=True)
class Run:
    """One finished run: `history` has a row per epoch; `predictions(split)` reads the big arrays when asked.

    `metrics` are all numbers there are. `test`, `validation`, `calibration` and `answers` are those of one way of
    answering: a single look per face or, with `is_averaged`, the mean over a face and its mirror image. And of one judge:
    FER2013's labels or, with `by_crowd`, what most people chose. A run that learned votes is judged by the crowd unless
    somebody asks otherwise.
    """

    name: str
    path: Path
    config: Config
    history: np.ndarray
    metrics: Metrics
    is_averaged: bool = False
    by_crowd: bool = False
    _predictions: dict = field(default_factory=dict, repr=False)

    def predictions(self, split: str = "test") -> Predictions:
        """Return the answers for `split`, "validation" or "test". Raises ArtifactError if the file is broken."""
        if split not in self._predictions:
            self._predictions[split] = load_predictions(self.path, split)
        return self._predictions[split]

    def answers(self, split: str = "test") -> Predictions:
        """Return `predictions(split)` whose `probability` is that of this way of answering, for this judge.

        The crowd judges only pictures on which it has a first choice, which then stands as their label.
        """
        answers = self.predictions(split)
        if self.is_averaged:
            answers = replace(answers, probability=answers.tta_probability)
        return answers.judge_by_crowd() if self.by_crowd else answers

    @property
    def test(self) -> Scores:
        return self._find("test")

    @property
    def validation(self) -> Scores:
        return self._find("validation")

    @property
    def calibration(self) -> Calibration | None:
        return self._find("calibration")

    @property
    def calibration_as_served(self) -> Calibration | None:
        """The calibration for answers to a photo and its mirror image, else to the photo alone."""
        return self.as_served().calibration or self.calibration

    def _find(self, section: str):
        return getattr(self.metrics, f"{'crowd_' * self.by_crowd}{section}{'_tta' * self.is_averaged}")

    @property
    def learns_votes(self) -> bool:
        """True when it was taught by the crowd's votes, not by FER2013's labels."""
        return self.config.learns == "votes"

    def as_judged(self, by_crowd: bool) -> "Run":
        """Return the run as the crowd judges it, or the labels. The crowd's judgement needs votes: else the labels'."""
        return replace(self, by_crowd=by_crowd and self.metrics.crowd_test is not None)

    @property
    def can_average(self) -> bool:
        """True when the run also answered every test picture together with its mirror image, as the dashboard does."""
        return self.metrics.test_tta is not None and self.config.tta == "flip"

    def as_served(self) -> "Run":
        """Return the run as the dashboard answers: averaged over a face and its mirror image, where it can."""
        return replace(self, is_averaged=self.can_average)

    @property
    def model_path(self) -> Path | None:
        path = self.path / MODEL
        return path if path.is_file() else None

    @property
    def title(self) -> str:
        """`title` of the configuration, else the folder's name."""
        return self.config.title or self.name

    @property
    def experiment(self) -> str:
        return self.config.experiment

    @property
    def seed(self) -> int:
        return self.config.seed

    @property
    def is_partial(self) -> bool:
        """True when fewer epochs were run than planned."""
        return len(self.history) < self.config.epochs

    @property
    def is_drawn(self) -> bool:
        """True when the run was trained on drawn stand-in pictures (`dataset.drawn` of the configuration)."""
        return self.config.dataset is not None and self.config.dataset.drawn

    @property
    def best_epoch(self) -> int:
        """Epoch, counted from 1, whose weights were kept: `best_epoch` of the metrics, else the best val_accuracy."""
        best = self.metrics.best_epoch or self.history["val_accuracy"].argmax() + 1
        return int(best)
