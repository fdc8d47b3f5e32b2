"""The artifact about the way from a photo to an answer: artifacts/pipeline/framing.json."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, model_validator

from fer_core.records import Count, Interval, Number, Range, Record, Share, Text, explain
from fer_core.runs.artifacts import ARTIFACTS
from fer_core.runs.contract import ArtifactError
from fer_core.runs.extras import Extra, load_extra, write_extra

FOLDER, NAME = "pipeline", "framing.json"
SCHEMA = 1
COMMAND = "python -m fer_core.vision.calibration"


class Measured(Record):
    """An accuracy with its 95 % interval."""

    accuracy: Share
    ci95: Interval

    @model_validator(mode="after")
    def _check(self):
        if not self.ci95[0] <= self.accuracy <= self.ci95[1]:
            raise ValueError("should lie inside its interval")
        return self


class Found(Record):
    """Faces shown to the detector and found, and a paired difference of accuracies with its 95 % interval."""

    n: Annotated[int, Field(gt=0, le=10**9)]
    n_found: Annotated[int, Field(gt=0, le=10**9)]
    difference: Number
    difference_ci95: Range
    given: Measured

    @model_validator(mode="after")
    def _check(self):
        if self.n_found > self.n or not self.difference_ci95[0] <= self.difference <= self.difference_ci95[1]:
            raise ValueError("should find no more faces than there are and lie inside its interval")
        return self


class PipelinePart(Found):
    """One split: crops as found and framed against the given ones, on the faces found and (by hand) on all."""

    pipeline: Measured
    given_all: Measured
    pipeline_by_hand: Measured


class Tilt(Found):
    """Faces that lean by `tilt` degrees: read as they were found, and turned upright first."""

    tilt: Number
    as_found: Measured
    turned: Measured


class Frame(Record):
    """A frame around a detector's box, in sides of the box."""

    shift_x: Number
    shift_y: Number
    scale: Number


class FrameOption(Frame):
    """A frame that was compared on validation pictures."""

    accuracy: Share
    loss: Number


class Framings(Record):
    """How the frame was fitted on training pictures, compared on validation pictures, and what is in use."""

    n_train: Count
    fitted: Frame
    chosen: Frame
    in_use: Frame
    options: Annotated[tuple[FrameOption, ...], Field(min_length=1)]


class TurnOption(Record):
    """An angle from which heads are turned upright, compared on validation pictures."""

    from_degrees: Number
    accuracy: Share
    loss: Number


class Upright(Record):
    """From which tilt on heads are turned, in degrees, and what that gives at some tilts."""

    chosen: Number
    in_use: Number
    options: tuple[TurnOption, ...]
    tilts: Annotated[tuple[Tilt, ...], Field(min_length=1)]


class PipelineReport(Extra):
    """What the pipeline costs, measured with the network of `run` (see fer_core.vision.calibration.calibrate).

    `by_crowd`: right is what most people see, on the pictures where they do; else FER2013's label.
    """

    run: Text
    by_crowd: bool = False
    framing: Framings
    validation: PipelinePart
    test: PipelinePart
    upright: Upright


def load_pipeline_report(root: str | Path = ARTIFACTS) -> PipelineReport | None:
    """Read what the pipeline costs; None when it was not measured.

    Raises ArtifactError with one sentence when the file is damaged or of another version.
    """
    return load_extra(Path(root) / FOLDER, NAME, PipelineReport, SCHEMA, COMMAND)


def write_pipeline_report(report: Mapping, root: str | Path = ARTIFACTS) -> Path:
    """Write the report and return where. Raises ArtifactError when a part is missing."""
    try:
        PipelineReport.model_validate(report, strict=False)
    except ValidationError as error:
        raise ArtifactError(f"The pipeline's report {explain(error)}.") from error
    folder = Path(root) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return write_extra(folder, NAME, report)
