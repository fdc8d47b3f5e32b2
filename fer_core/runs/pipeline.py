"""The artifact about the way from a photo to an answer: artifacts/pipeline/framing.json."""

from pathlib import Path

from fer_core.runs.artifacts import ARTIFACTS
from fer_core.runs.contract import ArtifactError
from fer_core.runs.extras import broken_extra, load_extra, write_extra

FOLDER, NAME = "pipeline", "framing.json"
SCHEMA = 1
COMMAND = "python -m fer_core.vision.calibration"


def load_pipeline_report(root: str | Path = ARTIFACTS) -> dict | None:
    """Read what the pipeline costs (see fer_core.vision.calibration.calibrate); None when it was not measured.

    Raises ArtifactError with one sentence when the file is damaged or of another version.
    """
    folder = Path(root) / FOLDER
    report = load_extra(folder, NAME, SCHEMA, COMMAND)
    if report is None:
        return None
    try:
        _check(report)
    except (KeyError, TypeError, ValueError) as error:
        raise broken_extra(folder / NAME, "is incomplete", COMMAND) from error
    return report


def write_pipeline_report(report: dict, root: str | Path = ARTIFACTS) -> Path:
    """Write the report and return where. Raises ArtifactError when a part is missing."""
    try:
        _check(report)
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError(f"The pipeline's report lacks a part: {error}.") from error
    folder = Path(root) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return write_extra(folder, NAME, report)


def _check(report: dict) -> None:
    """Touch every number that a page shows."""
    str(report["run"] + report["model_sha256"])
    for split in ("validation", "test"):
        part = report[split]
        _check_shares(part, "given", "pipeline", "given_all", "pipeline_by_hand")
    for row in report["upright"]["tilts"]:
        float(row["tilt"])
        _check_shares(row, "given", "as_found", "turned")
    for part, keys in (("framing", ("shift_x", "shift_y", "scale")), ("upright", ("from_degrees",))):
        for option in report[part]["options"]:
            [float(option[key]) for key in (*keys, "accuracy", "loss")]
    for name in ("fitted", "chosen", "in_use"):
        [float(report["framing"][name][key]) for key in ("shift_x", "shift_y", "scale")]
    float(report["upright"]["chosen"]) + float(report["upright"]["in_use"]) + int(report["framing"]["n_train"])


def _check_shares(part: dict, *names: str) -> None:
    int(part["n"]) / int(part["n_found"])
    for share in (part[name] for name in names):
        low, high = map(float, share["ci95"])
        if not 0 <= low <= float(share["accuracy"]) <= high <= 1:
            raise ValueError("an accuracy outside its interval")
    low, high = map(float, part["difference_ci95"])
    if not low <= float(part["difference"]) <= high:
        raise ValueError("a difference outside its interval")
