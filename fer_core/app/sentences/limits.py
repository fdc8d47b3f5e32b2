"""What holds accuracy where it is, in words. Pure functions, no Streamlit."""

from collections.abc import Mapping, Sequence

from fer_core.app.formats import (
    format_count,
    format_estimate,
    format_gap,
    format_percent,
    format_points,
    format_range,
    join_words,
)
from fer_core.app.ui import Metric
from fer_core.runs import Run
from fer_core.runs.ablation import AblationRow
from fer_core.runs.label_limits import UNITED, ClassLimit, MistakeRow, Share, UnityRow
from fer_core.runs.learning_curve import CurvePoint, have_equal_steps
from fer_core.runs.metrics import Z95, compute_unpaired_error, compute_wilson_interval
from fer_core.runs.paper import PAPER_REPORT

RARE = ("disgust", "fear")
STUDY = "The study"


def make_takeaway(name: str, united: UnityRow, divided: UnityRow) -> str:
    """Say what the crowd's agreement does to the accuracy."""
    return (
        f"Where at least {UNITED} of ten people agree, **{name}** names FER2013's label in "
        f"**{format_percent(united.label_right.value)}** of the pictures, elsewhere in "
        f"**{format_percent(divided.label_right.value)}**. The people themselves confirm only "
        f"{format_percent(united.label_confirmed.value)} and {format_percent(divided.label_confirmed.value)} of those "
        "labels."
    )


def make_cards(united: UnityRow, divided: UnityRow, rows: Sequence[MistakeRow]) -> list[Metric]:
    """Return the headline numbers about the labels, with intervals."""
    cards = [
        _make_card("Crowd united", united.label_right, f"At least {UNITED} of ten people agree on one of the labels."),
        _make_card("Crowd divided", divided.label_right, f"Fewer than {UNITED} of ten people agree."),
        _make_card("Crowd's own label", united.crowd_right, "Where the crowd is united: its choice, not FER2013's."),
    ]
    top = next((row for row in rows if row.top == 100), rows[0] if rows else None)
    if top:
        help = (
            f"Of the {top.top} most confident mistakes that the crowd judged: where most people side with the network."
        )
        share = format_percent(top.network, 0)
        cards.append(Metric("People side with it", share, f"of the {top.top} most confident", help))
    return cards


def _make_card(label: str, share: Share, help: str) -> Metric:
    return Metric(
        label,
        format_percent(share.value),
        f"95 %: {format_range(share.interval)}",
        f"{help} {format_count(share.n)} test pictures.",
    )


def describe_class_limits(limits: Sequence[ClassLimit]) -> str:
    """Name the classes that the network finds more often than the crowd confirms them, and what that does not show."""
    beyond = [limit for limit in limits if limit.recall.value > limit.crowd.value]
    worst = min(limits, key=lambda limit: limit.crowd.value)
    text = f"The crowd confirms {format_percent(worst.crowd.value, 0)} of the labels **{worst.label}**."
    if not beyond:
        return f"{text} The network names no label more often than people confirm it."
    right = join_words([f"{format_percent(limit.precision.value, 0)} of “{limit.label}”" for limit in beyond])
    return (
        f"{text} The network names {join_words([limit.label for limit in beyond])} more often than people confirm it. That alone "
        f"shows nothing: a network that calls every face {beyond[0].label} would find every label {beyond[0].label}. Of its answers, the label agrees with {right}."
    )


def compute_rare_recalls(runs: Mapping[str, Run]) -> dict[str, dict[str, Share]]:
    """Return recall of the rare classes: of the study as printed, then of each run (name -> Run) on its test pictures."""
    recalls = {
        STUDY: {
            label: _make_share(float(PAPER_REPORT[label]["recall"]), PAPER_REPORT[label]["support"]) for label in RARE
        }
    }
    for name, run in runs.items():
        per_class = run.metrics.test.per_class
        if all(per_class[label].support for label in RARE):
            recalls[name] = {label: _make_share(per_class[label].recall, per_class[label].support) for label in RARE}
    return recalls


