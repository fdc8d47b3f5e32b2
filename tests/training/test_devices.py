"""Two devices share every batch under TensorFlow, too; JAX's are tested in test_scan.py."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

COMPARE = """
import sys; sys.path.insert(0, "tests/training")
import keras
import tensorflow as tf
processor = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
import conftest
from fer_core.data import make_drawn_dataset
from fer_core.training import fit as f
from fer_core.training.devices import list_devices, spread_batches
from fer_core.training.experiments import Experiment
build = lambda: keras.models.clone_model(  # each device would drop other neurons
    conftest.build_tiny(), clone_function=lambda layer: layer.__class__.from_config(
        layer.get_config() | ({"rate": 0.0} if isinstance(layer, keras.layers.Dropout) else {})))
f.NETWORKS["tiny"] = build
experiment = Experiment("tiny", "", "", network="tiny", epochs=2, batch_size=16, ema=.9, augmentation="none")
dataset = make_drawn_dataset(150, 28, seed=2)
for devices in [], list_devices():
    with spread_batches(devices):
        state = f.fit(experiment, dataset, 0, f"{sys.argv[1]}/{len(devices)}")
    print(state["devices"], *[row[key] for row in state["history"] for key in ("loss", "val_loss")])
"""


@pytest.mark.slow
def test_two_devices_give_the_same_curve_without_chance(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", COMPARE, str(tmp_path)],
        cwd=REPOSITORY, env={**os.environ, "KERAS_BACKEND": "tensorflow", "PYTHONPATH": str(REPOSITORY)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    single, spread = ([float(number) for number in line.split()] for line in done.stdout.splitlines())
    assert (single[0], spread[0]) == (1, 2)
    assert spread[1:] == pytest.approx(single[1:], rel=1e-3)
