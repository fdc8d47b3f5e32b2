"""Page parts: charts in the house layout, files that leave the app, empty states."""

import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.app import theme
from fer_core.app.charts.probabilities import view_probabilities
from fer_core.app.wording import Wording
from fer_core.labels import COLORS, LABELS

PROBABILITY = [0.02, 0.01, 0.05, 0.8, 0.07, 0.02, 0.03]


def test_probability_chart_keeps_order_and_colours():
    figure = view_probabilities(PROBABILITY, Wording(threshold=0.4), "Face 1").figure
    (bars,) = figure.data
    assert list(bars.x) == PROBABILITY
    assert [name.strip("</b>") for name in bars.y] == list(LABELS)
    assert list(bars.marker.color) == [COLORS[label] for label in LABELS]
    assert [line.x0 for line in figure.layout.shapes] == [0.4]


def test_probabilities_in_words_go_from_likely_to_unlikely():
    words = view_probabilities(np.array(PROBABILITY), Wording(), "Face 1").alt
    assert words.startswith("Face 1: happy 80") and words.index("neutral") < words.index("disgust")


def test_figures_set_no_colours_that_a_theme_must_choose():
    figure = theme.make_figure(go.Scatter(x=[1, 2], y=[1, 2]), x="Epoch", y="Accuracy")
    assert figure.layout.font.color is None and figure.layout.xaxis.gridcolor is None
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.xaxis.fixedrange, "a thumb that scrolls must not drag the chart"


def test_exported_file_stands_alone():
    figure = theme.make_figure(go.Heatmap(z=[[1, 2], [3, 4]]))
    export = theme.make_export(figure)
    assert export.layout.paper_bgcolor == "#ffffff"
    assert export.layout.template.layout.font.color
    assert "#0000" not in export.to_json(), "stand-in colours are only replaced inside the app"
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)", "the figure on the page stays as it is"


def test_every_expression_has_a_symbol_and_an_icon():
    assert set(theme.SYMBOLS) == set(theme.ICONS) == set(LABELS)
    assert len(set(theme.SYMBOLS.values())) == len(set(theme.ICONS.values())) == len(LABELS)


def test_empty_state_says_what_and_next():
    app = AppTest.from_string(
        "from fer_core.app import ui\nui.empty_state('Nothing here', 'Do this next.', link='about')", default_timeout=60
    ).run()
    assert not app.exception
    assert app.subheader[0].value == "Nothing here" and app.markdown[0].value == "Do this next."


@pytest.mark.parametrize("names, title", [(["a"], "One run"), (["a", "b"], "2 runs")])
def test_problems_are_listed(names, title):
    script = f"from fer_core.app import ui\nui.show_problems({names})"
    app = AppTest.from_string(script, default_timeout=60).run()
    (warning,) = app.warning
    assert all(f"- {name}" in warning.value for name in names)
