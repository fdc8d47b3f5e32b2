"""ONNX Runtime sessions, for everybody who answers or measures. Import it where it is used: it takes 0.2 s."""

from pathlib import Path

import onnxruntime as ort

THREADS = 2  # what the usual free hosts give; more threads than cores make every request slower


def make_session(model: bytes | str | Path, threads: int = THREADS, alone: bool = False) -> ort.InferenceSession:
    """Open an ONNX model (bytes or a path) for the CPU. `session.run` may be called from many threads at once.

    `threads`: 0 for one per core. `alone`: for measurements that have the machine to themselves. Otherwise idle threads sleep instead of spinning: several sessions and visitors share the same few cores. Memory patterns
    are off: they are kept for each input shape, and pictures come in every size. The memory arena stays on (without
    it large buffers are mapped anew at each call, twice as slow); it is bounded because callers bound their inputs.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # its notices on odd hardware would clutter the log
    if not alone:
        options.enable_mem_pattern = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    source = bytes(model) if isinstance(model, (bytes, bytearray)) else str(model)
    return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])
