"""The model card in words, all of them read from the artifacts."""

from fer_core.app import summary
from fer_core.app.formats import (
    format_count,
    format_duration,
    format_estimate,
    format_many,
    format_percent,
    format_points,
    format_size,
)
from fer_core.labels import LABELS, SEEN
from fer_core.runs.doubts import Doubts
from fer_core.runs.run import Run


def make_takeaway(run: Run | None) -> str:
    """Return the page's opening: what the thing is and what it is not."""
    if run is None:
        return "It names one of seven expressions for a face. It does not read feelings."
    wrong = format_percent(1 - run.test.accuracy, 0)
    if run.by_crowd:
        return (
            "It predicts how ten people would vote on a face, among seven expressions. It does not read feelings. For "
            f"{wrong} of the test pictures most people see something else."
        )
    return (
        "It names one of FER2013's seven labels for a face: the search words that found the pictures. It does not read "
        f"feelings, and it is wrong on {wrong} of the test pictures."
    )


KNOWN_COVERS = (("mask", "masks"), ("hand", "hands"))
NEW_COVERS = (("board", "boards up to the nose"), ("phone", "phones"))
"""Covers as fer_core.runs.doubts names them, and in the plural."""
ORIGINS = {
    "dlib": "dlib's face recognition network (29 layers, Davis King, public domain, CC0), which learned to tell three million "
    "faces apart"
}
"""Networks that others trained and ours began with: what, whose, under which licence."""


def list_facts(run: Run) -> dict[str, str]:
    """Return what the network is and where it comes from, as far as the run says: name -> words."""
    rows = {
        "Network": summary.describe_network(run),
        "Input": "48 × 48 grey levels of one face, cut out around the box that the face detectors find",
        "Output": f"Seven probabilities: {', '.join(LABELS)}",
        "Trained on": _describe_training_data(run),
        "Learned": _describe_lessons(run),
        "Started from": ORIGINS.get(run.config.pretrained, run.config.pretrained),
        "Training": _describe_training(run),
        "Answers": "Averaged over the face and its mirror image, as are the scores above" if run.is_averaged else None,
        "Kept weights": f"Epoch {run.best_epoch}, {_describe_choice(run)}",
        "Test pictures": run.config.looked_at,
        "Served as": _describe_file(run),
        "Made with": _describe_origin(run),
    }
    return {name: value for name, value in rows.items() if value}


def _describe_choice(run: Run) -> str:
    if run.config.keep == "last":
        return "the last, where the learning rate has reached zero"
    return "the best on validation pictures"


def _describe_training_data(run: Run) -> str:
    data = run.config.dataset
    parts = {split: getattr(data, split, None) for split in ("train", "validation", "test")}
    counts = [f"{format_count(part.total)} {split}" for split, part in parts.items() if part]
    source = f" ({data.source})" if data and data.source else ""
    drawn = "drawn stand-in pictures, NOT real faces" if run.is_drawn else "FER2013"
    return f"{drawn}{source}: {', '.join(counts)} pictures" if counts else f"{drawn}{source}"


def _describe_lessons(run: Run) -> str:
    if run.learns_votes:
        return (
            "The shares of ten people's votes (FER+, Barsoum et al. 2016) on those of the training pictures that have at least "
            "five for the seven: labels beyond FER2013's own"
        )
    if run.config.teachers:
        return "FER2013's labels, softened by the answers of other networks"
    return "FER2013's labels"


def _describe_training(run: Run) -> str:
    parts = [f"{len(run.history)} epochs" + (f" of {run.config.epochs} planned" if run.is_partial else "")]
    if run.config.batch_size:
        parts.append(f"batches of {run.config.batch_size}")
    parts.append(f"seed {run.seed}")
    if run.config.wall_seconds is not None:
        parts.append(format_duration(run.config.wall_seconds))
    if run.config.device:
        parts.append(run.config.device)
    return ", ".join(parts)


def _describe_file(run: Run) -> str:
    if run.model_path is None:
        return ""
    return f"ONNX, {format_size(run.model_path.stat().st_size)}, averaged with the mirrored face; no TensorFlow needed"


def _describe_origin(run: Run) -> str:
    versions = run.config.versions or {}
    parts = [f"{name} {version}" for name, version in versions.items()]
    if run.config.git_commit:
        parts.append(f"commit {run.config.git_commit[:10]}")
    return ", ".join(parts)


