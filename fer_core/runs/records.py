"""What `config.json` and `metrics.json` of a run hold, typed and validated: reading, writing, training and pages share it.

run.config.seed    run.metrics.test.accuracy    run.metrics.test.per_class["fear"].recall
"""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, JsonValue, create_model, model_validator

from fer_core.records import Count, Interval, Number, PerClass, Record, Share, Text
from fer_core.runs.registry import METRICS, PERCENT

Epochs = Annotated[int, Field(ge=1, le=10**6)]
Row = Annotated[tuple[Count, ...], Field(min_length=7, max_length=7)]
Matrix = Annotated[tuple[Row, ...], Field(min_length=7, max_length=7)]


class SplitCounts(Record):
    """Pictures of one split: `total`, and by class under the class's name."""

    total: Count


class DataUsed(Record):
    """What a run was trained and tested on. `drawn`: stand-in pictures instead of FER2013."""

    drawn: bool = False
    source: Text | None = None
    train: SplitCounts | None = None
    validation: SplitCounts | None = None
    test: SplitCounts | None = None


class Config(Record):
    """`config.json`: everything needed to judge or repeat a run. Hyper-parameters that no page asks for are extras."""

    experiment: Text
    seed: Annotated[int, Field(ge=0, lt=2**31)]
    epochs: Epochs
    title: Text | None = None
    note: Text | None = None
    caveat: Text | None = None  # written by hand, by whoever knows what the numbers do not show
    looked_at: Text | None = (
        None  # by hand, too: when its test answers were first seen, and what was decided after that
    )
    network: Text | None = None
    batch_size: Count | None = None
    split: Text | None = None
    learns: Text = "labels"  # FER2013's; or "votes": the shares of FER+'s votes
    pretrained: Text | None = None
    train_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    augmentation: dict[str, JsonValue] | None = None
    teachers: tuple[Text, ...] | None = None
    keep: Text = "best"
    tta: Text = "flip"
    paper_experiment: Count | None = None
    ablation_of: Text | None = None
    factor: Text | None = None
    deploy: bool = False
    quantise: bool = False
    members: tuple[Text, ...] | None = None
    parameters: Count | None = None
    trainable_parameters: Count | None = None
    mixed_precision: bool | None = None
    dataset: DataUsed | None = None
    wall_seconds: Annotated[float, Field(ge=0, le=1e10)] | None = None
    device: Text | None = None
    backend: Text | None = None
    versions: dict[Text, Text] | None = None
    git_commit: Text | None = None


class ClassScores(Record):
    """One class of a section: shares, and how many pictures carry its label."""

    precision: Share
    recall: Share
    f1: Share
    support: Count


class Reliability(Record):
    """Confidence in bins: pictures, mean confidence and accuracy of each, None in empty ones (`compute_reliability`).

    `of`: accuracy counts answers that name the "labels", or the share of the "votes" that the answers get.
    """

    count: tuple[Count, ...]
    confidence: tuple[Share | None, ...]
    accuracy: tuple[Share | None, ...]
    of: Literal["labels", "votes"] = "labels"

    @model_validator(mode="after")
    def _check(self):
        filled = [n > 0 for n in self.count]
        if not any(filled) or any([v is not None for v in row] != filled for row in (self.confidence, self.accuracy)):
            raise ValueError("should give confidence and accuracy for the bins that hold pictures, and for no others")
        return self


class BaseScores(Record):
    """One section of `metrics.json`, about the answers to `n` pictures; METRICS adds a field for each of its entries."""

    n: Annotated[int, Field(ge=1, le=10**9)]
    accuracy: Share
    accuracy_ci95: Interval
    precision_weighted: Share
    recall_weighted: Share
    f1_weighted: Share
    f1_macro: Share
    ece: Share
    loss: Number | None = None
    precision_at_half: Share | None = None
    recall_at_half: Share | None = None
    f1_at_half: Share | None = None
    per_class: Annotated[dict[str, ClassScores], PerClass]
    confusion: Matrix
    reliability: Reliability | None = None

    @model_validator(mode="after")
    def _check(self):
        counted = sum(map(sum, self.confusion))
        supports = [scores.support for scores in self.per_class.values()]
        if counted != self.n or supports != [sum(row) for row in self.confusion]:
            raise ValueError(
                f"should count the same pictures everywhere, but n is {self.n} and the matrix counts {counted}"
            )
        return self

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


