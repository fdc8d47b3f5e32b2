"""The middle slides: Table 1 beside ours, other works, matrices, the surest mistakes, what would help, robustness."""

from collections.abc import Sequence

from fer_core.app import story as told
from fer_core.app.charts.ingredients import view_ingredients
from fer_core.app.charts.leaderboard import view_board
from fer_core.app.charts.learning import view_learning
from fer_core.app.charts.limits import view_mistakes
from fer_core.app.charts.robustness import compute_floor
from fer_core.app.charts.side_by_side import view_matrix_row, view_worst
from fer_core.app.charts.two_scores import view_scores
from fer_core.app.findings import ask_people
from fer_core.app.formats import format_count, format_estimate, format_percent, format_points
from fer_core.app.present.slides import Chart, Missing, Notes, Slide, Table
from fer_core.app.sentences.limits import describe_learning
from fer_core.app.sentences.robustness import describe_sample, find_worst, point_size
from fer_core.app.sentences.steps import describe_steps
from fer_core.app.sentences.study import HERE, PAPER, compute_accuracies, describe_accuracies
from fer_core.app.summary import describe_network
from fer_core.runs.comparison import compare_table_with_paper
from fer_core.runs.leaderboard import Entry
from fer_core.runs.literature import PEOPLE, PEOPLE_MARGIN, PRIVATE, WITHHELD
from fer_core.runs.paper import PAPER_TABLE

SPLITS = {"train": "Train", "validation": "Validation", "test": "Test"}


def make_table(story: told.Story) -> Slide:
    """Set Table 1's accuracies beside ours."""
    accuracies = compute_accuracies(story.runs)
    best = format_percent(told.get_best_printed(), 0)
    sentence = (
        f"More epochs helped, larger batches did not: the study's best network gets {best} of the test labels right."
    )
    again = accuracies.get(HERE)
    if again:
        printed = {measure.name: measure.share for measure in accuracies[PAPER]}
        ours = again[-1]
        sentence = (
            f"Run again, experiment {ours.name[0]} gets {format_percent(ours.share)} of the test labels right; "
            f"the study prints {format_percent(printed[ours.name], 0)}."
        )
    return Slide(
        "table", "Table 1 beside ours", sentence, _make_accuracy_table(story),
        Notes(
            f"Read the study's rows first, from left to right. {_plain(describe_accuracies(accuracies))}",
            "Validation accuracy is above training accuracy in experiment 1. How can that be? (Training is scored on "
            "changed pictures, half of them upside down, and with dropout on.)",
            "Only accuracies are shown here. The study page has all cells of Table 1, with precision, recall and F1. The study's "
            "validation recall of 0.3975 is Keras's: it counts an answer only above a probability of one half.",
        ),
        1.5, "Accuracy. The study's numbers as printed; ours at the best validation epoch", "study",
    )  # fmt: skip


def _make_accuracy_table(story: told.Story) -> Table:
    table = [cell for cell in compare_table_with_paper(list(story.runs)) if cell.metric == "accuracy"]
    rows, strong = [], []
    for experiment in PAPER_TABLE:
        cells = {cell.split: cell for cell in table if cell.experiment == experiment.number}
        what = f"{experiment.number}: {experiment.epochs} epochs, batches of {experiment.batch_size}"
        rows.append([what, "the study", *(cells[split].printed for split in SPLITS)])
        strong.append(False)
        if n := max(cell.n_runs for cell in cells.values()):
            who = "ours, one run" if n == 1 else f"ours, mean of {n} runs"
            rows.append(["", who, *(f"{cells[split].ours:.4f}" for split in SPLITS)])
            strong.append(True)
    return Table(("Experiment", "", *SPLITS.values()), rows, strong)


def make_literature(story: told.Story) -> Slide:
    """Set single networks that learned from FER2013 alone beside each other."""
    entries = told.list_fair_entries(story)
    agreement = told.get_agreement(story)
    return Slide(
        "literature", f"Where {format_percent(told.get_best_printed(), 0)} stands",
        _tell_winner(entries),
        Chart(view_board(entries, agreement and agreement["test"], PRIVATE)),
        Notes(
            "Begin with Tang, who won the contest of 2013: nobody had the test labels until the networks were handed in. Orange "
            "marks were chosen on the very pictures that they report, which makes them too good. The study compares itself "
            f"with Gan, who reports the same {format_percent(told.get_best_printed(), 0)}. Others get more from the same "
            "dataset, mostly with larger learning rates, weight decay and no faces upside down. "
            f"The grey band is what people are said to reach, {format_percent(PEOPLE.accuracy, 0)} give or take "
            f"{100 * PEOPLE_MARGIN:.0f} points.",
            "What must be the same before two of these numbers can be compared? (The pictures, the extra data, how the best "
            "epoch was chosen, how many looks per face.)",
            "Ours and the study's answers are one look per face; some of the others average many looks. Whether Tang "
            "averaged networks, our sources do not say. Networks that learned from other pictures, too, and averages of several networks "
            "are left out; the Leaderboard has them.",
        ),
        1.0, "Others on PrivateTest, half of the pictures, unless said. Ours: on all, one look, 95 % intervals", "leaderboard",
    )  # fmt: skip


