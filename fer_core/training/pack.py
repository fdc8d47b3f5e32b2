"""Finished runs in a few files of at most 15 MiB, for a machine that gives no more back; and the way in again.

`pack-01.zip`, `pack-02.zip`, ... hold `runs/<run>/<file>` and, where asked, `checkpoints/<run>/<file>` with the kept
weights; a file that is too large for one pack lies in numbered pieces. Each pack is readable by itself.
"""

import json
import re
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np

from fer_core.runs import load_run, verify_run
from fer_core.training.checkpoint import STATE, load_state, saving, write_weights
from fer_core.training.networks import NETWORKS
from fer_core.training.settings import SETTINGS, read_settings
from fer_core.training.weights import load_kept

LIMIT = 15 * 2**20
OVERHEAD = 1024
"""Bytes that a file costs in a pack besides its content, at most."""
EXACT = 8 * 2**20
"""Networks of up to so many bytes are packed as they are; larger ones in 8 bits."""
WEIGHTS = "kept.npz"
NAME = re.compile(r"(runs|checkpoints)/([A-Za-z0-9][\w.-]*)/([A-Za-z0-9][\w.-]*?)(?:\.piece-(\d+)-of-(\d+))?")


class PackError(ValueError):
    """A pack cannot be read, or brings what must not be taken in."""


def write_packs(folder: Path, runs: list[Path], checkpoints: list[Path] = ()) -> list[Path]:
    """Write run folders, and the kept weights in the folders `checkpoints`, into packs in `folder`; returns the packs.

    Packs that are there already are replaced one by one. With the same runs before new ones, the first stay as they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    packs, room = [[]], LIMIT
    for name, content in _list_contents(runs, checkpoints):
        for piece_name, piece in _cut(name, content):
            if len(piece) + OVERHEAD > room:
                packs.append([])
                room = LIMIT
            packs[-1].append((piece_name, piece))
            room -= len(piece) + OVERHEAD
    files = [folder / f"pack-{number:02d}.zip" for number in range(1, len(packs) + 1)]
    for file, members in zip(files, packs, strict=True):
        with saving(file) as fresh, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as pack:
            for name, content in members:
                pack.writestr(name, content)
    return files


def unpack(folder: Path, out: Path, checkpoints: Path, replace: bool = False) -> list[str]:
    """Take the runs of all packs in `folder` into `out`, weights into `checkpoints`; returns the runs' names.

    Every run is verified before any is taken in. Raises PackError when a pack or a run is damaged, and when another run
    of that name is in `out`, unless `replace`.
    """
    contents = _read_packs(folder)
    out.mkdir(parents=True, exist_ok=True)
    names = sorted({run for kind, run, _ in contents if kind == "runs"})
    with tempfile.TemporaryDirectory(dir=out, prefix=".unpacking-") as temporary:
        stages = {name: Path(temporary) / name for name in names}
        for (kind, run, file), content in contents.items():
            if kind == "runs":
                stages[run].mkdir(exist_ok=True)
                (stages[run] / file).write_bytes(content)
        for name, stage in stages.items():
            _check_run(stage, out / name, replace)
        for name, stage in stages.items():
            if (out / name).exists():
                (out / name).rename(Path(temporary) / f"{name}.old")
            stage.rename(out / name)
    for name in names:
        files = {
            file: content for (kind, run, file), content in contents.items() if (kind, run) == ("checkpoints", name)
        }
        if files and not (checkpoints / name / STATE).exists():
            _restore_weights(files, checkpoints / name)
    return names


def pack_weights(arrays: list[np.ndarray]) -> dict[str, np.ndarray]:
    """A network's weights for an npz: as they are, or, of more than 8 MiB, every array of two or more dimensions in 8
    bits with a scale for each channel (the last axis)."""
    if sum(array.nbytes for array in arrays) <= EXACT:
        return {str(i): array for i, array in enumerate(arrays)}
    packed = {}
    for i, array in enumerate(arrays):
        if array.ndim < 2:
            packed[str(i)] = array
            continue
        largest = np.abs(array).max(axis=tuple(range(array.ndim - 1)))
        scale = np.where(largest > 0, largest, 1) / 127
        packed[f"{i}_8bit"] = np.round(array / scale).astype("int8")
        packed[f"{i}_scale"] = scale.astype("float32")
    return packed


def unpack_weights(packed: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The weights back from `pack_weights`, float32, each within half a step of what it was."""
    count = len({name.partition("_")[0] for name in packed})
    return [
        packed[str(i)] if str(i) in packed else packed[f"{i}_8bit"].astype("float32") * packed[f"{i}_scale"]
        for i in range(count)
    ]


