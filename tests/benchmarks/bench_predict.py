"""Times the command line over many photos: photos and faces per second, and whether its memory stays flat.

    python tests/benchmarks/bench_predict.py [--photos 300] [--keras] [--fer]

Two kinds of photos, each different from the others: 640 x 480 with one face, and 960 x 800 with thirty. Seconds count from
the first answer to the last, so that starting does not count; processor seconds per photo hold on a busy machine, too.
`--keras` also has Keras predict faces with the compact
network (random weights), which the command's own predictor is set beside: no reading and no detection in either.
`--fer` answers the same photos with the package `fer` (a Haar cascade and mini-Xception, as its own FER class has them),
where it can be imported: pip install --target DIR --no-deps fer "opencv-contrib-python-headless<5" requests
"setuptools<80" and PYTHONPATH=DIR. deepface fetches its weights while it runs, so it is not measured.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/benchmarks")]

import numpy as np
import psutil
from default_model import find_default_model
from PIL import Image, ImageEnhance

EXAMPLE = ROOT / "fer_core/app/assets/example.jpg"


def write_photos(folder: Path, n: int, faces: int) -> None:
    """The example, or thirty small copies of its face, a little brighter from photo to photo."""
    example = Image.open(EXAMPLE).convert("RGB")
    picture = example.resize((640, 480))
    if faces > 1:
        picture = Image.fromarray(np.tile(np.asarray(example.crop((110, 20, 340, 250)).resize((160, 160))), (5, 6, 1)))
    folder.mkdir()
    for i in range(n):
        ImageEnhance.Brightness(picture).enhance(0.9 + 0.2 * i / n).save(folder / f"{i:04d}.jpg", "JPEG", quality=90)


def measure_command(folder: Path, out: Path, workers: int) -> None:
    """Print photos and faces per second, and the memory of all processes when a third was done and at the end."""
    command = [sys.executable, "-m", "fer_core.predict", str(folder), "--csv", str(out), "--workers", str(workers)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    total, memory, first, last_cpu = len(list(folder.iterdir())), [], None, 0.0
    while process.poll() is None:
        text = out.read_bytes() if out.exists() else b""
        done = int(text.rsplit(b"\n", 2)[-2].split(b",")[0]) if text.count(b"\n") > 1 else 0
        if mb_cpu := measure_processes(process.pid):
            megabytes, last_cpu = mb_cpu[0], max(last_cpu, mb_cpu[1])  # workers that have ended no longer count
            memory.append((done, megabytes))
        if done and first is None:
            first = (time.perf_counter(), done, last_cpu)
        time.sleep(0.05)
    seconds = time.perf_counter() - first[0]
    rows = out.read_bytes().count(b"\n") - 1
    photos = (total - first[1]) / seconds
    per_photo = (last_cpu - first[2]) / (total - first[1])
    early = max((mb for done, mb in memory if done <= total / 3), default=0)
    late = max(mb for _, mb in memory)
    print(
        f"{folder.name:<24}{workers:>8}{photos:>12.1f}{photos * rows / total:>12.1f}{per_photo:>12.3f}{early:>12.0f}{late:>12.0f}"
    )


def measure_fer(folder: Path) -> None:
    """Print the same figures for the package `fer`, in this process."""
    import cv2
    from fer.fer import FER

    network, photos, faces = FER(), sorted(folder.iterdir()), 0
    network.detect_emotions(cv2.imread(str(photos[0])))  # loads what it needs
    start, cpu = time.perf_counter(), time.process_time()
    for photo in photos:
        faces += len(network.detect_emotions(cv2.imread(str(photo))))
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    n = len(photos)
    print(f"{folder.name + ', fer':<24}{1:>8}{n / seconds:>12.1f}{faces / seconds:>12.1f}{cpu / n:>12.3f}")
    print(f"{'':<24}found {faces} faces in {n} photos")


def measure_processes(pid: int) -> tuple[float, float] | None:
    """Resident MB and processor seconds of a process and those that it started; None once it is gone."""
    try:
        parent = psutil.Process(pid)
        processes = [parent, *parent.children(recursive=True)]
        return sum(p.memory_info().rss for p in processes) / 1e6, sum(sum(p.cpu_times()[:2]) for p in processes)
    except psutil.NoSuchProcess:
        return None


def measure_predictor(title: str, predict, n: int, rounds: int) -> None:
    predict(n), predict(n)
    start = time.perf_counter()
    for _ in range(rounds):
        predict(n)
    print(f"{title:<44}{n:>8}{n * rounds / (time.perf_counter() - start):>12.0f}")


def make_keras_predict():
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from fer_core.training.networks import build_compact

    network = build_compact()
    faces = np.random.default_rng(0).uniform(0, 255, (64, 48, 48, 1)).astype(np.float32)
    return lambda n: network.predict(faces[:n], verbose=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--keras", action="store_true")
    parser.add_argument("--fer", action="store_true")
    options = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print(
        f"{'photos':<24}{'workers':>8}{'photos/s':>12}{'faces/s':>12}{'CPU s/photo':>12}{'MB, third':>12}{'MB, peak':>12}"
    )
    with tempfile.TemporaryDirectory() as place:
        for name, n, faces in (("one face", options.photos, 1), ("thirty faces", options.photos // 5, 30)):
            folder = Path(place) / name
            write_photos(folder, n, faces)
            for workers in (1, 2):
                measure_command(folder, Path(place) / f"{name}-{workers}.csv", workers)
            if options.fer:
                measure_fer(folder)
    from fer_core.vision import Predictor

    predictor = Predictor(find_default_model())
    crops = np.random.default_rng(0).integers(0, 255, (64, 48, 48), np.uint8)
    print(f"\n{'48 x 48 faces already cut out':<44}{'batch':>8}{'faces/s':>12}")
    for n, rounds in ((1, 300), (64, 10)):
        measure_predictor("ONNX Runtime", lambda n: predictor.predict(crops[:n], flip=False), n, rounds)
    if options.keras:
        predict = make_keras_predict()
        for n, rounds in ((1, 50), (64, 10)):
            measure_predictor("Keras model.predict", predict, n, rounds)


if __name__ == "__main__":
    main()
