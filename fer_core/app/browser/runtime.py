"""ONNX Runtime Web, which computes in the browser: one version, known by its hashes, from a folder or a public server.

Standard library only: the command that fetches it needs nothing else.
"""

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

VERSION = "1.30.0"
"""MIT licence, https://www.npmjs.com/package/onnxruntime-web. A new version needs new hashes; a test compares answers."""
CDN = f"https://cdn.jsdelivr.net/npm/onnxruntime-web@{VERSION}/dist/"
ADDRESS = "FER_ONNXRUNTIME_WEB"
"""A variable of the environment: another server's folder with the same files, which then counts before all else."""
FOLDER = Path(__file__).resolve().parents[3] / "build" / f"onnxruntime-web-{VERSION}"
"""What `python -m fer_core.app.browser.fetch` fills."""


@dataclass(frozen=True)
class RuntimeFile:
    """One file: its `name`, and its `integrity` as browsers check it (https://www.w3.org/TR/SRI/)."""

    name: str
    integrity: str
    mimetype: str

    def matches(self, data: bytes) -> bool:
        """Whether these bytes are the file."""
        return self.integrity == compute_integrity(data)


SCRIPT = RuntimeFile(
    "ort.wasm.bundle.min.mjs",
    "sha384-PLWz+nHEVHpjwBsO0YVdvQj6n5814Iv8E3b8FG0Rp/uIAtjFMCKOpP66iPzedrIG",
    "text/javascript",
)
BINARY = RuntimeFile(
    "ort-wasm-simd-threaded.wasm",
    "sha384-vjBJ1z7qrhkTyYsNqKeF6c7N+nOJSU94czEo+tvZcu8G75JparGq9kB+kTnEUNVM",
    "application/wasm",
)
FILES = {"script": SCRIPT, "binary": BINARY}


def compute_integrity(data: bytes) -> str:
    """Return the hash of a file as browsers write it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()


def find_folder() -> Path | None:
    """Return the folder that `fetch` filled, or None. Its files' hashes are left to the browser."""
    return FOLDER if all((FOLDER / file.name).is_file() for file in FILES.values()) else None


def find_address() -> str | None:
    """Return the address of the folder at another server, with a slash at its end; None where this server has the files."""
    if address := os.environ.get(ADDRESS, "").strip():
        return address.rstrip("/") + "/"
    return None if find_folder() else CDN
