"""Answers for many photos: each worked out once per visit, with progress, whatever the others are like."""

import io
import logging
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import streamlit as st
from PIL import Image, ImageOps

from fer_core.app.faces import photo
from fer_core.app.faces.album import Photo, get_turns, list_keys
from fer_core.app.faces.photo import Answer
from fer_core.app.formats import format_duration, quote_name
from fer_core.app.loading import Engine
from fer_core.app.pictures import encode_jpeg

KEPT, STOPPED = "predict-answers", "predict-stopped"
TILE = (320, 240)
SHOWN_AT_WORK = 24
LISTED = 4
"""Unreadable files named at once; more of them fold away, so that the answers stay in sight."""
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
        return encode_jpeg(ImageOps.fit(picture, TILE, centering=(0.5, 0.35)), 80)


def answer_photos(photos: Sequence[Photo], engine: Engine) -> list[Outcome]:
    """Return the outcome of every photo. Kept for the visit: a rerun, or one photo more, repeats no work.

    When the visitor stops the work, those that were not answered yet are left out until he goes on.
    """
    kept = st.session_state.setdefault(KEPT, {})
    network = (engine.run.name, engine.signature)
    keys = [(item.key, get_turns(item.key), *network) for item in photos]
    of_the_visit = {(key, get_turns(key), *network) for key in list_keys()}
    for key in kept.keys() - keys - of_the_visit:
        del kept[key]  # a photo that was taken away is forgotten at once
    todo = {key: item for key, item in zip(keys, photos, strict=True) if key not in kept}
    if todo and st.session_state.get(STOPPED):
        _offer_to_go_on(len(todo))
        return [kept[key] for key in keys if key in kept]
    if len(todo) == 1:
        ((key, item),) = todo.items()
        kept[key] = _answer(item, engine)
    elif todo:
        _answer_many(todo, engine, kept)
    return [kept[key] for key in keys]


def _answer_many(todo: dict[tuple, Photo], engine: Engine, kept: dict) -> None:
    """Answer photos one by one, showing how far it is and each picture as soon as it is done."""
    start, slot = time.monotonic(), st.empty()
    with slot.container():
        with st.container(horizontal=True, vertical_alignment="center"):
            bar = st.progress(0.0, "Looking for faces")
            st.button("Stop", key="predict-stop", icon=":material/stop:", on_click=_stop)
        grid = st.grid(6, min_column_width=140, gap="small")
    for done, (key, item) in enumerate(todo.items()):
        left = (time.monotonic() - start) / max(done, 1) * (len(todo) - done)
        wait = f" · about {format_duration(left)} left" if done > 1 else ""
        bar.progress(done / len(todo), f"Photo {done + 1} of {len(todo)}: {quote_name(item.name)}{wait}")
        kept[key] = outcome = _answer(item, engine)
        if outcome.answer and done < SHOWN_AT_WORK:
            grid.cell().image(outcome.thumbnail, width="stretch", alt=photo.describe_answer(outcome.answer))
    slot.empty()


def _stop() -> None:
    st.session_state[STOPPED] = True


def go_on() -> None:
    """Answer what is left, after a stop or when new photos come."""
    st.session_state.pop(STOPPED, None)


def _offer_to_go_on(n_left: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="predict-paused"):
        st.markdown(f"Stopped: {n_left} photo{'s are' if n_left > 1 else ' is'} not answered yet.")
        st.button("Go on", key="predict-go-on", icon=":material/play_arrow:", on_click=go_on)


def replace_faces(outcome: Outcome, faces: list, rgb: np.ndarray) -> None:
    """Put `faces` in the place of a photo's faces, for the rest of the visit; `rgb`: the photo's pixels."""
    from fer_core.vision import draw_faces

    picture = encode_jpeg(draw_faces(rgb, faces))
    answer = replace(outcome.answer, faces=faces, picture=picture)
    kept = st.session_state[KEPT]
    for key in [key for key, value in kept.items() if value is outcome]:
        kept[key] = Outcome(outcome.photo, answer)


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
        st.warning("\n".join(lines[:LISTED]), icon=":material/broken_image:", title=title)
        if rest := lines[LISTED:]:
            with st.expander(f"The other {len(rest)}", icon=":material/broken_image:"):
                st.markdown("\n".join(rest))


def _answer(item: Photo, engine: Engine) -> Outcome:
    from fer_core.vision import ImageError

    turns = get_turns(item.key)
    try:
        if item.example and not turns:
            return Outcome(item, photo.answer_example(item.example, engine))
        return Outcome(item, photo.make_answer(item.read(), item.name, engine, turns))
    except ImageError as error:
        return Outcome(item, problem=str(error))
    except Exception:  # one photo that breaks us must not take the other ninety-nine with it
        number = uuid.uuid4().hex[:6]
        logger.exception("Photo error %s", number)
        return Outcome(item, problem=f"Something went wrong here; the server's log has it under {number}.")
