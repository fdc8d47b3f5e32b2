"""Artifacts beside a run that its training does not write: found, checked and tied to the network they measure."""

import hashlib
import json
from pathlib import Path

from fer_core.runs.contract import MODEL, ArtifactError


def load_extra(path: Path, name: str, schema: int, command: str) -> dict | None:
    """Read `<path>/<name>`, a JSON object; None when there is none.

    Raises ArtifactError with one sentence when it is damaged, of another schema, or about another network than the
    `model.onnx` beside it (a network trained again keeps the folder's other files). `command` rewrites it.
    """
    file = Path(path) / name
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        found = content["schema"]
        measured = content["model_sha256"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise broken_extra(file, "is damaged", command) from error
    if found != schema:
        raise broken_extra(file, f"has schema {found!r} where this version reads {schema}", command)
    model = file.parent / MODEL
    if model.is_file() and compute_fingerprint(model) != measured:
        raise broken_extra(file, f"is about another network than the {MODEL} beside it", command)
    return content


def write_extra(path: Path, name: str, content: dict) -> Path:
    """Write `<path>/<name>` so that a reader meets the old file or the new one; returns where."""
    file = Path(path) / name
    draft = file.with_name(f".{name}.writing")
    draft.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    draft.replace(file)
    return file


def broken_extra(file: Path, what: str, command: str) -> ArtifactError:
    """Make the one-sentence error: what is wrong with `file`, and the command that writes it again."""
    return ArtifactError(f"{file.parent.name}/{file.name} {what}: run `{command}` to write it again.")


def compute_fingerprint(model: str | Path) -> str:
    """SHA-256 of a network's file."""
    with open(model, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