def _list_fields() -> dict[str, tuple]:
    """The fields of METRICS and of their counts that BaseScores does not have itself, all optional."""
    fields: dict[str, tuple] = {}
    for metric in METRICS.values():
        kind: Any = Share if metric.format == PERCENT else Number
        if metric.per_class:
            kind = Annotated[dict[str, kind | None], PerClass]
        fields[metric.name] = (kind | None, None)
        fields[metric.count] = (Count | None, None)
    return {name: field for name, field in fields.items() if name not in BaseScores.model_fields}


if TYPE_CHECKING:
    Scores = BaseScores
else:
    Scores = create_model("Scores", __base__=BaseScores, __module__=__name__, **_list_fields())


class Calibration(Record):
    """Temperature and "not sure" threshold, fitted on validation, and what they do to both splits."""

    temperature: Annotated[float, Field(gt=0, le=1000)]
    not_sure_threshold: Share
    target_accuracy: Share | None = None
    validation_ece_before: Share
    validation_ece_after: Share
    validation_coverage: Share
    validation_accuracy_above: Share | None
    test_ece_before: Share
    test_ece_after: Share
    test_coverage: Share
    test_accuracy_above: Share | None
    test_augrc_after: Share | None = None
    test_reliability_after: Reliability


class TrainScores(Record):
    """The training log of the kept epoch; `clean_accuracy`: of the finished network on unaugmented pictures."""

    accuracy: Share | None = None
    loss: Number | None = None
    precision: Share | None = None
    recall: Share | None = None
    clean_accuracy: Share | None = None


class LastEpoch(Record):
    """What the weights of the last epoch answered, one look per face."""

    validation: Scores | None = None
    test: Scores | None = None


class Quantised(Record):
    """What storing the weights in fewer bits saved and cost, on `n` test pictures with one look each.

    `served`: the run's averaged answers (`_tta`) are those of the stored file, as photos get them; else they are those
    that the network gave before.
    """

    n: Count
    bytes_before: Count
    bytes: Count
    accuracy_before: Share
    accuracy: Share
    agreement: Share
    largest_difference: Share
    served: bool = False


class Metrics(Record):
    """`metrics.json`. `_tta`: answers averaged over views of each picture.

    `crowd` sections count an answer as right that names what most people chose, on the pictures where one class has more
    votes than any other; all others count FER2013's labels.
    """

    train: TrainScores | None = None
    validation: Scores
    test: Scores
    calibration: Calibration | None = None
    validation_tta: Scores | None = None
    test_tta: Scores | None = None
    calibration_tta: Calibration | None = None
    crowd_validation: Scores | None = None
    crowd_test: Scores | None = None
    crowd_calibration: Calibration | None = None
    crowd_validation_tta: Scores | None = None
    crowd_test_tta: Scores | None = None
    crowd_calibration_tta: Calibration | None = None
    last_epoch: LastEpoch | None = None
    best_epoch: Epochs | None = None
    quantised: Quantised | None = None
    model_sha256: Text | None = None  # of the model.onnx that was written for this run


MEASURED = ("train", "last_epoch", "best_epoch", "quantised", "model_sha256")
"""Sections of Metrics that do not follow from `predictions.npz`."""

__all__ = [
    "MEASURED", "Calibration", "ClassScores", "Config", "DataUsed", "LastEpoch", "Metrics", "Quantised",
    "Reliability", "Scores", "SplitCounts", "TrainScores",
]  # fmt: skip
