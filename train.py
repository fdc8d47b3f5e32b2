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

from fer_core.command import Failure, refuse_drawn, run_command
from fer_core.training.arguments import make_parser
from fer_core.training.inputs import load_data, select_runs

STARTED = time.monotonic()
ROOT = Path(__file__).resolve().parent
ARTIFACTS = ROOT / "artifacts"
CHECKPOINTS = ROOT / "checkpoints"


def train(arguments) -> int:
    """Work through the experiments asked for. Everything that can be wrong is found before any training."""
    check_keras()
    from fer_core.training.guards import check_places
    from fer_core.training.pack import read_packs
    from fer_core.training.queue import begin_again, check_jobs, check_teachers, choose_devices, list_open, make_jobs
    from fer_core.training.work import pack_finished, work_through

    names, seeds = arguments.experiments, arguments.seed
    jobs = make_jobs(
        names, seeds, arguments.out, CHECKPOINTS, arguments.epochs, arguments.distil_from, arguments.data == "drawn"
    )
    check_teachers(jobs)
    check_places(arguments.out, CHECKPOINTS, arguments.pack)
    if arguments.pack:
        read_packs(arguments.pack, without={job.name for job in jobs})  # other queues' runs are packed again with these
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
    code = work_through(left, dataset, arguments, devices, STARTED)
    pack_finished(jobs, arguments)  # those that were finished before, too
    return code


def export(arguments) -> int:
    """Write model.onnx of finished runs from the weights that their training left."""
    check_keras()
    from fer_core.training.queue import make_jobs
    from fer_core.training.work import export_run

    drawn = arguments.data == "drawn"
    jobs = make_jobs(arguments.experiments, arguments.seed, arguments.out, CHECKPOINTS, drawn=drawn)
    dataset = load_data(arguments) if any(job.experiment.quantise for job in jobs) else None
    for job in jobs:
        if not job.path.is_dir():
            raise Failure(f"There is no run {job.path}: train it first.")
        export_run(job, dataset)
    return 0


def verify(arguments) -> int:
    """Recompute the metrics of run folders; with the dataset at hand also run their models."""
    from fer_core.data import DatasetError
    from fer_core.runs import verify_run
    from fer_core.runs.verify import find_folders, note_commits

    folders = select_runs(find_folders(arguments.out), arguments)
    try:
        dataset = load_data(arguments)
    except DatasetError as error:
        print(f"Without the pictures, models are not run ({error})")
        dataset = None
    notes, failed = note_commits(arguments.out), False
    for run, path in folders.items():
        problems = verify_run(path, dataset)
        failed |= bool(problems)
        print(f"{run}: {'as stated' if not problems else f'{len(problems)} problems'}", flush=True)
        if run in notes:
            print(f"  note: {notes[run]}")
        for problem in problems:
            print(f"  {problem}")
    return int(failed)


def rewrite(arguments) -> int:
    """Compute every metrics.json anew, after a metric was added; ask files that were stored in fewer bits, once."""
    from fer_core.data import DatasetError
    from fer_core.runs import load_run
    from fer_core.runs.rewrite import rewrite_runs
    from fer_core.runs.verify import find_folders
    from fer_core.runs.voice import write_voice

    names = select_runs(find_folders(arguments.out), arguments)
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
    from fer_core.training.guards import check_writable

    refuse_drawn(arguments.data, arguments.out, ARTIFACTS)
    dataset, folder = load_data(arguments), arguments.out / "dataset"
    check_writable(folder, "choose another place with --out")
    write_dataset_facts(dataset, folder)
    print(f"Facts about {len(dataset.files):,} pictures written to {folder}")
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
    from fer_core.training.guards import check_writable
    from fer_core.training.pack import write_packs

    check_writable(arguments.folder, "choose another place")
    paths = [arguments.out / name for name in arguments.runs]
    packs = write_packs(arguments.folder, paths, [CHECKPOINTS / path.name for path in paths if arguments.weights])
    print(f"{len(paths)} runs in {len(packs)} files of {arguments.folder}", flush=True)
    return 0


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
        arguments = make_parser(__doc__, ARTIFACTS).parse_args(argv)
        return COMMANDS[arguments.command](arguments)

    try:
        return run_command("train.py", run)
    except KeyboardInterrupt:
        print("\nStopped. The same command with --resume goes on from the last checkpoint.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
