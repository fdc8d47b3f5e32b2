"""FERC in words: what the study quotes of it, what is ours, and how it does on FER2013. Pure functions, no Streamlit."""

from collections.abc import Mapping, Sequence

import numpy as np

from fer_core.app.formats import format_count, format_gap, format_percent, format_points
from fer_core.ferc.report import FercReport, read_digits
from fer_core.ferc.steps import Steps
from fer_core.ferc.vector import CLASSES
from fer_core.runs.leaderboard import Measure
from fer_core.runs.metrics import compute_wilson_interval
from fer_core.runs.paired import count_pair

INTRODUCTION = (
    "[Mehendale](https://doi.org/10.1007/s42452-020-2234-1) (2020) takes the background away, measures 24 distances in the "
    "face and tells five expressions apart. Here it runs as **an interpretation**: what the study quotes of it, and our "
    "choices where the quotation is silent. The paper itself was not read."
)
REPORTED = (
    "The study quotes 96 % on pictures of NIST, 85 % on Caltech Faces and 78 % on CMU's. Those were other pictures, in "
    "colour and mostly posed, so they do not compare with FER2013."
)
QUOTED = """
- **Stage 1**: a threshold on skin colour in YCbCr, then a Hough transform that looks for circles in a circle.
- **Stage 2**: 3×3 filters find eyes, mouth, nose and cheeks; the distances between key points make a vector of 24 values.
- **Answer**: a perceptron of one layer, for anger, sadness, happiness, fear and surprise.
- **Training**: 10,000 pictures, 70 % of them to learn from, and 25-fold cross-validation; four layers with four filters each.
"""
OURS = """
- **Skin** is what [Chai and Ngan](https://doi.org/10.1109/76.767122) (1999) measured: Cb from 77 to 127, Cr from 133 to 173; its
  largest spot counts. A grey picture has none, and the circles are all there is.
- **The face** is the circle with the most edge along it times the number of small circles in it; a photo is first reduced to
  192 pixels on its shorter side.
- **Eyes, nose and corners of the mouth** come from MTCNN's last network (MIT licence), which looks at the square around
  the circle, and again where it says the face is. FERC's own four layers are not published as weights.
- **Brows, lids and lips** lie where a 3×3 Sobel filter finds the strongest edge above and below those points.
- **Which 24 distances**: listed below, in distances between the eyes.
- **The perceptron** learns by cross-entropy from {train} of FER2013's training pictures; the penalty of its weights was chosen
  on {validation} validation pictures.
"""
FAILS = (
    "Known to mislead it, as the study quotes: shadow, facial hair and several faces. Try the photographer, whose tripod "
    "it takes for the face, and the six versions, of which it reads one. Hair and glasses mislead our points for the brows."
)


def describe_choices(report: FercReport) -> str:
    """Say which choices are ours."""
    return OURS.format(train=format_count(report.train_pictures), validation=format_count(report.validation_pictures))


def measure_rows(report: FercReport, networks: Mapping[str, np.ndarray]) -> dict[str, list[Measure]]:
    """Shares of right answers with Wilson's intervals: of FERC with and without stage 1, and of `networks`, by name,
    bool (n,) each."""
    right = {"FERC": report.right, "FERC without stage 1": report.uncut_right, **networks}
    return {name: [_measure(values)] for name, values in right.items()}


def _measure(right: np.ndarray) -> Measure:
    share, n = float(right.mean()), len(right)
    return Measure("five expressions", share, compute_wilson_interval(share, n), n, (share,))


def describe_result(report: FercReport, networks: Mapping[str, np.ndarray]) -> str:
    """Say how often FERC is right on FER2013's five classes, and how far ahead each network is on the same pictures."""
    labels = read_digits(report.labels)
    counts = np.bincount(labels, minlength=len(CLASSES))
    text = (
        f"On FER2013's {format_count(len(labels))} test pictures of its five expressions, FERC gets "
        f"**{format_percent(report.right.mean())}** right. Answering {CLASSES[counts.argmax()]} every time would get "
        f"{format_percent(counts.max() / counts.sum())}."
    )
    for name, right in networks.items():
        text += f" **{name}**, asked for its best among the same five: {_compare(report.right, right)}."
    return text


def describe_stage_1(report: FercReport) -> str:
    """Say what stage 1 is worth on pictures that are cut to a face already."""
    pair = count_pair(report.uncut_right, report.right)
    return (
        f"FER2013's pictures are grey and cut to the face, so stage 1 has only circles to go by and little to take away: "
        f"with it FERC gets {format_points(pair.difference)} (95 %: {format_gap(pair.ci95)}) compared with looking at the whole picture."
    )


def _compare(ours: np.ndarray, theirs: np.ndarray) -> str:
    pair = count_pair(ours, theirs)
    return f"{format_percent(pair.accuracy_b)}, {format_points(pair.difference)} (95 %: {format_gap(pair.ci95)})"


def describe_stage(steps: Steps) -> str:
    """Say what stage 1 went by."""
    circles = len(steps.found.inner)
    by = (
        "Circles alone, since there is no skin colour"
        if steps.found.skin is None
        else "Skin colour first, then circles"
    )
    return f"{by}: the face is the circle with {circles} smaller one{'s' * (circles != 1)} in it."


def describe_answer(probability: Sequence[float]) -> str:
    """Say the answer, and the others in their order."""
    order = np.argsort(probability)[::-1]
    first, *rest = (f"{CLASSES[i]} {format_percent(float(probability[i]), 0)}" for i in order)
    return f"**{first}** · {' · '.join(rest)}"


NO_FACE = (
    "There is no face where the circles are: MTCNN's network, which finds eyes, nose and mouth, takes this for something "
    "else, so there is nothing to measure. FERC has no other way to look."
)
