"""The report's second half: results, literature, limits, what was left open, responsible use, the model card."""

import pandas as pd

from fer_core.app import story as told
from fer_core.app.charts.families import view_accuracies
from fer_core.app.charts.ingredients import view_ingredients
from fer_core.app.charts.leaderboard import view_board
from fer_core.app.charts.learning import view_learning
from fer_core.app.charts.limits import view_mistakes, view_rare
from fer_core.app.charts.measures import view_measures
from fer_core.app.charts.reliability import view_reliability
from fer_core.app.charts.robustness import compute_floor
from fer_core.app.charts.side_by_side import view_matrix_row, view_worst
from fer_core.app.charts.two_scores import view_scores
from fer_core.app.formats import format_percent
from fer_core.app.report.article import Figure, Section, Table, Text
from fer_core.app.report.references import cite
from fer_core.app.sentences import families, limits, model_card
from fer_core.app.sentences.responsible_use import FINE, LIMITS, NOT_FINE
from fer_core.app.sentences.robustness import describe_sample
from fer_core.app.sentences.robustness import describe_worst as tell_worst
from fer_core.app.sentences.steps import describe_steps
from fer_core.app.sentences.study import make_questions
from fer_core.runs.families import compare_families
from fer_core.runs.leaderboard import compute_measures, make_literature_entries, make_our_entries
from fer_core.runs.literature import PEOPLE, PEOPLE_MARGIN
from fer_core.runs.paper import PAPER_FINDINGS

NO_RUN = "No network has been trained here yet: `python train.py train compact` trains one."


def make_results(story: told.Story) -> Section:
    """Show both scores, matrices, the surest mistakes, what helps, and worse pictures."""
    if story.labels is None:
        return Section("results", "Results", [Text(NO_RUN), _make_matrix(story)])
    measures = {run.title: compute_measures([run], averaged=False) for run in story.networks}
    ways = max(map(len, measures.values()))
    judged = {run.name: run for run in (story.default, *story.networks) if run is not None}
    told_scores = "; ".join(told.describe_scores(run) for run in judged.values())
    blocks = [
        Text(f"{told_scores}. {model_card.describe_classes(story.labels, story.labels.title)}"),
        *_tell_people(story),
        Figure(view_measures(measures, story.looks), f"The same answers, counted in {ways} ways; one look per face.", wide=True),
        _make_matrix(story),
        *_tell_mistakes(story), *_tell_help(story), *_tell_robustness(story), *_tell_confidence(story),
    ]  # fmt: skip
    return Section("results", "Results", blocks)


def _tell_people(story: told.Story) -> list:
    scores = told.list_judged_twice(story)
    if not scores:
        return []
    return [
        Figure(
            view_scores(scores),
            "Each network judged twice: by FER2013's labels, and by what most people see (FER+); mirror image averaged.",
        )
    ]  # fmt: skip


def _make_matrix(story: told.Story) -> Figure:
    matrices = {told.STUDY: told.get_study_confusion()}
    if story.labels is not None:
        matrices[story.labels.title] = told.get_confusion(story.labels)
    view = view_matrix_row(matrices)
    view.figure.update_traces(textfont_size=11)
    caption = "Which expressions get confused: shares of each true class. The study prints the matrix of its second experiment."
    return Figure(view, caption, wide=True)


def _tell_mistakes(story: told.Story) -> list:
    rows = told.get_mistakes(story)
    if not rows:
        return []
    return [
        Text(f"**Whose mistake is it?** {limits.describe_mistakes(rows)}"),
        Figure(
            view_mistakes(rows),
            f"With whom the crowd agrees in the most confident mistakes of {story.labels.title}.",
        ),
    ]  # fmt: skip


def _tell_help(story: told.Story) -> list:
    blocks = []
    if rows := told.get_ablation(story):
        rows = rows[::-1]
        blocks += [
            Text(f"**One thing changed.** {limits.describe_ingredients(rows)}"),
            Figure(
                view_ingredients(rows, told.STUDY),
                "What each change to the study's recipe does to test accuracy, at a quarter of its network's width; 95 % intervals.",
            ),
        ]  # fmt: skip
    base, points = told.get_learning_curve(story)
    if points:
        blocks += [
            Text(f"**More pictures.** {limits.describe_learning(points)}"),
            Figure(
                view_learning(points),
                f"{base} trained on a part of the pictures, and on all of them. {describe_steps(points)}".rstrip(),
            ),
        ]  # fmt: skip
    return blocks


def _tell_robustness(story: told.Story) -> list:
    measured = told.get_robustness(story)
    if not measured:
        return []
    name, found = next(iter(measured.items()))
    return [
        Text(f"**Worse pictures.** As Hendrycks and Dietterich do {cite('corruptions')}, every test picture is degraded in twelve ways. {tell_worst(name, found)}"),
        Figure(
            view_worst(measured, story.looks),
            "Accuracy at the worst strength of each; dotted: untouched pictures; grey line: always naming the largest class, "
            f"{format_percent(compute_floor(list(measured.values())), 0)}. {describe_sample(measured)}",
        ),
    ]  # fmt: skip


