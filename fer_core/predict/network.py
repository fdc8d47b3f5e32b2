"""The network that answers, as it travels to every process and machine, and what each of them makes of it."""

import hashlib
import sys
import threading
from dataclasses import dataclass
from functools import cached_property

from fer_core.command import Failure
from fer_core.runs.artifacts import find_artifacts, load_runs
from fer_core.runs.comparison import choose_default_run
from fer_core.runs.doubts import read_served
from fer_core.runs.naming import name_runs
from fer_core.vision import FaceDetector, Predictor
from fer_core.vision.in_use import DETECTOR


@dataclass(frozen=True)
class Network:
    """One run's network: `name` of the run, `model` the bytes of its file and its doubts, temperature and threshold as served."""

    name: str
    model: bytes
    temperature: float = 1.0
    threshold: float = 0.0

    @cached_property
    def key(self) -> str:
        """What the answers depend on, in one word."""
        return hashlib.sha256(f"{self.temperature} {self.threshold} ".encode() + self.model).hexdigest()[:16]


@dataclass(frozen=True)
class Engine:
    """What one process answers with; safe for threads. `name`: of the run."""

    name: str
    detector: FaceDetector
    predictor: Predictor
    threshold: float


def load_network(name: str | None = None) -> Network:
    """Load the network of the run called `name`, its folder or its title; without one the dashboard's.

    Raises Failure, which lists the runs that can answer.
    """
    runs = [run for run in load_runs(find_artifacts())[0] if run.model_path]
    if not runs:
        raise Failure("no run has a model.onnx: train one with `python train.py train compact`.")
    names = name_runs(runs)
    run = next((run for run in runs if name in (run.name, names[run.name])), None) if name else choose_default_run(runs)
    if run is None:
        known = ", ".join(f"{run.name} ({names[run.name]})" for run in runs)
        raise Failure(f"no network is called {name}: there are {known}.")
    calibration = run.calibration_as_served
    model, problem = read_served(run)
    if problem:
        print(problem, file=sys.stderr)
    if calibration is None:
        return Network(run.name, model)
    return Network(run.name, model, calibration.temperature, calibration.not_sure_threshold)


_engines: dict[str, Engine] = {}
_opening = threading.Lock()


def open_engine(network: Network) -> None:
    """Make this process ready to answer with `network`; a second call does nothing.

    Each process works on one core: the photos are what is shared out.
    """
    with _opening:
        if network.key not in _engines:
            predictor = Predictor(network.model, network.temperature, network.threshold, threads=1)
            _engines[network.key] = Engine(network.name, DETECTOR(threads=1), predictor, network.threshold)


def get_engine(key: str) -> Engine:
    """Return what `open_engine` has made ready for the network with this key."""
    return _engines[key]