def _tell_winner(entries: Sequence[Entry]) -> str:
    """Say what the contest took, whose labels were withheld, and whether those above it were chosen on their own pictures."""
    winner = next(entry for entry in entries if entry.short == WITHHELD)
    above = [entry for entry in entries if entry.accuracy > winner.accuracy]
    text = f"{winner.short.partition(' ')[0]} won the contest with {format_percent(winner.accuracy)} on withheld labels"
    if not above:
        return f"{text}. Nobody here has more."
    best = format_percent(above[0].accuracy)
    if all(entry.is_selected_here for entry in above):
        return f"{text}. All {len(above)} marks above it, up to {best}, were chosen on the very pictures they report."
    return f"{text}; {len(above)} other networks report more, up to {best}."


def make_matrix(story: told.Story) -> Slide:
    """Set the study's matrix beside ours."""
    study = told.get_study_confusion()
    true, predicted, count = told.find_top_confusion(study)
    matrices = {told.STUDY: study}
    sentence = f"The study's most frequent mistake: {format_count(count)} {true} faces taken for {predicted}."
    if story.labels is not None:
        ours = told.get_confusion(story.labels)
        matrices[story.labels.title] = ours
        here, taken, n = told.find_top_confusion(ours)
        sentence = (
            f"Most often the study takes {true} for {predicted} ({format_count(count)} faces), "
            f"ours {'also ' if (here, taken) == (true, predicted) else ''}{here} for {taken} ({format_count(n)})."
        )
    return Slide(
        "matrix", "Which expressions get confused", sentence,
        Chart(view_matrix_row(matrices), tall=view_matrix_row(matrices, stacked=True)),
        Notes(
            "A row holds all faces of one label; the diagonal says how many of them are found. Read one row aloud: fear. Then "
            "look for the mirror of a mistake: where fear is taken for surprise, is surprise taken for fear as well?",
            "Which mistakes would you make yourself? Compare with your guesses from the first slide.",
            "Shares of each true class. The study prints the matrix of its second experiment. On the Results page every cell "
            "opens its pictures.",
        ),
        1.5, "Shares of each true class on the same test pictures", "results",
    )  # fmt: skip


def make_mistakes(story: told.Story) -> Slide:
    """Say whom the crowd sides with in the surest mistakes."""
    name, title = "mistakes", "Its most confident mistakes"
    rows = told.get_mistakes(story)
    if not rows:
        missing = Missing("This slide needs a trained network's answers and FER+ votes: `python train.py train compact`, then "
                          "`python train.py facts` with `ferplus_votes.csv` beside FER2013.")  # fmt: skip
        sentence = "When a network is sure and the label says it is wrong, who is right?"
        return Slide(name, title, sentence, missing, Notes("Ask the class who decides what a face shows."), 1.5)
    row = next((row for row in rows if row.top == 100), rows[0])
    return Slide(
        name, title,
        f"In its {row.top} most confident mistakes, most people side with the network in {format_percent(row.network, 0)}, "
        f"with the label in {format_percent(row.label, 0)}.",
        Chart(view_mistakes(rows)),
        Notes(
            f"We sort all wrong answers of {story.labels.title} by how sure it was, and ask the ten people. The "
            f"top bar holds the most confident ones: there, most people side with the network in {format_percent(rows[0].network, 0)}. Each of "
            "these counts as wrong in every accuracy you have seen today.",
            "If you could buy one thing, better labels or a bigger network: which, and why?",
            f"The last bar holds all {format_count(rows[-1].n)} mistakes that the crowd judged. With neither: the crowd "
            "chose a third label.",
        ),
        1.5, "Wrong answers by confidence, judged by the first choice of ten people (FER+)", "limits",
    )  # fmt: skip


