"""Our results and the literature's as rows of one table, with what makes two numbers comparable."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean, stdev

from fer_core.runs.literature import BOTH, LITERATURE, NO_PRETRAINING, PRIVATE, PUBLIC, LiteratureRow
from fer_core.runs.metrics import compute_wilson_interval
from fer_core.runs.registry import METRICS, RANKED
from fer_core.runs.run import Run

SPLITS = {PRIVATE: METRICS["private_accuracy"], PUBLIC: METRICS["public_accuracy"], BOTH: METRICS["accuracy"]}
"""Split -> what an accuracy on it is called in the metrics of a run."""


@dataclass(frozen=True)
class Entry:
    """One row. Shares from 0 to 1; None where a source does not say.

    Ours: mean `accuracy` over the `seeds`' accuracies with the 95 % `interval` of the sampling of test pictures.
    """

    name: str
    short: str
    year: int | None
    network: str
    split: str | None
    accuracy: float
    extra_data: bool | None
    pretraining: str | None
    ensemble: bool | None
    tta: bool | None
    selected_on: str | None
    source: str
    url: str
    note: str = ""
    unconfirmed: str = ""
    interval: tuple[float, float] | None = None
    seeds: tuple[float, ...] = ()

    @property
    def is_ours(self) -> bool:
        return bool(self.seeds)

    @property
    def is_selected_here(self) -> bool | None:
        """Whether the pictures that chose the network are those reported on; None where nobody says."""
        return None if self.selected_on is None else self.selected_on == self.split


FILTERS: dict[str, Callable[[Entry], bool | None]] = {
    "No extra data": lambda entry: (
        False if entry.pretraining not in (None, NO_PRETRAINING) or entry.extra_data else _negate(entry.extra_data)
    ),
    "Single network": lambda entry: _negate(entry.ensemble),
    "No test-time augmentation": lambda entry: _negate(entry.tta),
    "Chosen on other pictures": lambda entry: _negate(entry.is_selected_here),
}
"""What a reader may ask of a row; the answer is None where its source does not say."""
TEST_BEDS = ("quarter",)
"""Experiments that are trained briefly, to be varied, and compete with nobody."""
REVIEWED = ("gan-", "sound-")
"""So begin those that train the families which the study reviews: briefly, too, and to be compared with one another
(fer_core.runs.families)."""
ENOUGH_SEEDS = 3
"""So many seeds without a caveat make an experiment's mean; fewer, and those with one count, too."""
PLAIN = "No test-time augmentation"


def _negate(value: bool | None) -> bool | None:
    return None if value is None else not value


def is_variant(run: Run) -> bool:
    """Whether a run is compared with its like alone: one thing changed, the brief training of TEST_BEDS that it is changed
    in, or one of the families REVIEWED.
    """
    return bool(run.config.ablation_of) or run.experiment in TEST_BEDS or run.experiment.startswith(REVIEWED)


def list_members(run: Run) -> list[str]:
    """Names of the runs that an ensemble averages; empty for a single network."""
    return list(run.config.members or ())


def group_runs(runs: Sequence[Run], variants: bool = False) -> dict[str, list[Run]]:
    """Group finished runs on real pictures by experiment, seeds in order; variants only when asked for."""
    groups: dict[str, list[Run]] = {}
    for run in sorted(runs, key=lambda run: (run.experiment, run.seed)):
        if not run.is_partial and not run.is_drawn and (variants or not is_variant(run)):
            groups.setdefault(run.experiment, []).append(run)
    return groups


def choose_fresh(group: Sequence[Run]) -> list[Run]:
    """The seeds that an experiment's mean is made of: those without a caveat, where there are three; else all."""
    fresh = [run for run in group if not run.config.caveat]
    return fresh if len(fresh) >= ENOUGH_SEEDS else list(group)


def name_groups(groups: Mapping[str, list[Run]]) -> dict[str, list[Run]]:
    """Name groups by their title, with the experiment's name where two share one."""
    titles = [group[0].title for group in groups.values()]
    return {
        group[0].title if titles.count(group[0].title) == 1 else f"{group[0].title} ({experiment})": group
        for experiment, group in groups.items()
    }


