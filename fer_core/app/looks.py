"""A colour, a mark and a dash for every network, the same on all pages. Pure functions, no Streamlit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fer_core.app.theme import DASHES, MUTED, SERIES
from fer_core.runs.leaderboard import is_variant
from fer_core.runs.naming import name_runs
from fer_core.runs.run import Run

MARKS = ("circle", "square", "diamond", "cross", "triangle-up", "triangle-down", "star", "hexagon")


@dataclass(frozen=True)
class Look:
    """How a network is drawn: `color`, `mark` (a Plotly symbol) and `dash` of its lines."""

    color: str
    mark: str
    dash: str = "solid"


STUDY = Look(MUTED, "circle-open", "dot")
"""The study's printed numbers are grey and hollow everywhere."""
JUDGES = {"FER2013's labels": Look(SERIES[1], "diamond"), "what most people see": Look(SERIES[0], "circle")}
"""What counts as right, where one network is judged twice."""


def make_look(place: int) -> Look:
    """Return the look at `place`, from 0: eight colours, each with a mark; from the ninth on with the next one's mark."""
    shift = place + place // len(SERIES)
    return Look(SERIES[place % len(SERIES)], MARKS[shift % len(MARKS)], DASHES[shift % len(DASHES)])


def assign_looks(runs: Iterable[Run]) -> dict[str, Look]:
    """Give every run its look, by its folder's name and by all that it is called.

    Each experiment's first seed comes first, then the other seeds, then what only varies another experiment: so the
    networks that most pages show have the eight colours to themselves. A title stands for the first run that bears it.
    """
    runs, seen, first = sorted(runs, key=lambda run: (run.experiment, run.seed)), set(), set()
    for run in runs:
        if run.experiment not in seen:
            first.add(run.name)
        seen.add(run.experiment)
    runs.sort(key=lambda run: (is_variant(run), run.name not in first))  # stable: by experiment within each kind
    names, looks = name_runs(runs), {}
    for place, run in enumerate(runs):
        for name in (run.name, names[run.name], run.title):
            looks.setdefault(name, make_look(place))
    return looks


def pick_look(looks: Mapping[str, Look], name: str, place: int) -> Look:
    """Return the look of what is called `name`; of what is no network, the one at `place`."""
    return looks.get(name) or make_look(place)
