"""Train the experiments and write their artifacts, or verify what is there.

python train.py --list                          the experiments
python train.py compact                         one run, seed 0
python train.py vgg-b32-e100 --seed 0 1 2       three seeds
python train.py compact --resume                go on after an interruption
python train.py distilled --distil-from best-s0 best-s1      learn from the answers of other runs
python train.py --ensemble five best-s0 best-s1              average the answers of finished runs
python train.py --verify                        recompute every metric of every run
python train.py --rewrite                       write them again, after a metric was added
"""

import argparse
import dataclasses
import sys
from itertools import product
from pathlib import Path

from fer_core.command import Failure, run_command

ROOT = Path(__file__).resolve().parent
CHECKPOINTS = ROOT / "checkpoints"


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Failure(f"{message[0].upper()}{message[1:]}. See python train.py --help.")


def positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def seed(text: str) -> int:
    if not text.isdigit() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 2147483647")
    return int(text)


def make_parser() -> Parser:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiments", nargs="*", metavar="EXPERIMENT", help="names from --list")
    parser.add_argument("--list", action="store_true", help="list the experiments with expected time and accuracy")
    parser.add_argument(
        "--data",
        metavar="PATH",
        help="Kaggle folder, zip, tar or fer2013.csv; 'drawn' for the stand-in"
        " (default: FER2013_PATH, data/, the Kaggle cache)",
    )
    parser.add_argument("--votes", metavar="CSV", help="FER+ votes (default: the file beside the data)")
    parser.add_argument("--download", action="store_true", help="fetch FER2013 from Kaggle when it is not found")
    parser.add_argument("--seed", type=seed, nargs="+", default=[0], help="one or several (default: 0)")
    parser.add_argument("--epochs", type=positive, help="train for another number of epochs")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--restart", action="store_true", help="throw an unfinished run away and begin again")
    parser.add_argument("--mixed-precision", action="store_true", help="compute in bfloat16, keep weights in float32")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "artifacts", help="where run folders go (default: artifacts/)"
    )
    parser.add_argument(
        "--distil-from", nargs="+", default=[], metavar="RUN", help="teachers, with weights in checkpoints/"
    )
    parser.add_argument("--ensemble", nargs="+", metavar=("NAME", "RUN"), help="write the mean answer of RUNs as NAME")
    parser.add_argument("--export", action="store_true", help="write model.onnx of finished runs, without training")
    parser.add_argument("--facts", action="store_true", help="write the facts about the dataset (artifacts/dataset)")
    parser.add_argument(
        "--rewrite", action="store_true", help="write the metrics of run folders again (all, or those named)"
    )
    parser.add_argument(
        "--verify", action="store_true", help="check run folders (all, or those named, by experiment or by run)"
    )
    return parser


def load_data(arguments):
    """FER2013 as asked for, complete, with the crowd's votes where there are any."""
    from fer_core.data import download_dataset, find_dataset, find_votes, load_dataset, make_drawn_dataset

    if arguments.data == "drawn":
        return make_drawn_dataset()
    place = find_dataset(arguments.data)
    if place is None and arguments.download:
        place = download_dataset(show_progress)
    votes = arguments.votes or (place and find_votes(place))
    return load_dataset(place, votes=votes, progress=show_progress, check_counts=True)


