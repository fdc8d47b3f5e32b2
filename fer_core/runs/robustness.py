"""How far a network's accuracy falls when pictures get worse, as `robustness.json` and `robustness.npz` of its run.

python -m fer_core.runs.robustness                       every run with a model.onnx that was not measured in full
python -m fer_core.runs.robustness compact-s1 --again    one run, even if it has been
python -m fer_core.runs.robustness --ten                 the ten disturbances alone, a sixth of the time
python -m fer_core.runs.robustness --minutes 30          stop in time; the same command goes on (exit code 3 until then)
python -m fer_core.runs.robustness --pictures 500        a fixed sample, which a later call without it completes

Each network answers the test pictures as they are and spoiled in every way and strength of corruptions.py: one look
per face, no mirror image. Noise is seeded, so the same network gives the same files. Needs FER2013 and ONNX Runtime.
"""

import math
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from fer_core.command import run_command
from fer_core.runs.contract import MODEL, ArtifactError
from fer_core.runs.corruptions import ALL, CORRUPTIONS, TEN, Disturbance
from fer_core.runs.disturbed import (
    COMMAND,
    SEED,
    Answers,
    answer_disturbed,
    is_done,
    load_answers,
    start_answers,
    summarise,
    write_answers,
)
from fer_core.runs.extras import (
    broken_extra,
    choose_runs,
    compute_fingerprint,
    load_extra,
    make_parser,
    write_extra,
)
from fer_core.runs.network import load_network
from fer_core.runs.rewrite import find_test_rows
from fer_core.runs.robustness_records import Point, Robustness
from fer_core.runs.run import Run

__all__ = ["Point", "Robustness", "load_disturbed", "load_robustness"]
ROBUSTNESS, SCHEMA = "robustness.json", 2
SCHEMAS = (1, SCHEMA)
"""1 knew no answers, no crowd, no ten disturbances, and no interval of what is lost."""
UNFINISHED = 3
"""The exit code when the time was over first."""
CLEAN_TOLERANCE = 2e-3  # another runtime rounds differently, which moves an answer or two in a thousand


def choose_sample(labels: np.ndarray, size: int | None) -> np.ndarray:
    """Choose about `size` rows with every class in proportion, always the same; None or enough: all rows."""
    if size is None or size >= len(labels):
        return np.arange(len(labels))
    rng = np.random.default_rng(SEED)
    classes = (np.flatnonzero(labels == label) for label in np.unique(labels))
    chosen = [rng.permutation(rows)[: max(1, round(size * len(rows) / len(labels)))] for rows in classes]
    return np.sort(np.concatenate(chosen))


def load_robustness(run: Run) -> Robustness | None:
    """Read and check a run's `robustness.json`; None when it has none.

    Raises ArtifactError with one sentence and the command when the file is damaged, of another schema or set of
    corruptions, does not add up, or belongs to another network than the run's.
    """
    command = f"{COMMAND} {run.name}"
    found = load_extra(run.path, ROBUSTNESS, Robustness, SCHEMAS, command)
    if found is None:
        return None
    file = run.path / ROBUSTNESS
    known = {name: corruption.strengths for name, corruption in CORRUPTIONS.items()}
    fits = all(
        name in known and [p.strength for p in points] == [s for s in known[name] if s in {p.strength for p in points}]
        for name, points in found.curves.items()
    )
    if not fits or (found.ten and tuple(case.disturbance for case in found.ten) != TEN):
        raise broken_extra(file, "has other corruptions or strengths than this version", command)
    # A network stored in fewer bits is a little off the one that wrote the test answers, by what the run says.
    expected = (run.metrics.quantised or run.metrics.test).accuracy
    if found.n == found.n_test and abs(found.clean.accuracy - expected) > CLEAN_TOLERANCE:
        raise broken_extra(file, f"starts at {found.clean.accuracy:.4f} where the run reached {expected:.4f}", command)
    return found


def load_disturbed(run: Run) -> tuple[Robustness, Answers | None] | None:
    """Read what was measured of a run, with the answers behind it where they were kept; None when nothing was.

    Raises ArtifactError with one sentence when a file is damaged, or the numbers do not follow from the answers.
    """
    found = load_robustness(run)
    if found is None:
        return None
    answers = load_answers(run, found.model_sha256)
    if answers is not None and not _follows(found, summarise(answers)):
        raise broken_extra(run.path / ROBUSTNESS, "does not follow from the answers beside it", f"{COMMAND} {run.name}")
    return found, answers


