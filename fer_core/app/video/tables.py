"""A video's answers as tables: one row per face, and one per face and frame. No Streamlit."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fer_core.app.charts.timeline import NOT_SURE
from fer_core.app.video.recording import VideoResult
from fer_core.labels import LABELS

BRIEF = 0.5  # seconds; faces seen for less are counted, not charted

COLUMNS = {
    "time": "Seconds from the video's first frame.",
    "face": "Number of the face; a face keeps it until it is out of sight for more than a second, or another scene begins.",
    "answer": 'The likeliest of the seven expressions, or "not sure" below the network\'s threshold.',
    "sure": "Whether the confidence reaches that threshold.",
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
    """One face over the video: `seconds` (n,), `probability` (n, 7), `sure` (n,), `dwell` (n,): seconds per sample."""

    number: int
    seconds: np.ndarray
    probability: np.ndarray
    sure: np.ndarray
    dwell: np.ndarray

    @property
    def seen(self) -> float:
        """Seconds in which the face was in sight."""
        return float(self.dwell.sum())

    @property
    def shares(self) -> dict[str, float]:
        """Share of its time per answer, LABELS and "not sure"; they sum to 1."""
        answers = np.where(self.sure, self.probability.argmax(axis=1), len(LABELS))
        times = np.bincount(answers, self.dwell, minlength=len(LABELS) + 1) / self.dwell.sum()
        return dict(zip((*LABELS, NOT_SURE), times.tolist(), strict=True))

    @property
    def main_answer(self) -> str:
        """The answer that takes most of its time."""
        shares = self.shares
        return max(shares, key=shares.get)

    @property
    def mean_confidence(self) -> float:
        return float(np.average(self.probability.max(axis=1), weights=self.dwell))


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
            np.array([sample.sure for sample in samples]),
            np.array([dwell[sample.seconds] for sample in samples]),
        )
        for number, samples in by_face.items()
    ]
    return sorted(faces, key=lambda face: -face.seen)


def make_face_table(faces: list[FaceHistory]) -> pd.DataFrame:
    """Return one row per face: when and how long it was seen, its answers' shares of that time, its confidence."""
    rows = [
        {
            "face": face.number,
            "first seen": face.seconds[0],
            "last seen": face.seconds[-1],
            "in sight": face.seen,
            "mostly": face.main_answer,
            "mean confidence": face.mean_confidence,
            **face.shares,
        }
        for face in faces
    ]
    return pd.DataFrame(rows)


def make_sample_table(result: VideoResult) -> pd.DataFrame:
    """Return one row per face and frame; columns as in COLUMNS."""
    width, height = result.size
    rows = [
        {
            "time": round(sample.seconds, 3),
            "face": sample.face,
            "answer": sample.label if sample.sure else NOT_SURE,
            "sure": sample.sure,
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
