"""Write a dataset in every form in which users have FER2013."""

import io
import tarfile
import zipfile
from pathlib import Path

from PIL import Image

from fer_core.data import FerDataset
from fer_core.labels import CSV_LABELS, LABELS


def encode_picture(pixels, form: str = "png") -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form)
    return file.getvalue()


def list_members(dataset: FerDataset, top: str = "") -> dict[str, bytes]:
    """Give the Kaggle layout: path -> bytes of a lossless picture."""
    return {
        f"{top}{'test' if is_test else 'train'}/{LABELS[label]}/{file}": encode_picture(pixels)
        for pixels, label, file, is_test in zip(dataset.images, dataset.labels, dataset.files, dataset.is_test)
    }


def write_folder(members: dict[str, bytes], path: Path) -> Path:
    for name, data in members.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def write_zip(members: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def write_tar(members: dict[str, bytes], path: Path, mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def make_csv(dataset: FerDataset, header: str = "emotion,pixels,Usage") -> bytes:
    """Give the contest's csv, its rows in the order of the dataset."""
    lines = [header]
    for pixels, label, file in zip(dataset.images, dataset.labels, dataset.files):
        fields = {
            "emotion": str(CSV_LABELS.index(LABELS[label])),
            "pixels": " ".join(map(str, pixels.ravel().tolist())),
            "usage": file.partition("_")[0],
        }
        lines.append(",".join(fields[name.strip().lower()] for name in header.split(",")))
    return "\n".join(lines).encode() + b"\n"
