"""The dataset's facts as files: facts.json, mean_faces.npz and pictures.npz, written, read and checked."""

import zipfile
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np

from fer_core.data.dataset import DatasetError, FerDataset
from fer_core.data.facts import compute_dataset_facts
from fer_core.data.facts_records import DatasetFacts, FactsFile
from fer_core.data.votes import NO_MAJORITY
from fer_core.files import FileError, is_plain, read_arrays, write_atomically, write_json
from fer_core.labels import LABELS
from fer_core.records import read_record

FACTS_SCHEMA = 1
PICTURE_COLUMNS = (
    "file", "label", "is_test", "duplicate_group", "twin", "conflict", "blank", "vote_majority", "vote_agreement",
)  # fmt: skip
ARRAYS = ("mean_faces", "pictures")
SETS = ("train", "test", "all")
LABELS_RANGE = range(len(LABELS))


def write_dataset_facts(dataset: FerDataset, folder: str | Path) -> DatasetFacts:
    """Compute the facts and write facts.json, mean_faces.npz and pictures.npz into a folder; returns the facts."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    facts = compute_dataset_facts(dataset)
    for name in ARRAYS:
        arrays = getattr(facts, name)
        write_atomically(folder / f"{name}.npz", partial(_write_arrays, arrays))
    names = [field.name for field in fields(facts) if field.name not in ARRAYS]
    plain = FactsFile(schema=FACTS_SCHEMA, **{name: getattr(facts, name) for name in names})
    write_json(folder / "facts.json", plain.model_dump(mode="json", by_alias=True))
    return facts


def _write_arrays(arrays: dict[str, np.ndarray], file: IO[bytes]) -> None:
    # Not np.savez_compressed: it takes no array named "file". The fixed date keeps the bytes reproducible.
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def load_dataset_facts(folder: str | Path) -> DatasetFacts:
    """Read what write_dataset_facts wrote. Raises DatasetError when a file is missing, damaged or of another schema."""
    folder = Path(folder)
    name = "facts.json"
    try:
        plain = read_record(folder / name, FactsFile, FACTS_SCHEMA)
        arrays = {}
        for kind in ARRAYS:
            name = f"{kind}.npz"
            arrays[kind] = read_arrays(folder / name)
        parts: dict = {field: getattr(plain, field) for field in FactsFile.model_fields if field != "number"}
        facts = DatasetFacts(**parts | arrays)
        _check_shapes(facts)
    except FileError as error:
        raise DatasetError(f"{folder.name}/{name} {error}: run `python train.py facts` to write it again.") from None
    return facts


def _check_shapes(facts: DatasetFacts) -> None:
    pictures, faces = facts.pictures, facts.mean_faces
    n = sum(sum(counts.values()) for counts in facts.counts.values())
    if not set(PICTURE_COLUMNS) <= set(pictures) or {pictures[name].shape for name in PICTURE_COLUMNS} != {(n,)}:
        raise FileError(f"does not describe the {n} pictures that facts.json counts")
    if pictures["file"].dtype.kind != "U" or any(
        pictures[name].dtype.kind not in "biuf" for name in PICTURE_COLUMNS if name != "file"
    ):
        raise FileError("holds columns of another type")
    if not is_plain("".join(pictures["file"].tolist())):
        raise FileError("holds file names that are not plain text")
    codes = (("label", LABELS_RANGE), ("vote_majority", [*LABELS_RANGE, NO_MAJORITY]))
    if not all(np.isin(pictures[name], allowed).all() for name, allowed in codes):
        raise FileError("holds a class that does not exist")
    shape = (len(LABELS), 48, 48)
    if any(faces.get(name) is None or faces[name].shape != shape or faces[name].dtype.kind != "f" for name in SETS):
        raise DatasetError(
            "dataset/mean_faces.npz does not hold 7 faces each: run `python train.py facts` to write it again."
        )
