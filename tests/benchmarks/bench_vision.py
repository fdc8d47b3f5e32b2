"""Times each step from a photo to an answer; medians in milliseconds, beside the same with other work running.

    python tests/benchmarks/bench_vision.py [artifacts/<run>/model.onnx] [--keras]

`--keras` times the compact network (with random weights) through Keras and TensorFlow as well, in the same run: what
serving with ONNX Runtime saves. The times include waiting for a busy machine: the load is printed.
Targets on 2 cores: detect and classify a 640-pixel photo with one face in 45 ms, classify one face in 1.5 ms.
"""

import argparse
import functools
import io
import os
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
EXAMPLE = ROOT / "fer_core/app/assets/example.jpg"


def measure(title: str, work, rounds: int = 30) -> None:
    """Print the median, the fastest and the slowest tenth of `rounds` calls after two to warm up."""
    work(), work()
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    low, median, high = 1000 * np.quantile(seconds, [0, 0.5, 0.9])
    print(f"{title:<58}{median:9.2f}{low:9.2f}{high:9.2f}")


def measure_largest(example, detector, predictor) -> None:
    """A 24-megapixel JPEG from the file to the marked picture: target 1.5 s. With one face, and on gravel with none."""
    from PIL import Image

    from fer_core.vision import analyse_image, draw_faces, read_image

    def answer(data: bytes) -> None:
        rgb = read_image(data).rgb
        draw_faces(rgb, analyse_image(rgb, detector, predictor)).save(io.BytesIO(), "JPEG", quality=88)

    import skimage

    gravel = Image.open(Path(skimage.__file__).parent / "data/gravel.png").convert("RGB")
    for title, picture in (("one face", example), ("gravel, no face", gravel)):
        file = io.BytesIO()
        picture.resize((6000, 4000)).save(file, "JPEG", quality=90)
        measure(f"answer a 24-megapixel JPEG, {title}", functools.partial(answer, file.getvalue()), 3)


def get_memory() -> float:
    """Resident memory in MB (Linux), 0 elsewhere."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if status.exists() else 0.0


def measure_keras(crop: np.ndarray) -> None:
    """The compact network on one face, uint8 (1, 48, 48), as Keras and TensorFlow run it."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    start, memory = time.perf_counter(), get_memory()
    import tensorflow as tf

    from fer_core.preprocessing import to_network_input
    from fer_core.training.networks import build_compact

    network, face = build_compact(), to_network_input(crop)
    print(f"\nTensorFlow, network: {time.perf_counter() - start:.2f} s, {get_memory() - memory:.0f} MB")
    compiled = tf.function(lambda image: network(image, training=False), input_signature=[tf.TensorSpec(face.shape)])
    measure("classify one face, model.predict", lambda: network.predict(face, verbose=0), 50)
    measure("classify one face, tf.function", lambda: compiled(face).numpy(), 200)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", help="without it, the network that the dashboard answers with")
    parser.add_argument("--keras", action="store_true")
    options = parser.parse_args()
    from default_model import find_default_model

    model = options.model or find_default_model()
    start, memory = time.perf_counter(), get_memory()
    from PIL import Image

    from fer_core.vision import PairedDetector, Predictor, analyse_image, crop_face, draw_faces, read_image

    detector = PairedDetector()
    predictor = Predictor(model)
    ready = time.perf_counter() - start
    example = Image.open(EXAMPLE).convert("RGB")
    square = np.asarray(example.resize((640, 640)))
    photo = square[:480].copy()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"imports, detector, network: {ready:.2f} s, {get_memory() - memory:.0f} MB\n")
    print(f"{'milliseconds':<58}{'median':>9}{'best':>9}{'90 %':>9}")

    large = io.BytesIO()
    example.resize((4000, 3000)).save(large, "JPEG", quality=90)
    measure("read a 12-megapixel JPEG", lambda: read_image(large.getvalue()), 8)
    measure_largest(example, detector, predictor)
    measure("detect, 640 x 480, one face", lambda: detector.detect(photo))
    measure("detect, 640 x 640, one face", lambda: detector.detect(square))
    measure("detect, 640 x 480, no face, thorough", lambda: detector.detect(photo[::-1].copy()))
    measure("detect, 640 x 480, no face, as in video", lambda: detector.detect(photo[::-1].copy(), thorough=False))
    crowd = np.tile(np.asarray(example.crop((110, 20, 340, 250)).resize((160, 160))), (5, 6, 1))
    measure("detect, 960 x 800, 30 faces", lambda: detector.detect(crowd), 8)
    box = detector.detect(photo)[0].box
    measure("crop", lambda: crop_face(photo, box))
    crop = crop_face(photo, box)[None]
    measure("classify one face", lambda: predictor.predict(crop, flip=False), 200)
    measure("classify one face and its mirror image", lambda: predictor.predict(crop), 200)
    measure("detect and classify, 640 x 480, one face", lambda: analyse_image(photo, detector, predictor))
    measure("detect and classify, 640 x 640, one face", lambda: analyse_image(square, detector, predictor))
    results = analyse_image(photo, detector, predictor)
    measure("draw", lambda: draw_faces(photo, results))
    print(f"\nmemory at the end: {get_memory():.0f} MB")
    if options.keras:
        measure_keras(crop)


if __name__ == "__main__":
    main()
