"""The chart of the last minute: areas of one face, a line for each of several, gaps, and words."""

import numpy as np
import pytest

from fer_core.app.charts.live_timeline import (
    split_at_gaps,
    view_face_timeline,
    view_leading_timeline,
)
from fer_core.labels import LABELS
from fer_core.vision.tracking import TrackHistory


def make_history(number: int, seconds, label: str = "happy") -> TrackHistory:
    probability = np.full((len(seconds), 7), 0.05, np.float32)
    probability[:, LABELS.index(label)] = 0.7
    return TrackHistory(number, np.asarray(seconds, float), probability)


def test_areas_of_a_face_fill_the_chart_and_stop_where_it_was_gone():
    figure = view_face_timeline(make_history(1, [100, 101, 110, 111]), now=112).figure
    assert [trace.name for trace in figure.data] == list(LABELS)
    total = np.sum([trace.y for trace in figure.data], axis=0)
    assert total == pytest.approx([1, 1, 0, 0, 1, 1], abs=1e-5)
    assert figure.data[0].x == pytest.approx([-12, -11, -10.999, -2.001, -2, -1])


def test_one_line_for_every_face():
    figure = view_leading_timeline([make_history(1, [5, 6, 9]), make_history(3, [7, 8], "sad")], now=10).figure
    assert [trace.name for trace in figure.data] == ["Face 1", "Face 3"]
    assert list(figure.data[1].y) == pytest.approx([0.7, 0.7])
    assert figure.data[1].text == ("sad", "sad")
    assert np.isnan(figure.data[0].y[2:4]).all()


def test_chart_in_words():
    text = view_face_timeline(make_history(2, [10, 20, 30], "fear"), now=31).alt
    assert text == "Face 2, seen since 21 seconds ago: fear led 100\u00a0% of the time, fear last"
    assert view_leading_timeline([], now=0).alt == "No face in the last minute"


def test_single_point_has_no_gap():
    seconds, values = split_at_gaps(np.array([1.0]), np.ones((1, 7)), 0.0)
    assert seconds.tolist() == [1.0] and values.shape == (1, 7)