def make_our_entries(runs: Sequence[Run], split: str = BOTH, averaged: bool = True) -> list[Entry]:
    """Make one row per experiment on `split`; with `averaged` each answer is the mean over face and mirror image.

    An experiment whose runs lack that split's accuracy is left out, and so are those that were taught by the crowd's
    votes: they answer another question, from more labels than anybody else here.
    """
    metric = SPLITS[split]
    entries = []
    for seeds in group_runs([run for run in runs if not run.learns_votes]).values():
        group = choose_fresh(seeds)
        shown = [run.as_served() if averaged else run for run in group]
        found = [(metric.read(run.test), metric.read_count(run.test)) for run in shown]
        accuracies = tuple(accuracy for accuracy, _ in found if accuracy is not None)
        if accuracies:
            interval = compute_wilson_interval(mean(accuracies), max(n for _, n in found if n))
            entries.append(_make_our_entry(shown, split, accuracies, interval))
    return entries


def _make_our_entry(group: list[Run], split: str, accuracies: tuple[float, ...], interval) -> Entry:
    first, members = group[0], list_members(group[0])
    seeds = ", ".join(str(run.seed) for run in group)
    names = first.name if len(group) == 1 else f"{first.experiment}, seeds {seeds}"
    caveats = {run.config.caveat: None for run in group if run.config.caveat}
    return Entry(
        first.title, first.title, None, f"{len(members)} networks averaged" if members else _describe(first), split,
        mean(accuracies), first.learns_votes, first.config.pretrained or NO_PRETRAINING, bool(members),
        first.is_averaged, _describe_choice(first), names, "",
        note=" ".join(caveats), interval=interval, seeds=accuracies,
    )  # fmt: skip


def _describe_choice(run: Run) -> str:
    """Which pictures chose epoch and settings, by the run's own configuration."""
    if run.config.split == "all":
        return "validation pictures that it learned from, too"
    return "a validation part; the last epoch was kept" if run.config.keep == "last" else "a validation part"


def _describe(run: Run) -> str:
    parameters = run.config.parameters
    name = run.config.network or run.experiment
    return f"{name}, {parameters / 1e6:.3g} M parameters" if parameters else name


@dataclass(frozen=True)
class Measure:
    """One way of counting an experiment's answers: mean share over seeds, its 95 % interval, pictures counted."""

    name: str
    share: float
    interval: tuple[float, float]
    n: int
    seeds: tuple[float, ...]


def compute_measures(group: Sequence[Run], averaged: bool = True) -> list[Measure]:
    """Count the answers of one experiment's runs (`choose_fresh`) in every way that is RANKED and that all of them have."""
    shown = [run.as_judged(by_crowd=False) for run in choose_fresh(group)]
    tests = [(run.as_served() if averaged else run).test for run in shown]
    found = []
    for metric in RANKED:
        shares = tuple(metric.read(test) for test in tests if metric.read(test) is not None)
        if len(shares) == len(tests):
            n = metric.read_count(tests[0])
            interval = compute_wilson_interval(mean(shares), n)
            found.append(Measure(metric.subset, mean(shares), interval, n, shares))
    return found


@dataclass(frozen=True)
class Cost:
    """What an experiment's answers cost, beside how often they are right, by labels or by the crowd; None where unknown.

    Of an ensemble: the sum over its members (the artifact has those of parameters and training). `accuracy` with its
    95 % `interval`: one look per face, mean over seeds; of a network that is stored in fewer bits, that of the file whose
    bytes and `milliseconds` stand beside it. `session`: when those were measured; times compare within one alone.
    """

    title: str
    experiment: str
    accuracy: float
    interval: tuple[float, float]
    parameters: float | None
    milliseconds: float | None
    processor: str | None
    model_bytes: float | None
    training_seconds: float | None
    training_device: str | None
    session: str | None = None


