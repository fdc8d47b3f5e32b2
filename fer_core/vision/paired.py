"""The face detector that the app uses: two networks that must agree, where they look, at which sizes, and which way up.

MTCNN finds small and blurred faces, YuNet those that are turned aside or cut by the frame, and each takes other patterns for
a face. So in a photo both propose, and what MTCNN is not certain of they judge together. Video takes MTCNN's quick look.

Most photos take one look. Where that finds nothing certain, the picture is turned: both networks know upright heads that
lean by 45 degrees at most.
"""

import numpy as np
from PIL import Image

from fer_core.sessions import THREADS
from fer_core.vision.cascade import Cascade, square, suppress_nested
from fer_core.vision.crop import Box, Framing, compute_unit
from fer_core.vision.detector import Face, FaceDetector
from fer_core.vision.matching import measure_overlap
from fer_core.vision.patches import make_copies
from fer_core.vision.turning import turn_back, turn_picture
from fer_core.vision.yunet import Yunet

LONG_SIDE = 640  # pixels of quick and of turned looks
MIN_FACE = 30  # pixels
THRESHOLDS = (0.6, 0.7, 0.92)  # of a quick look
PATIENT = (0.5, 0.7, 0.7)  # of MTCNN in a photo; O-Net must give what YuNet proposes as much
SAME = 0.5  # intersection over union of two boxes of one face
NESTED = 0.55  # share of the smaller of two boxes, of which only the better stays
ONET = 0.5  # weight of O-Net's score of a proposal beside YuNet's two: in the whole picture, and from close by
NEARLY = 0.8  # of the smallest face looked for; what is smaller counts only where MTCNN is certain
LIKELY = 0.9  # score of O-Net for which YuNet need not propose the face too: small ones it sees only from close by
CERTAIN = 0.99  # score of O-Net for which an upright face needs nobody else
LIKELY_LEAST = 0.5  # joint score of such a face: YuNet is blind to blurred ones
UPRIGHT_LEAST = 0.68  # of any other
MAX_JUDGED = 200  # a look, the most promising: bounds the time that gravel can take
TURNED_LEAST = 0.8  # seven more ways up, seven more chances to be wrong
SURE_SCORE = 0.8  # an upright face that scores less may be one that stands on its head
TURNS, DIAGONALS = (90, 270, 180), (45, 135, 225, 315)  # degrees
LARGE = 2_600_000  # pixels; in larger pictures the smallest faces looked for have LARGE_MIN_FACE pixels
LARGE_MIN_FACE = 36
FOLLOW_STEP = 0.25  # of a face's side; where follow looks beside the last place
FOLLOW_MOVES = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))


