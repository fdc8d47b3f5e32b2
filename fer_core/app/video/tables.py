"""A video's answers as tables: one row per face, and one per face and frame. No Streamlit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fer_core.app.charts.timeline import NOT_SURE, Spell, find_spells
from fer_core.app.video.recording import VideoResult
from fer_core.labels import LABELS

if TYPE_CHECKING:  # half a second to import: the page stands before it
    import pandas as pd

BRIEF = 0.5  # seconds; faces seen for less are counted, not charted

COLUMNS = {
    "time": "Seconds from the video's first frame.",
    "face": "Number of the face; a face keeps it until it is out of sight for more than a second, or another scene begins.",
    "answer": 'The likeliest of the seven expressions, or "not sure" below the network\'s threshold.',
    "sure": "Whether the confidence reaches that threshold and nothing about the face speaks against the answer.",
    "doubt": "What alone keeps an answer from being sure: the face seems drawn or covered, is dark, and the like.",
    "confidence": "The largest of the seven probabilities, 0 to 1.",
    **{
        label: f"Probability of {label}, 0 to 1, calibrated and smoothed over the face's last frames."
        for label in LABELS
    },
    "left": "Left edge of the face's box, in pixels of the frame as answered.",
    "top": "Top edge.",
    "right": "Right edge.",
    "bottom": "Bottom edge.",
    "frame_width": "Width of the frame as answered: turned upright, the longer side reduced to 640 pixels at most.",
    "frame_height": "Its height.",
}
"""Column of the table of samples -> what it holds."""


@dataclass(frozen=True, eq=False)
class FaceHistory:
    """One face over the video: `seconds` (n,), `probability` (n, 7), `answers` and `doubts` (n,) as Samples have them.

    `dwell` (n,): seconds that each sample stands for.
    """

    number: int
    seconds: np.ndarray
    probability: np.ndarray
    answers: np.ndarray
    doubts: np.ndarray
    dwell: np.ndarray

    @property
    def seen(self) -> float:
        """Seconds in which the face was in sight."""
        return float(self.dwell.sum())

    @property
    def shares(self) -> dict[str, float]:
        """Share of its time per answer, LABELS and "not sure"; they sum to 1."""
        return {answer: self._compute_share(self.answers == answer) for answer in (*LABELS, NOT_SURE)}

    @property
    def doubtful(self) -> np.ndarray:
        """Whether something about the face speaks against the answer (n,)."""
        return self.doubts != ""

    @property
    def doubt(self) -> str:
        """What most often speaks against its answers, a sentence; empty where nothing does."""
        reasons = Counter(self.doubts[self.doubtful].tolist())
        return max(reasons, key=reasons.get, default="")

    @property
    def share_in_doubt(self) -> float:
        return self._compute_share(self.doubtful)

    @property
    def spells(self) -> list[Spell]:
        return find_spells(self.seconds, self.answers, self.doubtful)

    @property
    def main_answer(self) -> str:
        """The answer that takes most of its time."""
        shares = self.shares
        return max(shares, key=shares.get)

    @property
    def mean_confidence(self) -> float:
        """Mean over the time in which it gives its main answer."""
        main = self.answers == self.main_answer
        return float(np.average(self.probability.max(axis=1)[main], weights=self.dwell[main]))

    def _compute_share(self, chosen: np.ndarray) -> float:
        return float(self.dwell[chosen].sum() / self.dwell.sum())


def list_faces(result: VideoResult) -> list[FaceHistory]:
    """Return every face, the one seen longest first. A frame stands for the time until the next one, 1 s at most."""
    times = np.asarray(result.times)
    dwell = dict(zip(result.times, np.diff(times, append=result.length).clip(0, 1.0), strict=True))
    by_face: dict[int, list] = {}
    for sample in result.samples:
        by_face.setdefault(sample.face, []).append(sample)
    faces = [
        FaceHistory(
            number,
            np.array([sample.seconds for sample in samples]),
            np.stack([sample.probability for sample in samples]),
            np.array([sample.answer for sample in samples], dtype=object),
            np.array([sample.doubt for sample in samples], dtype=object),
            np.array([dwell[sample.seconds] for sample in samples]),
        )
        for number, samples in by_face.items()
    ]
    return sorted(faces, key=lambda face: -face.seen)


def make_face_table(faces: list[FaceHistory]) -> pd.DataFrame:
    """Return one row per face: when and how long it was seen, its answers' shares of that time, its confidence."""
    import pandas as pd

    rows = [
        {
            "face": face.number,
            "first seen": face.seconds[0],
            "last seen": face.seconds[-1],
            "in sight": face.seen,
            "mostly": face.main_answer,
            "mean confidence": face.mean_confidence,
            **face.shares,
            "in doubt": face.share_in_doubt,
        }
        for face in faces
    ]
    return pd.DataFrame(rows)


def make_sample_table(result: VideoResult) -> pd.DataFrame:
    """Return one row per face and frame; columns as in COLUMNS."""
    import pandas as pd

    width, height = result.size
    rows = [
        {
            "time": round(sample.seconds, 3),
            "face": sample.face,
            "answer": sample.answer,
            "sure": sample.sure,
            "doubt": sample.doubt,
            "confidence": round(sample.confidence, 4),
            **{label: round(float(p), 4) for label, p in zip(LABELS, sample.probability, strict=True)},
            **dict(
                zip(("left", "top", "right", "bottom"), (round(float(edge), 1) for edge in sample.box), strict=True)
            ),
            "frame_width": width,
            "frame_height": height,
        }
        for sample in result.samples
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
