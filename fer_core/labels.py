"""The seven expressions: one order and one colour each, everywhere."""

from typing import Literal, get_args

Label = Literal["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
LABELS: tuple[Label, ...] = get_args(Label)
"""Alphabetical, as Keras reads the Kaggle folders. Every array of seven uses this order."""

CSV_LABELS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""Order of the integer `emotion` column of the contest's fer2013.csv."""

COLORS = {
    "angry": "#D55E00",
    "disgust": "#009E73",
    "fear": "#CC79A7",
    "happy": "#E69F00",
    "neutral": "#999999",
    "sad": "#0072B2",
    "surprise": "#56B4E9",
}
"""Okabe & Ito's colour-blind safe palette (https://jfly.uni-koeln.de/color/)."""

DOUBT, SEEN = "doubt", ("covered", "drawn")
"""What a network may see of a face beside its expression: the output of that name is positive where it does, in this order."""
COVERED, DRAWN = SEEN
