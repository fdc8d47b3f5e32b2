"""The MTCNN cascade on ONNX Runtime: many cheap proposals, then two stricter looks at what is left.

Zhang et al., 2016 (https://arxiv.org/abs/1604.02878), section II: P-Net slides over a pyramid of reduced pictures,
R-Net rejects most of its windows, O-Net decides and adds five landmarks. Every stage also corrects its boxes.
Ours: O-Net sees each candidate and its mirror image and the two answers are averaged. On 2,900 faces pasted into
scenes that finds 1 to 2 % more of them with half as many false or misplaced ones, for 1 to 2 ms. P-Net looks at large
levels tile by tile, with the same result and in little memory. And what O-Net is not certain of in a photo it sees again,
moved a little and with its contrast evened out: a face bears that, a pattern that only resembles one does not. Of 116
windows that the first look doubts, 66 of them faces, that revives 62 % of the faces and no pattern; of 506 that it takes
for faces it drops two of the three that are none, and no face.
"""

import threading
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from onnx import TensorProto, helper
from PIL import Image, ImageOps

from fer_core.sessions import THREADS, make_session
from fer_core.vision.detector import Face
from fer_core.vision.mtcnn_graphs import IR_VERSION, OPSET, make_onet, make_pnet, make_rnet

Thresholds = tuple[float, float, float]
"""Scores that a window needs after P-Net, R-Net and O-Net."""
WINDOW, STRIDE = 12, 2  # of P-Net, in pixels of its pyramid level
PYRAMID_FACTOR = 0.709  # about half the area from level to level
TILE = 640  # pixels; P-Net's intermediate maps of a tile take 30 MB
MAX_WINDOWS = 1000  # per tile, best first: bounds the time that a picture of gravel can take
MAX_CANDIDATES = 400  # into R-Net, best first, and per megapixel CANDIDATES_PER_MEGA more
CANDIDATES_PER_MEGA = 120
MAX_KEPT = 10_000  # by non-maximum suppression
BATCH = {24: 32, 48: 8}  # patches per call, so that the intermediate maps stay in the cache
ROOM = {24: 1.08, 48: 1.0}  # of the box is shown; on 2,600 pasted faces 1.08 at R-Net found 4 % more than 1.0
REVIVE = 0.7  # mean score of the second look that a face needs which the first one doubted
MAX_AGAIN = 24  # faces a look, the nearest to the first look's threshold: bounds the time that gravel can take
AGAIN_SCALES = (0.85, 1.0, 1.15)
AGAIN_SHIFTS = ((0, 0), (0.08, 0), (-0.08, 0), (0, 0.08), (0, -0.08))  # of the box's side
CUTOFF = 2  # percent of the darkest and of the brightest pixels, when contrast is stretched


class Look(NamedTuple):
    """How a patient look decides: what O-Net scores less than `certain` is seen again, and stays if the mean score is over
    `confirm`.
    """

    thresholds: Thresholds
    certain: float
    confirm: float