def _tell_confidence(story: told.Story) -> list:
    reliability = story.default and told.get_reliability(story.default)
    if not reliability:
        return []
    return [
        Text(f"**How sure is sure?** {model_card.describe_calibration(story.default.as_served())}"),
        Figure(view_reliability(reliability),
               "Confidence against accuracy; larger points stand for more test pictures."),
    ]  # fmt: skip


def make_comparison(story: told.Story) -> Section:
    """Set the literature beside the study and ours, with what makes numbers comparable."""
    ours = make_our_entries(story.runs, averaged=False)
    entries = sorted([*ours, *make_literature_entries()], key=lambda entry: -entry.accuracy)
    agreement = told.get_agreement(story)
    rows = [
        {
            "Work": entry.name, "Accuracy": format_percent(entry.accuracy), "Pictures": entry.split or "not said",
            "What to know": _describe_terms(entry),
        }
        for entry in entries
    ]  # fmt: skip
    return Section(
        "literature", "Comparison with the literature",
        [
            Text(
                "Two accuracies can be compared if they are about the same pictures, with the same extra data and the same "
                "number of looks, and if the pictures that are reported did not choose the network. Few published pairs are. "
                f"People are said to reach {format_percent(PEOPLE.accuracy, 0)}, give or take {100 * PEOPLE_MARGIN:.0f} points."
            ),
            Figure(
                view_board(entries, agreement and agreement["test"]),
                "Reported accuracies; ours with one look per face, as the study's, and 95 % intervals. Diamonds average "
                "several networks.", wide=True,
            ),
            Table(pd.DataFrame(rows), "The same results, with what makes them comparable or not."),
            *_tell_families(story),
        ],
    )  # fmt: skip


def _tell_families(story: told.Story) -> list:
    found = compare_families(story.runs)
    if not found:
        return []
    return [
        Text(f"**The families that the study reviews.** {families.INTRO}\n\n{families.describe_families(found)}"),
        Figure(
            view_accuracies(found),
            "The families trained alike, by FER2013's labels, one look per face; 95 % intervals. In brackets: multiplications a picture.",
        ),
    ]


def _describe_terms(entry) -> str:
    terms = {
        "several networks averaged": entry.ensemble,
        f"pre-trained ({entry.pretraining})": entry.pretraining not in (None, "none"),
        "several looks per face": entry.tta,
        "chosen on the reported pictures": entry.is_selected_here,
    }
    return "; ".join([*(term for term, holds in terms.items() if holds), *([entry.note] if entry.note else [])])


def make_limits(story: told.Story) -> Section:
    """Say what the numbers do not show, and what does not fit together in the study."""
    recalls = limits.compute_rare_recalls({run.title: run for run in story.networks})
    who = story.labels.title if story.labels is not None else ""
    return Section(
        "limits", "Limits",
        [
            Text(f"**The hardest expressions.** {limits.describe_rare(recalls, who)}"),
            Figure(
                view_rare(recalls),
                "Share of disgust and fear that is found, by FER2013's labels, one look per face; 95 % intervals.",
            ),
            Text("\n".join(f"- {line}" for line in LIMITS)),
            Text(
                "**The study, read closely.** What in its text, its table and its printed code does not fit together:\n\n"
                + "\n".join(f"- **{title}.** {text}" for title, text in PAPER_FINDINGS.items())
            ),
        ],
    )  # fmt: skip


def make_open(story: told.Story) -> Section:
    """List the study's limits and future work, with what is known here."""
    robustness = story.robustness.get(story.labels.name) if story.labels is not None else None
    questions = make_questions(
        story.labels,
        robustness,
        told.get_ablation(story),
        story.default if story.default and story.default.config.pretrained else None,
        story.doubts.get(story.labels.name) if story.labels is not None else None,
    )
    lines = [f"- **{question.title}.** {question.said} {question.found}" for question in questions]
    return Section("open", "What was left open", [Text("\n".join(lines))])


def make_use(story: told.Story) -> Section:
    """Say what this may be used for."""
    good, bad = ("\n".join(f"- {line}" for line in lines) for lines in (FINE, NOT_FINE))
    law = (
        "In the European Union, systems that infer emotions of people at work or in education are prohibited, except for "
        f"medical or safety reasons (Article 5(1)(f)) {cite('act')}."
    )
    return Section("use", "Responsible use", [Text(f"Good for:\n\n{good}\n\nNot for:\n\n{bad}\n\n{law}")])


def make_card(story: told.Story) -> Section:
    """Append the model card of the network that answers."""
    if story.default is None:
        return Section("model-card", "Model card", [Text(NO_RUN)])
    _, _, card = model_card.make_card_text(story.default.as_served()).partition("\n")  # its first line is a heading
    return Section("model-card", f"Model card: {story.default.title}", [Text(card)])
