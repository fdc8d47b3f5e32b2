"""The network that the dashboard answers with, for the benchmarks."""

from pathlib import Path

from fer_core.runs.artifacts import load_runs
from fer_core.runs.comparison import choose_default_run


def find_default_model() -> Path:
    """Return artifacts/<default run>/model.onnx; ends the program with a sentence where there is none."""
    run = choose_default_run(load_runs()[0])
    if run is None:
        raise SystemExit("No run with a model.onnx in artifacts/: train one with `python train.py train compact`.")
    return run.model_path