def show_progress(fraction: float, text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{fraction:4.0%} {text:<60}", end="\n" if fraction >= 1 else "", file=sys.stderr, flush=True)


def run_experiment(name: str, run_seed: int, dataset, arguments) -> None:
    """Train one experiment with one seed and write its run folder."""
    from fer_core.training.console import Progress, format_result
    from fer_core.training.evaluate import write_finished_run
    from fer_core.training.experiments import find_experiment
    from fer_core.training.export import ExportError
    from fer_core.training.fit import fit

    planned = find_experiment(name)
    experiment = dataclasses.replace(
        planned, epochs=arguments.epochs or planned.epochs, teachers=tuple(arguments.distil_from)
    )
    checkpoints = CHECKPOINTS / f"{name}-s{run_seed}"
    check_unfinished(checkpoints, experiment.epochs, arguments)
    print(f"\n{experiment.title}, seed {run_seed}: {experiment.epochs} epochs", flush=True)
    state = fit(experiment, dataset, run_seed, checkpoints, resume=arguments.resume, report=Progress(experiment))
    path = arguments.out / checkpoints.name
    run = write_finished_run(
        experiment, dataset, run_seed, state, checkpoints, path, max(planned.epochs, experiment.epochs)
    )
    print(format_result(run), f"\n  written to {path}", flush=True)
    if experiment.deploy:
        try:
            export_run(name, run_seed, dataset, arguments)
        except ExportError as error:  # under JAX, say: the runs to come matter more
            print(f"  no model.onnx. {error}", file=sys.stderr, flush=True)


def export_run(name: str, run_seed: int, dataset, arguments) -> None:
    """Write a run's model.onnx from the weights that its training left in checkpoints/, quantised where that is asked.

    Only quantising needs the `dataset`: its cost is measured on all test pictures.
    """
    from fer_core.training.evaluate import export_kept
    from fer_core.training.experiments import find_experiment

    path = arguments.out / f"{name}-s{run_seed}"
    if not path.is_dir():
        raise Failure(f"There is no run {path}: train it first.")
    experiment = find_experiment(name)
    difference = export_kept(experiment, CHECKPOINTS / path.name, path)
    print(f"  {path / 'model.onnx'}: largest difference from Keras {difference:.1e}", flush=True)
    if experiment.quantise:
        from fer_core.training.console import format_quantised
        from fer_core.training.quantise import quantise_run

        print(format_quantised(quantise_run(path, dataset)), flush=True)


def write_ensemble_run(arguments) -> None:
    """Average finished runs into a run folder of their own."""
    from fer_core.runs import load_run
    from fer_core.runs.ensemble import write_ensemble
    from fer_core.training.console import format_result

    name, *members = arguments.ensemble
    run = write_ensemble(name, [load_run(arguments.out / member) for member in members], arguments.out)
    print(format_result(run), f"\n  written to {run.path}", flush=True)


def check_request(arguments) -> None:
    """Find what is wrong with a request to train before anything is loaded."""
    from fer_core.training.experiments import find_experiment

    for name in arguments.experiments:
        learns = find_experiment(name).teacher_share > 0
        if learns and not (arguments.distil_from or arguments.export):
            raise Failure(f"{name} learns from other runs: name them with --distil-from RUN ....")
        if arguments.distil_from and not learns:
            raise Failure(f"{name} learns from labels alone: leave --distil-from away.")


def check_unfinished(checkpoints: Path, epochs: int, arguments) -> None:
    """Never throw hours of work away unasked."""
    from fer_core.training.checkpoint import load_state

    state = load_state(checkpoints)
    if state and state["epoch"] < epochs and not (arguments.resume or arguments.restart):
        raise Failure(
            f"{checkpoints} holds an unfinished run (epoch {state['epoch']} of {epochs}): "
            "add --resume to go on, or --restart to begin again."
        )


def verify(arguments) -> int:
    """Check run folders; with the dataset at hand also their models. Returns the exit code."""
    from fer_core.data import DatasetError
    from fer_core.runs import verify_runs

    try:
        dataset = load_data(arguments)
    except DatasetError as error:
        print(f"Without the pictures, models are not run ({error})")
        dataset = None
    results = verify_runs(arguments.out, dataset)
    if arguments.experiments:
        wanted = set(arguments.experiments)
        results = {run: found for run, found in results.items() if {run, run.rpartition("-s")[0]} & wanted}
    if not results:
        raise Failure(f"There is no run to verify in {arguments.out}.")
    for run, problems in results.items():
        print(f"{run}: {'as stated' if not problems else f'{len(problems)} problems'}")
        for problem in problems:
            print(f"  {problem}")
    return int(any(results.values()))


def rewrite(arguments) -> int:
    """Write metrics again from predictions; with FER+ votes at hand, runs that lack them get them. Returns the exit code."""
    from fer_core.data import DatasetError
    from fer_core.runs.rewrite import rewrite_runs

    try:
        dataset = load_data(arguments)
    except DatasetError as error:
        print(f"Without the dataset, no votes are added ({error})")
        dataset = None
    for run in rewrite_runs(arguments.out, dataset, tuple(arguments.experiments)):
        new = ", ".join((*run.arrays, *run.metrics))
        print(f"{run.name}: {f'new: {new}' if new else 'rewritten' if run.changed else 'as it was'}")
    return 0


def main(argv: list[str] | None = None) -> int:
    try:
        return run_command("train.py", lambda: run(make_parser().parse_args(argv)))
    except KeyboardInterrupt:
        print("\nStopped. The same command with --resume goes on from the last checkpoint.", file=sys.stderr)
        return 130


def run(arguments) -> int:
    """Do what was asked for. Everything that can be wrong with the request is found before any training."""
    if arguments.verify:
        return verify(arguments)
    if arguments.rewrite:
        return rewrite(arguments)
    if arguments.ensemble:
        write_ensemble_run(arguments)
        return 0
    from fer_core.training.console import format_experiments
    from fer_core.training.experiments import find_experiment

    if arguments.list or not (arguments.experiments or arguments.facts):
        print(format_experiments())
        return 0
    check_request(arguments)
    try:
        import keras
    except ImportError as error:
        needs = f"Training needs {error.name}" if error.name else f"Keras cannot start ({error})"
        raise Failure(f"{needs}: pip install -r requirements.txt.") from None
    if arguments.export:
        needs_pictures = any(find_experiment(name).quantise for name in arguments.experiments)
        dataset = load_data(arguments) if needs_pictures else None
        for name, run_seed in product(arguments.experiments, arguments.seed):
            export_run(name, run_seed, dataset, arguments)
        return 0
    dataset = load_data(arguments)
    if arguments.facts:
        write_facts(dataset, arguments.out / "dataset")
    keras.mixed_precision.set_global_policy("mixed_bfloat16" if arguments.mixed_precision else "float32")
    if arguments.mixed_precision:
        warn_of_slow_bfloat16()
    for name, run_seed in product(arguments.experiments, arguments.seed):
        run_experiment(name, run_seed, dataset, arguments)
    return 0


def warn_of_slow_bfloat16() -> None:
    """Say so where --mixed-precision would cost hours instead of saving them."""
    from fer_core.machine import has_bfloat16
    from fer_core.training.model import has_accelerator

    if not has_accelerator() and not has_bfloat16():
        print(
            "This processor only imitates bfloat16, many times slower: leave --mixed-precision away.", file=sys.stderr
        )


def write_facts(dataset, folder: Path) -> None:
    from fer_core.data import write_dataset_facts

    write_dataset_facts(dataset, folder)
    print(f"Facts about {len(dataset.files):,} pictures written to {folder}")


if __name__ == "__main__":
    sys.exit(main())
