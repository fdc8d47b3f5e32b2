"""Milliseconds to read run folders: python tests/benchmarks/bench_runs.py [COPIES]

The first committed run, copied (30 times by default), read as every page reads them when a file has changed.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fer_core.runs.artifacts import load_runs


def main(copies: int = 30) -> None:
    first = load_runs()[0][0]
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(copies):
            shutil.copytree(
                first.path, Path(folder) / f"{first.experiment}-s{seed}", ignore=shutil.ignore_patterns("*.onnx")
            )
        seconds = []
        for _ in range(5):
            started = time.perf_counter()
            load_runs(Path(folder))
            seconds.append(time.perf_counter() - started)
    print(f"{copies} runs in {1000 * min(seconds):.0f} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
