"""What the page about an imagined voice says. Pure functions, no Streamlit."""

from fer_core.app.formats import format_estimate, format_percent, format_points
from fer_core.labels import LABELS
from fer_core.runs.voice import PUBLISHED, SOURCE, SOURCE_URL, Voice

START = 0.5
"""Where the slider stands at first: a round number, because no voice was measured."""
QUESTION = (
    "The study's last sentence wishes for face and voice together. What could a voice add? Choose how good it is; the curve "
    "joins it with the network's stored answers."
)


def make_takeaway(found: Voice, name: str) -> str:
    """Say what a voice of the round skill START would add."""
    place = found.find(START)
    return (
        f"The study's last sentence wishes for face and voice together. An imagined voice that alone is right "
        f"{format_percent(START, 0)} of the time would lift {name} from **{format_percent(found.face)}** to "
        f"**{format_percent(found.fused[place])}**, if its mistakes had nothing to do with the face's."
    )


def describe_result(found: Voice, place: int, name: str) -> str:
    """Say what a voice of this skill adds, and where the ceiling is."""
    fused, skill = found.fused[place], found.skills[place]
    text = (
        f"**{name}** alone names {format_percent(found.face)} of the test pictures as {_truth(found)}. With a voice that alone "
        f"is right {format_percent(skill, 0)}: **{format_estimate(fused, found.fused_ci95[place])}**, "
        f"{format_points(fused - found.face)}. "
    )
    if skill > fused - 0.005:
        text += "The face adds next to nothing to a voice this good. "
    return text + f"In {format_percent(found.compute_ceiling(skill))} at least one of the two is right."


def describe_gains(found: Voice, place: int) -> str:
    """Say which expressions gain most from the voice."""
    gains = {
        label: (row[0], row[place + 1]) for label in LABELS if (row := found.recall[label])[0] is not None
    }  # fmt: skip
    best = sorted(gains, key=lambda label: gains[label][0] - gains[label][1])[:3]
    parts = [f"{label} {format_percent(gains[label][0], 0)} to {format_percent(gains[label][1], 0)}" for label in best]
    return f"Found more often with it: {', '.join(parts)}."


def explain_bound(found: Voice) -> str:
    """Say what was assumed, and why it flatters."""
    return (
        f"**An upper bound, not a forecast.** No voice was recorded here; {format_percent(START, 0)} is a round number to start "
        "with. The imagined one names one expression and is wrong at "
        "random, whatever the face shows; whoever joins the two knows exactly how good it is. Real faces and voices are hard "
        "in the same moments, so a real voice of that accuracy adds less. A voice that gives shades instead of one word could add "
        "a little more, up to the dotted line: the limit for anyone who believes one of the two. "
        f"Exact over {found.n:,} stored answers and all seven things the voice may say; only the "
        "pictures are a sample."
    )


def describe_drop() -> str:
    """Say what happened to a published system for both when its speakers were new."""
    first, second = PUBLISHED
    return (
        f"How good are such systems? It depends on who tests them. A published system for face **and** voice together is right "
        f"**{format_percent(first.known)}** of the time on {first.dataset} when the same actors speak in training and test, and "
        f"**{format_percent(first.new)}** (± {100 * first.new_spread:.1f}) when the speakers are new; on {second.dataset} it falls "
        f"from {format_percent(second.known)} to {format_percent(second.new)} ([{SOURCE}]({SOURCE_URL}), as its abstract says). "
        "These numbers are for both senses together, so they say nothing about a voice alone. Actors in a studio are not people "
        "in FER2013's photos, and their expressions are eight or six: the drop is what carries over, if anything does."
    )


def _truth(found: Voice) -> str:
    return "most people do" if found.by_crowd else "FER2013 labels them"
