"""Forest plots: every value stands where its number says, in text that can be read, and nothing brings markup in."""

import re
from itertools import pairwise
from xml.etree.ElementTree import Element, fromstring

import pytest

from fer_core.app.charts.forest import STYLE, Dot, choose_ticks, draw_forest
from fer_core.app.charts.ingredients import view_ingredients
from fer_core.app.charts.marks import MARK_PATHS
from fer_core.app.charts.measures import view_measures
from fer_core.app.formats import format_percent
from fer_core.app.looks import STUDY, make_look
from fer_core.runs.ablation import AblationRow
from fer_core.runs.leaderboard import Measure

MEASURES = {
    "Small": [Measure("All", 0.6, (0.58, 0.62), 7178, (0.6,)), Measure("Private", 0.7, (0.66, 0.74), 3589, (0.7,))],
    "Large": [Measure("All", 0.5, (0.48, 0.52), 7178, (0.5,))],
}


def parse(drawing: str) -> Element:
    return fromstring(drawing.replace(STYLE, ""))


def find_all(drawing: Element, name: str) -> list[Element]:
    return [part for part in drawing.iter() if name in (part.get("class") or "").split()]


def read_places(drawing: Element) -> list[tuple[float, float, float]]:
    """Left end, mark and right end of every interval, in percent of the axis."""
    found = []
    for dot in find_all(drawing, "dot"):
        bar, mark = find_all(dot, "bar")[0].get("style"), find_all(dot, "mark")[0].get("style")
        left, right = re.findall(r"([\d.]+)%", bar)[0], re.findall(r"([\d.]+)%", bar)[-1]
        found.append((float(left), float(re.search(r"[\d.]+", mark)[0]), float(right)))
    return found


def test_values_stand_on_the_scale_of_the_ticks():
    drawing = parse(view_measures(MEASURES).drawing)
    ticks = {
        span.text: float(re.search(r"[\d.]+", span.get("style"))[0])
        for span in find_all(drawing, "grid")[0].iter("span")
    }
    per_share = (ticks["70\u00a0%"] - ticks["50\u00a0%"]) / 0.2
    expected = [0.6, 0.5, 0.7]  # by way of counting, the networks within each
    for (low, at, high), share in zip(read_places(drawing), expected, strict=True):
        assert at == pytest.approx(ticks["50\u00a0%"] + (share - 0.5) * per_share, abs=0.05)
        assert low < at < high
    assert [value.text for value in find_all(drawing, "value")] == ["60.0\u00a0%", "50.0\u00a0%", "70.0\u00a0%"]
    assert [dot.get("title") for dot in find_all(drawing, "dot")][2] == "Small, Private: 70.0\u00a0% of 3,589"


def test_the_legend_names_networks_and_one_alone_needs_none():
    assert "".join(parse(view_measures(MEASURES).drawing)[1].itertext()) == "SmallLarge"
    alone = parse(view_measures({"Small": MEASURES["Small"]}).drawing)
    assert "Small" not in "".join(alone.itertext())


def test_the_figure_to_save_shows_the_same_numbers_and_is_made_only_then():
    view = view_measures(MEASURES)
    assert "figure" not in vars(view)
    assert [list(trace.x) for trace in view.figure.data if trace.mode == "markers"] == [[0.6, 0.7], [0.5]]
    assert view.alt == parse(view.drawing).get("aria-label")


def make_change(factor: str, difference: float) -> AblationRow:
    interval = (difference - 0.01, difference + 0.01)
    return AblationRow("x", factor, (0.5,), difference, interval, 0.0, {}, difference)


def test_numbers_of_losses_stand_left_of_them_and_zero_is_marked():
    drawing = parse(view_ingredients([make_change("gain", 0.1), make_change("loss", -0.2)], "base").drawing)
    gain, loss = (value.get("style") for value in find_all(drawing, "value"))
    assert gain.startswith("left:") and loss.startswith("right:")
    (rows,) = find_all(drawing, "rows")
    assert rows.get("style").count("repeating-linear-gradient") == 1
    assert [value.text for value in find_all(drawing, "value")] == ["+10.0", "\u221220.0"]


def test_neighbouring_ticks_never_read_alike():
    for difference in (-0.0195, 0.003, 0.2):
        drawing = parse(view_ingredients([make_change("change", difference)], "base").drawing)
        ticks = [span.text for span in find_all(drawing, "grid")[0].iter("span")]
        assert len(ticks) == len(set(ticks)) > 2


def test_names_cannot_bring_markup_in():
    name = '<img src="x" onerror="alert(1)">&"'
    dot = Dot(0.5, (0.4, 0.6), name, name, make_look(0))
    drawing = parse(draw_forest({name: [dot]}, name, lambda share, digits: name, {name: STUDY, "b": STUDY}, title=name))
    assert not list(drawing.iter("img")) and drawing.get("aria-label") == name
    assert find_all(drawing, "name")[0].text == name


def test_hollow_marks_are_hollow_and_every_mark_is_known():
    drawn = draw_forest({"a": [Dot(0.5, (0.4, 0.6), "", "", STUDY)]}, "", format_percent)
    assert 'fill="none"' in drawn
    assert STUDY.mark.removesuffix("-open") in MARK_PATHS


@pytest.mark.parametrize("low, high", [(0.1, 0.9), (-0.25, 0.12), (0.612, 0.637), (0, 3e-7), (-4, 900)])
def test_ticks_are_round_few_and_within(low, high):
    ticks = choose_ticks(low, high)
    assert 3 <= len(ticks) <= 9 and low <= ticks[0] and ticks[-1] <= high
    steps = {round(b - a, 10) for a, b in pairwise(ticks)}
    assert len(steps) == 1 and f"{steps.pop():.0e}"[0] in "125"


def test_a_single_value_without_an_interval_can_be_drawn():
    assert "dot" in draw_forest({"a": [Dot(0.5, (0.5, 0.5), "", "", STUDY)]}, "", format_percent)
    assert "forest" in draw_forest({}, "nothing", format_percent)