class Cascade:
    """The three networks; safe for threads, of which two work at a time.

    `thresholds`: of a quick look; `threads`: that each call uses. Raises DetectorError when the weights are not installed.
    """

    def __init__(self, thresholds: Thresholds, threads: int = THREADS):
        self.thresholds = thresholds
        self._pnet, self._rnet, self._onet = (make_session(m, threads) for m in (make_pnet(), make_rnet(), make_onet()))
        self._nms = make_session(_make_nms(), threads=1)
        self._turn = threading.Semaphore(2)  # more at once than cores would only take memory

    def find(self, picture: Image.Image, min_face: float, patient: Look | None = None) -> list[Face]:
        """Find the upright faces from `min_face` pixels on in an RGB picture; the best score first.

        `patient`: for a look that takes its time: what O-Net is not certain of is then seen again, and a face that it
        doubted, its score below the cascade's own threshold, has the mean score of that second look.
        """
        with self._turn:
            copies = _make_copies(picture)
            least = (patient.thresholds if patient else self.thresholds)[0]
            return self._look_closer(copies, self._propose(copies, min_face, least), patient)

    def look_closer(self, picture: Image.Image, boxes: np.ndarray) -> list[Face]:
        """Show R-Net and O-Net square boxes, float32 (n, 4): the faces among them, corrected, best score first."""
        with self._turn:
            return self._look_closer(_make_copies(picture), boxes)

    def _look_closer(self, copies: list[Image.Image], boxes: np.ndarray, patient: Look | None = None) -> list[Face]:
        _, after_rnet, after_onet = patient.thresholds if patient else self.thresholds
        boxes, scores = self._refine(copies, boxes, after_rnet)
        keep = self._suppress(boxes, scores, 0.7)
        boxes, scores, landmarks = self._decide(copies, square(boxes[keep]), after_onet)
        keep = suppress_nested(boxes, scores)
        if patient:
            keep = self._choose_again(copies, boxes, scores, keep, patient)
        return [Face(tuple(map(float, boxes[i])), float(scores[i]), landmarks[i]) for i in keep]

    def _choose_again(self, copies, boxes: np.ndarray, scores: np.ndarray, keep: list[int], look: Look) -> list[int]:
        """Those of `keep` that the second look leaves, best score first; `scores` of the doubted become the second look's."""
        sure = self.thresholds[2]
        asked = sorted((i for i in keep if scores[i] < look.certain), key=lambda i: abs(scores[i] - sure))[:MAX_AGAIN]
        again = dict(zip(asked, self._look_again(copies, boxes[asked]), strict=True)) if asked else {}
        kept = [i for i in keep if scores[i] > sure and again.get(i, 1) > look.confirm]
        revived = [i for i in asked if scores[i] <= sure and again[i] > REVIVE]
        for i in revived:
            scores[i] = again[i]
        return sorted(kept + revived, key=lambda i: -scores[i])

    def _propose(self, copies: list[Image.Image], min_face: float, least: float) -> np.ndarray:
        """Run P-Net over the pyramid; square boxes float32 (n, 4) of windows that score over `least`, best first."""
        picture = copies[0]
        boxes, scores = [np.empty((0, 4), np.float32)], [np.empty(0, np.float32)]
        scale = WINDOW / min_face
        while min(picture.size) * scale >= WINDOW:
            size = [round(side * scale) for side in picture.size]
            level = _choose_copy(copies, 1.5 * scale).resize(size, Image.Resampling.BILINEAR)
            zoom = np.float32([picture.width / size[0], picture.height / size[1]])
            for level_boxes, level_scores in self._windows(np.asarray(level), least):
                keep = self._suppress(level_boxes, level_scores, 0.5)
                boxes.append(level_boxes[keep] * np.tile(zoom, 2))
                scores.append(level_scores[keep])
            scale *= PYRAMID_FACTOR
        boxes, scores = np.concatenate(boxes), np.concatenate(scores)
        most = MAX_CANDIDATES + round(CANDIDATES_PER_MEGA * picture.width * picture.height / 1e6)
        return square(boxes[self._suppress(boxes, scores, 0.7)[:most]])

    def _windows(self, level: np.ndarray, least: float) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The windows of one level that may hold a face, tile by tile: boxes float32 (n, 4) and scores (n,)."""
        step = TILE - WINDOW + STRIDE  # neighbours share what a window needs, so that every window is seen once
        height, width = level.shape[:2]
        for top in range(0, max(height - WINDOW + STRIDE, 1), step):
            for left in range(0, max(width - WINDOW + STRIDE, 1), step):
                tile = level[top : top + TILE, left : left + TILE]
                if min(tile.shape[:2]) >= WINDOW:
                    boxes, scores = self._look_at_tile(np.ascontiguousarray(tile), least)
                    yield boxes + np.float32([left, top, left, top]), scores

    def _look_at_tile(self, tile: np.ndarray, least: float) -> tuple[np.ndarray, np.ndarray]:
        offset, score = self._pnet.run(["offset", "score"], {"image": tile[None]})
        y, x = np.nonzero(score[0, 1] > least)
        scores = score[0, 1, y, x]
        if len(scores) > MAX_WINDOWS:
            best = np.argpartition(-scores, MAX_WINDOWS)[:MAX_WINDOWS]
            y, x, scores = y[best], x[best], scores[best]
        corner = np.stack([x, y], axis=1).astype(np.float32) * STRIDE
        return np.hstack([corner, corner + WINDOW]) + offset[0, :, y, x] * WINDOW, scores

    def _refine(self, copies: list[Image.Image], boxes: np.ndarray, least: float) -> tuple[np.ndarray, np.ndarray]:
        """Show the boxes to R-Net: what scores over `least`, corrected, and its scores."""
        result = _run_in_batches(self._rnet, _cut(copies, boxes, 24))
        good = result["score"][:, 1] > least
        return _move(boxes[good], result["offset"][good]), result["score"][good, 1]

    def _decide(self, copies: list[Image.Image], boxes: np.ndarray, least: float):
        """Show the boxes and their mirror images to O-Net: boxes, scores, landmarks (n, 5, 2) of what scores over `least`."""
        patches, n = _cut(copies, boxes, 48), len(boxes)
        result = _run_in_batches(self._onet, np.concatenate([patches, patches[:, :, ::-1]]))
        score = (result["score"][:n, 1] + result["score"][n:, 1]) / 2
        offset = (result["offset"][:n] + result["offset"][n:][:, [2, 1, 0, 3]] * np.float32([-1, 1, -1, 1])) / 2
        points = result["landmarks"].reshape(-1, 2, 5).transpose(0, 2, 1)
        mirrored = points[n:][:, [1, 0, 2, 4, 3]] * np.float32([-1, 1]) + np.float32([1, 0])
        good = score > least
        boxes, points = boxes[good], ((points[:n] + mirrored) / 2)[good]
        landmarks = boxes[:, None, :2] + points * (boxes[:, None, 2:] - boxes[:, None, :2])
        return _move(boxes, offset[good]), score[good], landmarks

    def _look_again(self, copies: list[Image.Image], boxes: np.ndarray) -> np.ndarray:
        """Mean score (n,) of O-Net for each box, in several sizes and places, with its colours or its greys evened out."""
        centre, side = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True)
        around = [
            np.hstack([middle - side * scale / 2, middle + side * scale / 2])
            for middle in (centre + side * np.float32(shift) for shift in AGAIN_SHIFTS)
            for scale in AGAIN_SCALES
        ]
        patches = _cut(copies, np.concatenate(around), 48)
        patches = np.stack([even_out(patch) for patch in patches for even_out in (equalise, stretch_grey)])
        score = _run_in_batches(self._onet, np.concatenate([patches, patches[:, :, ::-1]]))["score"][:, 1]
        return score.reshape(2, len(around), len(boxes), 2).mean(axis=(0, 1, 3))

    def _suppress(self, boxes: np.ndarray, scores: np.ndarray, overlap: float) -> np.ndarray:
        """Non-maximum suppression by intersection over union: the indices to keep, best score first."""
        if not len(boxes):
            return np.empty(0, np.int64)
        feed = {"boxes": boxes[None], "scores": scores[None, None], "overlap": np.float32([overlap])}
        return self._nms.run(None, feed)[0][:, 2]


def equalise(patch: np.ndarray) -> np.ndarray:
    """Spread the values of each channel of a patch, uint8 (side, side, 3), evenly."""
    return np.asarray(ImageOps.equalize(Image.fromarray(patch)))


def stretch_grey(patch: np.ndarray) -> np.ndarray:
    """The patch in grey, stretched from black to white but for CUTOFF percent at either end; uint8 (side, side, 3)."""
    grey = ImageOps.autocontrast(Image.fromarray(patch).convert("L"), cutoff=CUTOFF)
    return np.asarray(grey.convert("RGB"))


def _run_in_batches(session, patches: np.ndarray) -> dict[str, np.ndarray]:
    """All outputs of R-Net or O-Net by name, for patches uint8 (n, side, side, 3)."""
    names = [output.name for output in session.get_outputs()]
    batch = BATCH[patches.shape[1]]
    parts = [session.run(names, {"image": patches[i : i + batch]}) for i in range(0, max(len(patches), 1), batch)]
    return dict(zip(names, map(np.concatenate, zip(*parts))))


def _move(boxes: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Correct the four sides by `offset`, in units of the box's size."""
    return boxes + offset * np.tile(boxes[:, 2:] - boxes[:, :2], 2)