def _make_share(value: float, n: int) -> Share:
    return Share(n, value, compute_wilson_interval(value, n))


def describe_rare(recalls: Mapping[str, Mapping[str, Share]], name: str) -> str:
    """Compare one network's recall of the rare classes with the study's, saying which differ by more than chance."""
    if name not in recalls:
        return f"The study finds {_write_rare(recalls[STUDY])}."
    clear = [label for label in RARE if _is_apart(recalls[name][label], recalls[STUDY][label])]
    verdict = (
        f"only {clear[0]} differs by more than chance" if len(clear) == 1
        else "both differ by more than chance" if clear
        else "no difference that chance would not explain"
    )  # fmt: skip
    return f"The study finds {_write_rare(recalls[STUDY])}; **{name}** {_write_rare(recalls[name])}: {verdict}."


def _write_rare(row: Mapping[str, Share]) -> str:
    return " and ".join(f"{format_percent(share.value, 0)} of {label}" for label, share in row.items())


def _is_apart(a: Share, b: Share) -> bool:
    """Whether two shares differ by more than 95 % of chance explains, as if of different pictures."""
    return abs(a.value - b.value) > Z95 * compute_unpaired_error(a.value, a.n, b.value, b.n)


def describe_mistakes(rows: Sequence[MistakeRow]) -> str:
    """Say how often the crowd sides with the network among its surest mistakes and among all."""
    first, last = rows[0], rows[-1]
    return (
        f"Among the {first.top} most confident mistakes, most people side with the network in "
        f"**{format_percent(first.network, 0)}**; among all {format_count(last.n)} in {format_percent(last.network, 0)}."
    )


def describe_learning(points: Sequence[CurvePoint]) -> str:
    """Say what the last step in the number of pictures brought; that more would pay only where the numbers say so."""
    before, last = points[-2], points[-1]
    text = (
        f"From {format_percent(before.share, 0)} to {format_percent(last.share, 0)} of the pictures, accuracy changes "
        f"by **{format_points(last.accuracy - before.accuracy)}** to {format_estimate(last.accuracy, last.interval)}"
    )
    if last.gain is None:
        return f"{text}."
    text = f"{text} (the change, on the same pictures, 95 %: {format_gap(last.gain)}"
    seeds = [len(before.accuracies), len(last.accuracies)]
    text += "; one seed each)." if max(seeds) == 1 else "; one seed of the smaller)." if seeds[0] == 1 else ")."
    if last.gain[0] <= 0:
        return f"{text} That is within chance."
    steps = ", ".join(format_count(point.steps) if point.steps else "?" for point in points)
    if not have_equal_steps(points[-2:]):
        return (
            f"{text} But fewer pictures meant fewer steps, too ({steps}), so what the pictures did and what the steps did "
            "cannot be told apart."
        )
    if not have_equal_steps(points):
        return f"{text} Both took as many steps: accuracy was still rising when the pictures ran out."
    return f"{text} All took as many steps: accuracy was still rising when the pictures ran out."


def describe_ingredients(rows: Sequence[AblationRow]) -> str:
    """Name the change that costs most, the one that helps most, and how many are within chance; of a single one, also what
    it does by what most people see.
    """
    rows = [row for row in rows if not row.is_idle] or rows
    worst, best = (end(rows, key=lambda row: row.difference) for end in (min, max))
    unclear = sum(row.interval[0] <= 0 <= row.interval[1] for row in rows)
    text = f"**{worst.factor.capitalize()}** changes accuracy by {format_points(worst.difference)}"
    if len(rows) == 1:
        text = f"{text} ({format_gap(worst.interval)}): {'within chance' if unclear else 'more than chance'}."
        if worst.crowd is None:
            return text
        return f"{text} By what most people see, it is {format_points(worst.crowd.value)} ({format_gap(worst.crowd.interval)})."
    return f"{text}, **{best.factor}** by {format_points(best.difference)}. Within chance: {unclear} of {len(rows)}."
