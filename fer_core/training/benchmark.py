"""How fast this machine trains, beside the least time that its arithmetic would allow.

    python -m fer_core.training.benchmark vgg-b32-e100 --out docs/training-speed

Prints a table in Markdown; `--out` also writes it to OUT.md, and every number with device and versions to OUT.json.
Random pictures stand for FER2013's: the arithmetic is the same.
"""

import argparse
import json
import math
import sys
import time
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
from keras import ops

from fer_core.command import run_command
from fer_core.labels import LABELS
from fer_core.machine import has_bfloat16
from fer_core.training.backend import describe_device, has_accelerator
from fer_core.training.batches import ShuffledIndices, make_tensorflow_dataset
from fer_core.training.cpu_kernels import in_use, use_cpu_kernels
from fer_core.training.evaluate import list_versions
from fer_core.training.experiments import find_experiment
from fer_core.training.model import compile_training_model, make_training_model
from fer_core.training.networks import NETWORKS

PRECISIONS = {"float32": "float32", "bfloat16": "mixed_bfloat16"}
COLUMNS = {
    "batch": "batch", "precision": "precision", "images_per_second": "images/s", "ms_per_step": "ms/step",
    "floor_ms": "floor, ms/step", "seconds_to_compile": "first call, s",
}  # fmt: skip
BACKWARD = 3  # the forward pass, and twice as much for the gradients of inputs and weights
PRODUCT = 4096


def compute_flops(network: keras.Model) -> int:
    """Floating-point operations of one picture's forward pass: two for each multiplication of the large layers."""
    total = 0
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2D):
            total += 2 * math.prod(layer.kernel.shape) * math.prod(layer.output.shape[1:3])
        elif isinstance(layer, keras.layers.Dense):
            total += 2 * math.prod(layer.kernel.shape)
    return total


def measure_peak(precision: str, size: int = PRODUCT, rounds: int = 10) -> float:
    """Floating-point operations per second of the product of two square matrices, the most that training could reach."""
    matrix = ops.cast(keras.random.uniform((size, size), maxval=2 / size, seed=0), precision)  # rows sum up to 1
    product = ops.matmul
    if keras.backend.backend() == "jax":
        import jax

        product = jax.jit(ops.matmul)
    seconds = []
    for _ in range(4):  # the first one compiles
        start, result = time.perf_counter(), matrix
        for _ in range(rounds):
            result = product(result, matrix)
        ops.convert_to_numpy(result[:1, :1])  # waits for the device
        seconds.append(time.perf_counter() - start)
    return 2 * size**3 * rounds / min(seconds)


def measure_training(name: str, batch_size: int, precision: str, steps: int, peak: float) -> dict:
    """Train `steps` steps as `train.py` would, augmentation included, and time them once everything is compiled."""
    keras.mixed_precision.set_global_policy(PRECISIONS[precision])
    experiment = replace(find_experiment(name), batch_size=batch_size, schedule="plateau")
    network = NETWORKS[experiment.network]()
    rng = np.random.default_rng(0)
    count = steps * batch_size
    images, labels = rng.integers(0, 256, (count, 48, 48), "uint8"), rng.integers(0, len(LABELS), count, "uint8")
    model = make_training_model(network, images, labels, experiment, seed=0)
    whole_epochs = keras.backend.backend() == "jax" and has_accelerator()
    batches = ShuffledIndices(np.arange(count), batch_size, 0, whole_epochs)
    compile_training_model(model, experiment, batches.steps)
    data = make_tensorflow_dataset(batches) if keras.backend.backend() == "tensorflow" else batches
    clock = Clock()
    model.fit(data, epochs=3, shuffle=False, verbose=0, callbacks=[clock])
    first, *others = clock.seconds
    seconds = min(others)
    return {
        "experiment": name,
        "network": experiment.network,
        "batch": batch_size,
        "precision": precision,
        "steps": steps,
        "images_per_second": count / seconds,
        "ms_per_step": 1000 * seconds / steps,
        "floor_ms": 1000 * BACKWARD * compute_flops(network) * batch_size / peak,
        "seconds_to_compile": first - seconds,
    }


class Clock(keras.callbacks.Callback):
    """Seconds of each epoch."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)


def format_table(report: dict) -> str:
    """The measurements as a Markdown table under a line about the machine."""
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    peaks = ", ".join(f"{precision} {value / 1e12:.3g}" for precision, value in report["peak_flops"].items())
    heading = (
        f"{report['experiment']} on {report['device']} ({report['backend']}; {versions}). Floor: the layers' arithmetic "
        f"at the measured speed of a large matrix product (TFLOP/s: {peaks})."
    )
    lines = [
        heading,
        "",
        "| " + " | ".join(COLUMNS.values()) + " |",
        "|" + "---|" * len(COLUMNS),
    ]
    for row in report["rows"]:
        cells = [f"{row[key]:,.1f}" if isinstance(row[key], float) else str(row[key]) for key in COLUMNS]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiment", help="a name from train.py list")
    parser.add_argument("--batch", type=int, nargs="+", default=[32, 64, 128])
    parser.add_argument(
        "--precision", nargs="+", choices=PRECISIONS,
        help="default: both, but float32 alone on a processor that only imitates bfloat16, many times slower",
    )  # fmt: skip
    parser.add_argument("--steps", type=int, help="per timed epoch (default: 200 on an accelerator, 3 without)")
    parser.add_argument("--cpu-kernels", action="store_true", help="the quicker layers for a processor")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args(argv)
    return run_command("benchmark", lambda: write_benchmark(arguments))


def write_benchmark(arguments) -> None:
    """Measure what the command line asks for; print the table and write it where that is asked."""
    find_experiment(arguments.experiment)
    use_cpu_kernels(arguments.cpu_kernels)
    precisions = arguments.precision or list(PRECISIONS if has_accelerator() or has_bfloat16() else ["float32"])
    steps = arguments.steps or (200 if has_accelerator() else 3)
    size = PRODUCT if has_accelerator() else PRODUCT // 2
    peaks = {precision: measure_peak(precision, size) for precision in precisions}
    if not (has_accelerator() or has_bfloat16()):  # such a processor imitates it in float32, and products clumsily
        peaks = dict.fromkeys(peaks, max(peaks.values()))
    rows = [
        measure_training(arguments.experiment, batch, precision, steps, peaks[precision])
        for precision in precisions
        for batch in arguments.batch
    ]
    keras.mixed_precision.set_global_policy("float32")
    report = {
        "experiment": arguments.experiment, "device": describe_device(), "backend": keras.backend.backend(),
        "cpu_kernels": in_use(),
        "versions": list_versions("keras", keras.backend.backend(), "numpy"), "peak_flops": peaks, "rows": rows,
    }  # fmt: skip
    print(format_table(report))
    if arguments.out:
        arguments.out.with_suffix(".md").write_text(format_table(report) + "\n")
        arguments.out.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