def make_help(story: told.Story) -> Slide | None:
    """Show what learning from people is worth, else a change of the recipe, of those that were run; None when none was."""
    if told.list_judged_twice(story):
        return _make_people(story)
    source, ask = (
        "Test accuracy, one look per face; 95 % intervals",
        "What would you try first, and what would it cost you?",
    )
    if rows := told.get_ablation(story):
        best = rows[0]
        sentence = (
            f"Of {len(rows)} changes to the study's recipe, {best.factor} helps most: {format_points(best.difference)}."
        )
        if len(rows) == 1:
            sentence = f"One change to the study's recipe, {best.factor}, is worth {format_points(best.difference)}."
        body = Chart(view_ingredients(rows, told.STUDY))
        say = (
            "Each row is the study's recipe with one thing changed, on its network at a quarter of the width. The mark says how many points of test accuracy "
            "that is worth, the bar how far the choice of test pictures could move it. A bar that crosses the line at zero "
            "proves nothing."
        )
        return Slide("help", "What would have helped", sentence, body, Notes(say, ask), 1.0, source, "study")
    base, points = told.get_learning_curve(story)
    if not points:
        return None
    before, last = points[-2], points[-1]
    sentence = (
        f"From {format_percent(before.share, 0)} to all of the training pictures, accuracy rises by "
        f"{format_points(last.accuracy - before.accuracy).lstrip('+')}."
    )
    if last.accuracy <= before.accuracy:
        sentence = f"{format_percent(before.share, 0)} of the training pictures would have been enough for {base}."
    say = (
        f"This is {base}, trained on a part of the pictures and on all of them, with the same recipe. {_plain(describe_learning(points))} "
        "The axis is logarithmic: each step to the right multiplies the pictures."
    )
    if story.again is not None and story.labels is not None and story.labels is not story.again:
        here, there = told.get_accuracy(story.labels, served=False)[0], told.get_accuracy(story.again, served=False)[0]
        say += (
            f" The recipe matters as well: {describe_network(story.labels)} is {format_points(here - there).lstrip('+')} "
            f"better on the labels than the study's network run again, {describe_network(story.again)}."
            if here > there else ""
        )  # fmt: skip
    body = Chart(view_learning(points))
    more = describe_steps(points)
    return Slide("help", "What would have helped", sentence, body, Notes(say, ask, more), 1.0, source, "limits")


def _make_people(story: told.Story) -> Slide:
    scores = told.list_judged_twice(story)
    crowd, same = story.default.title, story.untaught is not None
    labels = (story.untaught or story.labels).title
    gain = ask_people(story.labels, {run.name: run for run in story.runs}).strip()
    more = ""
    if rows := told.get_ablation(story):
        more = (
            f"The recipe matters, too: of {sum(not row.is_idle for row in rows)} changes that were tried at a quarter of the network's width, "
            f"{rows[0].factor} is worth most, {format_points(rows[0].difference)} on the labels. The study page has them all."
        )
    return Slide(
        "help", "What would have helped",
        f"Ask people: taught by their votes, a network sees what most of them see in {format_percent(scores[crowd][1], 0)}; "
        f"one {'of the same design, ' * same}taught by labels, in {format_percent(scores[labels][1], 0)}.",
        Chart(view_scores(scores)),
        Notes(
            f"Each network is judged twice. {story.labels.title} beats the study's network on the labels. {gain} The network at "
            "the top learned from the votes of ten people for each picture instead. It loses on the labels, and wins where it "
            "counts for a visitor.",
            "Which of the two numbers would you print on the box, and why?",
            more,
        ),
        1.0, "Test pictures, mirror image averaged; people: the most votes of ten (FER+)", "results",
    )  # fmt: skip


def make_robustness(story: told.Story) -> Slide:
    """Show what is left of accuracy where pictures are worst."""
    name, title = "robustness", "Worse pictures"
    measured = told.get_robustness(story)
    if not measured:
        sentence = "A network that does well on clean pictures may do badly on blurred, dark or covered faces."
        missing = Missing("This slide needs a measurement: `python -m fer_core.runs.robustness` takes some minutes.")
        return Slide(name, title, sentence, missing, Notes("Ask what makes a photo hard to read in real life."), 1.5)
    who, found = next(iter(measured.items()))
    floor = compute_floor(list(measured.values()))
    corruption, point = find_worst(found, occlusion=False)
    covered, hidden = find_worst(found, occlusion=True)
    below = f", below the floor of {format_percent(floor, 0)}" if point.accuracy < floor else ""
    return Slide(
        name, title,
        f"{corruption.title} takes accuracy from {format_percent(found.clean.accuracy, 0)} down to "
        f"{format_percent(point.accuracy, 0)}{below}; with the {covered.title.lower()}, {format_percent(hidden.accuracy, 0)} remain.",
        Chart(view_worst(measured, story.looks)),
        Notes(
            f"Every test picture was degraded in twelve ways and shown again. The marks are the worst strength tried: for {who} "
            f"that is {corruption.title.lower()} with {point_size(corruption, point)}. The study names covered faces as its "
            f"limit and did not measure them; here they are: {covered.title.lower()}, {format_estimate(hidden.accuracy, hidden.ci95, 0)}.",
            "Which of these happens on a phone in a dark room? Which part of the face would you cover to fool it?",
            "Covered parts get the mean grey of the picture, so that only what is hidden counts. The grey line is the floor "
            f"from the second slide, {format_percent(floor, 0)}: always naming the largest class. Below it, answering does worse "
            "than not looking. The Robustness page shows every strength. "
            f"{describe_sample(measured)}",
        ),
        1.5, "At the worst strength of each; dotted: untouched; grey line: always the largest class; 95 % intervals",
        "robustness",
    )  # fmt: skip


def _plain(markdown: str) -> str:
    return markdown.replace("**", "")
