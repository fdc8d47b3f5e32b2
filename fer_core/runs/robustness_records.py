"""What `robustness.json` holds, typed and validated."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from fer_core.records import Count, Interval, Number, Range, Record, Share, Text
from fer_core.runs.corruptions import STRONGEST, Disturbance
from fer_core.runs.extras import Extra
from fer_core.runs.records import Row


class Score(Record):
    """Accuracy and its 95 % interval; `loss_ci95` of what is lost against untouched pictures, on the same pictures."""

    accuracy: Share
    ci95: Interval
    loss_ci95: Range | None = None

    @model_validator(mode="after")
    def _check(self):
        low, high = self.ci95
        if not low - 1e-4 <= self.accuracy <= high + 1e-4:
            raise ValueError("should lie within its interval")
        return self


class JudgedScore(Score):
    """Against FER2013's labels, and against the `crowd`'s unique majority."""

    crowd: Score | None = None


class Point(JudgedScore):
    """Answers to pictures spoiled with one `strength` (None: untouched); `correct` counts right ones per class."""

    strength: Number | None = None
    correct: Row


class Case(Point):
    """One of the ten disturbances."""

    name: Text

    @property
    def disturbance(self) -> Disturbance:
        return Disturbance(self.name, self.strength)


class Robustness(Extra):
    """What `robustness.json` holds: a curve per corruption, over the `n` pictures that `support` counts per class.

    `ten` are the ten disturbances and `ten_mean` their mean; both are missing until they were measured, as are points of
    curves.
    """

    n: Annotated[int, Field(gt=0, le=10**9)]
    n_test: Count
    n_crowd: Count = 0
    support: Row
    clean: Point
    curves: dict[str, tuple[Point, ...]]
    ten: tuple[Case, ...] = ()
    ten_mean: JudgedScore | None = None
    source: Text | None = None

    @model_validator(mode="after")
    def _check(self):
        if sum(self.support) != self.n:
            raise ValueError("should count its pictures as it says")
        if bool(self.ten) != bool(self.ten_mean):
            raise ValueError("should give the mean of the ten disturbances with them")
        for point in (self.clean, *(point for curve in self.curves.values() for point in curve), *self.ten):
            fits = all(right <= n for right, n in zip(point.correct, self.support, strict=True))
            if not (fits and abs(point.accuracy - sum(point.correct) / self.n) < 1e-4):
                raise ValueError("should count and divide to the same shares")
        return self

    @property
    def has_curves(self) -> bool:
        """Whether every way of spoiling was measured, at its last strength at least."""
        ends = {(name, points[-1].strength) for name, points in self.curves.items() if points}
        return ends >= {(case.name, case.strength) for case in STRONGEST}

    def as_judged(self, by_crowd: bool) -> Self:
        """A copy whose shares are those of one judge, FER2013's labels or the crowd; counts stay those of the labels.

        Raises ValueError when the crowd was not asked.
        """
        if not by_crowd:
            return self
        if self.clean.crowd is None:
            raise ValueError("The crowd did not judge these answers.")
        curves = {name: tuple(_judge(point) for point in curve) for name, curve in self.curves.items()}
        ten, mean = tuple(map(_judge, self.ten)), self.ten_mean and _judge(self.ten_mean)
        changed = {"clean": _judge(self.clean), "curves": curves, "ten": ten, "ten_mean": mean}
        return self.model_copy(update=changed)

    def compute_loss(self, point: Point) -> float:
        """Accuracy lost against untouched pictures, a share."""
        return self.clean.accuracy - point.accuracy

    def compute_class_losses(self, point: Point) -> list[float]:
        """Recall lost per class against untouched pictures, shares in the order of LABELS; 0 for an empty class."""
        rows = zip(self.clean.correct, point.correct, self.support, strict=True)
        return [(before - after) / n if n else 0.0 for before, after, n in rows]


def _judge(point: JudgedScore) -> JudgedScore:
    crowd = point.crowd
    return point.model_copy(update={"accuracy": crowd.accuracy, "ci95": crowd.ci95, "loss_ci95": crowd.loss_ci95})
