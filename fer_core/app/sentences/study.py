"""What the study is, what its numbers allow, and what it left open, in words. Pure functions, no Streamlit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from statistics import stdev

from fer_core.app.formats import format_count, format_estimate, format_many, format_percent, format_points, join_words
from fer_core.app.sentences.limits import compute_rare_recalls, describe_rare
from fer_core.app.sentences.robustness import find_worst, point_size
from fer_core.app.summary import best_study_accuracy, describe_network
from fer_core.labels import COVERED
from fer_core.runs.ablation import AblationRow
from fer_core.runs.comparison import Mention, compare_mentioned
from fer_core.runs.doubts import Doubts
from fer_core.runs.leaderboard import Measure, compute_measures, group_runs
from fer_core.runs.literature import LITERATURE
from fer_core.runs.metrics import Z95, compute_unpaired_error, compute_wilson_interval
from fer_core.runs.paper import (
    PAPER_CONFIGURATION,
    PAPER_LAYERS,
    PAPER_TABLE,
    REPORTED,
    paper_test_accuracy,
    paper_value,
)
from fer_core.runs.robustness import Robustness
from fer_core.runs.run import Run

PAPER, HERE = "the study, as printed", "run again here"
LAST_EPOCHS = 10
BALANCE = ("quarter-weighted", "quarter-oversampled", "quarter-effective", "quarter-focal")
"""Experiments that try the study's first suggestion."""
TUNING = (
    "quarter-constant", "quarter-rate-0.01", "quarter-dropout-0.3", "quarter-dropout-0.7", "quarter-shallow", "quarter-deep",
)  # fmt: skip
"""Experiments that try its second one."""
WORKS = """
- **AlexNet, VGG, GoogLeNet, ResNet** (2012 to 2015) are the families it reviews. It builds on
  [VGG](https://arxiv.org/abs/1409.1556): nothing but 3×3 convolutions, more of them as the maps shrink.
- **[Batch normalisation](https://arxiv.org/abs/1502.03167)** (Ioffe and Szegedy, 2015) follows every convolution, to train
  faster and to keep gradients from vanishing.
- **[Khaireddin and Chen](https://arxiv.org/abs/2105.03588)** (2021) gave it the plan of four stages and three dense layers.
  Its rotation, shift, zoom and erasing resemble theirs; they report 73.3 %.
- **[Gan](https://doi.org/10.1145/3271553.3271584)** (2018) is its yardstick: an AlexNet with seven outputs, 20 passes over
  28,709 training pictures (the study keeps a fifth of them for validation and trains on 22,968), 64 %, ahead of VGG, GoogLeNet and ResNet in that comparison.
- **[Mehendale](https://doi.org/10.1007/s42452-020-2234-1)** (2020) goes another way: remove the background by skin
  colour, describe the face by 24 distances, tell five expressions apart. It used other pictures, so its numbers do not compare.
"""
"""What the study reads and builds on, in our words."""


def make_takeaway() -> str:
    """Say what the study asked and found."""
    first, best = PAPER_TABLE[0], PAPER_TABLE[1]
    return (
        f"Two students trained a VGG of {format_many(PAPER_CONFIGURATION['parameters'])} parameters on FER2013 three "
        "times, to see what more epochs and larger batches change. Their answer: "
        f"{best.epochs} epochs beat {first.epochs}, the batch matters less, and the best network gets "
        f"**{best_study_accuracy()}** of the test pictures right. Here the study is read closely, run again, and taken further."
    )


def compute_accuracies(runs: Sequence[Run]) -> dict[str, list[Measure]]:
    """Return test accuracies with 95 % intervals: of the study's experiments, and of ours where they were run."""
    groups = group_runs(runs)
    printed, ours = [], []
    for experiment in PAPER_TABLE:
        title = f"{experiment.number}: {experiment.epochs} epochs, batches of {experiment.batch_size}"
        share, n = paper_test_accuracy(experiment.number), PAPER_CONFIGURATION["test pictures"]
        printed.append(Measure(title, share, compute_wilson_interval(share, n), n, (share,)))
        if experiment.name in groups:
            measure = compute_measures(groups[experiment.name], averaged=False)[0]  # of all test pictures
            ours.append(replace(measure, name=title))
    return {PAPER: printed, **({HERE: ours} if ours else {})}


