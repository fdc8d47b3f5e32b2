"""What this project found, in three figures: computed from the artifacts, and left out where one is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean

from fer_core.app.formats import SPACE, format_count, format_estimate, format_percent, format_points, format_range
from fer_core.app.summary import best_study_accuracy, describe_mean, list_seeds
from fer_core.runs.ablation import compare_by_crowd
from fer_core.runs.comparison import find_taught_otherwise
from fer_core.runs.paper import PAPER_CONFIGURATION
from fer_core.runs.robustness import Robustness
from fer_core.runs.run import Run

UPSIDE_DOWN = 180
STUDYS = "vgg_study"


@dataclass(frozen=True)
class Finding:
    """One figure and what it says. `page` shows more, with `query` in its address."""

    figure: str
    title: str
    text: str
    page: str


def make_findings(
    label_run: Run | None, crowd_run: Run | None, measured: Mapping[str, Robustness], runs: Mapping[str, Run], facts
) -> list[Finding]:
    """Return the findings that the artifacts carry: what passes the study, what people see, what upside-down faces did.

    `label_run`: the best network that learned labels; `crowd_run`: the one that learned votes; `measured`: robustness by
    run's name; `facts`: of the dataset, or None.
    """
    found = [
        _find_labels(label_run, runs) if label_run else None,
        _find_people(label_run, crowd_run, runs, facts),
        _find_upside_down(measured, runs),
    ]
    return [finding for finding in found if finding]


def _find_labels(run: Run, runs: Mapping[str, Run]) -> Finding:
    shares = [seed.metrics.test.accuracy for seed in list_seeds(run, runs.values())]
    reached = mean(shares)
    if len(shares) > 1:
        told = f"{describe_mean(shares)} over {len(shares)} seeds"
    else:
        told = format_estimate(reached, run.metrics.test.accuracy_ci95)
    text = (
        f"The study gets {best_study_accuracy()} of FER2013's labels right. **{run.title}**, also with one look per face, "
        f"gets {told}"
    )
    if run.config.parameters:
        share = run.config.parameters / PAPER_CONFIGURATION["parameters"]
        text += f", with {format_percent(share, 0)} of its parameters"
    if (
        run.config.dataset
        and (more := run.config.dataset.train.total / PAPER_CONFIGURATION["training pictures"] - 1) > 0
    ):
        text += f" and {format_percent(more, 0)} more training pictures"
    people = ask_people(run, runs)
    return Finding(
        f"{best_study_accuracy().split(SPACE)[0]} → {format_percent(reached)}", "A smaller network beats the study",
        f"{text}.{people}", "study" if people else "leaderboard",
    )  # fmt: skip


def ask_people(run: Run, runs: Mapping[str, Run]) -> str:
    """Say whether people see the gain over the study's network, run again; nothing where they cannot be compared."""
    again = next((found for found in runs.values() if found.config.network == STUDYS and found.name != run.name), None)
    try:
        found = compare_by_crowd(list_seeds(run, runs.values()), [again]) if again else None
    except ValueError:  # other test pictures
        found = None
    if found is None:
        return ""
    low, high = found.interval
    written = f"{format_points(low, unit=False)} to {format_points(high, unit=False)}"
    beside = f"the study's network, run again ({format_points(found.value)}, 95 %: {written})"
    if low > 0 or high < 0:
        return f" What most people see, it names {'more' if low > 0 else 'less'} often than {beside}."
    return f" But what most people see, it names no more often than {beside}: the gain is in the labels."


def _find_people(label_run: Run | None, crowd_run: Run | None, runs: Mapping[str, Run], facts) -> Finding | None:
    if facts is None or not facts.crowd or facts.drawn:
        return None
    confirmed = format_percent(facts.crowd.agreement["test"])
    if crowd_run is None:
        return Finding(
            confirmed, "People confirm two labels in three",
            f"Ten people who looked at the test pictures again (FER+) confirm {confirmed} of their labels.", "dataset",
        )  # fmt: skip
    seen = crowd_run.as_served().as_judged(by_crowd=True).test
    shown = format_percent(seen.accuracy)
    text = (
        f"Ten people confirm {confirmed} of the labels. A network taught by their votes sees what most people see in "
        f"{format_percent(seen.accuracy)} ({format_range(seen.accuracy_ci95)}) of the {format_count(seen.n)} faces with a clear first "
        "choice"
    )
    same = find_taught_otherwise(crowd_run, runs.values())
    if (rival := same or label_run) and rival.metrics.crowd_test:
        other = format_percent(rival.as_served().as_judged(by_crowd=True).test.accuracy)
        text += f"; {'one of the same design' if same else 'one'} taught by the labels, by a recipe of its own, does so in {other}"
        shown = f"{other.split(SPACE)[0]} → {shown}"
    return Finding(shown, "People often see something other than the label", f"{text}.", "results")


def _find_upside_down(measured: Mapping[str, Robustness], runs: Mapping[str, Run]) -> Finding | None:
    study = next((name for name in measured if runs[name].config.network == STUDYS), None)
    ours = next((name for name in measured if runs[name].config.network != STUDYS), None)
    if study is None or ours is None:
        return None
    turned = {name: _get_upside_down(measured[name]) for name in (study, ours)}
    if None in turned.values():
        return None
    return Finding(
        f"{format_percent(turned[study], 0)} against {format_percent(turned[ours], 0)}", "The study's network reads faces upside down",
        f"The study turns half of its training faces upside down. So **{runs[study].title}** still names "
        f"{format_percent(turned[study])} of upside-down faces ({format_percent(measured[study].clean.accuracy)} upright), "
        f"where **{runs[ours].title}** falls from {format_percent(measured[ours].clean.accuracy)} to "
        f"{format_percent(turned[ours])}. Few photos hang upside down.",
        "robustness",
    )  # fmt: skip


def _get_upside_down(robustness: Robustness) -> float | None:
    points = robustness.curves.get("rotation", ())
    return next((point.accuracy for point in points if point.strength == UPSIDE_DOWN), None)
