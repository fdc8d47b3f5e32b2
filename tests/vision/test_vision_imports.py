"""What the package may touch: neither TensorFlow nor Streamlit, and no file on the disk."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
import sys
writes = []
def watch(event, args):
    if event == "open" and (isinstance(args[1], str) and set(args[1]) & set("wax+") or args[2] & 3):
        writes.append(args[0])
    if event in ("os.mkdir", "os.rename", "tempfile.mkstemp", "tempfile.mkdtemp"):
        writes.append((event, args[0]))
sys.path[:0] = [{root!r}, {tests!r}, {tests!r} + "/vision"]
sys.dont_write_bytecode = True
import numpy as np
import fer_core.vision as vision
from picture_files import HEIC, TEXT, draw_gradient, encode
from linear_model import make_linear_model
files = [open({example!r}, "rb").read(), b"", TEXT, HEIC]
files += [encode(draw_gradient(), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")]
files += [files[0][:20000], encode(draw_gradient(1800, 90), "JPEG", progressive=True)]
detector = vision.PairedDetector()
predictor = vision.Predictor(make_linear_model(np.zeros((2304, 7))))
sys.addaudithook(watch)
faces = 0
for data in files:
    try:
        image = vision.read_image(data, "../../x.jpg")
    except vision.ImageError:
        continue
    results = vision.analyse_image(image.rgb, detector, predictor)
    vision.draw_faces(image.rgb, results)
    faces += len(results)
heavy = [name for name in ("tensorflow", "keras", "jax", "torch", "streamlit", "sklearn", "mtcnn", "cv2") if name in sys.modules]
print(faces, heavy, writes)
"""


def test_nothing_heavy_is_imported_and_nothing_written():
    script = SCRIPT.format(
        root=str(ROOT), tests=str(ROOT / "tests"), example=str(ROOT / "fer_core/app/assets/example.jpg")
    )
    result = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=120, cwd=ROOT
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "1 [] []"
