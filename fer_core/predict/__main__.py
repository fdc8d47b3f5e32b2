"""Answer photos, folders and videos without the dashboard: python -m fer_core.predict PHOTO FOLDER VIDEO ... --csv OUT.csv

Every file is a row of the table, or several: one per face, and in a video one per face and moment. Ended before its time,
the same command goes on; given more files, it answers those that the table lacks.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from fer_core.command import Failure, run_command
from fer_core.files import write_atomically
from fer_core.predict.answer import FILE_COLUMNS, FileAnswer, Task
from fer_core.predict.files import list_files, name_in_table
from fer_core.predict.network import Network, load_network, open_engine
from fer_core.predict.progress import Progress
from fer_core.predict.spreading import count_cores, spread, use_dask, use_processes
from fer_core.predict.table import make_safe_stem
from fer_core.predict.table_file import TableFile, get_marker, open_table

JPEG = b"\xff\xd8"
INTERRUPTED = 130


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = make_parser().parse_args(argv)
    try:
        return run_command("predict", lambda: answer(options))
    except KeyboardInterrupt:
        print("\npredict: stopped; the same command goes on.", file=sys.stderr)
        return INTERRUPTED


def make_parser() -> argparse.ArgumentParser:
    columns = "\n".join(f"  {name:<13} {text}" for name, text in FILE_COLUMNS.items())
    parser = argparse.ArgumentParser(
        prog="python -m fer_core.predict", description=__doc__, epilog=f"columns of the table:\n{columns}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a photo, a video, or a folder with all that it holds")
    parser.add_argument(
        "--csv", type=Path, required=True, metavar="OUT.csv", help="the table to write, or to go on with"
    )
    parser.add_argument("--marked", type=Path, metavar="FOLDER", help="also write each file with its answers drawn in")
    parser.add_argument("--network", metavar="NAME", help="the run that answers (default: the dashboard's)")
    parser.add_argument(
        "--workers", type=int, metavar="N", help=f"processes (default: one per core, here {count_cores()})"
    )
    parser.add_argument("--dask", metavar="ADDRESS", help="answer on the workers of this Dask scheduler instead")
    parser.add_argument("--restart", action="store_true", help="answer everything again and replace the table")
    return parser


def answer(options: argparse.Namespace) -> None:
    """Answer what the table lacks. Raises Failure with a sentence for whoever typed the command."""
    if options.workers is not None and options.workers < 1:
        raise Failure("--workers must be at least 1.")
    network = load_network(options.network)
    own = {path.resolve() for path in (options.csv, get_marker(options.csv), options.marked) if path}
    files = list_files(options.paths, own)
    if options.marked:
        _make_folder(options.marked)
    with open_table(options.csv, network.name, options.restart) as table:
        new = [path for path in files if name_in_table(path) not in table.done]
        tasks = [Task(number, path, bool(options.marked)) for number, path in enumerate(new, table.last + 1)]
        if known := len(files) - len(new):
            print(f"{known:,} of {len(files):,} files are in {options.csv} already.", file=sys.stderr)
        if tasks:
            _answer_tasks(tasks, network, table, options)


def _answer_tasks(tasks: list[Task], network: Network, table: TableFile, options: argparse.Namespace) -> None:
    open_engine(network)  # a damaged network is found here, not by every process
    progress = Progress(len(tasks))

    def save(found: FileAnswer) -> FileAnswer:
        progress.count(found)
        if found.marked:
            _write_marked(found, options.marked)
        return replace(found, marked=None)

    with use_dask(network, options.dask) if options.dask else use_processes(network, options.workers) as workers:
        for answers in spread(tasks, network, workers, save):
            table.add(answers)
    progress.finish()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{folder} cannot be made ({error.strerror}): name another place with --marked.") from None


def _write_marked(found: FileAnswer, folder: Path) -> None:
    kind = ".jpg" if found.marked.startswith(JPEG) else ".mp4"
    file = folder / f"{found.task.number:03d}-{make_safe_stem(found.task.path)}{kind}"
    try:
        write_atomically(file, lambda stream: stream.write(found.marked))
    except OSError as error:
        raise Failure(f"{file} cannot be written ({error.strerror}): the same command goes on once it can.") from None


if __name__ == "__main__":
    sys.exit(main())
