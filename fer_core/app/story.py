"""What the slides and the report tell, read from the artifacts in one place: the only module of theirs that asks runs.

Everything may be missing: a function that finds nothing to say returns None or an empty list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from fer_core.app import ablation, loading
from fer_core.app.formats import format_percent
from fer_core.app.looks import Look, assign_looks
from fer_core.app.shell import shorten_paths
from fer_core.labels import LABELS
from fer_core.runs.ablation import AblationRow
from fer_core.runs.comparison import find_taught_otherwise
from fer_core.runs.doubts import Doubts
from fer_core.runs.label_limits import CrowdView, MistakeRow, compute_mistake_rows, match_crowd
from fer_core.runs.leaderboard import Entry, group_runs, make_literature_entries, make_our_entries
from fer_core.runs.learning_curve import CurvePoint, compute_learning_curve, list_curve_bases
from fer_core.runs.literature import NO_PRETRAINING, WITHHELD
from fer_core.runs.paper import PAPER_CONFIGURATION, PAPER_CONFUSION, PAPER_LAYERS, PAPER_TABLE, find_paper_experiment
from fer_core.runs.records import Reliability
from fer_core.runs.robustness import Robustness
from fer_core.runs.run import Run

STUDY = "The study"


@dataclass(frozen=True)
class Story:
    """The artifacts behind a lesson: all runs, the dataset's facts, measured robustness, what networks doubt.

    `default` answers photos. `labels` is our network for everything that FER2013's labels judge, as they judge the study:
    the same one, unless the one that answers learned people's votes.
    `problems`: a sentence for each artifact that could not be read.
    """

    runs: tuple[Run, ...]
    default: Run | None
    facts: object | None
    robustness: dict[str, Robustness]
    labels: Run | None = None
    doubts: Mapping[str, Doubts] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @cached_property
    def again(self) -> Run | None:
        """Our finished rerun of the study's network: of its best experiment if there is one, else of the latest."""
        groups = group_runs(self.runs)
        made = {
            find_paper_experiment(name).number: group for name, group in groups.items() if find_paper_experiment(name)
        }
        number = 2 if 2 in made else max(made, default=None)
        return made[number][0] if number else None

    @cached_property
    def networks(self) -> tuple[Run, ...]:
        """Our network that learned labels and our rerun of the study's, as far as there are any; each once."""
        found = [run for run in (self.labels, self.again) if run is not None]
        return tuple({run.name: run for run in found}.values())

    @cached_property
    def taught(self) -> Run | None:
        """The network of `labels` taught people's votes instead: the same but for its teacher."""
        return self.labels and find_taught_otherwise(self.labels, self.runs)

    @cached_property
    def untaught(self) -> Run | None:
        """The network of `default`, which learned people's votes, taught labels instead."""
        return find_taught_otherwise(self.default, self.runs) if self.default and self.default.learns_votes else None

    @cached_property
    def looks(self) -> dict[str, Look]:
        """Colour and mark of each network, by what it is called."""
        return assign_looks(self.runs)

    @cached_property
    def crowd(self) -> CrowdView | None:
        """The ten votes on the pictures that the networks were tested on."""
        if self.labels is None or self.facts is None:
            return None
        return match_crowd(self.labels.predictions("test"), self.facts.pictures)


def load_story() -> Story:
    """Read the artifacts through the dashboard's cached loaders; broken ones are named in `problems`."""
    runs, measured, doubts = loading.load_runs(), loading.load_robustness(), loading.load_doubts()
    problems, facts = [*runs.problems, *measured.problems, *doubts.problems], None
    try:
        facts = loading.load_facts()
    except ValueError as error:  # DatasetError: its sentence is written for readers
        problems.append(str(error))
    problems = tuple(shorten_paths(problem) for problem in problems)
    default, labels = loading.load_default_run(), loading.load_label_run()
    return Story(tuple(runs), default, facts, measured.by_run, labels, doubts.by_run, problems)


def get_accuracy(run: Run, served: bool = True) -> tuple[float, tuple[float, float], int]:
    """Test accuracy by FER2013's labels, its 95 % interval, pictures; `served`: as the dashboard answers, else one look."""
    by_label = run.as_judged(by_crowd=False)
    test = by_label.as_served().test if served else by_label.metrics.test
    return test.accuracy, test.accuracy_ci95, test.n


def get_crowd_accuracy(run: Run) -> float | None:
    """Share of the test pictures with a first choice of the crowd on which the network names it; None without votes."""
    judged = run.as_judged(by_crowd=True)
    return judged.as_served().test.accuracy if judged.by_crowd else None


def describe_wrong(run: Run) -> str:
    """How often the network is wrong by the judge that it learned from."""
    wrong = format_percent(1 - run.as_served().test.accuracy, 0)
    if run.by_crowd:
        return f"for {wrong} of the test faces most people see something else"
    return f"for {wrong} of the test faces its answer is another one"