def _make_nms() -> bytes:
    def describe(name, kind, shape):
        return helper.make_tensor_value_info(name, kind, shape)

    inputs = [("boxes", [1, "n", 4]), ("scores", [1, 1, "n"]), ("overlap", [1])]
    inputs = [describe(name, TensorProto.FLOAT, shape) for name, shape in inputs]
    limit = helper.make_tensor("limit", TensorProto.INT64, [1], [MAX_KEPT])
    node = helper.make_node("NonMaxSuppression", ["boxes", "scores", "limit", "overlap"], ["kept"])
    graph = helper.make_graph([node], "nms", inputs, [describe("kept", TensorProto.INT64, ["k", 3])], [limit])
    opset = [helper.make_opsetid("", OPSET)]
    return helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION).SerializeToString()


def suppress_nested(boxes: np.ndarray, scores: np.ndarray, overlap: float = 0.7) -> list[int]:
    """Suppression by the share of the smaller box, so that a nose inside a face goes: indices, best first."""
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    keep = []
    for i in np.argsort(-scores):
        size = np.minimum(boxes[i, 2:], boxes[keep, 2:]) - np.maximum(boxes[i, :2], boxes[keep, :2])
        shared = np.prod(np.maximum(size, 0), axis=1)
        if not (shared > overlap * np.minimum(area[i], area[keep])).any():
            keep.append(i)
    return keep


