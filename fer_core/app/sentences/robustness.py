"""What spoiled pictures cost, in words. Pure functions, no Streamlit."""

from collections.abc import Mapping, Sequence

import numpy as np

from fer_core.app.augmentation.spoiling import list_ways
from fer_core.app.charts.robustness import list_points, write_strength
from fer_core.app.formats import format_count, format_estimate, format_percent, format_points, join_words
from fer_core.data import draw_face
from fer_core.runs.corruptions import Corruption, corrupt
from fer_core.runs.disturbed import COMMAND
from fer_core.runs.robustness_records import Point, Robustness
from fer_core.runs.run import Run

FACE_NUMBER = 7


def find_worst(robustness: Robustness, occlusion: bool) -> tuple[Corruption, Point]:
    """Return the worst corruption and strength, among covered faces or among the other ones."""
    return next(pair for pair in list_points(robustness) if pair[0].is_occlusion == occlusion)


def make_takeaway(name: str, robustness: Robustness, by_crowd: bool = False) -> str:
    """Say what the network bears and what it does not."""
    clean = f"Of clean pictures **{name}** gets {format_percent(robustness.clean.accuracy)} right"
    clean += ", judged by what most people see" * by_crowd
    if not robustness.has_curves and robustness.ten_mean is None:
        return f"{clean}; its answers to spoiled pictures are not all there yet."
    ten = ""
    if robustness.ten_mean:
        ten = f"; of pictures degraded in ten ways **{format_percent(robustness.ten_mean.accuracy)}** on average"
    if not robustness.has_curves:
        return f"{clean}{ten}."
    corruption, point = find_worst(robustness, occlusion=False)
    covered, hidden = find_worst(robustness, occlusion=True)
    return (
        f"{clean}{ten}. {_write_case(corruption, point)} leaves **{format_percent(point.accuracy)}**, and with the "
        f"{covered.title.lower()} ({point_size(covered, hidden)}) it keeps **{format_percent(hidden.accuracy)}**."
    )


def _write_case(corruption: Corruption, point: Point) -> str:
    return f"{corruption.title} of {point_size(corruption, point)}"


def point_size(corruption: Corruption, point: Point) -> str:
    """Return a strength with its unit, for example "σ 3 pixels"."""
    size = write_strength(corruption, point.strength)
    words = {
        "blur": f"σ {size} pixels",
        "noise": f"σ {size} grey levels",
        "brightness": f"{size} grey levels",
        "contrast": f"{size} times the original",
        "jpeg": f"quality {size}",
    }
    return words.get(corruption.name, f"{size} {corruption.unit}")


def describe_worst(name: str, robustness: Robustness, n: int = 3) -> str:
    """Name the `n` corruptions that cost most at their worst, and those that cost less than two points throughout."""
    worst: dict[str, tuple[Corruption, Point]] = {}
    for corruption, point in list_points(robustness):
        worst.setdefault(corruption.name, (corruption, point))
    ranked = list(worst.values())
    text = "; ".join(
        f"{_write_case(corruption, point).lower()} costs {format_points(robustness.compute_loss(point)).lstrip('+')}"
        for corruption, point in ranked[:n]
    )
    harmless = [c.title.lower() for c, point in ranked if robustness.compute_loss(point) < 0.02]
    text = f"Worst for **{name}**: {text}."
    return f"{text} Under two points at any strength tried: {', '.join(harmless)}." if harmless else text


def describe_without_curves(names: Sequence[str]) -> str:
    """Say of which networks the curves are not."""
    return f"{join_words(names)}: measured on the ten cases above only. The curves below are of the others."


def describe_upside_down(measured: Mapping[str, Robustness]) -> str:
    """Say what half a turn leaves of each network, and why the study's bears it."""
    falls = (f"**{name}** {_write_fall(found, found.curves['rotation'][-1])}" for name, found in measured.items())
    return (
        f"Half a turn: {', '.join(falls)}. The study's recipe turns half of its training faces upside down, so its "
        "network reads them either way up. One that saw only upright faces does not."
    )


def describe_covered(measured: Mapping[str, Robustness]) -> str:
    """Say what the worst covering costs each network."""
    lines = []
    for name, found in measured.items():
        corruption, point = find_worst(found, occlusion=True)
        lines.append(f"**{name}** at worst {_write_fall(found, point)}, with the {corruption.title.lower()}")
    return f"{'; '.join(lines)}."


def _write_fall(robustness: Robustness, point: Point) -> str:
    before, after = (format_percent(score.accuracy, 0) for score in (robustness.clean, point))
    return f"stays at {before}" if before == after else f"falls from {before} to {after}"


def describe_practice(runs: Mapping[str, Run]) -> str:
    """Say which networks, by what they are called, were trained on pictures degraded like these; "" where none was."""
    met = {name: list_ways(run) for name, run in runs.items()}
    practised = {name: ways for name, ways in met.items() if ways}
    if not practised:
        return ""
    ways = next(iter(practised.values()))
    who = " and ".join(f"**{name}**" for name in practised)
    share = format_percent(min(ways.values()), 0)
    text = (
        f"{who} practised this: in training, pictures were {join_words(list(ways), 'or')}, {share} of them in each way."
    )
    rest = len(met) - len(practised)
    others = "The other was" if rest == 1 else "The others were"
    return (
        f"{text} {others} not trained this way, so the recipes are compared here, not the networks alone."
        if rest
        else text
    )


def describe_missing(names: list[str]) -> str:
    """Say which runs with a network have not been measured, and the command that does it."""
    return f"Not measured yet: {', '.join(names)}. `{COMMAND}` measures it and writes `robustness.json`."


def describe_sample(measured: Mapping[str, Robustness]) -> str:
    """Say on how many pictures, of how many, the numbers stand."""
    parts = []
    for name, found in measured.items():
        whole = "all" if found.n == found.n_test else f"a fixed sample of {format_count(found.n)} of the"
        parts.append(f"{name}: {whole} {format_count(found.n_test)}")
    return (
        f"Test pictures used: {'; '.join(parts)}. One look per face, without the mirror image, by the file that answers photos: "
        "storing it in fewer bits may move untouched pictures by some tenths of a point."
    )


def make_examples(corruption: Corruption, label: str) -> np.ndarray:
    """Draw a face and spoil it in every strength, in the order of the chart; uint8 (n, 48, 48)."""
    face = draw_face(label, np.random.default_rng(FACE_NUMBER))[None]
    spoiled = [corrupt(face, corruption.name, strength)[0] for strength in corruption.strengths]
    return np.stack([*spoiled[: corruption.place], face[0], *spoiled[corruption.place :]])


def describe_card(corruption: Corruption, measured: Mapping[str, Robustness]) -> str:
    """Return a chart's line of text: the first network's worst accuracy there."""
    name, found = next(iter(measured.items()))
    point = min(found.curves[corruption.name], key=lambda point: point.accuracy)
    return f"{name} at worst {format_estimate(point.accuracy, point.ci95, 0)}"
