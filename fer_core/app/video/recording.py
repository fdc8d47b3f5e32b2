"""What a video shows, gathered frame by frame: samples of every face, key frames, the marked video. No Streamlit."""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from fer_core.app.charts.timeline import NOT_SURE, write_answer
from fer_core.app.video.key_frames import KeyFrame, KeyFrames
from fer_core.app.video.still_frames import StillFrame, StillFrames
from fer_core.app.wording import Wording
from fer_core.vision.analysis import FaceResult
from fer_core.vision.cuts import CutFinder
from fer_core.vision.draw import draw_faces
from fer_core.vision.tracking import FaceTracker
from fer_core.vision.video_writer import VideoWriter

MAX_SAMPLES = 30_000  # faces times frames: two minutes of thirty faces, 15 MB


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """One face in one frame. `box` in pixels of the frame as answered; `probability` float32 (7,), smoothed.

    `answer`: of LABELS, or "not sure" below the threshold; `doubt`: a sentence where something about the face alone, as
    that it seems drawn, keeps the answer from being sure.
    """

    seconds: float
    face: int
    box: tuple[float, float, float, float]
    probability: np.ndarray
    answer: str
    doubt: str = ""

    @property
    def sure(self) -> bool:
        return self.answer != NOT_SURE and not self.doubt

    @property
    def confidence(self) -> float:
        return float(self.probability.max())


@dataclass(frozen=True, eq=False)
class VideoResult:
    """All that is kept of a video: a few MB, whatever the file's size.

    `times`: seconds of the frames looked at; `portraits`: face number -> its clearest crop, uint8 (48, 48);
    `marked`: an MP4 file with boxes and answers; `work`: seconds it took; `stopped`: by the visitor, before the end;
    `cuts`: seconds at which another scene begins; `still_frames`: one of each scene.
    """

    name: str
    size: tuple[int, int]
    times: list[float]
    samples: list[Sample]
    key_frames: list[KeyFrame]
    portraits: dict[int, np.ndarray]
    marked: bytes
    wording: Wording
    rate: float
    notes: list[str] = field(default_factory=list)
    work: float = 0.0
    stopped: bool = False
    still_frames: list[StillFrame] = field(default_factory=list)
    cuts: list[float] = field(default_factory=list)

    @property
    def threshold(self) -> float:
        """Share below which an answer counts as not sure."""
        return self.wording.threshold

    @property
    def length(self) -> float:
        """Seconds of video that were looked at."""
        return self.times[-1] + 1 / self.rate if self.times else 0.0


class Recording:
    """Gathers a VideoResult; `add` takes each frame with its faces, in order."""

    def __init__(self, name: str, rate: float, wording: Wording):
        self.name, self.rate, self.wording = name, rate, wording
        self._tracker = FaceTracker(wording.threshold)
        self._times, self._samples, self._key_frames = [], [], KeyFrames(wording.threshold)
        self._cut_finder, self._cuts, self._still_frames = CutFinder(), [], StillFrames()
        self._portraits: dict[int, tuple[float, np.ndarray]] = {}
        self._doubts: dict[int, str] = {}
        self._writer, self._size = None, (0, 0)

    @property
    def is_full(self) -> bool:
        """Whether so many faces were seen that no more can be kept."""
        return len(self._samples) >= MAX_SAMPLES

    @property
    def n_frames(self) -> int:
        """Frames taken so far."""
        return len(self._times)

    def add(self, rgb: np.ndarray, faces: list, seconds: float) -> None:
        """Follow and note the faces (FaceResults) of one frame, uint8 (height, width, 3)."""
        if self._cut_finder.look(rgb):
            self._cuts.append(seconds)
            self._tracker.cut()
            self._still_frames.cut()
        results = [track.to_result() for track in self._tracker.update(faces, seconds)]
        samples = [self._make_sample(seconds, result) for result in results]
        names = {sample.face: write_answer(sample.answer, bool(sample.doubt)) for sample in samples}
        picture = draw_faces(rgb, results, names=names)
        self._times.append(seconds)
        self._samples += samples
        for result in results:
            if result.confidence > self._portraits.get(result.number, (0.0, None))[0]:
                self._portraits[result.number] = (result.confidence, result.crop)
        self._key_frames.add(seconds, picture, results)
        self._still_frames.add(seconds, rgb, picture, self._cut_finder.change)
        self._write(picture, seconds)

    def _make_sample(self, seconds: float, result: FaceResult) -> Sample:
        if result.doubtful:
            self._doubts[result.number] = result.warnings[0]
        clear = result.confidence >= self.wording.threshold
        # Doubts are smoothed as answers are: they may outlast the frame that gave the reason.
        doubt = self._doubts[result.number] if clear and not result.sure else ""
        answer = result.label if clear else NOT_SURE
        return Sample(seconds, result.number, result.face.box, result.probability, answer, doubt)

    def _write(self, picture: Image.Image, seconds: float) -> None:
        if self._writer is None:
            self._size = picture.size
            self._writer = VideoWriter(*picture.size, self.rate)
        self._writer.add(np.asarray(picture), seconds)

    def finish(self, notes: list[str], work: float, stopped: bool = False) -> VideoResult:
        """Return what was gathered so far; nothing can be added afterwards."""
        portraits = {number: crop for number, (_, crop) in self._portraits.items()}
        marked = self._writer.finish() if self._writer else b""
        return VideoResult(
            self.name, self._size, self._times, self._samples, self._key_frames.choose(), portraits, marked,
            self.wording, self.rate, notes, work, stopped, self._still_frames.choose(), self._cuts,
        )  # fmt: skip