def square(boxes: np.ndarray) -> np.ndarray:
    """The smallest squares around the same centres."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    return np.hstack([centre - half, centre + half])


def _make_copies(picture: Image.Image) -> list[Image.Image]:
    """The picture, and its halves, quarters and eighths."""
    copies = [picture]
    for _ in range(3):
        copies.append(copies[-1].reduce(2))
    return copies


def _choose_copy(copies: list[Image.Image], scale: float) -> Image.Image:
    """The smallest copy (full, 1/2, 1/4, 1/8) that is at least `scale` of the picture: reducing it is faster."""
    return copies[int(np.clip(-np.log2(scale), 0, len(copies) - 1))]


def _cut(copies: list[Image.Image], boxes: np.ndarray, size: int) -> np.ndarray:
    """Cut square boxes out as uint8 (n, size, size, 3), antialiased; black beyond the picture, as in training."""
    centre, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) * (ROOM[size] / 2)
    patches = np.empty((len(boxes), size, size, 3), np.uint8)
    for patch, box in zip(patches, np.hstack([centre - half, centre + half])):
        copy = _choose_copy(copies, 2 * size / max(box[2] - box[0], 1.0))
        box = box * np.tile(np.float32(copy.size) / np.float32(copies[0].size), 2)
        corner = np.floor(box[:2])
        part = copy.crop((*map(int, corner), *map(int, np.ceil(box[2:]))))
        inner = np.clip(box - np.tile(corner, 2), 0, [*part.size, *part.size])
        patch[:] = part.resize((size, size), Image.Resampling.BILINEAR, box=tuple(inner.tolist()))
    return patches
