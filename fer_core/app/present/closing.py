"""The last slides: limits, responsible use, and the app itself to try."""

from fer_core.app import story as told
from fer_core.app.charts.limits import view_rare
from fer_core.app.formats import format_percent, join_words
from fer_core.app.memory import describe_stay
from fer_core.app.present.slides import Chart, Demo, Lists, Missing, Notes, Slide
from fer_core.app.sentences.limits import STUDY, compute_rare_recalls
from fer_core.app.sentences.responsible_use import FINE, NOT_FINE
from fer_core.runs.ablation import RARE

PAGES = {"Photo": "", "Camera": "live", "Vote": "room"}
"""What the demonstration switches between: the label of a button, the address of a page."""


def make_limits(story: told.Story) -> Slide:
    """Show the classes that every network here misses most."""
    recalls = compute_rare_recalls({run.title: run for run in story.networks})
    study = join_words([f"{format_percent(recalls[STUDY][label].value, 0)} of {label}" for label in RARE])
    sentence = f"Disgust and fear stay hard: the study finds {study}."
    if story.labels is not None and story.labels.title in recalls:
        ours = recalls[story.labels.title]
        found = join_words([f"{format_percent(ours[label].value, 0)}" for label in RARE])
        sentence = f"Disgust and fear stay hard: the study finds {study}, ours {found}."
    return Slide(
        "limits", "Limits", sentence, Chart(view_rare(recalls)),
        Notes(
            "The study names two limits: classes that it seldom finds, and covered faces. Here is the first. The bars are long because there "
            f"are only {recalls[STUDY][RARE[0]].n} test pictures of {RARE[0]}: with so few, a difference of ten points may be "
            "luck. And for fear you know from the third slide that people rarely confirm the label.",
            "A class is rare in the data but common in life. What can you do? (More pictures, weights, oversampling: the "
            "study suggests the last.)",
            "Three more limits. Most networks here were trained once, and another seed moves accuracy by a point or so. "
            "FER2013 does not say who is in its pictures; others estimated that, and measured bias with the estimates (arXiv "
            "2502.11049, 2303.15889). And all faces are upright and cut out alike.",
        ),
        1.0, "Share of a class that is found, one look per face; 95 % intervals", "limits",
    )  # fmt: skip


def make_use(story: told.Story) -> Slide:
    """Say what this may be used for."""
    sentence = "It names an expression, not a feeling."
    if story.default is not None:
        sentence = f"It names an expression, not a feeling, and {told.describe_wrong(story.default)}."
    return Slide(
        "use", "Responsible use", sentence, Lists({"Good for": FINE, "Not for": NOT_FINE}),
        Notes(
            "A face is not a feeling: people smile without joy, and feel without showing it. The network has learned how "
            "strangers labelled photos. Read the right column aloud, and say that the European Union's AI Act, Article "
            "5(1)(f), forbids systems that infer emotions at work and in education, with few exceptions.",
            "Your school buys cameras that measure attention. What do you ask the people who sell them?",
            "Others measured bias with proxy labels: arXiv 2502.11049 and 2303.15889. The About page has the model card.",
        ),
        1.5, "EU AI Act, Regulation 2024/1689, Article 5(1)(f)", "about",
    )  # fmt: skip


def make_demo(story: told.Story) -> Slide:
    """Put the app itself on the slide."""
    body = Demo(PAGES)
    if story.default is None:
        body = Missing(
            "This slide needs a network that answers: `python train.py train compact` trains and exports one."
        )
    return Slide(
        "try", "Try it", "Your turn: bring a photo, look into the camera, or vote with your phone.", body,
        Notes(
            "Press an example first, then take a volunteer, or yourself. Ask for a neutral face, then a smile, then fear. Point "
            "at the seven bars: how sure is it? Then hide the mouth with a hand and look again. Finish with the question of "
            "the first slide, and let the class answer it.",
            "What did it get wrong, and would ten people have agreed with it?",
            "Vote opens a room: phones scan the code, and the bars grow as people vote; then show the label. The buttons switch "
            "between photo, camera and vote. Photos stay in the server's memory and are gone "
            f"{describe_stay()} after the visit; live video is "
            "answered by this browser itself and goes nowhere.",
        ),
        2.0, "Photos stay in this server's memory and go nowhere else", "predict",
    )  # fmt: skip
