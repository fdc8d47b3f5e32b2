"""A run's network as a function from pictures to probabilities, for evaluations. ONNX Runtime is imported when used."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from fer_core.preprocessing import to_network_input

BATCH = 256
PROBABILITY = "probability"


def load_network(model_path: str | Path, threads: int = 0) -> Callable[[np.ndarray], np.ndarray]:
    """Open `model.onnx`; returns a function from uint8 (n, 48, 48) to its first output, float32 (n, 7).

    No mirror image, no temperature. `threads`: 0 for one per core. Raises ONNX Runtime's own errors on a damaged file.
    """
    from fer_core.sessions import make_session

    session = make_session(model_path, threads, alone=True)
    name = session.get_inputs()[0].name
    outputs = [output.name for output in session.get_outputs()]
    wanted = [PROBABILITY if PROBABILITY in outputs else outputs[0]]

    def predict(images: np.ndarray) -> np.ndarray:
        batches = (images[i : i + BATCH] for i in range(0, len(images), BATCH))
        return np.concatenate([session.run(wanted, {name: to_network_input(batch)})[0] for batch in batches])

    return predict
