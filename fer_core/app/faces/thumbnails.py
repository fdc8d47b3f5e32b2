"""Free examples to press, each with a small picture of itself above its name."""

import base64
import io
from collections.abc import Sequence
from functools import cache

import streamlit as st
from PIL import Image, ImageOps

from fer_core.app.faces.examples import EXAMPLES
from fer_core.app.pictures import encode_jpeg

SIDE = 52
"""Pixels on the page, twice as many in the picture for fine screens."""
ABOVE_THE_MIDDLE = (0.5, 0.3)
"""Where heads are."""
TILES = """
.st-key-{key} [role="radiogroup"] {{ gap: 0.2rem }}
.st-key-{key} button {{ height: auto; width: 4.8rem; flex: none; padding: 0.35rem 0; border-radius: 8px; display: flex;
  flex-direction: column; align-items: center; justify-content: flex-start; gap: 0.25rem }}
.st-key-{key} button p {{ font-size: 0.75rem; line-height: 1.15; white-space: normal }}
.st-key-{key} button::before {{ content: ""; width: {side}px; height: {side}px; flex: none; border-radius: 6px;
  background-size: cover }}
@media (max-width: 640px) {{ .st-key-{key} [role="radiogroup"] {{ flex-wrap: nowrap; overflow-x: auto; padding-bottom: 0.3rem }} }}
"""
"""On a phone they stand in one row that scrolls, so that the answer stays in sight."""


def choose_example(label: str, names: Sequence[str], key: str, default: str | None, **more) -> str | None:
    """Offer examples as small pictures in a row; return the chosen one's name, or None. `more`: as of st.pills."""
    st.html(f"<style>{_write_style(tuple(names), key)}</style>")
    return st.pills(label, list(names), default=default, key=key, wrap=True, **more)


@cache
def _write_style(names: tuple[str, ...], key: str) -> str:
    """Buttons take no pictures, so the style sheet brings them: they stay buttons to keyboards and screen readers."""
    pictures = [
        f".st-key-{key} button:nth-of-type({place})::before {{ background-image: url({_make_address(name)}) }}"
        for place, name in enumerate(names, 1)
    ]
    return "\n".join([TILES.format(key=key, side=SIDE), *pictures])


@cache
def _make_address(name: str) -> str:
    example = EXAMPLES[name]
    picture = Image.open(io.BytesIO(example.read())).convert("RGB")
    small = ImageOps.fit(
        picture.crop(example.part or (0, 0, *picture.size)), (2 * SIDE, 2 * SIDE), centering=ABOVE_THE_MIDDLE
    )
    return "data:image/jpeg;base64," + base64.b64encode(encode_jpeg(small, 75)).decode()