def _list_contents(runs: list[Path], checkpoints: list[Path]):
    """Yield (name in the pack, bytes) for all files of the runs, then for their weights."""
    for run in runs:
        load_run(run)
        for file in sorted(path for path in run.iterdir() if path.is_file() and not path.name.startswith(".")):
            yield f"runs/{run.name}/{file.name}", file.read_bytes()
    for folder in checkpoints:
        state, experiment = load_state(folder), read_settings(folder)
        if state is None or experiment is None:
            raise PackError(f"There are no weights in {folder}: pack {folder.name} on the machine that trained it.")
        buffer = BytesIO()
        network, _ = load_kept(experiment, folder, state)
        np.savez(buffer, **pack_weights(network.get_weights()))
        yield f"checkpoints/{folder.name}/{WEIGHTS}", buffer.getvalue()
        for file in (SETTINGS, STATE):
            yield f"checkpoints/{folder.name}/{file}", (folder / file).read_bytes()


def _cut(name: str, content: bytes) -> list[tuple[str, bytes]]:
    """The content under its name or, if it is too large for a pack, its pieces."""
    size = LIMIT - OVERHEAD
    pieces = [content[start : start + size] for start in range(0, len(content), size)] or [b""]
    if len(pieces) == 1:
        return [(name, content)]
    return [(f"{name}.piece-{number}-of-{len(pieces)}", piece) for number, piece in enumerate(pieces, 1)]


def _read_packs(folder: Path) -> dict[tuple[str, str, str], bytes]:
    """All files of all packs, whole: (kind, run, file) -> bytes."""
    packs = sorted(folder.glob("pack-*.zip"))
    if not packs:
        raise PackError(f"There is no pack-*.zip in {folder}.")
    found: dict[tuple[str, str, str], dict[int, bytes]] = {}
    totals = {}
    for file in packs:
        try:
            with zipfile.ZipFile(file) as pack:
                for member in pack.infolist():
                    match = NAME.fullmatch(member.filename)
                    if not match or member.file_size > LIMIT:
                        raise PackError(f"{file} holds {member.filename}, which no pack of ours does.")
                    kind, run, name, number, total = match.groups()
                    key = kind, run, name
                    found.setdefault(key, {})[int(number or 1)] = pack.read(member)
                    totals[key] = int(total or 1)
        except (OSError, zipfile.BadZipFile, EOFError) as error:
            raise PackError(f"{file} is damaged ({type(error).__name__}): fetch it again.") from None
    for key, pieces in found.items():
        missing = set(range(1, totals[key] + 1)) - set(pieces)
        if missing:
            raise PackError(
                f"Piece {min(missing)} of {totals[key]} of {'/'.join(key)} is in none of the packs in {folder}."
            )
    return {key: b"".join(pieces[number] for number in sorted(pieces)) for key, pieces in found.items()}


def _check_run(stage: Path, path: Path, replace: bool) -> None:
    problems = verify_run(stage)
    if problems:
        raise PackError(f"The packs bring a run that is not as stated: {problems[0]}")
    if path.exists() and not replace and _read_all(path).items() - _read_all(stage).items():
        raise PackError(f"{path} is another run than the packs bring: add --replace to put theirs in its place.")


def _read_all(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def _restore_weights(files: dict[str, bytes], folder: Path) -> None:
    """Write the kept weights as training leaves them, then the state that names them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SETTINGS).write_bytes(files[SETTINGS])
    experiment, state = read_settings(folder), json.loads(files[STATE])
    with np.load(BytesIO(files[WEIGHTS])) as packed:
        weights = unpack_weights(dict(packed))
    network = NETWORKS[experiment.network]()
    network.set_weights(weights)
    kind, epoch = ("last", state["epoch"]) if experiment.keep == "last" else ("best", state["best_epoch"])
    write_weights(network, folder / f"{kind}-{epoch}.weights.h5")
    (folder / STATE).write_bytes(files[STATE])
