"""What a command of train.py works on: the runs and the data that were asked for."""

import sys
from dataclasses import replace

from fer_core.command import Failure


def select_runs(found: dict, arguments) -> dict:
    """Those of the runs, by name, that were asked for: by name or by experiment; all when nobody asked.

    Raises Failure where one of the names is no run, or where there is none at all.
    """
    wanted = set(arguments.runs)
    names = {run: {run, run.rpartition("-s")[0]} for run in found}
    unknown = wanted.difference(*names.values())
    if unknown:
        raise Failure(f"There is no run {min(unknown)!r} in {arguments.out}. Known: {', '.join(found) or 'none'}.")
    if not found:
        raise Failure(f"There is no run to {arguments.command} in {arguments.out}.")
    return {run: value for run, value in found.items() if not wanted or names[run] & wanted}


def load_data(arguments):
    """FER2013 as asked for, complete, with the crowd's votes where there are any; drawn faces with drawn votes."""
    from fer_core.data import download_dataset, draw_votes, find_dataset, find_votes, load_dataset, make_drawn_dataset

    if arguments.data == "drawn":
        dataset = make_drawn_dataset()
        return replace(dataset, votes=draw_votes(dataset.labels))
    place = find_dataset(arguments.data)
    if place is None and arguments.download:
        place = download_dataset(show_progress)
    votes = arguments.votes or (place and find_votes(place))
    return load_dataset(place, votes=votes, progress=show_progress, check_counts=True)


def show_progress(fraction: float, text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{fraction:4.0%} {text:<60}", end="\n" if fraction >= 1 else "", file=sys.stderr, flush=True)
