"""The leaderboard in words. Pure functions, no Streamlit."""

from collections.abc import Sequence

from fer_core.app.formats import format_estimate, format_many, format_percent, format_points
from fer_core.runs.leaderboard import Cost, Entry, Measure, compute_spread
from fer_core.runs.literature import PEOPLE

SPLIT_NAMES = {"PrivateTest": "PrivateTest", "PublicTest": "PublicTest", "All 7,178": "PublicTest + PrivateTest"}
ANY = "Any"


def make_takeaway(entries: Sequence[Entry], others: Sequence[Entry], split: str) -> str:
    """Say how our best result compares with the best single network of others on the same pictures."""
    ours = max((entry for entry in entries if entry.is_ours), key=lambda entry: entry.accuracy, default=None)
    rival = max((entry for entry in others if _is_fair(entry)), key=lambda entry: entry.accuracy, default=None)
    if ours is None:
        text = "What others report on FER2013, and what makes two of their numbers comparable."
        return text + (f" The best single network without extra data: {_write_rival(rival)}." if rival else "")
    estimate = format_estimate(ours.accuracy, ours.interval)
    text = f"**{ours.name}** names the label of **{estimate}** of the {split} pictures"
    if rival:
        text += f"; the best single network of others without extra data, {_write_rival(rival)}"
    return f"{text}. People reach about {format_percent(PEOPLE.accuracy, 0)}."


def _is_fair(entry: Entry) -> bool:
    """A single network that learned from FER2013 alone, as far as anybody says; suspects of leakage left aside."""
    return entry.extra_data is False and entry.ensemble is False and "leakage" not in entry.note


def _write_rival(entry: Entry) -> str:
    text = f"{entry.short}, {format_percent(entry.accuracy)}"
    return f"{text}, though chosen on those very pictures" if entry.is_selected_here else text


def explain_board(entries: Sequence[Entry], unsaid: int) -> str:
    """Return the chart's caption: marks, what was left out, our caveats."""
    text = "Diamonds average several networks. Bars: 95 % intervals from the number of test pictures."
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
        f"The same answers of **{title}** are worth from {format_percent(low.share)} ({low.name}) to "
        f"{format_percent(high.share)} ({high.name}), depending on which pictures count and whose word is right."
    )


def describe_seeds(entries: Sequence[Entry]) -> str:
    """Say how far seeds of one experiment lie apart, or that there is but one of each."""
    several = [entry for entry in entries if len(entry.seeds) > 1]
    if not several:
        return (
            "One seed each so far, so nobody knows how much of a difference is luck."
        )
    parts = (
        f"**{entry.name}** {format_percent(entry.accuracy)} ± "
        f"{format_points(compute_spread(entry.seeds)).lstrip('+±')} over {len(entry.seeds)} seeds"
        for entry in several
    )
    return f"Mean and standard deviation: {'; '.join(parts)}."


def describe_costs(costs: Sequence[Cost]) -> str:
    """Name the cheapest network and what it costs, and the processor on which time was measured."""
    known = [cost for cost in costs if cost.milliseconds]
    if not known:
        sized = [cost for cost in costs if cost.parameters]
        if not sized:
            return ""
        small = min(sized, key=lambda cost: cost.parameters)
        return f"The smallest network, **{small.title}**, has {format_many(small.parameters)} parameters."
    fast = min(known, key=lambda cost: cost.milliseconds)
    return (
        f"The fastest, **{fast.title}**, takes {fast.milliseconds:.2g} ms for a face on {fast.processor} and is right "
        f"about {format_percent(fast.accuracy)}."
    )
