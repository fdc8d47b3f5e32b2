"""Every text colour of the theme is readable on every background that it stands on: WCAG 2.1, contrast 4.5 or more."""

import tomllib

import pytest

from fer_core.app import shell, theme

THEME = tomllib.loads((shell.ROOT / ".streamlit" / "config.toml").read_text())["theme"]
CAPTION = 0.6
"""Streamlit writes captions in the text colour at this opacity."""


def parse(color: str) -> tuple[int, ...]:
    return tuple(int(color[place : place + 2], 16) for place in (1, 3, 5))


def mix(front: str, back: str, opacity: float) -> tuple[float, ...]:
    return tuple(opacity * a + (1 - opacity) * b for a, b in zip(parse(front), parse(back), strict=True))


def compute_luminance(color: tuple[float, ...]) -> float:
    channels = (value / 255 for value in color)
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def compute_contrast(front: tuple[float, ...], back: tuple[float, ...]) -> float:
    bright, dark = sorted((compute_luminance(front), compute_luminance(back)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_in_the_standard():
    assert compute_contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert compute_contrast(parse("#767676"), parse("#ffffff")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_is_readable(mode):
    colors = THEME[mode]
    backgrounds = [colors["backgroundColor"], colors["secondaryBackgroundColor"], colors["sidebar"]["backgroundColor"]]
    for back in backgrounds:
        fronts = {
            "text": parse(colors["textColor"]), "links": parse(colors["linkColor"]), "grey": parse(colors["grayColor"]),
            "captions": mix(colors["textColor"], back, CAPTION), "axes": parse(theme.QUIET[mode]),
        }  # fmt: skip
        for name, front in fronts.items():
            assert compute_contrast(front, parse(back)) >= 4.5, f"{name} on {back}"


def test_the_style_sheet_repeats_the_themes_colours():
    style = (shell.ASSETS / "page.css").read_text(encoding="utf-8")
    assert f"light-dark({THEME['light']['primaryColor']}, {THEME['dark']['linkColor']})" in style
