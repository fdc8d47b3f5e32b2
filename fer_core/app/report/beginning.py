"""The report's first half: abstract, question, data, method, experiments."""

from collections.abc import Collection, Sequence

import pandas as pd

from fer_core.app import story as told
from fer_core.app.charts.balance import compute_imbalance, view_balance
from fer_core.app.charts.crowd import view_agreement
from fer_core.app.charts.measures import view_measures
from fer_core.app.charts.network import view_layers
from fer_core.app.formats import format_count, format_estimate, format_many, format_percent, format_points
from fer_core.app.report.article import Figure, Section, Table, Text
from fer_core.app.report.references import cite
from fer_core.app.sentences import study
from fer_core.app.sentences.robustness import find_worst, point_size
from fer_core.app.summary import describe_network, describe_seeds
from fer_core.runs.comparison import TableRow, compare_table_with_paper
from fer_core.runs.paper import PAPER_CONFIGURATION, PAPER_LAYERS, PAPER_TABLE

SPLITS = {"train": "Train", "validation": "Validation", "test": "Test"}
FACTS_NEEDED = "The facts about FER2013 are missing here; `python train.py facts` writes them."


def make_abstract(story: told.Story) -> str:
    """Return the report in one paragraph."""
    parts = ["FER2013 gives small grey faces one of seven labels, taken from the words of an image search."]
    if agreement := told.get_agreement(story):
        share = format_percent(agreement["test"])
        parts.append(f"Ten people, asked again, confirm **{share}** of the test labels.")
    parts.append(
        f"A course study trained a VGG of {format_many(PAPER_CONFIGURATION['parameters'])} parameters three times and "
        f"reached **{format_percent(told.get_best_printed(), 0)}**; this report reads it closely, runs it again and takes it further."
    )
    if again := study.compute_accuracies(story.runs).get(study.HERE):
        ours = again[-1]
        parts.append(f"Run again, experiment {ours.name[0]} reaches **{format_estimate(ours.share, ours.interval)}**.")
    for run in {run.name: run for run in (story.labels, story.default) if run is not None}.values():
        accuracy, interval, _ = told.get_accuracy(run)
        crowd = told.get_crowd_accuracy(run)
        averaged = " (each face averaged with its mirror image)" if run.can_average else ""
        text = f"{describe_network(run)} gets **{format_estimate(accuracy, interval)}** of the labels right{averaged}"
        parts.append(
            f"{text} and sees what most people see in {format_percent(crowd)} of the faces."
            if crowd is not None
            else f"{text}."
        )
        parts.append(describe_seeds(run, story.runs))
    for name, found in list(told.get_robustness(story).items())[:1]:
        corruption, point = find_worst(found, occlusion=False)
        parts.append(
            f"On worse pictures {name} does much worse: {corruption.title.lower()} with {point_size(corruption, point)} leaves "
            f"{format_percent(point.accuracy)} of the labels right."
        )
    parts.append("A label is not a feeling, and nothing here should decide about people.")
    return " ".join(filter(None, parts))


def make_question(story: told.Story) -> Section:
    """Say what the study asked and found."""
    return Section("question", "Question", [Text(f"{study.make_takeaway()} {cite('study')}")])


def make_data(story: told.Story) -> Section:
    """Describe pictures, balance, copies and the crowd."""
    intro = (
        "FER2013 was made for a contest in 2013 out of an image search: about 600 phrases, made of words for feelings and "
        "words for gender, age or origin. Faces were cut to 48 × 48 grey pixels; the search word became the label, and "
        f"people only struck out pictures that were plainly wrong {cite('fer2013')}."
    )
    facts = story.facts
    if facts is None:
        return Section("data", "Data", [Text(f"{intro}\n\n{FACTS_NEEDED}")])
    most, least, times = compute_imbalance(facts.counts)
    always, share = told.get_largest_share(facts)
    copies = facts.duplicates
    blocks = [
        Text(
            f"{intro} The {format_count(told.count_pictures(facts))} pictures are far from balanced: {most} is {times:.0f} times "
            f"as common as {least}. Always answering {always} would get {format_percent(share)} of the test pictures right."
        ),
        Figure(view_balance(facts.counts), "Pictures per class and folder."),
        Text(
            f"{format_count(copies.pictures)} pictures appear more than once. {format_count(copies.twins)} test "
            f"pictures have an identical twin in the training folder, and {format_count(copies.conflicting_groups)} groups of "
            "identical pictures carry different labels."
        ),
    ]
    if agreement := told.get_agreement(story):
        blocks += [
            Text(
                f"Later ten people voted on every picture (FER+) {cite('ferplus')}. More of them chose FER2013's label than any other for "
                f"**{format_percent(agreement['test'])}** of the test pictures. So there are two right answers, the label and "
                "what the crowd says; this report keeps them apart."
            ),
            Figure(
                view_agreement(agreement),
                "Share of labels that the crowd's first choice confirms, all pictures; dotted: over all classes.",
            ),
        ]  # fmt: skip
    return Section("data", "Data", blocks)


