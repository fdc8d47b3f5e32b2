"""The artifact about FERC: artifacts/ferc/ferc.json, its perceptron and what it answered to FER2013's test pictures."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, ValidationError, model_validator

from fer_core.ferc.vector import CLASSES, PAIRS
from fer_core.files import FileError, write_json
from fer_core.labels import LABELS
from fer_core.records import Count, Number, Record, Share, explain, read_record
from fer_core.runs.artifacts import ARTIFACTS
from fer_core.runs.contract import ArtifactError
from fer_core.runs.predictions import Predictions

FOLDER, NAME = "ferc", "ferc.json"
SCHEMA = 1
COMMAND = "python -m fer_core.ferc.train"
COLUMNS = [LABELS.index(name) for name in CLASSES]
"""Where the five classes stand among FER2013's seven."""
Row = Annotated[tuple[Number, ...], Field(min_length=len(PAIRS), max_length=len(PAIRS))]
Digits = Annotated[str, Field(pattern=r"^[0-4]+$", max_length=200_000)]


class Option(Record):
    """A strength of the weights' penalty (scikit-learn's C) that was compared on validation pictures."""

    c: Number
    accuracy: Share


class FercReport(Record):
    """`weights` and `bias`: of the perceptron, by class; `labels`, `answers`: a digit for each test picture of the five
    classes, in the order of the data set, an index into CLASSES; `uncut_answers`: where stage 1 is left out and the
    picture as it is counts as the face; `found`: share of the test pictures in which the last look sees a face."""

    weights: Annotated[tuple[Row, ...], Field(min_length=len(CLASSES), max_length=len(CLASSES))]
    bias: Annotated[tuple[Number, ...], Field(min_length=len(CLASSES), max_length=len(CLASSES))]
    options: Annotated[tuple[Option, ...], Field(min_length=1)]
    chosen_c: Number
    train_pictures: Count
    validation_pictures: Count
    labels: Digits
    answers: Digits
    uncut_answers: Digits
    found: Share

    @model_validator(mode="after")
    def _check(self):
        if not len(self.labels) == len(self.answers) == len(self.uncut_answers):
            raise ValueError("should hold an answer for every label")
        return self

    @property
    def right(self) -> np.ndarray:
        """Whether each answer is the label, bool (n,)."""
        return read_digits(self.answers) == read_digits(self.labels)

    @property
    def uncut_right(self) -> np.ndarray:
        """The same without stage 1."""
        return read_digits(self.uncut_answers) == read_digits(self.labels)


def read_digits(digits: str) -> np.ndarray:
    """Digits as integers (n,)."""
    return np.frombuffer(digits.encode(), np.uint8) - ord("0")


def write_digits(values: np.ndarray) -> str:
    """Integers 0 to 9, (n,), as digits."""
    return "".join(map(str, np.asarray(values).tolist()))


def judge_network(answers: Predictions, report: FercReport) -> np.ndarray | None:
    """Whether a network is right about the report's test pictures, bool (n,), asked among its five classes only.

    None where its pictures are others: labels and order must agree.
    """
    asked = np.isin(answers.fer_label, COLUMNS)
    labels = np.searchsorted(COLUMNS, answers.fer_label[asked])
    if not np.array_equal(labels, read_digits(report.labels)):
        return None
    return answers.probability[asked][:, COLUMNS].argmax(axis=1) == labels


def load_report(root: str | Path = ARTIFACTS) -> FercReport | None:
    """Read the report; None when FERC was not trained. Raises ArtifactError with one sentence when it is damaged."""
    file = Path(root) / FOLDER / NAME
    if not file.exists():
        return None
    try:
        return read_record(file, FercReport, SCHEMA)
    except FileError as error:
        raise ArtifactError(f"{FOLDER}/{NAME} {error}: run `{COMMAND}` to write it again.") from None


def write_report(report: Mapping, root: str | Path = ARTIFACTS) -> Path:
    """Write the report and return where. Raises ArtifactError when a part is missing or wrong."""
    file = Path(root) / FOLDER / NAME
    try:
        FercReport.model_validate(report, strict=False)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_json(file, {"schema": SCHEMA, **report})
    except ValidationError as error:
        raise ArtifactError(f"FERC's report {explain(error)}.") from None
    except FileError as error:
        raise ArtifactError(f"{file} {error}.") from None
    return file
