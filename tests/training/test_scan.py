"""An epoch in one compiled call gives the curve of single steps (JAX)."""

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
from fer_core.training.experiments import Experiment
f.NETWORKS["tiny"] = conftest.build_tiny
experiment = Experiment("tiny", "", "", network="tiny", epochs=2, batch_size=15, ema=.9, augmentation="study", cutmix=.5)
dataset = make_drawn_dataset(140, 28, seed=2)
for whole_epochs in (False, True):
    f.has_accelerator = lambda: whole_epochs
    state = f.fit(experiment, dataset, 0, f"{sys.argv[1]}/{whole_epochs}")
    print(*[row["loss"] for row in state["history"]])
"""


@pytest.mark.slow
def test_scanned_steps_give_the_same_curve(tmp_path):
    pytest.importorskip("jax")
    done = subprocess.run(
        [sys.executable, "-c", COMPARE, str(tmp_path)],
        cwd=REPOSITORY, env={**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": str(REPOSITORY)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    single, scanned = ([float(loss) for loss in line.split()] for line in done.stdout.splitlines())
    assert len(single) == 2 and single == pytest.approx(scanned, rel=1e-4)