def make_method(story: told.Story) -> Section:
    """Describe the study's network and recipe, ours, and how answers are counted."""
    recipe = pd.DataFrame(
        {"Setting": list(PAPER_CONFIGURATION), "The study": map(_write, PAPER_CONFIGURATION.values())}
    )
    ours = ""
    if story.labels is not None and story.labels.name not in {run.name for run in (story.default, story.again) if run}:
        ours = f"\n\nBeside it is **{describe_network(story.labels)}**, which learned the same labels."
    if story.default is not None and story.default is not story.again:
        ours += (
            f"\n\n**{describe_network(story.default)}** answers photos in the dashboard. Its facts are in "
            "the [model card](#model-card)."
        )
    return Section(
        "method", "Method",
        [
            Text(
                f"The study's network is a VGG {cite('vgg')} with batch normalisation {cite('batchnorm')}: four stages of 3 × 3 "
                "convolutions, each followed by max pooling, then three dense layers. "
                f"{format_percent(told.get_dense_share(), 0)} of its {format_many(PAPER_CONFIGURATION['parameters'])} parameters "
                "sit in the dense layers. Its training pictures are turned, shifted, zoomed, mirrored, partly erased, and "
                f"half of them are upside down.{ours}"
            ),
            Figure(
                view_layers(PAPER_LAYERS, "Parameters"),
                "Parameters of each layer of the study's network, from the printed code.",
            ),
            Table(recipe, "The study's recipe, from its text and printed code."),
            Text(
                "**How answers are counted.** Accuracy is the share of test pictures whose label the network names; macro F1 "
                "gives every class the same weight. Intervals are of 95 % and come from the number of test pictures "
                "alone; another training seed moves results as well. Validation pictures choose epochs and settings; what had been seen of the "
                "test pictures before, the [model card](#model-card) says. "
                "Where the dashboard's answers are meant, they are averaged over a face and its mirror image. Calibration "
                f"compares confidence with the share of right answers {cite('calibration')}."
            ),
        ],
    )  # fmt: skip


def _write(value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def make_experiments(story: told.Story) -> Section:
    """Set Table 1 beside ours, cell by cell, and say what chance explains."""
    accuracies = study.compute_accuracies(story.runs)
    table = compare_table_with_paper(list(story.runs))
    made = {cell.experiment for cell in table if cell.n_runs}
    caption = "Table 1 of the study as printed"
    if made:
        caption += ", and the same experiments run again here, with the difference in points"
    return Section(
        "experiments", "Experiments",
        [
            Text(
                "The study changes two things: the number of epochs and the size of a batch. Validation precision and recall "
                "count a class as named only above a probability of 0.5, as Keras does; test scores are averages weighted by "
                "class size."
            ),
            Table(_make_table(table, made), f"{caption}."),
            Text(study.describe_accuracies(accuracies)),
            Figure(
                view_measures(accuracies),
                "Test accuracy of the three experiments; bars: 95 % intervals from the number of test pictures.", wide=True,
            ),
        ],
    )  # fmt: skip


def _make_table(table: Sequence[TableRow], made: Collection[int]) -> pd.DataFrame:
    first = [cell for cell in table if cell.experiment == 1]
    columns = {"Score": [f"{SPLITS[cell.split]} {cell.metric.replace('f1', 'F1')}" for cell in first]}
    for experiment in PAPER_TABLE:
        cells = [cell for cell in table if cell.experiment == experiment.number]
        columns[f"{experiment.number}: study"] = [cell.printed for cell in cells]
        if experiment.number in made:
            columns[f"{experiment.number}: here"] = [
                f"{cell.ours:.4f} ({format_points(cell.difference, unit=False)})" if cell.n_runs else "–"
                for cell in cells
            ]
    return pd.DataFrame(columns)
