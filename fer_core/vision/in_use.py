"""The face detector in use, for photos, video, live and calibration: another one is put in its place here.

Only the browser's own live video has its detector in JavaScript (fer_core/app/browser).
"""

from fer_core.vision.detector import FaceDetector
from fer_core.vision.paired import PairedDetector

DETECTOR: type[FaceDetector] = PairedDetector
"""Takes `threads`, how many it may use: the command line runs one of a single thread in every process."""
