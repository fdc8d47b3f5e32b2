"""One run after another: which are to be trained, and training one from its first epoch to its run folder."""

import dataclasses
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from pathlib import Path

import keras

from fer_core.data import FerDataset
from fer_core.runs import Run
from fer_core.training.backend import choose_precision, describe_device
from fer_core.training.checkpoint import clear_checkpoints, load_state
from fer_core.training.devices import list_devices, spread_batches
from fer_core.training.evaluate import write_finished_run
from fer_core.training.experiments import Experiment, find_experiment
from fer_core.training.fit import fit
from fer_core.training.guards import MAY_REPLACE, GuardError, allow_to_replace, lock, needs_training
from fer_core.training.settings import SETTINGS, read_precision
from fer_core.training.task import check_ingredients
from fer_core.training.time_limit import OutOfTime, TimeLimit


@dataclasses.dataclass(frozen=True)
class Job:
    """A run that was asked for: the experiment with its seed, and where its checkpoints and its run folder go."""

    experiment: Experiment
    planned_epochs: int
    seed: int
    checkpoints: Path
    path: Path

    @property
    def name(self) -> str:
        return self.path.name


def make_jobs(
    names: Iterable[str],
    seeds: Iterable[int],
    out: Path,
    checkpoints: Path,
    epochs: int | None = None,
    teachers: Iterable[str] = (),
    drawn: bool = False,
) -> list[Job]:
    """A job for each experiment with each seed, in that order. Runs on drawn pictures are `<experiment>-drawn-s<seed>`.

    Raises UnknownExperiment.
    """
    jobs = []
    for name, seed in product(names, seeds):
        planned = find_experiment(name)
        experiment = dataclasses.replace(planned, epochs=epochs or planned.epochs, teachers=tuple(teachers))
        run = f"{name}-drawn-s{seed}" if drawn else f"{name}-s{seed}"
        jobs.append(Job(experiment, max(planned.epochs, experiment.epochs), seed, checkpoints / run, out / run))
    return jobs


def check_teachers(jobs: list[Job]) -> None:
    """Raises GuardError where teachers are named that nobody needs, or none where they are needed."""
    for job in jobs:
        learns, name = job.experiment.teacher_share > 0, job.experiment.name
        if learns and not job.experiment.teachers:
            raise GuardError(f"{name} learns from other runs: name them with --distil-from RUN ....")
        if job.experiment.teachers and not learns:
            raise GuardError(f"{name} learns from labels alone: leave --distil-from away.")


def choose_devices(jobs: list[Job]) -> list[str]:
    """The devices that share every batch; says so where there is only one. Raises GuardError where a job's batches have
    no equal parts for them."""
    devices = list_devices()
    if len(devices) < 2:
        print(f"There is only one device here, {describe_device()}: it takes whole batches.", flush=True)
    for job in jobs:
        if job.experiment.batch_size % len(devices):
            raise GuardError(
                f"The batches of {job.experiment.name}, {job.experiment.batch_size} pictures, do not divide among "
                f"{len(devices)} devices: show it fewer (CUDA_VISIBLE_DEVICES), or leave --devices away."
            )
    return devices


def list_open(jobs: list[Job], resume: bool, restart: bool) -> list[Job]:
    """The jobs that are still to be done, with `restart` all of them.

    Raises GuardError, ArtifactError or CheckpointError where one of them must not begin.
    """
    return [job for job in jobs if needs_training(job.path, job.checkpoints, job.experiment.epochs, resume, restart)]


def check_jobs(jobs: list[Job], dataset: FerDataset, restart: bool) -> None:
    """Raises GuardError, DatasetError, TeacherError or PretrainedError where one of the jobs could not be trained: votes,
    teachers or pre-trained weights are missing, or a teacher is to be trained itself."""
    names = {job.name for job in jobs}
    for job in jobs:
        if own := names & set(job.experiment.teachers):
            raise GuardError(
                f"{min(own)} cannot teach while it is trained itself: train it first, by a command of its own."
            )
        anew = restart or load_state(job.checkpoints) is None
        check_ingredients(job.experiment, dataset, job.checkpoints.parent, anew)


def begin_again(jobs: list[Job]) -> None:
    """Throw away what earlier trainings left of the jobs. Raises GuardError while another process trains one of them."""
    for job in jobs:
        with lock(job.checkpoints):
            allow_to_replace(job.checkpoints)
            clear_checkpoints(job.checkpoints)
            (job.checkpoints / SETTINGS).unlink(missing_ok=True)  # its precision, too, is chosen anew


def run_job(
    job: Job,
    dataset: FerDataset,
    limit: TimeLimit,
    precision: str | None = None,
    report: Callable[[dict, list[dict]], None] | None = None,
    devices: Sequence[str] = (),
) -> Run:
    """Train a job, or go on with it, evaluate it and write its run folder.

    `precision` is Keras's name of a policy; by default the one that the run was begun in, else what suits the machine.
    `devices` share every batch, where they are several.
    Raises OutOfTime where `limit` leaves no room for the next step, GuardError while another process trains this run,
    and what `fit` and `write_finished_run` raise.
    """
    if not limit.leaves_room_for("beginning"):
        raise OutOfTime
    with lock(job.checkpoints):
        keras.mixed_precision.set_global_policy(precision or read_precision(job.checkpoints) or choose_precision())
        began, first = time.monotonic(), True

        def note_and_report(row, history):
            nonlocal first
            if first:
                limit.note("beginning", time.monotonic() - began)
            first = False
            if report:
                report(row, history)

        with spread_batches(devices):
            state = fit(job.experiment, dataset, job.seed, job.checkpoints, True, note_and_report, limit)
        if not limit.leaves_room_for("evaluation"):
            raise OutOfTime(state["epoch"])
        began = time.monotonic()
        try:
            run = write_finished_run(
                job.experiment, dataset, job.seed, state, job.checkpoints, job.path, job.planned_epochs
            )
        except OSError as error:
            raise GuardError(
                f"{job.path} could not be written ({error.strerror or error}); the weights are in {job.checkpoints}: make "
                "room, and --resume writes it."
            ) from None
        limit.note("evaluation", time.monotonic() - began)
        (job.checkpoints / MAY_REPLACE).unlink(missing_ok=True)
    return run
