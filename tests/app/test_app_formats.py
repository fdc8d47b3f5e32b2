"""Numbers as words."""

import pytest

from fer_core.app import formats


def plain(text: str) -> str:
    return text.replace(formats.SPACE, " ")


def test_percent_with_interval():
    assert plain(formats.format_percent(0.6634)) == "66.3 %"
    assert plain(formats.format_estimate(0.663, (0.652, 0.674))) == "66.3 % (65.2–67.4)"
    assert plain(formats.format_estimate(0.663)) == "66.3 %"
    assert formats.format_percent(None) == formats.format_estimate(None, (0, 1)) == "–"


@pytest.mark.parametrize(
    "difference, text", [(0.023, "+2.3 points"), (-0.0051, "−0.5 points"), (0.0001, "±0.0 points"), (None, "–")]
)
def test_points(difference, text):
    assert plain(formats.format_points(difference)) == text


@pytest.mark.parametrize("number, text", [(999, "999"), (7178, "7,178"), (1_172_000, "1.17 M"), (43_333_319, "43.3 M")])
def test_many(number, text):
    assert plain(formats.format_many(number)) == text


@pytest.mark.parametrize("seconds, text", [(12.4, "12 s"), (65, "1 min"), (3725, "1 h 2 min"), (3599.6, "1 h 0 min")])
def test_duration(seconds, text):
    assert plain(formats.format_duration(seconds)) == text


def test_size():
    assert plain(formats.format_size(4_700_000)) == "4.7 MB"
    assert plain(formats.format_size(812_000)) == "812 kB"


@pytest.mark.parametrize("seconds, text", [(0.138, "138 ms"), (0.9994, "999 ms"), (2.657, "2.7 s")])
def test_wait(seconds, text):
    assert plain(formats.format_wait(seconds)) == text


def test_change_and_words():
    assert plain(formats.format_change(-0.006, (-0.016, 0.004))) == "−0.6 (−1.6 to +0.4)"
    assert [formats.join_words(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
