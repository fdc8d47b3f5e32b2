"""The leaderboard in words. Pure functions, no Streamlit."""

from collections.abc import Mapping, Sequence

from fer_core.app.formats import (
    format_change,
    format_count,
    format_estimate,
    format_gap,
    format_many,
    format_percent,
    format_points,
)
from fer_core.runs.ablation import compare_by_crowd, compare_groups, have_same_pictures
from fer_core.runs.leaderboard import Cost, Entry, Measure, compute_spread, select_session
from fer_core.runs.leak import Leak
from fer_core.runs.literature import PEOPLE
from fer_core.runs.paired import LossPair, Pair, compare_runs
from fer_core.runs.run import Run

SPLIT_NAMES = {"PrivateTest": "PrivateTest", "PublicTest": "PublicTest", "All 7,178": "PublicTest + PrivateTest"}
ANY = "Any"


def make_takeaway(entries: Sequence[Entry], plain: Sequence[Entry], others: Sequence[Entry], split: str) -> str:
    """Say how our best result compares with the best single network of others on the same pictures.

    `entries`: ours as served, averaged over the mirror image; `plain`: ours with one look per face, which is compared with
    whoever did not average.
    """
    rival = max((entry for entry in others if _is_fair(entry)), key=lambda entry: entry.accuracy, default=None)
    averaged = rival is not None and bool(rival.tta)
    ours = max(entries if averaged or not rival else plain, key=lambda entry: entry.accuracy, default=None)
    if ours is None:
        text = "What others report on FER2013, and what makes two of their numbers comparable."
        return text + (f" The best single network without extra data: {_write_rival(rival)}." if rival else "")
    estimate = format_estimate(ours.accuracy, ours.interval)
    text = f"**{ours.name}** gets **{estimate}** of the {split} labels right"
    if rival:
        text += f", {'averaged over the mirror image' if ours.tta else 'one look per face'}"
        text += f"; the best single network of others without extra data, {_write_rival(rival)}"
    return f"{text}. People reach about {format_percent(PEOPLE.accuracy, 0)}."


def _is_fair(entry: Entry) -> bool:
    """A single network that learned from FER2013 alone, as far as anybody says; suspects of leakage left aside."""
    return entry.extra_data is False and entry.ensemble is False and "leakage" not in entry.note


def _write_rival(entry: Entry) -> str:
    views = ", several views averaged" if entry.tta else ""
    text = f"{entry.short}, {format_percent(entry.accuracy)}{views}"
    return f"{text}, though chosen on those very pictures" if entry.is_selected_here else text


def explain_board(entries: Sequence[Entry], unsaid: int) -> str:
    """Return the chart's caption: marks, what was left out, our caveats."""
    text = (
        "Diamonds average several networks. Bars: 95 % intervals from the number of test pictures. Networks taught by the crowd are "
        "not on this board: they answer another question."
    )
    if any(len(entry.seeds) > 1 for entry in entries):
        text += " Ticks: single seeds around their mean."
    if unsaid:
        text += f" Left out because their source does not say: {unsaid}."
    if any(entry.is_ours and entry.note for entry in entries):
        text += " Ours with a caveat: see the last column of the table."
    return text


def describe_measures(measures: dict[str, Sequence[Measure]]) -> str:
    """Say how far the ways of counting lie apart for the first network."""
    title, rows = next(iter(measures.items()))
    low, high = min(rows, key=lambda row: row.share), max(rows, key=lambda row: row.share)
    return (
        f"The same answers of **{title}** score between {format_percent(low.share)} ({low.name}) and "
        f"{format_percent(high.share)} ({high.name}), depending on which pictures count and who decides what is right."
    )


def describe_pair(a: Run, b: Run, names: Mapping[str, str]) -> str:
    """Compare two networks, one look per face, on the same pictures: FER2013's labels, then what most people see.

    Empty when they have not answered the same pictures.
    """
    try:
        found = compare_runs(a, b)
    except ValueError:
        return ""
    first, second = names[a.name], names[b.name]
    text = f"On the same {format_count(found.label.n)} pictures, by FER2013's labels: {_say_who(found.label, first, second)}."
    if found.crowd is None:
        return text
    text += f" By what most people see, on {format_count(found.crowd.n)}: {_say_who(found.crowd, first, second)}"
    if found.label.is_clear and not found.crowd.is_clear:
        text += ". **The gain shows in FER2013's labels, not in what people see.**"
    else:
        text += "."
    return f"{text}{_say_loss(found.loss, first, second)} One look per face, seed {a.seed} of the one and {b.seed} of the other."


def describe_seed_mean(base: Sequence[Run], seeds: Sequence[Run]) -> str:
    """Say how far the mean of several `seeds` is ahead of `base`, one look per face, by labels and by what most people see.

    Empty for a single seed, and where the test pictures differ.
    """
    if len(seeds) < 2 or not have_same_pictures([*base, *seeds]):
        return ""
    by_label, by_crowd = compare_groups(list(seeds), list(base)), compare_by_crowd(list(seeds), list(base))
    people = f", {format_change(*by_crowd)} by what most people see" if by_crowd else ""
    return f"On the mean of {len(seeds)} seeds, in points: {format_change(*by_label)} by FER2013's labels{people}."


