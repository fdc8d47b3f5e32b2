"""Answers for many photos: each worked out once per visit, with progress, whatever the others are like."""

import io
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import streamlit as st
from PIL import Image, ImageOps

from fer_core.app import photo
from fer_core.app.formats import quote_name
from fer_core.app.loading import Engine
from fer_core.app.photo import Answer
from fer_core.app.photo_source import Photo

KEPT = "predict-answers"
TILE = (320, 240)
logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of one photo: an answer, or the problem in a sentence.

    `opinions`: by run name, the same faces as other networks answer them; filled when somebody asks.
    """

    photo: Photo
    answer: Answer | None = None
    problem: str = ""
    opinions: dict[str, list] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.answer.name if self.answer else self.photo.name

    @cached_property
    def thumbnail(self) -> bytes:
        """The marked picture as a small JPEG file."""
        picture = Image.open(io.BytesIO(self.answer.picture))
        picture.draft("RGB", TILE)  # decodes at a fraction of the size
        return photo.encode_jpeg(ImageOps.fit(picture, TILE, centering=(0.5, 0.35)), 80)


def answer_photos(photos: Sequence[Photo], engine: Engine) -> list[Outcome]:
    """Return the outcome of every photo. Kept for the visit: a rerun, or one photo more, repeats no work."""
    kept = st.session_state.setdefault(KEPT, {})
    keys = [(item.key, engine.run.name, engine.signature) for item in photos]
    for key in set(kept) - set(keys):
        del kept[key]  # a photo that was taken away is forgotten at once
    todo = [(key, item) for key, item in zip(keys, photos, strict=True) if key not in kept]
    bar = st.progress(0.0, "Looking for faces") if len(todo) > 1 else None
    for done, (key, item) in enumerate(todo):
        if bar:
            bar.progress(done / len(todo), f"Photo {done + 1} of {len(todo)}: {quote_name(item.name)}")
        kept[key] = _answer(item, engine)
    if bar:
        bar.empty()
    return [kept[key] for key in keys]


def ask_others(outcome: Outcome, engines: Sequence[Engine]) -> None:
    """Have each network answer the faces of a photo, once; `opinions` holds exactly those networks afterwards."""
    if outcome.answer is None:
        return
    known = dict(outcome.opinions)
    outcome.opinions.clear()
    for engine in engines:
        name = engine.run.name
        outcome.opinions[name] = known[name] if name in known else photo.judge_again(outcome.answer.faces, engine)


def render_problems(outcomes: Sequence[Outcome]) -> None:
    """Name the files that could not be read, each with its reason."""
    bad = [outcome for outcome in outcomes if outcome.problem]
    if not bad:
        return
    title = "This file cannot be read" if len(bad) == 1 else f"{len(bad)} files cannot be read"
    lines = [f"- {quote_name(outcome.name)}: {outcome.problem}" for outcome in bad]
    with st.container(key="predict-problems"):
        st.warning("\n".join(lines), icon=":material/broken_image:", title=title)


def _answer(item: Photo, engine: Engine) -> Outcome:
    from fer_core.vision import ImageError

    try:
        if item.example:
            return Outcome(item, photo.answer_example(item.example, engine))
        return Outcome(item, photo.make_answer(item.read(), item.name, engine))
    except ImageError as error:
        return Outcome(item, problem=str(error))
    except Exception:  # one photo that breaks us must not take the other ninety-nine with it
        number = uuid.uuid4().hex[:6]
        logger.exception("Photo error %s", number)
        return Outcome(item, problem=f"Something went wrong here; the server's log has it under {number}.")
