"""What a network says about a picture of FER2013: stored by its evaluation, else asked now."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from fer_core.app import loading
from fer_core.app.dataset_album import NO_MAJORITY, Album
from fer_core.app.gallery.picture import Picture, make_key
from fer_core.app.gallery.tiles import TWIN
from fer_core.runs import Run, apply_temperature
from fer_core.runs.learned import find_learned


@dataclass(frozen=True)
class Answer:
    """Seven shares, float32 (7,), and where they come from, in a sentence."""

    probability: np.ndarray
    source: str


def find_answer(run: Run, picture: Picture, album: Album | None) -> Answer | None:
    """Return what `run` says about the picture, as photos are answered; None where nobody can be asked."""
    stored = load_stored(run).get(picture.key)
    if stored and not picture.drawn:
        split, probability = stored
        return Answer(probability, _describe_stored(split, picture, album))
    if picture.image is None or run.model_path is None:
        return None
    engine = loading.load_engine(run.name)
    with engine.lock:
        probability = engine.predictor.predict(picture.image[None])[0]
    return Answer(probability, _describe_live(run, picture, album))


def _describe_stored(split: str, picture: Picture, album: Album | None) -> str:
    row = None if album is None else album.find(picture.key)
    copied = row is not None and (album.twin[row] or (split == "validation" and len(album.twins_of(row))))
    if copied or (row is None and TWIN in picture.badges):
        return f"A {split} picture of this run, but its copy may have been among those it learned from."
    return f"A {split} picture of this run, not one it learned from."


def _describe_live(run: Run, picture: Picture, album: Album | None) -> str:
    if picture.drawn:
        return "Asked just now. A drawn face: the network learned from photographs."
    learned = None if album is None else load_learned(run, album)
    if learned is None:
        return "Asked just now; whether it learned from this picture is not recorded."
    if learned[album.find(picture.key)]:
        return "Asked just now. **It learned from this picture**, so the answer shows memory, too."
    return "Asked just now. It did not learn from this picture."


def load_stored(run: Run) -> dict[str, tuple[str, np.ndarray]]:
    """Return what a run answered, as photos are answered: picture's key -> (split, seven calibrated shares)."""
    file = run.path / "predictions.npz"
    return _load_stored(str(file), file.stat().st_mtime_ns, run)


@st.cache_resource(show_spinner=False, max_entries=4)
def _load_stored(file: str, changed: int, _run: Run) -> dict[str, tuple[str, np.ndarray]]:
    served = _run.as_served().as_judged(by_crowd=False)
    calibration = loading.find_calibration(_run)
    temperature = calibration.temperature if calibration else 1.0
    stored = {}
    for split in ("validation", "test"):
        answers = served.predictions(split)
        averaged = served.is_averaged and answers.tta_probability is not None
        shares = answers.tta_probability if averaged else answers.probability
        shares = apply_temperature(shares, temperature).astype(np.float32)
        keys = map(make_key, answers.label.tolist(), answers.file.tolist())
        stored |= {key: (split, row) for key, row in zip(keys, shares, strict=True)}
    return stored


def load_predicted(run: Run, album: Album) -> np.ndarray:
    """Return the class that `run` answers for each of the album's pictures, uint8 (n,); NO_MAJORITY where none is stored."""
    file = run.path / "predictions.npz"
    return _load_predicted(str(file), file.stat().st_mtime_ns, album.dataset.source, len(album.dataset), run, album)


@st.cache_resource(show_spinner=False, max_entries=2)
def _load_predicted(file: str, changed: int, source: str, n: int, _run: Run, _album: Album) -> np.ndarray:
    winners = {key: int(shares.argmax()) for key, (_, shares) in load_stored(_run).items()}
    if _album.dataset.drawn:
        winners = {}
    return np.array([winners.get(key, NO_MAJORITY) for key in _album.key.tolist()], np.uint8)


def load_learned(run: Run, album: Album) -> np.ndarray | None:
    """Mark the album's pictures that `run` learned from, bool (n,); None where that is not known."""
    return _load_learned(run.name, album.dataset.source, len(album.dataset), run, album)


@st.cache_resource(show_spinner=False, max_entries=4)
def _load_learned(name: str, source: str, n: int, _run: Run, _album: Album) -> np.ndarray | None:
    return find_learned(_run, _album.dataset)
