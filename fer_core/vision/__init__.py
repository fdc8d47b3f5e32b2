"""From an uploaded picture to faces, crops and answers, without TensorFlow."""

from fer_core.vision.analysis import FaceResult, analyse_box, analyse_image
from fer_core.vision.crop import Framing, crop_face, crop_square
from fer_core.vision.detector import Face, FaceDetector
from fer_core.vision.draw import draw_faces
from fer_core.vision.images import ImageError, LoadedImage, read_image
from fer_core.vision.mtcnn_graphs import DetectorError
from fer_core.vision.paired import PairedDetector
from fer_core.vision.predictor import Predictor, PredictorError

__all__ = [
    "DetectorError",
    "Face",
    "FaceDetector",
    "FaceResult",
    "Framing",
    "ImageError",
    "LoadedImage",
    "PairedDetector",
    "Predictor",
    "PredictorError",
    "analyse_box",
    "analyse_image",
    "crop_face",
    "crop_square",
    "draw_faces",
    "read_image",
]
