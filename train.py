"""Train the experiments and write their run folders, and everything that is done with run folders afterwards.

python train.py list                                  the experiments
python train.py train compact                         one run, seed 0
python train.py train A B C --seed 0 1 2 --resume     a queue; --resume goes on where it was stopped
python train.py train distilled --distil-from best-s0 best-s1     learn from the answers of other runs
python train.py ensemble five best-s0 best-s1         average the answers of finished runs
python train.py export compact                        write model.onnx again
python train.py verify                                recompute every metric of every run
python train.py rewrite                               write every metrics.json again
python train.py facts                                 write the facts about the dataset
python train.py voice                                 join stored answers with an imagined voice
python train.py pack DIR compact-s0                   a run in files of at most 15 MiB; `unpack DIR` takes it in
"""

import sys
import time
from pathlib import Path

from fer_core.command import Failure, is_ours, run_command
from fer_core.training.arguments import make_parser
from fer_core.training.inputs import load_data, select_runs

STARTED = time.monotonic()
ROOT = Path(__file__).resolve().parent
CHECKPOINTS = ROOT / "checkpoints"
UNFINISHED = 3
"""Exit code of a queue that its time limit stopped."""


def train(arguments) -> int:
    """Work through the experiments asked for. Everything that can be wrong is found before any training."""
    check_keras()
    from fer_core.training.guards import check_places
    from fer_core.training.queue import begin_again, check_jobs, check_teachers, choose_devices, list_open, make_jobs

    names, seeds = arguments.experiments, arguments.seed
    jobs = make_jobs(
        names, seeds, arguments.out, CHECKPOINTS, arguments.epochs, arguments.distil_from, arguments.data == "drawn"
    )
    check_teachers(jobs)
    check_places(arguments.out, CHECKPOINTS, arguments.pack)
    devices = choose_devices(jobs) if arguments.devices == "all" else []
    dataset = load_data(arguments)
    left = list_open(jobs, arguments.resume, arguments.restart)
    check_jobs(left, dataset, arguments.restart)
    if arguments.restart:
        begin_again(left)
    for job in jobs:
        if job not in left:
            print(f"{job.name} is finished: left alone", flush=True)
    prepare_device(arguments)
    code = work_through(left, dataset, arguments, devices)
    pack_finished(jobs, arguments)
    return code


def work_through(jobs, dataset, arguments, devices) -> int:
    """Train one job after another; returns the exit code."""
    from fer_core.runs.voice import write_voice
    from fer_core.training.console import Progress, format_result
    from fer_core.training.queue import run_job
    from fer_core.training.time_limit import OutOfTime, TimeLimit

    limit, code = TimeLimit(arguments.time_limit, STARTED), 0
    for number, job in enumerate(jobs):
        print(f"\n{job.experiment.title}, seed {job.seed}: {job.experiment.epochs} epochs", flush=True)
        try:
            run = run_job(job, dataset, limit, arguments.precision, Progress(job.experiment), devices)
        except OutOfTime:
            return say_unfinished(len(jobs) - number)
        except Exception as error:
            if not is_ours(error):
                raise
            print(f"train.py: {job.name}: {error}", file=sys.stderr, flush=True)  # the others may do better
            code = 2
            continue
        write_voice(run)
        print(format_result(run), f"\n  written to {job.path}", flush=True)
        if job.experiment.deploy:
            export_if_possible(job.experiment, job.path, dataset)
        pack_finished(jobs[: number + 1], arguments)
    return code


def say_unfinished(count: int) -> int:
    print(f"Stopped by the time limit with {count} to go: the same command with --resume goes on.", flush=True)
    return UNFINISHED


def export(arguments) -> int:
    """Write model.onnx of finished runs from the weights that their training left."""
    check_keras()
    from fer_core.training.queue import make_jobs

    drawn = arguments.data == "drawn"
    jobs = make_jobs(arguments.experiments, arguments.seed, arguments.out, CHECKPOINTS, drawn=drawn)
    dataset = load_data(arguments) if any(job.experiment.quantise for job in jobs) else None
    for job in jobs:
        if not job.path.is_dir():
            raise Failure(f"There is no run {job.path}: train it first.")
        export_run(job.experiment, job.path, dataset)
    return 0


def export_run(experiment, path: Path, dataset) -> None:
    """Write one model.onnx; quantised where the experiment asks for it, which costs a look at all test pictures."""
    from fer_core.training.evaluate import export_kept

    difference = export_kept(experiment, CHECKPOINTS / path.name, path)
    print(f"  {path / 'model.onnx'}: largest difference from Keras {difference:.1e}", flush=True)
    if experiment.quantise:
        from fer_core.runs.voice import write_voice
        from fer_core.training.console import format_quantised
        from fer_core.training.quantise import quantise_run

        run = quantise_run(path, dataset)
        write_voice(run)  # of the answers as the small file gives them
        print(format_quantised(run), flush=True)


def export_if_possible(experiment, path: Path, dataset) -> None:
    """Export after training; where that cannot be done, under JAX, say, the runs to come matter more."""
    from fer_core.training.export import ExportError

    try:
        export_run(experiment, path, dataset)
    except ExportError as error:
        print(f"  no model.onnx. {error}", file=sys.stderr, flush=True)