def describe_accuracies(accuracies: Mapping[str, Sequence[Measure]]) -> str:
    """Say what the study's three accuracies, and ours, allow to conclude about the differences between them."""
    first, second, third = (paper_value(experiment.number, "test", "accuracy") for experiment in PAPER_TABLE)
    text = (
        f"Twice the epochs bring {format_points(second - first, 0)}, twice the batch {format_points(third - second, 0)}. The bars cannot say whether that is chance. They show how far each number would move "
        "on other pictures, but all three experiments met the same ones: to compare them one needs their answers picture by "
        "picture, and to rule out luck in training, other seeds. The study prints neither."
    )
    again = {measure.name: measure for measure in accuracies.get(HERE, ())}
    for printed in accuracies[PAPER]:
        if printed.name in again:
            text += f" {_describe_again(printed, again[printed.name])}"
    return text


def _describe_again(printed: Measure, ours: Measure) -> str:
    """Compare a printed accuracy with our reruns; the null is what another seed of ours would do, and nothing else."""
    n = len(ours.seeds)
    difference, exact = ours.share - printed.share, int(printed.name[0]) == REPORTED
    opening = f"Experiment {printed.name[0]}, run again: **{format_estimate(ours.share, ours.interval)}**"
    beside = f"{format_points(difference)} from the study's {format_percent(printed.share, int(exact))}"
    if not exact:
        beside += ", which is rounded"
    if n == 1:
        return f"{opening}, {beside}. One seed: how far another one would move it is not known."
    from scipy.special import stdtrit

    # A new draw from the same seeds: its distance from their mean, in t's units (Student 1908).
    reach = stdtrit(n - 1, 0.975) * stdev(ours.seeds) * sqrt(1 + 1 / n)
    verdict = "within" if abs(difference) <= reach else "beyond"
    return (
        f"{opening} (mean of {n} seeds), {beside}, {verdict} what another of our seeds would do "
        f"({format_points(reach).lstrip('+')} at 95 %)."
    )


def describe_epochs(run: Run) -> str:
    """Say how far the epochs at the end of a rerun differ, and which of them the study's own numbers fit."""
    answers, n = run.predictions("test"), LAST_EPOCHS
    if answers.last_epochs is not None:
        shares, what = (answers.last_epochs == answers.label).mean(axis=1), "test"
    else:
        shares, what = run.history["val_accuracy"][-n:], "validation"
    text = (
        f"Epochs differ, too. Over the last {len(shares)} of **{run.title}**, {what} accuracy ranged from "
        f"{format_percent(min(shares))} to {format_percent(max(shares))}."
    )
    for mention in compare_mentioned(run):
        if mention.last_epoch is not None and mention.metric == "recall":
            kept, last = (_compute_z(mention, value) for value in (mention.ours, mention.last_epoch))
            if abs(last) < Z95 < abs(kept):
                text += (
                    f" The study's recall of {mention.label}, {mention.printed}, is nearer to the last epoch's "
                    f"({mention.last_epoch:.2f}) than to that of the kept one, {run.best_epoch} ({mention.ours:.2f}): its test row "
                    "may be that of its last epoch. One seed of ours cannot settle it."
                )
    return text


def _compute_z(mention: Mention, ours: float) -> float:
    """Distance of two shares in standard errors, as if of different pictures."""
    return (ours - mention.paper) / compute_unpaired_error(ours, mention.support, mention.paper, mention.support)


def describe_layers(run: Run | None) -> str:
    """Say where the network's parameters are, where its arithmetic, and how ours compares."""
    dense = [layer for layer in PAPER_LAYERS if layer.kind == "Dense"]
    parameters = sum(layer.parameters for layer in PAPER_LAYERS)
    products = sum(layer.multiplications for layer in PAPER_LAYERS)
    text = (
        f"**{format_percent(sum(layer.parameters for layer in dense) / parameters, 0)}** of its "
        f"{format_many(parameters)} parameters sit in the dense layers, which do "
        f"{format_percent(sum(layer.multiplications for layer in dense) / products, 0)} of its "
        f"{format_many(products)} multiplications per picture. The convolutions do the rest."
    )
    if run and run.config.network != "vgg_study":
        text += f" The whole of {describe_network(run)}."
    return text


@dataclass(frozen=True)
class Question:
    """Something that the study names as its limit or its future work: what it says, what is known here, where."""

    title: str
    said: str
    found: str
    page: str | None = None