def select_session(costs: Sequence[Cost]) -> list[Cost]:
    """Select the networks that were timed in one run on one machine, the most there are; empty for less than two."""
    sessions = Counter((cost.session, cost.processor) for cost in costs if cost.session and cost.milliseconds)
    if not sessions or max(sessions.values()) < 2:
        return []
    chosen = max(sessions, key=lambda key: (sessions[key], key))
    return [cost for cost in costs if (cost.session, cost.processor) == chosen]


def compute_costs(runs: Sequence[Run], speeds: Mapping, by_crowd: bool = False) -> list[Cost]:
    """Collect parameters, measured speed (`speeds`: run name -> Speed) and training time of every experiment.

    `by_crowd`: right is what most people chose, not FER2013's label; experiments without votes are then left out.
    """
    by_name = {run.name: run for run in runs}
    metric = METRICS["crowd_accuracy" if by_crowd else "accuracy"]
    return [
        _compute_cost(group, by_name, speeds, measure if by_crowd else _measure_served(group, measure))
        for group in group_runs(runs).values()
        for measure in compute_measures(group, averaged=False)
        if measure.name == metric.subset
    ]


def _measure_served(group: list[Run], plain: Measure) -> Measure:
    """The measure of the network as it is served, where storing it in fewer bits has changed its answers."""
    stored = next((run.metrics.quantised for run in group if run.model_path and run.metrics.quantised), None)
    if stored is None:
        return plain
    return replace(plain, share=stored.accuracy, interval=compute_wilson_interval(stored.accuracy, stored.n))


def _compute_cost(group: list[Run], by_name: Mapping[str, Run], speeds: Mapping, plain: Measure) -> Cost:
    first = group[0]
    members = list_members(first)
    parts = [by_name.get(name) for name in members] or [first]
    measured = [speeds.get(name) for name in members] or [
        next((speeds[run.name] for run in group if run.name in speeds), None)
    ]
    seconds = [run.config.wall_seconds for run in choose_fresh(group)]
    timed = {(speed.session, speed.device) if speed else None for speed in measured}
    session, device = timed.pop() or (None, None) if len(timed) == 1 else (None, None)  # others' times do not add up
    return Cost(
        first.title, first.experiment, plain.share, plain.interval,
        first.config.parameters,
        _add([speed and speed.per_face for speed in measured]) if device else None,
        device,
        _add([speed and speed.model_bytes for speed in measured]),
        None if None in seconds else mean(seconds),
        next((run.config.device for run in (first, *parts) if run and run.config.device), None),
        session,
    )  # fmt: skip


def _add(values: list) -> float | None:
    return None if None in values else sum(values)


ALWAYS = ("The study", "Gan 2018")
"""What this project is about: rows that are shown whatever the split, marked by theirs."""


def make_literature_entries(split: str | None = None, always: Sequence[str] = ()) -> list[Entry]:
    """Make the rows of others that give an accuracy, on `split` or (None) on any; those `always` named, on theirs."""
    rows = [row for row in LITERATURE if row.accuracy is not None and row.network != "human raters"]
    return [_make_entry(row) for row in rows if split is None or row.split == split or row.short in always]


def _make_entry(row: LiteratureRow) -> Entry:
    return Entry(
        row.work, row.short, row.year, row.network, row.split, row.accuracy, row.extra_data, row.pretraining,
        row.ensemble, row.tta, row.selected_on, row.source, row.url, row.note, row.unconfirmed,
    )  # fmt: skip


def filter_entries(entries: Sequence[Entry], asked: Sequence[str]) -> tuple[list[Entry], int]:
    """Keep the entries that certainly fulfil all `asked` FILTERS; also returns how many fell only for saying nothing."""
    answers = [[FILTERS[name](entry) for name in asked] for entry in entries]
    kept = [entry for entry, answer in zip(entries, answers, strict=True) if all(answer)]
    return kept, sum(not all(answer) and False not in answer for answer in answers)


def compute_spread(accuracies: Sequence[float]) -> float | None:
    """Standard deviation over seeds; None for a single one."""
    return stdev(accuracies) if len(accuracies) > 1 else None
