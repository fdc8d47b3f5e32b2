"""The command line of `train.py`: its commands and their options."""

import argparse
import math
from pathlib import Path

from fer_core.command import Failure


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message):
        raise Failure(f"{message[0].upper()}{message[1:]}. See python {self.prog} --help.")


def positive(text: str) -> int:
    """A number of epochs or seconds."""
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def seed(text: str) -> int:
    """A seed of the random numbers."""
    if not text.isdigit() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 2147483647")
    return int(text)


def make_parser(description: str, out: Path) -> Parser:
    """The command line; `description` stands above the commands, `out` is where run folders are unless told otherwise.

    The parsed arguments name the chosen command in `command`. Raises Failure for what cannot be understood.
    """
    parser = Parser(prog="train.py", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    def add(name: str, words: str, data: bool = False) -> Parser:
        command = commands.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
        command.add_argument("--out", type=Path, default=out, help="the run folders' place (artifacts/)")
        if data:
            _add_data_options(command)
        return command

    command = add("train", "train experiments and write their run folders", data=True)
    command.add_argument("experiments", nargs="+", metavar="EXPERIMENT", help="names that `list` gives")
    command.add_argument("--seed", type=seed, nargs="+", default=[0], help="one or several (0)")
    command.add_argument("--epochs", type=positive, help="train for another number of epochs")
    command.add_argument(
        "--distil-from", nargs="+", default=[], metavar="RUN", help="teachers, trained on this machine"
    )
    _add_queue_options(command)
    _add_device_options(command)

    command = add("export", "write model.onnx of finished runs", data=True)
    command.add_argument("experiments", nargs="+", metavar="EXPERIMENT")
    command.add_argument("--seed", type=seed, nargs="+", default=[0], help="one or several (0)")
    for name, words in (
        ("verify", "recompute the metrics of run folders and, with the pictures, run their models"),
        ("rewrite", "write metrics.json again, after a metric was added or changed"),
    ):
        command = add(name, words, data=True)
        command.add_argument("runs", nargs="*", metavar="RUN", help="runs or experiments (all)")
    command = add("voice", "join the stored answers with an imagined voice")
    command.add_argument("runs", nargs="*", metavar="RUN", help="runs or experiments (all)")
    command = add("ensemble", "average the answers of finished runs")
    command.add_argument("name", metavar="NAME", help="of the new run")
    command.add_argument("runs", nargs="+", metavar="RUN", help="whose answers are averaged")
    command.add_argument("--replace", action="store_true", help="put it in the place of a run of that name")
    add("facts", "write the facts about the dataset", data=True)
    add("list", "print the experiments, with what to expect of them")
    command = add("pack", "put runs into files of at most 15 MiB")
    command.add_argument("folder", type=Path, metavar="DIR")
    command.add_argument("runs", nargs="+", metavar="RUN")
    command.add_argument("--weights", action="store_true", help="their kept weights, too; large ones in 8 bits")
    command = add("unpack", "take the runs of packs in, once they are verified")
    command.add_argument("folder", type=Path, metavar="DIR", help="where pack-*.zip are")
    command.add_argument("--replace", action="store_true", help="put the packs' runs in the place of others")
    return parser


def _add_data_options(command: Parser) -> None:
    command.add_argument(
        "--data",
        metavar="PATH",
        help="Kaggle folder, zip, tar or fer2013.csv; 'drawn' for the stand-in"
        " (default: FER2013_PATH, data/, the Kaggle cache)",
    )
    command.add_argument("--votes", metavar="CSV", help="FER+ votes (default: the file beside the data)")
    command.add_argument("--download", action="store_true", help="fetch FER2013 from Kaggle when it is not found")


def _add_queue_options(command: Parser) -> None:
    again = command.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="leave finished runs, go on with unfinished ones")
    again.add_argument("--restart", action="store_true", help="throw these runs away and begin again")
    command.add_argument(
        "--time-limit", type=positive, default=math.inf, metavar="SECONDS", help="stop by itself in time"
    )
    command.add_argument("--pack", type=Path, metavar="DIR", help="put finished runs into files of at most 15 MiB")
    command.add_argument("--pack-weights", action="store_true", help="their kept weights, too; large ones in 8 bits")


def _add_device_options(command: Parser) -> None:
    precision = command.add_mutually_exclusive_group()
    for name, policy, words in (
        ("--mixed-precision", "mixed_bfloat16", "compute in bfloat16, keep weights in float32"),
        ("--float32", "float32", "compute in float32"),
    ):
        precision.add_argument(
            name, dest="precision", action="store_const", const=policy, help=f"{words} (default: what is quicker here)"
        )
    command.add_argument(
        "--devices", choices=["one", "all"], default="one", help="all: spread each batch over all GPUs"
    )
    command.add_argument("--cpu-kernels", action="store_true", help="quicker layers on a processor, rounded otherwise")
