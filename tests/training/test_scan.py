"""An epoch in one compiled call on two devices gives the curve of single steps on one (JAX)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

COMPARE = """
import sys; sys.path.insert(0, "tests/training")
import conftest
from fer_core.data import make_drawn_dataset
from fer_core.training import fit as f
from fer_core.training.devices import list_devices, spread_batches
from fer_core.training.experiments import Experiment
f.NETWORKS["tiny"] = conftest.build_tiny
experiment = Experiment("tiny", "", "", network="tiny", epochs=2, batch_size=16, ema=.9, augmentation="study", cutmix=.5)
dataset = make_drawn_dataset(140, 28, seed=2)
for whole_epochs, devices in (False, []), (True, list_devices()):
    f.has_accelerator = lambda: whole_epochs
    with spread_batches(devices):
        state = f.fit(experiment, dataset, 0, f"{sys.argv[1]}/{whole_epochs}-{len(devices)}")
    print(state["devices"], *[row[key] for row in state["history"] for key in ("loss", "val_loss")])
"""


@pytest.mark.slow
def test_scanned_steps_on_two_devices_give_the_same_curve(tmp_path):
    pytest.importorskip("jax")
    done = subprocess.run(
        [sys.executable, "-c", COMPARE, str(tmp_path)],
        cwd=REPOSITORY, env={
            **os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": str(REPOSITORY),
            "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    single, scanned = ([float(number) for number in line.split()] for line in done.stdout.splitlines())
    assert (single[0], scanned[0]) == (1, 2)
    assert len(single) == 1 + 4 and scanned[1:] == pytest.approx(single[1:], rel=1e-4)
