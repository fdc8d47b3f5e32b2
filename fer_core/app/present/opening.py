"""The first slides: the question, the data, the labels, the study's recipe, and the one switch that turned faces over."""

import numpy as np

from fer_core.app import story as told
from fer_core.app.charts.balance import compute_imbalance, view_balance
from fer_core.app.charts.crowd import view_agreement
from fer_core.app.charts.network import view_layers
from fer_core.app.charts.robustness import compute_floor, view_corruption
from fer_core.app.charts.view import View
from fer_core.app.formats import format_count, format_many, format_percent, format_points
from fer_core.app.pictures import enlarge, make_average_picture, make_data_url
from fer_core.app.present.slides import Chart, Missing, Notes, Pictures, Slide
from fer_core.data import draw_face
from fer_core.labels import LABELS
from fer_core.runs.corruptions import CORRUPTIONS
from fer_core.runs.paper import CITATION, PAPER_CONFIGURATION, PAPER_LAYERS, PAPER_TABLE

FACTS_NEEDED = (
    "This slide needs the facts about FER2013: `python train.py facts` writes them into `artifacts/dataset/`."
)
FER2013 = "FER2013: Goodfellow et al. 2013, arXiv:1307.0414"
FERPLUS = "FER+: ten votes per picture, Barsoum et al. 2016, arXiv:1608.01041"
SIDE = 320
"""Pixels of a picture on a slide."""


def make_question(story: told.Story) -> Slide:
    """Open the lesson: seven average faces."""
    body, source = Missing(FACTS_NEEDED), ""
    if story.facts is not None:
        faces = story.facts.mean_faces["all"]
        shown = zip(LABELS, faces, strict=True)
        body = Pictures([(make_data_url(make_average_picture(face, SIDE)), label) for label, face in shown])
        source = "Each picture: the average of all faces with that label (FER2013)"
    return Slide(
        "question", "The question", "Can a small network say which of seven expressions a face shows?", body,
        Notes(
            "Start with the seven faces and say nothing yet. Each is the average of hundreds or thousands of photos, so "
            "nobody is recognisable, and still you can read most of them. A course project by two students asked "
            "whether a network can do the same for single photos. Today we follow their study from its data to its "
            "result, run it again, and ask what the result means.",
            "Cover the captions with your hand: which three faces can you name? Which two would you mix up?",
            f"The study is {CITATION} It trained one network three times, and compared batches and epochs.",
        ),
        1.0, source, "overview",
    )  # fmt: skip


def make_data(story: told.Story) -> Slide:
    """Show how many pictures each class has."""
    title, source = "The data", FER2013
    if story.facts is None:
        sentence = "FER2013 holds small grey faces from an image search, each with one of seven labels."
        return Slide(
            "data", title, sentence, Missing(FACTS_NEEDED), Notes("Say where the pictures come from."), 1.5, source
        )
    facts = story.facts
    most, least, times = compute_imbalance(facts.counts)
    always, share = told.get_largest_share(facts)
    twins = facts.duplicates
    return Slide(
        "data", title,
        f"FER2013 holds {format_count(told.count_pictures(facts))} small grey faces; {most} is {times:.0f} times as "
        f"common as {least}.",
        Chart(view_balance(facts.counts)),
        Notes(
            "The pictures come from an image search of 2013: about 600 phrases, made of words for feelings and words for "
            "gender, age or origin. Each picture was cut to 48 by 48 grey pixels. The search word became the label, and "
            "people only removed pictures that were plainly wrong. Keep that in mind for the next slide.",
            f"How good is a program that always answers {always}? (It gets {format_percent(share, 0)} of the test "
            "pictures right. That is the floor for everything that follows.)",
            f"{format_count(twins.pictures)} pictures appear more than once, and {format_count(twins.twins)} test "
            f"pictures are also in the training folder. {format_count(twins.conflicting_groups)} groups of identical "
            "pictures carry different labels.",
        ),
        1.5, source, "dataset",
    )  # fmt: skip


def make_labels(story: told.Story) -> Slide:
    """Show how many labels ten people confirm."""
    title, name = "The labels", "labels"
    agreement = told.get_agreement(story)
    if agreement is None:
        sentence = "A label is the word somebody searched for; asked again, people often see something else."
        missing = Missing(FACTS_NEEDED.replace("the facts", "FER+ votes among the facts"))
        return Slide(name, title, sentence, missing, Notes("Say how the pictures got their labels."), 2.0, FERPLUS)
    ranked = sorted(LABELS, key=lambda label: agreement[label])
    worst, best = ranked[0], ranked[-1]
    top = story.facts.crowd.top_confusions[0]
    return Slide(
        name, title,
        f"Asked again, ten people confirm {format_percent(agreement['test'])} of the test labels: "
        f"{format_percent(agreement[best], 0)} of {best}, {format_percent(agreement[worst], 0)} of {worst}.",
        Chart(view_agreement(agreement)),
        Notes(
            "This is the most important slide. Some years later ten people looked at every picture and voted. The bars show "
            "how often most of them chose the label that FER2013 gives, over all pictures; the sentence counts the test "
            "pictures. So a network that names every label has learned the search words, not what people see. There are "
            "two different right answers: the label, and what the crowd says. We keep them apart all the way.",
            f"Why {worst}? What does a face look like when it is afraid, and not surprised or sad?",
            f"The most frequent disagreement: {format_count(round(top.pictures))} pictures labelled {top.label} are "
            f"{top.crowd} to the crowd. In a tie, each winner counts in equal parts.",
        ),
        2.0, FERPLUS, "dataset",
    )  # fmt: skip


