"""The chart of a face over time: its answers, gaps, words and colours."""

import numpy as np
import pytest

from fer_core.app.charts.timeline import NOT_SURE, Spell, find_spells, view_timeline
from fer_core.labels import COLORS, LABELS


def make_history():
    """Two seconds happy, one second not sure, then, after three seconds out of sight, one second sad."""
    seconds = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 6.0, 6.5])
    probability = np.full((8, 7), 0.02)
    probability[:4, LABELS.index("happy")] = 0.88
    probability[4:6] = 1 / 7
    probability[6:, LABELS.index("sad")] = 0.88
    return seconds, probability


def test_spells_join_equal_answers_and_end_at_gaps():
    spells = find_spells([0.0, 0.5, 1.0, 6.0], ["happy", "happy", "sad", "sad"])
    assert spells == [Spell("happy", 0.0, 1.0), Spell("sad", 1.0, 1.25), Spell("sad", 6.0, 6.25)]
    assert find_spells([], []) == []


def test_chart_has_seven_lines_in_their_colours_and_a_band_of_answers():
    seconds, probability = make_history()
    figure = view_timeline(seconds, probability, threshold=0.5).figure
    lines = {trace.name: trace for trace in figure.data if trace.type == "scatter" and trace.showlegend is False}
    assert set(lines) == set(LABELS)
    assert all(lines[label].line.color == COLORS[label] for label in LABELS)
    assert np.isnan(np.asarray(lines["sad"].y, float)).sum() == 1  # interrupted where the face was away
    legend = [trace for trace in figure.data if trace.type == "scatter" and trace.showlegend is None]
    assert len({trace.marker.symbol for trace in legend}) == 7
    (band,) = (trace for trace in figure.data if trace.type == "bar")
    assert list(band.text) == ["happy", NOT_SURE, "sad"]
    assert list(band.base) == pytest.approx([0, 2, 6]) and list(band.x) == pytest.approx([2, 0.75, 0.75])


def test_words_say_what_the_chart_shows():
    text = view_timeline(*make_history(), 0.5, "Face 2").alt
    assert text.startswith("Face 2, 0.0 to 6.5")
    assert (
        "happy 57\u00a0%" in text and "sad 21\u00a0%" in text and "not sure 21\u00a0%" in text and "88\u00a0%" in text
    )
    assert "nothing seen" in view_timeline([], np.empty((0, 7))).alt


def test_nothing_and_a_single_moment_are_drawn():
    assert view_timeline([], np.empty((0, 7))).figure.data
    figure = view_timeline([3.0], np.full((1, 7), 1 / 7), 0.5).figure
    assert figure.layout.xaxis.range[1] > figure.layout.xaxis.range[0] == 3


def test_doubtful_answers_still_say_which_expression_leads():
    seconds, probability = make_history()
    view = view_timeline(seconds, probability, 0.5, "Face 2", doubtful=[True] * 3 + [False] * 5)
    (band,) = (trace for trace in view.figure.data if trace.type == "bar")
    assert list(band.text) == ["happy?", "happy", NOT_SURE, "sad"]
    assert list(band.marker.pattern.shape) == ["/", "", "/", ""]
    assert "happy? 43\u00a0%" in view.alt
