"""The ONNX graphs compute what MTCNN's layers, written out in numpy, compute from the same weights."""

import numpy as np
import pytest

from fer_core.sessions import make_session
from fer_core.vision.mtcnn_graphs import load_weights, make_onet, make_pnet, make_rnet


def convolve(x, kernel, bias):
    """Valid convolution of (n, h, w, c) by (kh, kw, c, k)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
    return np.einsum("nhwcij,ijck->nhwk", windows, kernel, optimize=True) + bias


def prelu(x, slope):
    return np.where(x > 0, x, x * slope)


def pool(x, size, same=True):
    """Max pooling of stride 2; "same" pads at the end, as TensorFlow does."""
    if same:
        pad = [max((-(-side // 2) - 1) * 2 + size - side, 0) for side in x.shape[1:3]]
        spread = [(p // 2, p - p // 2) for p in pad]
        x = np.pad(x, ((0, 0), *spread, (0, 0)), constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))[:, ::2, ::2]
    return windows.max(axis=(-2, -1))


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


PLANS = {  # after each convolution: (size, same) of the pooling, or None
    "pnet": [(2, True), None, None],
    "rnet": [(3, True), (3, False), None],
    "onet": [(3, True), (3, False), (2, True), None],
}


def run_reference(name, image):
    weights = iter(load_weights(name))
    x = (image.astype(np.float64) - 127.5) / 128
    for pooling in PLANS[name]:
        x = prelu(convolve(x, next(weights), next(weights)), next(weights))
        x = pool(x, *pooling) if pooling else x
    if name == "pnet":
        offset = convolve(x, next(weights), next(weights))
        score = softmax(convolve(x, next(weights), next(weights)))
        return {"offset": offset.transpose(0, 3, 1, 2), "score": score.transpose(0, 3, 1, 2)}
    x = x.transpose(0, 2, 1, 3).reshape(len(x), -1)
    x = prelu(x @ next(weights) + next(weights), next(weights))
    outputs = [x @ next(weights) + next(weights) for _ in range(2 if name == "rnet" else 3)]
    names = ["offset", "score"] if name == "rnet" else ["offset", "landmarks", "score"]
    return {**dict(zip(names, outputs)), "score": softmax(outputs[-1])}


@pytest.mark.parametrize(
    ("name", "make", "shape"),
    [("pnet", make_pnet, (1, 41, 58, 3)), ("rnet", make_rnet, (5, 24, 24, 3)), ("onet", make_onet, (3, 48, 48, 3))],
)
def test_graph_equals_layers_in_numpy(name, make, shape):
    image = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    session = make_session(make())
    names = [output.name for output in session.get_outputs()]
    outputs = dict(zip(names, session.run(names, {"image": image})))
    for key, expected in run_reference(name, image).items():
        assert outputs[key].shape == expected.shape
        assert np.abs(outputs[key] - expected).max() < 2e-5, key
