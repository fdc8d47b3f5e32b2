"""Text is readable where it stands, in light and dark: captions, links in them, chosen buttons, tags, charts."""

from pathlib import Path

import pytest

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("path, theme", [("/study", "light"), ("/predict", "dark")])
def test_every_text_is_readable(app, path, theme):
    page = app.open(path, theme=theme, height=4000)
    page.locator(".js-plotly-plot text").first.wait_for(state="attached")
    assert page.evaluate(CONTRAST) == []