def describe_classes(run: Run, who: str = "It") -> str:
    """Return the weakness per class in a sentence, about `who`."""
    per_class = run.test.per_class
    weakest, strongest = summary.find_extreme_classes(run)
    true, predicted, count = summary.find_top_confusion(run)
    return (
        f"{who} recognises {format_percent(per_class[weakest].recall, 0)} of the {weakest} faces, but "
        f"{format_percent(per_class[strongest].recall, 0)} of the {strongest} ones. Its most common mistake: "
        f"{format_count(count)} {true} faces taken for {predicted}."
    )


def describe_calibration(run: Run) -> str:
    """Return how far stated confidence can be trusted, and what the threshold of "not sure" buys."""
    calibration, test = run.calibration, run.test
    if calibration is None:
        return f"On average its confidence is {format_percent(test.ece)} away from its accuracy."
    if run.by_crowd:
        return (
            f"The share of the votes that it states and the share that people gave lie "
            f"{format_points(calibration.test_ece_after).lstrip('+')} apart on average. Where no expression gets half of the votes, it "
            f"says that people would disagree: that leaves {format_percent(calibration.test_coverage, 0)} of the test "
            f"pictures, and its answer is most people's on {format_percent(calibration.test_accuracy_above, 0)} of them."
        )
    text = (
        f"On average its confidence is {format_percent(calibration.test_ece_after)} away from its accuracy. Before a "
        f"temperature of {calibration.temperature:.2f} was fitted on validation pictures, it was "
        f"{format_percent(calibration.test_ece_before)}."
    )
    above = calibration.test_accuracy_above
    if not calibration.not_sure_threshold or above is None:
        return text
    return (
        f"{text} Below {format_percent(calibration.not_sure_threshold, 0)} it says that it is not sure. It still answers "
        f"{format_percent(calibration.test_coverage, 0)} of the test pictures, and {format_percent(above, 0)} of those "
        f"answers are right."
    )


def describe_doubts(doubts: Doubts | None) -> str:
    """Say what keeps an answer from counting as sure, and how well the network sees covers and drawings."""
    text = (
        "An answer counts as sure when its confidence reaches the threshold and nothing spoils the face: too small, dark, "
        "burnt-out or blurred."
    )
    if doubts is None:
        return text
    covered, drawn = (doubts.probes[name] for name in SEEN)
    learned = ", ".join(f"{format_percent(covered.noticed[kind], 0)} of {plural}" for kind, plural in KNOWN_COVERS)
    unseen = ", ".join(f"{format_percent(covered.noticed[kind], 0)} of {plural}" for kind, plural in NEW_COVERS)
    return (
        f"{text} The network itself sees when a face is covered or drawn. Of {format_count(doubts.n)} validation faces with "
        f"something painted over the mouth it notices {learned}; of covers that it never met, {unseen}; of drawn faces "
        f"{format_percent(drawn.noticed['drawn'], 0)}. It wrongly takes {format_percent(covered.false_alarms)} of uncovered "
        f"photos for covered, {format_percent(drawn.false_alarms)} for drawn."
    )


def make_card_text(run: Run) -> str:
    """Return the model card as Markdown, for people who take it along."""
    test, (first, *more) = run.test, summary.make_headline_metrics(run)
    rows = [
        (
            first.label + (", mirror image averaged" * run.is_averaged),
            format_estimate(test.accuracy, test.accuracy_ci95),
        ),
        *((card.label, f"{card.value} ({card.note})") for card in more),
        *((card.label, card.value) for card in summary.make_split_metrics(run)),
    ]
    per_class = [
        f"| {label} | {format_percent(s.recall)} | {format_percent(s.precision)} | {s.support} |"
        for label, s in test.per_class.items()
    ]
    parameters = format_many(run.config.parameters) if run.config.parameters else "–"
    origin = ORIGINS.get(run.config.pretrained, run.config.pretrained)
    return "\n".join(
        [
            f"# Model card: {run.title} ({run.name})",
            "",
            make_takeaway(run),
            "",
            f"Parameters: {parameters}. Learned: {_describe_lessons(run)}. Trained on {_describe_training_data(run)}. "
            f"{_describe_training(run)}." + (f" Started from {origin}." if origin else ""),
            "",
            "| Measure | Value (95 % interval) |",
            "|---|---|",
            *(f"| {label} | {value} |" for label, value in rows),
            "",
            *([f"Test pictures: {run.config.looked_at}", ""] if run.config.looked_at else []),
            describe_classes(run),
            "",
            "| Expression | Recall | Precision | Test pictures |",
            "|---|---|---|---|",
            *per_class,
            "",
            describe_calibration(run),
            "",
            "Not for decisions about people: not in hiring, at work, in schools, policing or health care.",
            "",
        ]
    )
