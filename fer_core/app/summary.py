"""What the artifacts say, in sentences and cards: shared by the overview and the model card. Pure functions."""

from collections.abc import Iterable, Sequence
from statistics import mean

from fer_core.app.formats import (
    SPACE,
    format_count,
    format_estimate,
    format_many,
    format_percent,
    format_points,
    format_range,
)
from fer_core.app.ui import Metric
from fer_core.app.wording import TEN
from fer_core.probability import apply_temperature
from fer_core.runs.confidence import simulate_calibration_floor
from fer_core.runs.leaderboard import choose_fresh, group_runs
from fer_core.runs.metrics import compute_wilson_interval
from fer_core.runs.paper import PAPER_CONFIGURATION, PAPER_TABLE
from fer_core.runs.records import Scores
from fer_core.runs.registry import METRICS
from fer_core.runs.registry import Metric as MetricEntry
from fer_core.runs.run import Run

HEADLINE = (METRICS["deduplicated_accuracy"], METRICS["crowd_accuracy"])
CROWD_HEADLINE = (METRICS["crowd_united_accuracy"],)
HALVES = (METRICS["public_accuracy"], METRICS["private_accuracy"])


def make_headline_metrics(run: Run) -> list[Metric]:
    """Return the cards that describe how good `run` is to its judge, each with its 95 % interval where one is known."""
    test = run.test
    if run.by_crowd:
        label, what = "What most people see", "in which the network's answer is the crowd's first choice"
    else:
        label, what = "Test accuracy", "whose label the network names"
    help_accuracy = f"Share of {format_count(test.n)} test pictures {what}. 95 % interval."
    if run.is_averaged:
        help_accuracy += " Each answer is averaged over the face and its mirror image, as for your photo."
    cards = [Metric(label, format_percent(test.accuracy), _note(test.accuracy_ci95), help_accuracy)]
    more = CROWD_HEADLINE if run.by_crowd else HEADLINE
    cards += [_make_share_card(test, metric) for metric in more if metric.read(test) is not None]
    if run.by_crowd:
        labels = run.as_judged(by_crowd=False).test
        note, help = _note(labels.accuracy_ci95), "How often the answer is FER2013's own label, a search word."
        cards.append(Metric("FER2013's label", format_percent(labels.accuracy), note, help))
    f1 = METRICS["f1_macro"]
    return [*cards, Metric(f1.label, format_percent(test.f1_macro), "all classes equal", f1.help)]


def make_split_metrics(run: Run) -> list[Metric]:
    """Return cards for the two halves of the test set, calibration, and size."""
    test, calibration = run.test, run.calibration
    cards = [_make_share_card(test, metric) for metric in HALVES if metric.read(test) is not None]
    after = calibration.test_ece_after if calibration else test.ece
    note = f"{write_gap(test.ece)} before" if calibration and calibration.temperature != 1 else "0 is best"
    label = "Off the votes by" if run.by_crowd else METRICS["ece"].label
    cards.append(Metric(label, write_gap(after), note, METRICS["ece"].help))
    if parameters := run.config.parameters:
        study = format_many(PAPER_CONFIGURATION["parameters"])
        cards.append(Metric("Parameters", format_many(parameters), f"study: {study}", "Numbers learned in training."))
    return cards


def write_gap(share: float) -> str:
    """Points, since it is a difference of shares."""
    return format_points(share).lstrip("+±")


def describe_network(run: Run) -> str:
    """Return "Compact network (1.17 M parameters)"."""
    parameters = run.config.parameters
    return f"{run.title} ({format_many(parameters)} parameters)" if parameters else run.title


def describe_caveats(run: Run) -> str:
    """Return what a reader must know before any number of `run`, or nothing."""
    caveats = []
    if run.is_drawn:
        caveats.append("This network was trained and tested on drawn faces, so its numbers say nothing about photos.")
    if run.is_partial:
        caveats.append(f"Its training stopped after {len(run.history)} of {run.config.epochs} epochs.")
    if run.config.caveat:
        caveats.append(run.config.caveat)
    quantised = run.metrics.quantised
    if quantised and run.model_path and not quantised.served:
        caveats.append(
            f"Its scores were measured before its weights were stored in fewer bits; the file that answers photos gives the "
            f"same answer for {format_percent(quantised.agreement)} of the test pictures."
        )
    return " ".join(caveats)


def describe_accuracy(run: Run) -> str:
    """Return "names FER2013's label for 66.3 % (65.2–67.4) of 7,178 test pictures", or the same by the crowd."""
    test = run.test
    what = "sees what most people see in" if run.by_crowd else "names FER2013's label for"
    return f"{what} **{format_estimate(test.accuracy, test.accuracy_ci95)}** of {format_count(test.n)} test pictures"


def list_seeds(run: Run, runs: Iterable[Run]) -> list[Run]:
    """The finished runs that the mean of the experiment of `run` is made of, one per seed (`choose_fresh`); the run alone
    where it is no finished one itself.
    """
    return choose_fresh(group_runs(list(runs)).get(run.experiment, [run]))


