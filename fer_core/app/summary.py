"""What the artifacts say, in sentences and cards: shared by the overview and the model card. Pure functions."""

from fer_core.app.formats import SPACE, format_count, format_estimate, format_many, format_percent, format_range
from fer_core.app.ui import Metric
from fer_core.runs.artifacts import Run
from fer_core.runs.metrics import compute_wilson_interval
from fer_core.runs.paper import PAPER_CONFIGURATION, PAPER_TABLE


def make_headline_metrics(run: Run) -> list[Metric]:
    """Return the four cards that describe how good `run` is, each with its 95 % interval where one is known."""
    test = run.metrics["test"]
    help_accuracy = f"Share of {format_count(test['n'])} test pictures whose label the network names. 95 % interval."
    if run.is_averaged:
        help_accuracy += " Each answer is averaged over the face and its mirror image, as for your photo."
    cards = [Metric("Test accuracy", format_percent(test["accuracy"]), _note(test["accuracy_ci95"]), help_accuracy)]
    cards += [
        _make_share_card(test, *card)
        for card in (
            (
                "Without twins",
                "deduplicated",
                "accuracy",
                "Accuracy on the test pictures that do not also stand, pixel for pixel, in the training folder.",
            ),
            (
                "Crowd agrees",
                "ferplus",
                "agreement",
                "How often the answer is the one that most of ten people gave for the same picture (FER+).",
            ),
        )
        if test.get(f"{card[1]}_{card[2]}") is not None
    ]
    cards.append(
        Metric(
            "Macro F1", format_percent(test["f1_macro"]), "all classes equal", "Mean of the seven classes' F1 scores."
        )
    )
    return cards


def make_split_metrics(run: Run) -> list[Metric]:
    """Return cards for the two halves of the test set, which differ in difficulty, calibration, and size."""
    test, calibration = run.metrics["test"], run.metrics.get("calibration", {})
    cards = [
        _make_share_card(test, f"{name}Test", name.lower(), "accuracy", help)
        for name, help in (
            ("Public", "The half that ranked the contest while it ran; harder for most networks."),
            ("Private", "The half that decided the contest; easier by one or two points for most networks."),
        )
        if test.get(f"{name.lower()}_accuracy") is not None
    ]
    after = calibration.get("test_ece_after", test["ece"])
    help = "How far stated confidence and accuracy lie apart on average (expected calibration error, 15 bins)."
    note = f"{format_percent(test['ece'])} before" if "test_ece_after" in calibration else None
    cards.append(Metric("Calibration error", format_percent(after), note, help))
    if parameters := run.config.get("parameters"):
        study = format_many(PAPER_CONFIGURATION["parameters"])
        cards.append(Metric("Parameters", format_many(parameters), f"study: {study}", "Numbers learned in training."))
    return cards


def describe_network(run: Run) -> str:
    """Return "Compact network (1.17 M parameters)"."""
    parameters = run.config.get("parameters")
    return f"{run.title} ({format_many(parameters)} parameters)" if parameters else run.title


def describe_caveats(run: Run) -> str:
    """Return what a reader must know before any number of `run`, or nothing."""
    caveats = []
    if run.is_drawn:
        caveats.append("This network was trained and tested on drawn faces, so its numbers say nothing about photos.")
    if run.is_partial:
        caveats.append(f"Its training stopped after {len(run.history)} of {run.config['epochs']} epochs.")
    if run.config.get("caveat"):  # written into config.json by hand, by whoever knows what the numbers do not show
        caveats.append(run.config["caveat"])
    return " ".join(caveats)


def describe_accuracy(run: Run) -> str:
    """Return "66.3 % (65.2–67.4) of 7,178 test pictures"."""
    test = run.metrics["test"]
    return f"**{format_estimate(test['accuracy'], test['accuracy_ci95'])}** of {format_count(test['n'])} test pictures"


def find_extreme_classes(run: Run) -> tuple[str, str]:
    """Return the labels with the lowest and the highest recall on the test pictures."""
    per_class = run.metrics["test"]["per_class"]
    order = sorted(per_class, key=lambda label: per_class[label]["recall"])
    return order[0], order[-1]


def find_top_confusion(run: Run) -> tuple[str, str, int]:
    """Return (true, predicted, pictures) of the most frequent mistake on the test pictures."""
    labels = list(run.metrics["test"]["per_class"])
    confusion = run.metrics["test"]["confusion"]
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
        f"{format_count(duplicates['pictures'])} of them stand there more than once, "
        f"{format_count(duplicates['conflicting_pictures'])} under two different labels."
    )


def describe_crowd(facts) -> str:
    """Return how often ten people agree with the labels, or nothing when no votes were joined."""
    if facts is None or not facts.crowd:
        return ""
    share = format_percent(facts.crowd["agreement"]["test"])
    return f"The labels themselves are rough: the vote of ten people (FER+) agrees with {share} of them."


def best_study_accuracy() -> str:
    """Return the study's best test accuracy as a percentage, from Table 1 as printed."""
    best = max(PAPER_TABLE, key=lambda experiment: float(experiment.cells["test"]["accuracy"]))
    return f"{100 * float(best.cells['test']['accuracy']):.0f}{SPACE}%"


def _make_share_card(test: dict, label: str, subset: str, what: str, help: str) -> Metric:
    share, n = test[f"{subset}_{what}"], test[f"{subset}_n"]
    note = _note(compute_wilson_interval(share, n))
    return Metric(label, format_percent(share), note, f"{help} {format_count(n)} pictures, 95 % interval.")


def _note(interval) -> str:
    return f"95{SPACE}%: {format_range(interval)}"