def verify(arguments) -> int:
    """Recompute the metrics of run folders; with the dataset at hand also run their models."""
    from fer_core.data import DatasetError
    from fer_core.runs import verify_runs
    from fer_core.runs.verify import note_commits

    try:
        dataset = load_data(arguments)
    except DatasetError as error:
        print(f"Without the pictures, models are not run ({error})")
        dataset = None
    results = select_runs(verify_runs(arguments.out, dataset), arguments)
    notes = note_commits(arguments.out)
    for run, problems in results.items():
        print(f"{run}: {'as stated' if not problems else f'{len(problems)} problems'}")
        if run in notes:
            print(f"  note: {notes[run]}")
        for problem in problems:
            print(f"  {problem}")
    return int(any(results.values()))


def rewrite(arguments) -> int:
    """Compute every metrics.json anew, after a metric was added; ask files that were stored in fewer bits, once."""
    from fer_core.data import DatasetError
    from fer_core.runs import load_run, load_runs
    from fer_core.runs.rewrite import rewrite_runs
    from fer_core.runs.voice import write_voice

    runs, _ = load_runs(arguments.out)
    names = select_runs({run.name: run for run in runs}, arguments)
    try:
        dataset = load_data(arguments)
    except DatasetError as error:
        print(f"Without the dataset, no votes are added and no model is asked ({error})")
        dataset = None
    for run in rewrite_runs(arguments.out, dataset, tuple(names)):
        write_voice(load_run(arguments.out / run.name))
        new = ", ".join((*run.arrays, *run.metrics))
        print(f"{run.name}: {f'new: {new}' if new else 'rewritten' if run.changed else 'as it was'}")
    return 0


def ensemble(arguments) -> int:
    """Average finished runs into a run folder of their own."""
    from fer_core.runs import load_run
    from fer_core.runs.ensemble import write_ensemble
    from fer_core.training.console import format_result

    members = [load_run(arguments.out / member) for member in arguments.runs]
    run = write_ensemble(arguments.name, members, arguments.out, arguments.replace)
    print(format_result(run), f"\n  written to {run.path}", flush=True)
    return 0


def facts(arguments) -> int:
    """Write what the pages say about the dataset without its pictures."""
    from fer_core.data import write_dataset_facts

    dataset = load_data(arguments)
    write_dataset_facts(dataset, arguments.out / "dataset")
    print(f"Facts about {len(dataset.files):,} pictures written to {arguments.out / 'dataset'}")
    return 0


def voice(arguments) -> int:
    """Write what a voice of any accuracy could add to each run's stored answers."""
    from fer_core.runs import load_runs
    from fer_core.runs.voice import write_voice

    runs, _ = load_runs(arguments.out)
    for run in select_runs({run.name: run for run in runs}, arguments).values():
        print(f"{run.name}: written to {write_voice(run)}")
    return 0


def list_experiments(arguments) -> int:
    """Print the experiments, with what to expect of them."""
    from fer_core.training.console import format_experiments

    print(format_experiments())
    return 0


def pack(arguments) -> int:
    """Put run folders, and their weights where asked, into files of at most 15 MiB."""
    from fer_core.training.pack import write_packs

    paths = [arguments.out / name for name in arguments.runs]
    packs = write_packs(arguments.folder, paths, [CHECKPOINTS / path.name for path in paths if arguments.weights])
    print(f"{len(paths)} runs in {len(packs)} files of {arguments.folder}", flush=True)
    return 0


def pack_finished(jobs, arguments) -> None:
    """Pack what a queue has finished so far, after each run: a machine may be taken away at any time."""
    finished = [job.path for job in jobs if job.path.is_dir()]
    if arguments.pack and finished:
        from fer_core.training.checkpoint import STATE
        from fer_core.training.pack import write_packs

        folders = [CHECKPOINTS / path.name for path in finished if arguments.pack_weights]
        write_packs(arguments.pack, finished, [folder for folder in folders if (folder / STATE).exists()])


def unpack(arguments) -> int:
    """Take the runs of packs in, once they are verified."""
    from fer_core.training.pack import unpack

    names = unpack(arguments.folder, arguments.out, CHECKPOINTS, arguments.replace)
    print(f"As stated, and now in {arguments.out}: {', '.join(names)}")
    return 0


def check_keras() -> None:
    try:
        import keras  # noqa: F401
    except ImportError as error:
        needs = f"Training needs {error.name}" if error.name else f"Keras cannot start ({error})"
        raise Failure(f"{needs}: pip install -r requirements.txt.") from None


def prepare_device(arguments) -> None:
    """Say what precision is used where nobody asked, and choose the processor's kernels where somebody did."""
    from fer_core.machine import has_bfloat16
    from fer_core.training.backend import choose_precision, describe_device, has_accelerator
    from fer_core.training.cpu_kernels import use_cpu_kernels

    use_cpu_kernels(arguments.cpu_kernels)
    if arguments.precision is None and choose_precision() != "float32":
        print(f"{describe_device()} multiplies in bfloat16 itself: new runs use it (--float32 refuses)", flush=True)
    if arguments.precision == "mixed_bfloat16" and not has_accelerator() and not has_bfloat16():
        print("This processor only imitates bfloat16, many times slower than --float32.", file=sys.stderr)


COMMANDS = {
    "train": train,
    "export": export,
    "verify": verify,
    "rewrite": rewrite,
    "ensemble": ensemble,
    "facts": facts,
    "voice": voice,
    "list": list_experiments,
    "pack": pack,
    "unpack": unpack,
}


def main(argv: list[str] | None = None) -> int:
    def run() -> int:
        arguments = make_parser(__doc__, ROOT / "artifacts").parse_args(argv)
        return COMMANDS[arguments.command](arguments)

    try:
        return run_command("train.py", run)
    except KeyboardInterrupt:
        print("\nStopped. The same command with --resume goes on from the last checkpoint.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