def describe_seeds(run: Run, runs: Iterable[Run]) -> str:
    """Return what the seeds of the run's experiment reach as it is served, itself among them or not; nothing for one seed."""
    seeds = list_seeds(run, runs)
    shares = [seed.as_judged(run.by_crowd).as_served().test.accuracy for seed in seeds]
    if len(shares) < 2:
        return ""
    own = run.name in {seed.name for seed in seeds}
    who = f"Trained with {len(shares)} seeds" if own else f"{len(shares)} fresh seeds"
    looks = ", averaged over the mirror image" if run.can_average else ""
    return f"{who}: {describe_mean(shares)}{looks}."


def describe_mean(shares: Sequence[float]) -> str:
    """Return "68.1 % on average, 67.8 % to 68.4 %", of several seeds."""
    low, high = (format_percent(share) for share in (min(shares), max(shares)))
    return f"{format_percent(mean(shares))} on average, {low} to {high}"


def describe_people(facts, run: Run | None = None) -> str:
    """Return how well people predict one another, or nothing where no votes were joined.

    `run`: a network that is judged by the crowd, to say how well it predicts them on the same faces.
    """
    people = facts.crowd.people if facts and facts.crowd else None
    if people is None or people.one is None or people.five is None:
        return ""
    text = (
        f"One person agrees with most of the others in {format_percent(people.one, 0)} of the votes. Where all ten chose one of the "
        f"seven, five people agree with another five on {format_percent(people.five, 0)} of the faces"
    )
    if run is None or not run.by_crowd:
        return f"{text}."
    answers = run.as_served().answers("test")
    right = answers.correct[answers.votes.sum(axis=1) == TEN]
    return (
        f"{text}; there this network agrees with most of the ten on {format_percent(right.mean(), 0)}."
        if len(right)
        else f"{text}."
    )


def describe_floor(run: Run) -> str:
    """Say what calibration error chance alone gives a network that states its confidence exactly, beside that of `run`."""
    answers, found = run.answers("test"), run.calibration
    probability = apply_temperature(answers.probability, found.temperature if found else 1.0)
    floor, low, high = simulate_calibration_floor(probability, answers.votes if run.by_crowd else None)
    shown = found.test_ece_after if found else run.test.ece
    text = (
        f"On {format_count(len(answers))} pictures even a network whose confidence is exactly right would show "
        f"{format_percent(floor)} ({format_range((low, high))}) by chance; this one shows {format_percent(shown)}, "
        f"{'no more than that' if shown <= high else 'more than that'}."
    )
    if found and found.temperature != 1 and abs(found.test_ece_after - found.test_ece_before) < high - low:
        text += " The temperature changes nothing beyond chance."
    return text


def find_extreme_classes(run: Run) -> tuple[str, str]:
    """Return the labels with the lowest and the highest recall on the test pictures."""
    per_class = run.test.per_class
    order = sorted(per_class, key=lambda label: per_class[label].recall)
    return order[0], order[-1]


def find_top_confusion(run: Run) -> tuple[str, str, int]:
    """Return (true, predicted, pictures) of the most frequent mistake on the test pictures."""
    labels = list(run.test.per_class)
    confusion = run.test.confusion
    cells = [(confusion[i][j], i, j) for i in range(len(labels)) for j in range(len(labels)) if i != j]
    count, i, j = max(cells)
    return labels[i], labels[j], count


def describe_dataset(facts) -> str:
    """Return what FER2013 is, from its facts (DatasetFacts or None)."""
    if facts is None:
        return "35,887 small grey faces from an image search, each with one of seven labels."
    duplicates = facts.duplicates
    return (
        f"{format_count(sum(sum(counts.values()) for counts in facts.counts.values()))} small grey faces. "
        f"{format_count(duplicates.pictures)} of them appear more than once, "
        f"{format_count(duplicates.conflicting_pictures)} of those under different labels."
    )


def describe_crowd(facts) -> str:
    """Return how often ten people agree with the labels, or nothing when no votes were joined."""
    if facts is None or not facts.crowd:
        return ""
    share = format_percent(facts.crowd.agreement["test"])
    return f"The labels themselves are rough: ten people (FER+) confirm {share} of them."


def best_study_accuracy() -> str:
    """Return the study's best test accuracy as a percentage, from Table 1 as printed."""
    best = max(PAPER_TABLE, key=lambda experiment: float(experiment.cells["test"]["accuracy"]))
    return f"{100 * float(best.cells['test']['accuracy']):.0f}{SPACE}%"


def _make_share_card(test: Scores, metric: MetricEntry) -> Metric:
    share, n = metric.read(test), metric.read_count(test)
    note = _note(compute_wilson_interval(share, n))
    return Metric(
        metric.label, format_percent(share), note, f"{metric.help} {format_count(n)} pictures, 95 % interval."
    )


def _note(interval) -> str:
    return f"95{SPACE}%: {format_range(interval)}"
