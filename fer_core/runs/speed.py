"""What an answer costs on this machine's processor, as the artifact `speed.json` of a run.

python -m fer_core.runs.speed                       every run with a model.onnx, if one of them has none yet
python -m fer_core.runs.speed compact-s1 --again    one run, even if it has one

Times compare only when they were measured in one run on one machine, so all networks are timed together unless some are
named. Run it on an otherwise idle machine: every figure is a median, but nothing measures well beside other work.
"""

import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from fer_core.command import run_command
from fer_core.machine import describe_processor
from fer_core.preprocessing import IMAGE_SIZE, to_network_input
from fer_core.records import Text
from fer_core.runs.contract import ArtifactError
from fer_core.runs.extras import Extra, choose_runs, compute_fingerprint, load_extra, make_parser, write_extra
from fer_core.runs.run import Run

SPEED, SCHEMA = "speed.json", 1
COMMAND = "python -m fer_core.runs.speed"
BATCHES = (1, 2, 64)
"""Pictures in one call: one face, one face with its mirror image as the dashboard asks, a crowd."""
SECONDS, WARM_UP = 4.0, 10


Milliseconds = Annotated[float, Field(gt=0, lt=1e6)]


class Speed(Extra):
    """What `speed.json` holds: median milliseconds per call by number of pictures, the file's bytes, the
    processor."""

    milliseconds: dict[int, Milliseconds]
    model_bytes: Annotated[int, Field(gt=0, le=10**12)]
    device: Text
    runtime: Text | None = None
    session: Text | None = None  # when the run of the command began that measured it: one for all that compare

    @model_validator(mode="after")
    def _check(self):
        if not all(batch in self.milliseconds for batch in BATCHES):
            raise ValueError(f"should time {', '.join(map(str, BATCHES))} pictures")
        return self

    @property
    def per_face(self) -> float:
        """Milliseconds for one face, asked once."""
        return self.milliseconds[1]


def measure_speed(model: Path, seconds: float = SECONDS) -> dict[str, float]:
    """Time calls of an ONNX network; returns the median milliseconds per call by number of pictures (as text)."""
    from fer_core.sessions import make_session

    session = make_session(model, threads=0, alone=True)
    name = session.get_inputs()[0].name
    noise = np.random.default_rng(0).integers(0, 256, (max(BATCHES), IMAGE_SIZE, IMAGE_SIZE), np.uint8)
    medians = {}
    for batch in BATCHES:
        pictures = to_network_input(noise[:batch])
        for _ in range(WARM_UP):
            session.run(None, {name: pictures})
        times, end = [], time.perf_counter() + seconds / len(BATCHES)
        while not times or time.perf_counter() < end:
            started = time.perf_counter()
            session.run(None, {name: pictures})
            times.append(1000 * (time.perf_counter() - started))
        medians[str(batch)] = round(statistics.median(times), 4)
    return medians


def write_speed(run: Run, seconds: float = SECONDS, session: str | None = None) -> Path:
    """Measure the run's network and write its `speed.json`. Raises ArtifactError when it has none."""
    import onnxruntime

    if run.model_path is None:
        raise ArtifactError(f"{run.name} has no model.onnx to measure: export it first.")
    return write_extra(run.path, SPEED, {
        "schema": SCHEMA, "model_sha256": compute_fingerprint(run.model_path),
        "model_bytes": run.model_path.stat().st_size, "milliseconds": measure_speed(run.model_path, seconds),
        "device": describe_processor(), "runtime": f"ONNX Runtime {onnxruntime.__version__}", "session": session,
    })  # fmt: skip


def load_speed(run: Run) -> Speed | None:
    """Read and check a run's `speed.json`; None when it has none. Raises ArtifactError with one sentence."""
    return load_extra(run.path, SPEED, Speed, SCHEMA, f"{COMMAND} {run.name}")


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = make_parser(__doc__, pictures=False)
    parser.add_argument("--again", action="store_true", help="measure again what has been measured")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long each network and batch is measured")
    arguments = parser.parse_args(argv)

    def measure() -> None:
        chosen = choose_runs(arguments.runs, arguments.artifacts, None if arguments.again else load_speed)
        if chosen and not arguments.runs:
            chosen = choose_runs([], arguments.artifacts)
        session = datetime.now(UTC).isoformat(timespec="seconds")
        for run in chosen:
            print(f"{run.name}: {write_speed(run, arguments.seconds, session)}")
            print(f"  {load_speed(run)}")

    return run_command("speed", measure)


if __name__ == "__main__":
    sys.exit(main())
