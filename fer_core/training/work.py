"""A queue at work: one job after another is trained, exported and packed, and what fails does not keep the others."""

import sys

from fer_core.command import is_ours
from fer_core.data import FerDataset
from fer_core.runs.artifacts import load_run
from fer_core.runs.rewrite import find_test_rows
from fer_core.runs.voice import write_voice
from fer_core.training.checkpoint import load_state
from fer_core.training.console import Progress, format_quantised, format_result
from fer_core.training.evaluate import export_kept
from fer_core.training.export import ExportError
from fer_core.training.guards import GuardError, check_same
from fer_core.training.pack import write_packs
from fer_core.training.quantise import quantise_run
from fer_core.training.queue import Job, run_job
from fer_core.training.time_limit import OutOfTime, TimeLimit

UNFINISHED = 3
"""Exit code of a queue that its time limit stopped."""


def work_through(jobs: list[Job], dataset: FerDataset, arguments, devices: list[str], started: float) -> int:
    """Train one job after another as the command line `arguments` ask, within their time limit from `started` on;
    returns the exit code."""
    limit, code = TimeLimit(arguments.time_limit, started), 0
    for number, job in enumerate(jobs):
        print(f"\n{job.experiment.title}, seed {job.seed}: {job.experiment.epochs} epochs", flush=True)
        try:
            finish_job(job, dataset, limit, arguments.precision, devices)
            pack_finished(jobs[: number + 1], arguments)
        except OutOfTime:
            left = len(jobs) - number
            print(f"Stopped by the time limit with {left} to go: the same command with --resume goes on.", flush=True)
            return UNFINISHED
        except Exception as error:
            if not (is_ours(error) or isinstance(error, OSError)):
                raise
            print(f"train.py: {job.name}: {error}", file=sys.stderr, flush=True)  # the others may do better
            code = 2
    return code


def finish_job(job: Job, dataset: FerDataset, limit: TimeLimit, precision: str | None, devices: list[str]) -> None:
    """Train a job and write all that its run folder holds. Raises what `run_job` does, and OSError on a full disk."""
    run = run_job(job, dataset, limit, precision, Progress(job.experiment), devices)
    write_voice(run)
    print(format_result(run), f"\n  written to {job.path}", flush=True)
    if job.experiment.deploy:
        try:
            export_run(job, dataset)
        except ExportError as error:  # under JAX, say
            print(f"  no model.onnx. {error}", file=sys.stderr, flush=True)


def export_run(job: Job, dataset: FerDataset | None) -> None:
    """Write one model.onnx; quantised where the experiment asks for it, which costs a look at all test pictures."""
    if job.experiment.quantise:
        find_test_rows(load_run(job.path), dataset)  # or nothing is exported at all
    difference = export_kept(job.experiment, job.checkpoints, job.path)
    print(f"  {job.path / 'model.onnx'}: largest difference from Keras {difference:.1e}", flush=True)
    if job.experiment.quantise:
        run = quantise_run(job.path, dataset)
        write_voice(run)  # of the answers as the small file gives them
        print(format_quantised(run), flush=True)


def pack_finished(jobs: list[Job], arguments) -> None:
    """Pack what a queue has finished so far, after each run: a machine may be taken away at any time."""
    finished = [job for job in jobs if job.path.is_dir()]
    if arguments.pack and finished:
        weights = [job.checkpoints for job in finished if arguments.pack_weights and _has_own_weights(job)]
        write_packs(arguments.pack, [job.path for job in finished], weights)


def _has_own_weights(job: Job) -> bool:
    """Whether the weights beside a finished run are its own: of one that is trained again or further they are not yet."""
    state = load_state(job.checkpoints)
    try:
        if state:
            check_same(job.path, job.checkpoints, state)
    except GuardError:
        return False
    return state is not None
