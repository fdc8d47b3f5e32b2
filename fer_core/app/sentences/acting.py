"""What the acting page says. Pure functions, no Streamlit."""

from fer_core.app.play.acting import MOST, Round
from fer_core.labels import LABELS

TAKEAWAY = "Show seven expressions to your camera, one after the other. The network scores three seconds of each."
HINTS = {
    "angry": "Brows down and together, lips pressed.",
    "disgust": "Wrinkle your nose, raise the upper lip.",
    "fear": "Eyes wide, brows up and together, lips stretched.",
    "happy": "Smile with the eyes, too.",
    "neutral": "Relax your whole face.",
    "sad": "Inner brows up, corners of the mouth down.",
    "surprise": "Brows up, eyes wide, jaw dropped.",
}
HONEST = (
    "A high score means that your face looks like those that people call by this word. Acting is not feeling, and a face that scores low is "
    "not a wrong face: the network has seen few pictures of disgust and fear."
)


def describe_place(round_: Round) -> str:
    """Return "3 of 7"."""
    return f"{len(round_.points) + 1} of {len(LABELS)}"


def describe_points(round_: Round) -> str:
    """Say how the last expression was scored, or that the last try saw no face; empty before the first."""
    if round_.missed:
        return "No face was seen in those three seconds. Is the camera on? Try again."
    if not round_.points:
        return ""
    label, points = list(round_.points.items())[-1]
    return f"{label.capitalize()}: **{points:g}** of {MOST} points. {round_.total:g} so far."


def describe_end(round_: Round) -> str:
    """Say what came out, best and worst."""
    best = max(round_.points, key=round_.points.get)
    worst = min(round_.points, key=round_.points.get)
    return (
        f"**{round_.total:g} of {MOST * len(LABELS)} points.** To this network your clearest expression was {best}, the least "
        f"clear {worst}."
    )
