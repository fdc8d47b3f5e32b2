"""Probabilities of the seven expressions, from a run's model.onnx on ONNX Runtime."""

import threading
from pathlib import Path

import numpy as np

from fer_core.labels import DOUBT, LABELS, SEEN
from fer_core.preprocessing import to_network_input
from fer_core.probability import apply_temperature
from fer_core.sessions import make_session
from fer_core.vision.occlusion import compute_occlusion_maps

BATCH = 64  # faces per call: bounds the memory that a crowd takes
CLASS_MAP = "class_map"


class PredictorError(RuntimeError):
    """The network's file cannot be used; the message says which and what to do."""


class Predictor:
    """One network, opened once and shared by all visitors; safe to call from several threads.

    `model`: path or bytes of an ONNX graph with input "image" float32 (n, 48, 48, 1), 0..255, and an output
    "probability" (n, 7), or else probabilities as its first output; optionally "class_map" and "doubt" (n, 2).
    `temperature`: of the calibration, applied last. `threshold`: the confidence from which an answer counts as sure.
    `run`: its name, for errors; a path tells it. Raises PredictorError when the file cannot be read or has another form.
    """

    def __init__(
        self, model: str | Path | bytes, temperature: float = 1.0, threshold: float = 0.0, threads: int = 2,
        run: str = "",
    ):  # fmt: skip
        if not (np.isfinite(temperature) and temperature > 0):
            raise ValueError(f"The temperature must be a positive number, got {temperature}.")
        self.temperature, self.threshold = float(temperature), float(threshold)
        run = run or ("" if isinstance(model, bytes) else Path(model).parent.name)
        name = self._name = f"The network in {run}/" if run else "The network"
        try:
            self._session = make_session(model, threads)
        except Exception:  # noqa: BLE001 - ONNX Runtime raises a dozen types for a damaged file
            raise PredictorError(f"{name} cannot be opened: restore or export it again.") from None
        names = [output.name for output in self._session.get_outputs()]
        self._output = "probability" if "probability" in names else names[0]
        self.has_class_maps, self._doubts = CLASS_MAP in names, DOUBT in names
        self._turn = threading.Semaphore(threads)
        self._check_form(name)

    def _check_form(self, name: str) -> None:
        """Run a blank face: that checks the graph's form and warms it up."""
        try:
            shape = self.predict(np.zeros((1, 48, 48), np.uint8), flip=False).shape
        except PredictorError:
            raise
        except Exception:  # noqa: BLE001 - as above, for a graph of another form
            shape = None
        if shape != (1, len(LABELS)):
            raise PredictorError(f"{name} does not turn 48x48 grey pictures into seven probabilities: export it again.")

    def predict(self, crops: np.ndarray, flip: bool = True) -> np.ndarray:
        """Return calibrated probabilities, float32 (n, 7), of faces uint8 (n, 48, 48); n may be 0.

        `flip`: average over each face and its mirror image, which is worth half a point of accuracy or more.
        """
        return self.read(crops, flip)[0]

    def read(self, crops: np.ndarray, flip: bool = True) -> tuple[np.ndarray, list[tuple[str, ...]]]:
        """Return what `predict` does, and for each face what the network sees of labels.SEEN: mostly nothing."""
        crops = np.asarray(crops)
        if not len(crops):
            return np.empty((0, len(LABELS)), np.float32), []
        answers, scores = self._average(crops, flip)
        seen = [tuple(name for name, score in zip(SEEN, row, strict=False) if score > 0) for row in scores.tolist()]
        return self._calibrate(answers), seen

    def _average(self, crops: np.ndarray, flip: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """The network's own probabilities (n, 7) and doubts (n, 2 or 0), over each face and its mirror image."""
        views = [crops, crops[:, :, ::-1]] if flip else [crops]
        stacked = np.stack(views, axis=1).reshape(-1, *crops.shape[1:])
        outputs = [self._output, DOUBT] if self._doubts else [self._output]
        found = [
            output.reshape(len(crops), len(views), -1).mean(axis=1)
            for output in self._run(to_network_input(stacked), outputs)
        ]
        answers, scores = found if self._doubts else (*found, np.empty((len(crops), 0)))
        if not (np.isfinite(answers).all() and (answers >= 0).all()):
            raise PredictorError(f"{self._name} answers with something that is no probability: export it again.")
        return answers, scores

    def compute_class_maps(self, crops: np.ndarray) -> np.ndarray:
        """Return what each place of a face adds to the seven logits, float32 (n, h, w, 7), n at least 1.

        Where `has_class_maps`: class activation maps (Zhou et al., 2016, https://arxiv.org/abs/1512.04150), which the
        file of a network that ends in global average pooling brings as a second output; averaged, like the answer,
        over each face uint8 (n, 48, 48) and its mirror image. Else occlusion maps of the face as it is: fifty answers
        each, seconds for a large network, which the mirror image would double.
        """
        if not self.has_class_maps:
            return compute_occlusion_maps(lambda faces: self._average(faces, flip=False)[0], crops)
        plain, mirrored = (self._run(to_network_input(view), [CLASS_MAP])[0] for view in (crops, crops[:, :, ::-1]))
        return (plain + mirrored[:, :, ::-1]) / 2

    def _run(self, images: np.ndarray, outputs: list[str]) -> list[np.ndarray]:
        with self._turn:
            parts = [self._session.run(outputs, {"image": images[i : i + BATCH]}) for i in range(0, len(images), BATCH)]
        return [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]

    def _calibrate(self, probability: np.ndarray) -> np.ndarray:
        """Temperature scaling (Guo et al., 2017, https://arxiv.org/abs/1706.04599) of probabilities."""
        return apply_temperature(probability, self.temperature).astype(np.float32)

    def is_sure(self, probability: np.ndarray) -> bool:
        """Whether the largest of seven probabilities reaches the threshold."""
        return bool(np.max(probability) >= self.threshold)