def make_recipe(story: told.Story) -> Slide:
    """Show the study's network, layer by layer."""
    recipe = PAPER_CONFIGURATION
    runs = "; ".join(f"experiment {e.number}: {e.epochs} epochs, batches of {e.batch_size}" for e in PAPER_TABLE)
    return Slide(
        "recipe", "The study's recipe",
        f"One VGG, trained three times. {format_percent(told.get_dense_share(), 0)} of its "
        f"{format_many(recipe['parameters'])} parameters sit in its dense layers.",
        Chart(view_layers(PAPER_LAYERS, "Parameters")),
        Notes(
            "A VGG is a stack of 3 by 3 convolutions. The maps shrink from 48 to 3 pixels while their number grows from 64 to "
            "512; then come dense layers that read the last maps as one long list. Look at the bars: four in five of the numbers "
            "to learn sit in two of those dense layers. That is much to learn from "
            f"{format_count(recipe['training pictures'])} pictures.",
            "Why do so many numbers sit in the first dense layer? (Every one of its 4,096 units looks at all 4,608 inputs.)",
            f"SGD with learning rate {recipe['learning rate']} and momentum {recipe['momentum']}, dropout {recipe['dropout']}; "
            f"the rate falls when validation accuracy stands still. {runs[0].upper()}{runs[1:]}. Validation: "
            f"{format_count(recipe['validation pictures'])} pictures.",
        ),
        1.5, "Layers from the study's printed code", "study",
    )  # fmt: skip


def make_upside_down(story: told.Story) -> Slide:
    """Show what training on faces upside down did: accuracy by rotation, or the four ways a face is shown."""
    measured = told.get_robustness(story)
    sentence, body = (
        "The study flips faces left to right and top to bottom: half of its training faces are upside down.",
        None,
    )
    if measured:
        corruption = CORRUPTIONS["rotation"]
        kept = {name: found.curves["rotation"][-1].accuracy for name, found in measured.items()}
        view = view_corruption(corruption, measured, compute_floor(list(measured.values())), story.looks)
        titled = {"showlegend": True, "yaxis_title": "Test accuracy"}
        body = Chart(View(lambda: view.figure.update_layout(**titled), view.alt))
        sentence = _tell_upside_down(story, kept)
    return Slide(
        "upside-down", "Upside down", sentence, body or Pictures(_draw_flips()),
        Notes(
            "Augmentation shows the network every picture a little changed: turned, shifted, zoomed, mirrored. The study's "
            "code also switches on vertical_flip. Mirroring a face left to right leaves a face. Turning it upside down makes "
            "something nobody will ever show the network, and the network spends half of its training on it. Follow the "
            "lines from left to right: at 180 degrees the face is upside down.",
            "Would you switch it on for road signs? For cells under a microscope? For faces?",
            "The two networks differ in more than the flip, so the gap at 0 degrees is not the price of the flip alone. Only a "
            f"training with that one switch off can tell{_tell_flip(story)}.",
        ),
        1.5, "Test pictures turned; 95 % intervals. Dotted: always naming the largest class" if measured else "A drawn face",
        "augmentation",
    )  # fmt: skip


def _tell_flip(story: told.Story) -> str:
    """What switching the flip off brought, where that was run; else nothing."""
    row = next((row for row in told.get_ablation(story) if row.factor == "no vertical flip"), None)
    if row is None:
        return ""
    change = f"{'gains' if row.difference > 0 else 'loses'} {format_points(abs(row.difference)).lstrip('+')}"
    return (
        f". The study page has it among its ablations: without the flip, the study's network at a quarter of its width {change} "
        "on upright faces"
    )


def _tell_upside_down(story: told.Story, kept: dict[str, float]) -> str:
    again = story.again and kept.get(story.again.title)
    others = [share for name, share in kept.items() if story.again is None or name != story.again.title]
    if again and others:
        return (
            f"Half of the study's training faces are upside down. Of faces shown so, its network still gets "
            f"{format_percent(again, 0)} right, ours {format_percent(others[0], 0)}."
        )
    share = again or others[0]
    return (
        "The study trains on faces upside down; the network measured here keeps "
        f"{format_percent(share, 0)} when faces are turned over."
    )


def _draw_flips() -> list[tuple[str, str]]:
    face = draw_face("happy", np.random.default_rng(7))
    ways = {"as it is": face, "left to right": face[:, ::-1], "top to bottom": face[::-1], "both": face[::-1, ::-1]}
    return [(make_data_url(enlarge(np.ascontiguousarray(way), SIDE)), f"{name}: 25 %") for name, way in ways.items()]
