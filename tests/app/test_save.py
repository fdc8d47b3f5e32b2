"""What a saved chart holds, without a browser: light paper, plain words, the numbers."""

from datetime import date

import pandas as pd

from fer_core.app.save.files import Words, make_content, write_source
from fer_core.app.theme import make_figure


def test_a_saved_chart_is_light_and_has_its_words():
    words = Words(
        "Title", "Compact network, 7,178 test pictures", "**Bold** note", write_source("Results", date(2026, 11, 5))
    )
    content = make_content(make_figure(height=300), words, pd.DataFrame({"a": [1]}), "x")
    layout = content["figure"]["layout"]
    assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "#ffffff" and content["height"] == 300
    assert "Source Sans" not in layout["font"]["family"], "a picture brings no web font"
    assert content["words"]["note"] == "Bold note"
    assert (
        content["words"]["source"].startswith("Seven expressions, Results.")
        and "5 November 2026" in content["words"]["source"]
    )
    assert content["csv"] == "a\n1\n" and make_content(make_figure(), words, None, "x")["csv"] == ""
