"""How long the points of a learning curve were trained, in words. Pure functions, no Streamlit."""

from collections.abc import Sequence
from statistics import mean

from fer_core.app.formats import format_count, format_percent
from fer_core.runs.learning_curve import CurvePoint, list_apart

PARTS = {1 / 2: "half", 1 / 4: "quarter", 1 / 8: "eighth"}


def describe_steps(points: Sequence[CurvePoint]) -> str:
    """Say which points, drawn hollow, were trained for another number of steps than the rest; "" where all took as many."""
    apart = list_apart(points)
    if not apart:
        return ""
    names = " and ".join(f"the {PARTS.get(point.share, f'{format_percent(point.share, 0)} part')}" for point in apart)
    steps = " and ".join(format_count(point.steps) for point in apart)
    rest = [point.steps for point in points if point.steps and point not in apart]
    only = "only " if max(point.steps for point in apart) < min(rest) else ""
    text = f"Hollow: {names} {'was' if len(apart) == 1 else 'were'} trained for {only}{steps} steps"
    return f"{text}, the others for about {format_count(_round(mean(rest)))}."


def _round(number: float) -> int:
    """Two digits and zeros: enough for "about"."""
    return int(float(f"{number:.2g}"))
