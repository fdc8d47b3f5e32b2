"""The frames worth a look: where a face's expression is at its strongest after each change. No Streamlit."""

from dataclasses import dataclass

from PIL import Image

from fer_core.app.pictures import encode_jpeg

MAX_SHOWN = 12
MAX_KEPT = 40
MIN_SECONDS = 0.3  # shorter changes are taken for noise
PATIENCE = 1.0  # seconds without the face, or without a clear answer, that end a spell
LONG = 4.0  # seconds; longer spells are not worth more


@dataclass(frozen=True, eq=False)
class KeyFrame:
    """A frame with boxes, a JPEG file: where face `face` shows `label` most strongly in one spell of it.

    `seconds`: its time; `start`, `end`: of the spell; `doubtful`: whether something about the face speaks against it.
    """

    seconds: float
    face: int
    label: str
    confidence: float
    start: float
    end: float
    picture: bytes
    doubtful: bool = False

    @property
    def weight(self) -> float:
        """How much it is worth showing: strong and lasting beats weak and brief."""
        return self.confidence * min(self.end - self.start, LONG)


@dataclass
class _Spell:
    face: int
    label: str
    start: float
    end: float
    seconds: float = 0.0
    confidence: float = 0.0
    picture: Image.Image | None = None
    doubtful: bool = False


class KeyFrames:
    """Collects spells of clear answers while the video runs; holds a picture per open spell, few JPEGs otherwise."""

    def __init__(self, threshold: float = 0.0):
        self._threshold = threshold
        self._open: dict[int, _Spell] = {}
        self._done: list[KeyFrame] = []

    def add(self, seconds: float, picture: Image.Image, results: list) -> None:
        """Take one marked frame and its faces (FaceResults with the tracks' numbers)."""
        for result in (result for result in results if result.confidence >= self._threshold):
            spell = self._open.get(result.number)
            if spell is None or spell.label != result.label:
                self._close(result.number)
                spell = self._open[result.number] = _Spell(result.number, result.label, seconds, seconds)
            spell.end = seconds
            if result.confidence > spell.confidence:
                spell.seconds, spell.confidence, spell.picture = seconds, result.confidence, picture
                spell.doubtful = not result.sure
        for number, spell in list(self._open.items()):
            if seconds - spell.end > PATIENCE:
                self._close(number)

    def choose(self) -> list[KeyFrame]:
        """Return at most MAX_SHOWN frames in the order of time: every expression's strongest, then by weight."""
        for number in list(self._open):
            self._close(number)
        return sorted(_rank(self._done)[:MAX_SHOWN], key=lambda frame: frame.seconds)

    def _close(self, number: int) -> None:
        spell = self._open.pop(number, None)
        if spell is None or spell.end - spell.start < MIN_SECONDS:
            return
        picture = encode_jpeg(spell.picture, 80)
        times = spell.start, spell.end
        frame = KeyFrame(spell.seconds, number, spell.label, spell.confidence, *times, picture, spell.doubtful)
        self._done.append(frame)
        if len(self._done) > MAX_KEPT:
            self._done = _rank(self._done)[: MAX_KEPT // 2]


def _rank(frames: list[KeyFrame]) -> list[KeyFrame]:
    """The strongest of each label first, then the others by weight."""
    by_strength = sorted(frames, key=lambda frame: -frame.confidence)
    strongest = list({frame.label: frame for frame in reversed(by_strength)}.values())
    rest = sorted((frame for frame in frames if frame not in strongest), key=lambda frame: -frame.weight)
    return strongest + rest