def get_confusion(run: Run) -> np.ndarray:
    """Test pictures by true and predicted class, one look per face; int (7, 7)."""
    return np.asarray(run.metrics.test.confusion)


def get_study_confusion() -> np.ndarray:
    """The study's printed matrix (experiment 2), int (7, 7)."""
    return np.asarray(PAPER_CONFUSION)


def find_top_confusion(confusion: np.ndarray) -> tuple[str, str, int]:
    """The most frequent mistake: (true, predicted, pictures)."""
    off = confusion.copy()
    np.fill_diagonal(off, -1)
    true, predicted = np.unravel_index(int(off.argmax()), off.shape)
    return LABELS[true], LABELS[predicted], int(confusion[true, predicted])


def get_robustness(story: Story) -> dict[str, Robustness]:
    """What was measured of the networks of the story, by the names that people read."""
    return {run.title: story.robustness[run.name] for run in story.networks if run.name in story.robustness}


def get_mistakes(story: Story) -> list[MistakeRow]:
    """Whom the crowd sides with among the surest mistakes of the network that learned labels, as it answers photos."""
    return compute_mistake_rows(story.labels.as_served().answers("test"), story.crowd) if story.crowd else []


def list_judged_twice(story: Story) -> dict[str, tuple[float, float]]:
    """Both scores of the networks that learned labels and of the one that learned votes: name -> (labels, crowd).

    As the dashboard answers. Empty where no network learned votes, or votes are not at hand.
    """
    runs = [run for run in (story.again, story.labels, story.taught, story.untaught, story.default) if run is not None]
    scores = {run.title: (get_accuracy(run)[0], get_crowd_accuracy(run)) for run in runs}
    if not (story.default and story.default.learns_votes) or any(crowd is None for _, crowd in scores.values()):
        return {}
    return scores


def get_ablation(story: Story) -> list[AblationRow]:
    """What one change of the study's recipe does, the changes that were run."""
    return ablation.load_ablation(list(story.runs))


def get_learning_curve(story: Story) -> tuple[str, list[CurvePoint]]:
    """The first experiment trained on fewer pictures, and its points; ("", []) for less than two points."""
    for base in list_curve_bases(story.runs):
        points = compute_learning_curve(story.runs, base)
        if len(points) > 1:
            return group_runs(story.runs)[base][0].title if base in group_runs(story.runs) else base, points
    return "", []


def list_fair_entries(story: Story) -> list[Entry]:
    """Single networks that learned from FER2013 alone, others' and ours, the best first; suspects of leakage left out.

    Ours with one look per face, as the study's; and the winner of the contest, whoever he averaged: nobody saw his labels.
    """
    entries = [*make_our_entries(story.runs, averaged=False), *make_literature_entries()]
    fair = [entry for entry in entries if _is_single_and_plain(entry) or entry.short == WITHHELD]
    return sorted(fair, key=lambda entry: -entry.accuracy)


def _is_single_and_plain(entry: Entry) -> bool:
    trained_alone = entry.pretraining in (None, NO_PRETRAINING) and not entry.extra_data
    return entry.ensemble is False and trained_alone and "leakage" not in entry.note


def get_best_printed() -> float:
    """The study's best test accuracy, as printed in its Table 1."""
    return max(float(experiment.cells["test"]["accuracy"]) for experiment in PAPER_TABLE)


def get_dense_share() -> float:
    """Share of the study's parameters that sit in its dense layers."""
    dense = sum(layer.parameters for layer in PAPER_LAYERS if layer.kind == "Dense")
    return dense / PAPER_CONFIGURATION["parameters"]


def get_agreement(story: Story) -> dict[str, float | None] | None:
    """Share of the labels that the crowd confirms, by class, and for "train", "test" and "all"; None without votes."""
    return story.facts.crowd.agreement if story.facts is not None and story.facts.crowd else None


def count_pictures(facts) -> int:
    return sum(sum(part.values()) for part in facts.counts.values())


def get_largest_share(facts) -> tuple[str, float]:
    """The most frequent class of the test pictures and its share: what always naming it would reach."""
    test = facts.counts["test"]
    label = max(test, key=test.get)
    return label, test[label] / sum(test.values())


def describe_scores(run: Run) -> str:
    """Both scores of a network: against the labels, and against the crowd where votes were joined."""
    accuracy, _, _ = get_accuracy(run)
    crowd = get_crowd_accuracy(run)
    text = f"{run.title} names {format_percent(accuracy)} of the labels"
    return text if crowd is None else f"{text} and {format_percent(crowd)} of the crowd's choices"


def get_reliability(run: Run) -> Reliability | None:
    """Right answers by stated confidence, calibrated where the run has it, as the dashboard answers."""
    served = run.as_served()
    return served.calibration.test_reliability_after if served.calibration else served.test.reliability
