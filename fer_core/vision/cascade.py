"""The MTCNN cascade on ONNX Runtime: many cheap proposals, then two stricter looks at what is left.

Zhang et al., 2016 (https://arxiv.org/abs/1604.02878), section II: P-Net slides over a pyramid of reduced pictures,
R-Net rejects most of its windows, O-Net decides and adds five landmarks. Every stage also corrects its boxes.
Ours: O-Net sees each candidate and its mirror image and the two answers are averaged. On 2,900 faces pasted into
scenes that finds 1 to 2 % more of them with half as many false or misplaced ones, for 1 to 2 ms. P-Net looks at large
levels tile by tile, with the same result and in little memory.
"""

import threading
from collections.abc import Iterator

import numpy as np
from onnx import TensorProto, helper
from PIL import Image

from fer_core.sessions import THREADS, make_session
from fer_core.vision.detector import Face
from fer_core.vision.mtcnn_graphs import IR_VERSION, OPSET, make_onet, make_pnet, make_rnet
from fer_core.vision.patches import cut, make_copies, resize

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


class Cascade:
    """The three networks; safe for threads, of which two work at a time.

    `thresholds`: of a quick look; `threads`: that each call uses. Raises DetectorError when the weights are not installed.
    """

    def __init__(self, thresholds: Thresholds, threads: int = THREADS):
        self.thresholds = thresholds
        self._pnet, self._rnet, self._onet = (make_session(m, threads) for m in (make_pnet(), make_rnet(), make_onet()))
        self._nms = make_session(_make_nms(), threads=1)
        self._turn = threading.Semaphore(2)  # more at once than cores would only take memory

    def find(self, copies: list[Image.Image], min_face: float, thresholds: Thresholds | None = None) -> list[Face]:
        """Find the upright faces from `min_face` pixels on in an RGB picture, given by its copies; the best score first.

        `thresholds`: other ones than those of a quick look.
        """
        thresholds = thresholds or self.thresholds
        with self._turn:
            return self._look_closer(copies, self._propose(copies, min_face, thresholds[0]), thresholds)

    def look_closer(self, picture: Image.Image, boxes: np.ndarray) -> list[Face]:
        """Show R-Net and O-Net square boxes, float32 (n, 4): the faces among them, corrected, best score first."""
        with self._turn:
            return self._look_closer(make_copies(picture), boxes, self.thresholds)

    def score(self, copies: list[Image.Image], boxes: np.ndarray) -> np.ndarray:
        """O-Net's score of each box as it is, 0..1, float32 (n,)."""
        with self._turn:
            return self._decide(copies, square(boxes), -1.0)[1]

    def _look_closer(self, copies: list[Image.Image], boxes: np.ndarray, thresholds: Thresholds) -> list[Face]:
        boxes, scores = self._refine(copies, boxes, thresholds[1])
        keep = self._suppress(boxes, scores, 0.7)
        boxes, scores, landmarks = self._decide(copies, square(boxes[keep]), thresholds[2])
        return [
            Face(tuple(map(float, boxes[i])), float(scores[i]), landmarks[i]) for i in suppress_nested(boxes, scores)
        ]

    def _propose(self, copies: list[Image.Image], min_face: float, least: float) -> np.ndarray:
        """Run P-Net over the pyramid; square boxes float32 (n, 4) of windows that score over `least`, best first."""
        picture = copies[0]
        boxes, scores = [np.empty((0, 4), np.float32)], [np.empty(0, np.float32)]
        scale = WINDOW / min_face
        while min(picture.size) * scale >= WINDOW:
            size = [round(side * scale) for side in picture.size]
            level = resize(copies, size)
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
        result = _run_in_batches(self._rnet, cut(copies, boxes, 24))
        good = result["score"][:, 1] > least
        return _move(boxes[good], result["offset"][good]), result["score"][good, 1]

    def _decide(self, copies: list[Image.Image], boxes: np.ndarray, least: float):
        """Show the boxes and their mirror images to O-Net: boxes, scores, landmarks (n, 5, 2) of what scores over `least`."""
        patches, n = cut(copies, boxes, 48), len(boxes)
        result = _run_in_batches(self._onet, np.concatenate([patches, patches[:, :, ::-1]]))
        score = (result["score"][:n, 1] + result["score"][n:, 1]) / 2
        offset = (result["offset"][:n] + result["offset"][n:][:, [2, 1, 0, 3]] * np.float32([-1, 1, -1, 1])) / 2
        points = result["landmarks"].reshape(-1, 2, 5).transpose(0, 2, 1)
        mirrored = points[n:][:, [1, 0, 2, 4, 3]] * np.float32([-1, 1]) + np.float32([1, 0])
        good = score > least
        boxes, points = boxes[good], ((points[:n] + mirrored) / 2)[good]
        landmarks = boxes[:, None, :2] + points * (boxes[:, None, 2:] - boxes[:, None, :2])
        return _move(boxes, offset[good]), score[good], landmarks

    def _suppress(self, boxes: np.ndarray, scores: np.ndarray, overlap: float) -> np.ndarray:
        """Non-maximum suppression by intersection over union: the indices to keep, best score first."""
        if not len(boxes):
            return np.empty(0, np.int64)
        feed = {"boxes": boxes[None], "scores": scores[None, None], "overlap": np.float32([overlap])}
        return self._nms.run(None, feed)[0][:, 2]


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