class PairedDetector(FaceDetector):
    """Finds faces from `min_face` pixels on, whichever way up. Safe for threads.

    `long_side`: pixels to which pictures are reduced for quick and for turned looks; `thresholds`: of the quick looks;
    `threads`: that each look uses. Raises DetectorError when the weights are not installed.
    """

    name = "MTCNN and YuNet"
    framing = Framing(shift_x=0.006, shift_y=0.06, scale=1.05)
    """Chosen on validation pictures with MTCNN's boxes; the median of the frames themselves is (.006, -.002, 1.077)."""

    def __init__(
        self, long_side: int = LONG_SIDE, min_face: int = MIN_FACE, thresholds=THRESHOLDS, threads: int = THREADS
    ):
        self.long_side, self.min_face = long_side, min_face
        self._cascade, self._yunet = Cascade(thresholds, threads), Yunet(threads)

    def detect(self, rgb: np.ndarray, thorough: bool = True) -> list[Face]:
        """Find the faces in a picture, uint8 (height, width, 3); the best score first, none is an empty list.

        Unless `thorough` is off (video), it looks at all pixels there are, then at the picture much reduced and turned;
        where all that finds nothing certain, closer at the turned picture. A score is O-Net's where that is certain, else joint.
        """
        picture = Image.fromarray(rgb)
        if not thorough:
            return self._look(picture, self.long_side)
        large = picture.width * picture.height > LARGE
        faces = self._look_jointly(picture, LARGE_MIN_FACE if large else self.min_face)
        for degrees in TURNS:  # for those who lie among others: large heads, in little time
            faces += self._look_after_turn(picture, degrees, self.long_side / 2)
        faces = _merge(faces)
        if not faces or faces[0].score < SURE_SCORE:
            faces = self._look_turned(picture, faces)
        return faces

    def follow(self, rgb: np.ndarray, boxes: list[Box]) -> list[Face]:
        """Look again only around `boxes`, where faces were a moment ago; in video, a fraction of detect's time.

        A face that moved by more than half its size is lost, that is, left out. Never finds a new one.
        """
        if not boxes:
            return []
        squares = square(np.float32(boxes))
        step = (squares[:, 2:] - squares[:, :2]) * FOLLOW_STEP
        around = [squares + np.tile(step * np.float32(move), 2) for move in FOLLOW_MOVES]
        return self._cascade.look_closer(Image.fromarray(rgb), np.concatenate(around))

    def _look_jointly(self, picture: Image.Image, min_face: float) -> list[Face]:
        """Let both networks propose upright faces, and judge what MTCNN is not certain of; the best score first."""
        copies = make_copies(picture)
        faces, others = self._cascade.find(copies, min_face, PATIENT), self._yunet.propose(copies, min_face)
        certain = [face for face in faces if face.score >= CERTAIN]
        doubted = [face for face in faces if face.score < CERTAIN] + self._rate(copies, others, certain)
        doubted = _drop_small(doubted, min_face)
        least = [LIKELY_LEAST if face.score > LIKELY else UPRIGHT_LEAST for face in doubted]
        return _merge(certain + self._judge(copies, doubted, _find_seen(doubted, others), np.array(least)))

    def _rate(self, copies: list[Image.Image], others: list[Face], certain: list[Face]) -> list[Face]:
        """What YuNet proposes beside the faces that are certain, with O-Net's scores."""
        known = measure_overlap(_stack(others), _stack(certain)).max(axis=1, initial=0) > SAME
        new = [face for face, is_known in zip(others, known) if not is_known]
        scores = self._cascade.score(copies, _stack(new))
        return [Face(face.box, float(score), face.landmarks) for face, score in zip(new, scores) if score > PATIENT[2]]

    def _judge(self, copies: list[Image.Image], faces: list[Face], seen: np.ndarray, least: np.ndarray) -> list[Face]:
        """Those of `faces`, which have O-Net's scores, whose joint score is over `least`, (n,).

        `seen`: YuNet's scores of them in the whole picture, (n,); where it has none, NaN, the closer look stands for both.
        """
        onet = ONET * np.array([face.score for face in faces])
        best = (1 + np.nan_to_num(seen, nan=1.0) + onet) / (2 + ONET)
        open_ = np.flatnonzero(best > least)  # the rest cannot reach it
        open_ = open_[np.argsort(-best[open_], kind="stable")[:MAX_JUDGED]]
        closer = self._yunet.confirm(copies, _stack(faces)[open_])
        seen = np.where(np.isnan(seen[open_]), closer, seen[open_])
        joint = (closer + seen + onet[open_]) / (2 + ONET)
        return [Face(faces[i].box, float(s), faces[i].landmarks) for i, s in zip(open_, joint) if s > least[i]]

    def _look(self, picture: Image.Image, long_side: int) -> list[Face]:
        """Look at the picture reduced to `long_side`."""
        reduced = _reduce(picture, long_side)
        zoom = np.divide(picture.size, reduced.size)
        return [_zoom(face, zoom) for face in self._cascade.find(make_copies(reduced), self.min_face)]

    def _look_turned(self, picture: Image.Image, faces: list[Face]) -> list[Face]:
        """Add what is found with the picture turned; of one face seen several ways up, the best score stays."""
        for angles, long_side in ((TURNS, 1.5 * self.long_side), (DIAGONALS, self.long_side)):
            for degrees in angles:
                faces = _merge(faces + self._look_after_turn(picture, degrees, long_side))
            if faces and faces[0].score >= SURE_SCORE:
                break
        return faces

    def _look_after_turn(self, picture: Image.Image, degrees: int, long_side: float) -> list[Face]:
        reduced = _reduce(picture, long_side)
        turned = turn_picture(reduced, degrees)
        zoom = np.divide(picture.size, reduced.size)
        copies = make_copies(turned)
        faces = _drop_small(self._cascade.find(copies, self.min_face, PATIENT), self.min_face)
        found = _merge(self._judge(copies, faces, np.full(len(faces), np.nan), np.full(len(faces), TURNED_LEAST)))
        return [_zoom(turn_back(face, degrees, turned.size, reduced.size), zoom) for face in found]


def _reduce(picture: Image.Image, long_side: float) -> Image.Image:
    scale = min(1.0, long_side / max(picture.size))
    size = [max(1, round(side * scale)) for side in picture.size]
    return picture.resize(size, Image.Resampling.BOX) if scale < 1 else picture


def _find_seen(faces: list[Face], others: list[Face]) -> np.ndarray:
    """YuNet's scores of `faces` in the whole picture, (n,): 0 where it sees none, NaN where O-Net finds one likely all the same."""
    overlap = measure_overlap(_stack(faces), _stack(others))
    seen = np.where(overlap > SAME, [other.score for other in others], 0).max(axis=1, initial=0)
    seen[(seen == 0) & np.array([face.score > LIKELY for face in faces], bool)] = np.nan
    return seen


def _drop_small(faces: list[Face], min_face: float) -> list[Face]:
    return [face for face in faces if compute_unit(face.box) > NEARLY * min_face]


def _stack(faces: list[Face]) -> np.ndarray:
    return np.float32([face.box for face in faces]).reshape(-1, 4)


def _merge(faces: list[Face]) -> list[Face]:
    keep = suppress_nested(
        np.array([face.box for face in faces]).reshape(-1, 4), np.array([f.score for f in faces]), NESTED
    )
    return [faces[i] for i in keep]


def _zoom(face: Face, zoom: np.ndarray) -> Face:
    landmarks = None if face.landmarks is None else np.float32(face.landmarks * zoom)
    return Face(tuple(float(edge) for edge in face.box * np.tile(zoom, 2)), face.score, landmarks)