def describe_cause(labels: Run, votes: Run) -> str:
    """Say what another teacher does: one network taught FER2013's labels, and one of the same design taught people's votes."""
    try:
        found = compare_runs(labels, votes)
    except ValueError:
        return ""
    if found.crowd is None:
        return ""
    return (
        f"Another teacher does more. A network of the design of **{labels.title}**, taught people's votes for "
        f"{votes.config.epochs} epochs instead of labels for {labels.config.epochs}, names what most people see in "
        f"{format_percent(found.crowd.accuracy_b)} of the pictures instead of {format_percent(found.crowd.accuracy_a)} "
        f"({format_points(found.crowd.difference)}, 95 %: {format_gap(found.crowd.ci95)}; one seed each), and FER2013's label in "
        f"{format_percent(found.label.accuracy_b)} instead of {format_percent(found.label.accuracy_a)}."
    )


def _say_who(pair: Pair, a: str, b: str) -> str:
    low, high = pair.ci95
    ahead, behind = (b, a) if pair.difference > 0 else (a, b)
    if pair.difference < 0:
        low, high = -high, -low
    interval = f"{format_points(abs(pair.difference)).lstrip('+±')}, 95 %: {format_points(low, unit=False)} to {format_points(high, unit=False)}"
    if pair.is_clear:
        return f"**{ahead}** is ahead of **{behind}** ({interval})"
    return f"no difference beyond chance (**{ahead}** is ahead by {interval})"


def _say_loss(loss: LossPair | None, a: str, b: str) -> str:
    """Say whose probabilities are nearer to the shares of the votes."""
    if loss is None:
        return ""
    value, (low, high) = loss.difference
    text = f" Log loss against the shares of the votes, lower is better: **{a}** {loss.a:.2f}, **{b}** {loss.b:.2f}"
    if low <= 0 <= high:
        return f"{text}, no difference beyond chance."
    near, far = sorted(map(abs, (low, high)))
    return f"{text}; **{a if value > 0 else b}** is nearer to them by {abs(value):.2f} (95 %: {near:.2f} to {far:.2f})."


def describe_leak(leak: Leak, names: Mapping[str, str]) -> str:
    """Say what leaving twins out measures, and what having seen them is worth."""
    return (
        f"Leaving out the {format_count(leak.twins)} twins makes the test harder for everybody, so it does not measure a leak: "
        f"**{names[leak.unseen]}** never saw them and gets {format_percent(leak.unseen_twins)} of them right, against "
        f"{format_percent(leak.unseen_rest)} of the rest. **{names[leak.seen]}**, which trained on that folder, gets "
        f"{format_percent(leak.seen_twins)} and {format_percent(leak.seen_rest)}. Compared picture by picture, having seen "
        f"them is worth **{format_points(leak.worth, 2)}** of its accuracy (95 %: {format_gap(leak.interval, 2)})."
    )


def describe_seeds(entries: Sequence[Entry]) -> str:
    """Say how far seeds of one experiment lie apart, or that there is but one of each."""
    several = [entry for entry in entries if len(entry.seeds) > 1]
    if not several:
        return "One seed each so far, so nobody knows how much of a difference is luck."
    parts = (
        f"**{entry.name}** {format_percent(entry.accuracy)} ± "
        f"{format_points(compute_spread(entry.seeds)).lstrip('+±')} over {len(entry.seeds)} seeds"
        for entry in several
    )
    return f"Mean and standard deviation: {'; '.join(parts)}."


def describe_costs(costs: Sequence[Cost], by_crowd: bool = False) -> str:
    """Name the cheapest network and what it costs, and the processor on which time was measured."""
    known = [cost for cost in costs if cost.milliseconds]
    if not known:
        sized = [cost for cost in costs if cost.parameters]
        if not sized:
            return ""
        small = min(sized, key=lambda cost: cost.parameters)
        return f"The smallest network, **{small.title}**, has {format_many(small.parameters)} parameters."
    fair = select_session(known)
    if not fair:
        times = "; ".join(f"**{cost.title}** {cost.milliseconds:.2g} ms on {cost.processor}" for cost in known)
        return f"Time for a face: {times}." + (
            " Not measured in one run on one machine, so not ranked." if len(known) > 1 else ""
        )
    fast = min(fair, key=lambda cost: cost.milliseconds)
    return (
        f"The fastest of {len(fair)} timed in one run on {fast.processor}, **{fast.title}**, takes {fast.milliseconds:.2g} ms "
        f"per face and {_write_right(fast.accuracy, by_crowd)}."
    )


def _write_right(accuracy: float, by_crowd: bool) -> str:
    share = format_percent(accuracy)
    return f"names what most people see in {share} of them" if by_crowd else f"names {share} of FER2013's labels"


def explain_costs(by_crowd: bool, taught: bool) -> str:
    """Return the caption of accuracy against cost. `taught`: whether some of the networks learned people's votes."""
    start = "One look per face. Up and to the left is better. An ensemble costs what its members cost."
    if by_crowd:
        return (
            f"{start} Right is the answer with more of ten people's votes (FER+) than any other, on the test pictures that "
            "have one. Others do not report it. A network stored in fewer bits counts as it was before."
        )
    text = f"{start} Hollow: others, on the test pictures they report. A network stored in fewer bits counts as stored."
    return f"{text} Networks taught by votes did not learn these labels." if taught else text
