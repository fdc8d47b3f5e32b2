"""How FER2013 frames a face, measured: where a detector's box lies on pictures whose frame is known.

A 48x48 picture is enlarged and its border repeated, which makes it a photo with a face in it; the detector looks for
the face, and crop_face must bring the original frame back. What the network then loses is the price of the pipeline.

    python -m fer_core.vision.calibration artifacts/<run>/model.onnx     # reads FER2013, writes framing.json
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from fer_core.preprocessing import IMAGE_SIZE
from fer_core.vision.crop import MTCNN_FRAMING, Framing, compute_unit, crop_face
from fer_core.vision.detector import FaceDetector
from fer_core.vision.predictor import Predictor

ZOOM, BORDER = 3, 24  # the photo: three times the pixels, half a frame of repeated border on each side
SCALES = (0.95, 1.0, 1.05, 1.08, 1.1, 1.15, 1.2)
SHIFTS_Y = (-0.06, -0.03, 0.0, 0.03, 0.06)
REPORT = Path("artifacts/pipeline/framing.json")

Progress = Callable[[float, str], None]


def make_photo(picture: np.ndarray) -> np.ndarray:
    """Turn a picture, uint8 (48, 48), into a photo around it, uint8 RGB (288, 288, 3)."""
    padded = np.pad(picture, BORDER, mode="edge")
    size = (len(padded) * ZOOM,) * 2
    return np.asarray(Image.fromarray(padded).resize(size, Image.Resampling.BICUBIC).convert("RGB"))


def find_boxes(pictures: np.ndarray, detector: FaceDetector, progress: Progress | None = None) -> np.ndarray:
    """Find the face in each picture's photo: boxes float64 (n, 4) in pixels of the photo, nan where none is found."""
    boxes = np.full((len(pictures), 4), np.nan)
    middle = (BORDER + IMAGE_SIZE / 2) * ZOOM
    for i, picture in enumerate(pictures):
        for face in detector.detect(make_photo(picture)):
            centre = (np.array(face.box[:2]) + face.box[2:]) / 2
            if np.abs(centre - middle).max() < IMAGE_SIZE * ZOOM / 3:
                boxes[i] = face.box
                break
        if progress and i % 50 == 0:
            progress(i / len(pictures), f"Finding faces: {i} of {len(pictures)}")
    return boxes


def fit_framing(boxes: np.ndarray) -> Framing:
    """The median shift and scale from found boxes (see find_boxes) to the known frame."""
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        raise ValueError("No face was found on any picture, so the framing cannot be fitted: check the detector.")
    units = np.array([compute_unit(box) for box in boxes])
    shift = ((BORDER + IMAGE_SIZE / 2) * ZOOM - (boxes[:, :2] + boxes[:, 2:]) / 2) / units[:, None]
    scale = IMAGE_SIZE * ZOOM / units
    return Framing(*(round(float(np.median(value)), 3) for value in (shift[:, 0], shift[:, 1], scale)))


def make_crops(pictures: np.ndarray, boxes: np.ndarray, framing: Framing) -> np.ndarray:
    """Crop each picture's photo through `framing`; uint8 (n, 48, 48). A picture without a box stays as it is."""
    found = np.isfinite(boxes).all(axis=1)
    return np.stack([crop_face(make_photo(p), box, framing) if ok else p for p, box, ok in zip(pictures, boxes, found)])


def compute_pipeline_accuracy(
    pictures: np.ndarray, labels: np.ndarray, boxes: np.ndarray, framing: Framing, predictor: Predictor
) -> dict:
    """Accuracy (0..1) with the given frames and through the pipeline, on all pictures and on those with a face found.

    On a picture where no face is found the frame counts as drawn by hand, as the app offers then: it is given.
    """
    found = np.isfinite(boxes).all(axis=1)
    given = predictor.predict(pictures).argmax(axis=1) == labels
    through = given.copy()
    through[found] = (
        predictor.predict(make_crops(pictures[found], boxes[found], framing)).argmax(axis=1) == labels[found]
    )
    return {
        "n": len(pictures),
        "detection_rate": float(found.mean()),
        "accuracy_given": float(given.mean()),
        "accuracy_pipeline": float(through.mean()),
        "accuracy_given_found": float(given[found].mean()),
        "accuracy_pipeline_found": float(through[found].mean()),
    }


def choose_framing(
    pictures: np.ndarray, labels: np.ndarray, boxes: np.ndarray, predictor: Predictor, fitted: Framing
) -> tuple[Framing, list[dict]]:
    """Try shifts and scales around the fitted ones on validation pictures; the most accurate, and all that was tried."""
    found = np.isfinite(boxes).all(axis=1)
    pictures, labels, boxes = pictures[found], labels[found], boxes[found]
    framings = [fitted, *(Framing(fitted.shift_x, y, scale) for y in SHIFTS_Y for scale in SCALES)]
    crops = np.empty((len(framings), *pictures.shape), np.uint8)
    for i, (photo, box) in enumerate(zip(map(make_photo, pictures), boxes)):
        crops[:, i] = [crop_face(photo, box, framing) for framing in framings]
    trials = []
    for framing, views in zip(framings, crops):
        probability = predictor.predict(views, flip=False)
        accuracy = float((probability.argmax(axis=1) == labels).mean())
        loss = float(-np.log(np.maximum(probability[np.arange(len(labels)), labels], 1e-7)).mean())
        trials.append({**vars(framing), "accuracy": accuracy, "loss": loss})
    best = min(trials, key=lambda trial: trial["loss"])  # steadier than accuracy on a few thousand pictures
    return Framing(best["shift_x"], best["shift_y"], best["scale"]), trials


def calibrate(
    dataset, split, predictor: Predictor, detector: FaceDetector, limit: int = 2000, progress: Progress | None = None
) -> dict:
    """Fit on training pictures, choose on validation, measure on validation and test; at most `limit` of each.

    `dataset`, `split`: as fer_core.data gives them. Returns the report for write_framing_report.
    """
    rng = np.random.default_rng(0)
    parts = {}
    for name in ("train", "validation", "test"):
        index = np.asarray(getattr(split, name))
        index = np.sort(rng.choice(index, min(limit, len(index)), replace=False))
        pictures, labels = dataset.images[index], dataset.labels[index]
        parts[name] = pictures, labels, find_boxes(pictures, detector, progress)
    fitted = fit_framing(parts["train"][2])
    chosen, trials = choose_framing(*parts["validation"], predictor, fitted)
    measured = {
        f"{name}_{kind}": compute_pipeline_accuracy(*parts[name], framing, predictor)
        for name in ("validation", "test")
        for kind, framing in (("chosen", chosen), ("in_use", MTCNN_FRAMING))
    }
    return {"fitted": vars(fitted), "chosen": vars(chosen), "in_use": vars(MTCNN_FRAMING), **measured, "trials": trials}


def write_framing_report(report: dict, path: Path = REPORT) -> None:
    """Write the report of `calibrate` as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n")


def main(model: str, limit: int = 2000) -> None:
    """Calibrate with the network in `model` on the FER2013 that load_dataset finds, and write the report."""
    from fer_core.data import load_dataset, make_grouped_split
    from fer_core.vision.mtcnn import MtcnnDetector

    dataset = load_dataset()
    report = calibrate(dataset, make_grouped_split(dataset), Predictor(model), MtcnnDetector(), limit)
    report["model"] = Path(model).parent.name
    write_framing_report(report)
    print(json.dumps({key: value for key, value in report.items() if key != "trials"}, indent=1))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