def make_questions(
    run: Run | None, robustness: Robustness | None, rows: Sequence[AblationRow], pretrained: Run | None = None,
    doubts: Doubts | None = None,
) -> list[Question]:  # fmt: skip
    """Return the study's limits and future work with what this project found.

    `rows`: the ablation of its recipe; `pretrained`: a run that began with the weights of another network; `doubts`: what
    the network of `run` sees beside the expression.
    """
    return [
        Question("Hard classes", "Disgust and fear are missed most.", _answer_rare(run), "limits"),
        Question(
            "Covered faces", "Hands and objects may mislead it; not measured.",
            _answer_covered(run, robustness) + _describe_noticed(doubts), "robustness",
        ),
        Question("Balance the classes", "Oversample rare ones, or weigh them more.", _answer_balance(rows)),
        Question("Tune the recipe", "Schedules, dropout, depth.", _answer_recipe(run, rows), "training"),
        Question("Start from a pre-trained network", "ResNet, fine-tuned.", _answer_pretraining(pretrained), "leaderboard"),
        Question(
            "Hear the voice, too", "Faces and voices together.",
            "FER2013 has no sound. What a voice could add at most can be computed, though.", "voice",
        ),
    ]  # fmt: skip


ALONE = "One at a time, at a quarter of the study's width, 30 epochs"


def _answer_rare(run: Run | None) -> str:
    if run is None:
        return "No network to compare with yet."
    return describe_rare(compute_rare_recalls({run.title: run}), run.title)


def _answer_covered(run: Run | None, robustness: Robustness | None) -> str:
    if run is None or robustness is None:
        return "Not measured yet."
    corruption, point = find_worst(robustness, occlusion=True)
    return (
        f"Measured: with the {corruption.title.lower()} ({point_size(corruption, point)}) **{run.title}** gets "
        f"{format_percent(point.accuracy)} right, against {format_percent(robustness.clean.accuracy)} uncovered."
    )


def _describe_noticed(doubts: Doubts | None) -> str:
    if doubts is None:
        return ""
    covered = doubts.probes[COVERED]
    return (
        f" On a photo it says so. Of {format_count(doubts.n)} faces with a cover painted on, it notices "
        f"{join_words([f'{format_percent(share, 0)} with a {cover}' for cover, share in covered.noticed.items()])}; it was "
        f"fitted on masks and hands. Of open faces it takes {format_percent(covered.false_alarms)} for covered. Such an answer never "
        "counts as sure."
    )


def _answer_balance(rows: Sequence[AblationRow]) -> str:
    changes = _list_changes(rows, BALANCE)
    if not changes:
        return "Not tried here yet."
    recall = next(row for row in rows if row.experiment in BALANCE).base_recall.get("disgust")
    if recall is None:
        return f"{ALONE}: {changes}"
    return (
        f"{ALONE}: {changes} So small a network finds {format_percent(recall, 0)} of disgust without them: a poor judge of what rare "
        "classes need."
    )


def _list_changes(rows: Sequence[AblationRow], experiments: Sequence[str]) -> str:
    """What those of the ablation's changes that were tried did, as one sentence; empty when none was."""
    text = "; ".join(
        f"{row.factor}: not tested, as it never came into play" if row.is_idle
        else f"{row.factor}: accuracy {format_points(row.difference)}, macro F1 {format_points(row.f1_difference)}"
        for row in rows if row.experiment in experiments
    )  # fmt: skip
    return text and f"{text[0].upper()}{text[1:]}."


def _answer_recipe(run: Run | None, rows: Sequence[AblationRow]) -> str:
    alone = _list_changes(rows, TUNING)
    if run is None or run.config.network == "vgg_study":
        return alone or "Not tried here yet."
    test = run.metrics.test
    return (
        f"**{run.title}** changes all three and more: {format_estimate(test.accuracy, test.accuracy_ci95)} from one look, with "
        f"{format_many(run.config.parameters)} parameters. {alone and f'{ALONE}: {alone}'}"
    ).strip()


def _answer_pretraining(run: Run | None) -> str:
    if run is not None:
        test, what = run.as_served().test, "what most people see" if run.by_crowd else "FER2013's labels"
        return (
            f"Tried: **{run.title}** started from a network that tells people apart, and names {what} for "
            f"{format_estimate(test.accuracy, test.accuracy_ci95)} of {format_count(test.n)} test pictures. What the start itself is "
            "worth is not measured: the same network has not been trained without it."
        )
    row = next(row for row in LITERATURE if row.pretraining == "ImageNet" and row.ensemble is False)
    return f"Not run here. With ImageNet before it, {row.short} reports {format_percent(row.accuracy)} on {row.split}."