def _follows(found: Robustness, computed: dict) -> bool:
    points = [(found.clean, computed["clean"]), *zip(found.ten, computed.get("ten", ()), strict=False)]
    for name, curve in found.curves.items():
        points += zip(curve, computed["curves"].get(name, ()), strict=False)
    return found.n == computed["n"] and all(list(point.correct) == made["correct"] for point, made in points)


def measure_run(
    run: Run, dataset, model: Path, size: int | None = None, cases: tuple[Disturbance, ...] = ALL,
    until: float | None = None, again: bool = False, threads: int = 0, report: Callable = print,
) -> bool:  # fmt: skip
    """Let the network `model` answer the dataset's test pictures in all `cases`, as far as it has not yet.

    Both files are written after every pass. Stops before `until` (of time.monotonic()). Returns whether all are done.
    """
    rows = find_test_rows(run, dataset)
    labels = run.predictions("test").label.astype(np.int64)
    chosen, fingerprint = choose_sample(labels, size), compute_fingerprint(model)
    answers = start_answers(run) if again else _find_answers(run, fingerprint)
    about = {"schema": SCHEMA, "model_sha256": fingerprint, "source": dataset.source, "n_test": len(rows)}
    predict = load_network(model, threads)
    for key, grown in answer_disturbed(predict, dataset.images[rows], chosen, answers, cases, until):
        answers = grown
        write_answers(run, answers, fingerprint)
        write_extra(run.path, ROBUSTNESS, about | summarise(answers))
        report(f"  {key}: {answers.mark_right(key)[chosen].mean():.1%} of {len(chosen):,}")
    if answers.given:  # the last call may have been cut off between the two files
        write_extra(run.path, ROBUSTNESS, about | summarise(answers))
    return is_done(answers, cases, chosen)


def _find_answers(run: Run, fingerprint: str) -> Answers:
    """The answers that this network has given before; none when it has not."""
    try:
        return load_answers(run, fingerprint) or start_answers(run)
    except ArtifactError:
        return start_answers(run)


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = make_parser(__doc__)
    parser.add_argument("--pictures", type=int, metavar="N", help="use a fixed sample of about N test pictures")
    parser.add_argument("--model", type=Path, help="the ONNX file of the one named RUN, when it lies elsewhere")
    parser.add_argument("--again", action="store_true", help="measure again what has been measured")
    parser.add_argument("--ten", action="store_true", help="only the ten disturbances whose mean is one number")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop in time; the same command goes on later")
    parser.add_argument("--threads", type=int, default=0, help="of ONNX Runtime (default: one per core)")
    arguments = parser.parse_args(argv)
    if arguments.model and len(arguments.runs) != 1:
        parser.error("--model goes with exactly one RUN")
    if arguments.pictures is not None and arguments.pictures < 1:
        parser.error("--pictures wants a number above 0")
    return run_command("robustness", lambda: measure(arguments))


def measure(arguments) -> int:
    """Measure what the command line asks for; returns the exit code. Raises one-sentence errors of this project."""
    from fer_core.data import find_dataset, load_dataset

    cases, until = TEN if arguments.ten else ALL, time.monotonic() + 60 * arguments.minutes
    find = partial(_find_done, cases=cases, size=arguments.pictures)
    runs = choose_runs(arguments.runs, arguments.artifacts, None if arguments.again else find)
    if not runs:
        print("Nothing to do: every run with a network has been measured (--again measures anyway).")
        return 0
    dataset, done = load_dataset(find_dataset(arguments.data), check_counts=True), []
    for run in runs:
        model = arguments.model or run.model_path
        if model is None or not Path(model).is_file():
            raise ArtifactError(f"{run.name} has no {MODEL}: export it, or name the file with --model.")
        print(f"{run.name}:", flush=True)
        options = {"cases": cases, "until": until, "again": arguments.again, "threads": arguments.threads}
        done.append(
            measure_run(run, dataset, Path(model), arguments.pictures, **options, report=partial(print, flush=True))
        )
    return 0 if all(done) else UNFINISHED


def _find_done(run: Run, cases: tuple[Disturbance, ...], size: int | None) -> Robustness | None:
    """What was measured of a run, if that is all that is asked for."""
    robustness, answers = load_disturbed(run) or (None, None)
    chosen = choose_sample(run.predictions("test").label.astype(np.int64), size)
    return robustness if answers and is_done(answers, cases, chosen) else None


if __name__ == "__main__":
    sys.exit(main())
