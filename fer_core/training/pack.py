"""Finished runs in a few files of at most 15 MiB, for a machine that gives no more back; and the way in again.

`pack-01.zip`, `pack-02.zip`, ... hold `runs/<run>/<file>` and, where asked, `checkpoints/<run>/<file>` with the kept
weights; a file that is too large for one pack lies in numbered pieces. Each pack is readable by itself.
"""

import math
import os
import re
import zipfile
import zlib
from collections.abc import Collection, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np

from fer_core.folders import staging, swap
from fer_core.runs import load_run, verify_run
from fer_core.runs.contract import HISTORY
from fer_core.training.checkpoint import STATE, load_state, saving, write_weights
from fer_core.training.guards import check_same
from fer_core.training.networks import NETWORKS
from fer_core.training.settings import SETTINGS, read_settings
from fer_core.training.weights import load_kept

LIMIT = 15 * 2**20
OVERHEAD, INFLATION = 1024, 1 / 1024
"""What a file costs in a pack besides its content, at most: bytes, and a share of content that cannot be compressed."""
EXACT = 8 * 2**20
"""Networks of up to so many bytes are packed as they are; larger ones in 8 bits."""
WEIGHTS = "kept.npz"
BROUGHT = {WEIGHTS, SETTINGS, STATE}
"""The files that bring a run's weights."""
Contents = dict[tuple[str, str, str], bytes]
"""(kind, run, file) -> bytes; kind is "runs" or "checkpoints"."""
NAME = re.compile(
    r"(runs|checkpoints)/([A-Za-z0-9][\w.-]{0,99})/([A-Za-z0-9][\w.-]{0,99}?)(?:\.piece-(\d{1,3})-of-(\d{1,3}))?"
)


class PackError(ValueError):
    """A pack cannot be read, or brings what must not be taken in."""


def write_packs(folder: Path, runs: list[Path], checkpoints: Sequence[Path] = ()) -> list[Path]:
    """Write run folders, and the kept weights in the folders `checkpoints`, into packs in `folder`; returns the packs.

    Other runs that are packed there stay, before these, and packed weights as long as their run has the same history. A
    pack that would stay the same is not written again. Raises PackError where what is there cannot be read, GuardError
    where weights are not those of the run of their name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fresh = _collect(runs, checkpoints)
    contents = read_packs(folder, without={run.name for run in runs}) | fresh | _find_weights(folder, fresh)
    packs: list[dict[str, bytes]] = [{}]
    room = LIMIT
    for key, content in contents.items():
        for name, piece in _cut("/".join(key), content):
            if _count_most(piece) > room:
                packs.append({})
                room = LIMIT
            packs[-1][name] = piece
            room -= _count_most(piece)
    files = [folder / f"pack-{number:02d}.zip" for number in range(1, len(packs) + 1)]
    for file, members in zip(files, packs, strict=True):
        if not file.exists() or _read_pack(file) != members:
            with saving(file) as fresh, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as pack:
                for name, content in members.items():
                    pack.writestr(name, content)
    for file in set(folder.glob("pack-*.zip")) - set(files):  # of more packs than there are now
        file.unlink()
    return files


def unpack(folder: Path, out: Path, checkpoints: Path, replace: bool = False) -> list[str]:
    """Take the runs of all packs in `folder` into `out`, weights into `checkpoints`; returns the runs' names.

    All of them are verified before any is taken in. Raises PackError when a pack, a run or its weights are damaged, and
    when another run of that name is in `out`, unless `replace`.
    """
    contents = read_packs(folder)
    if not contents:
        raise PackError(f"There is no pack-*.zip in {folder} with a run in it.")
    names = sorted({run for kind, run, _ in contents if kind == "runs"})
    with staging(out) as stages, staging(checkpoints) as weights:
        for (kind, run, file), content in contents.items():
            stage = (stages if kind == "runs" else weights) / run
            stage.mkdir(exist_ok=True)
            (stage / file).write_bytes(content)
        for name in names:
            _check_run(stages / name, out / name, replace)
        brought = [stage for stage in weights.iterdir() if not (checkpoints / stage.name / STATE).exists()]
        for stage in brought:
            _restore_weights(stage)
        for name in names:
            swap(stages / name, out / name)
        for stage in brought:
            _take_in_weights(stage, checkpoints / stage.name)
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


def _collect(runs: list[Path], checkpoints: Sequence[Path]) -> Contents:
    """All files of the runs, then of their weights."""
    contents = {}
    for run in runs:
        load_run(run)
        for file in sorted(path for path in run.iterdir() if path.is_file() and not path.name.startswith(".")):
            contents["runs", run.name, file.name] = file.read_bytes()
    paths = {run.name: run for run in runs}
    for folder in checkpoints:
        state, experiment = load_state(folder), read_settings(folder)
        if state is None or experiment is None:
            raise PackError(f"There are no weights in {folder}: pack {folder.name} on the machine that trained it.")
        check_same(paths[folder.name], folder, state)
        buffer = BytesIO()
        network, _ = load_kept(experiment, folder, state)
        np.savez(buffer, **pack_weights(network.get_weights()))
        contents["checkpoints", folder.name, WEIGHTS] = buffer.getvalue()
        for name in (SETTINGS, STATE):
            contents["checkpoints", folder.name, name] = (folder / name).read_bytes()
    return contents


def _cut(name: str, content: bytes) -> list[tuple[str, bytes]]:
    """The content under its name or, if it is too large for a pack, its pieces."""
    size = int((LIMIT - OVERHEAD) / (1 + INFLATION)) - 1
    pieces = [content[start : start + size] for start in range(0, len(content), size)] or [b""]
    if len(pieces) == 1:
        return [(name, content)]
    return [(f"{name}.piece-{number}-of-{len(pieces)}", piece) for number, piece in enumerate(pieces, 1)]


def _count_most(piece: bytes) -> int:
    """How many bytes of a pack a piece takes at most."""
    return math.ceil(len(piece) * (1 + INFLATION)) + OVERHEAD


def _find_weights(folder: Path, fresh: Contents) -> Contents:
    """The weights packed before of the runs in `fresh` that come without any and were not trained anew since."""
    packed, _ = _join(folder)
    without = {run for _, run, _ in fresh} - {run for kind, run, _ in fresh if kind == "checkpoints"}
    same = {run for run in without if packed.get(key := ("runs", run, HISTORY)) == fresh[key]}
    whole = {run for run in same if all(("checkpoints", run, name) in packed for name in BROUGHT)}
    return {key: content for key, content in packed.items() if key[0] == "checkpoints" and key[1] in whole}


def read_packs(folder: Path, without: Collection[str] = ()) -> Contents:
    """All files of all packs, whole, in their order; those of the runs `without` are left out. Raises PackError."""
    whole, broken = _join(folder)
    for key, missing in broken.items():
        if key[1] not in without:
            raise PackError(f"Piece {missing} of {'/'.join(key)} is in none of the packs in {folder}.")
    return {key: content for key, content in whole.items() if key[1] not in without}


def _join(folder: Path) -> tuple[Contents, dict[tuple[str, str, str], str]]:
    """All files that are whole, in the order of the packs; and of each other one the piece that is missing: "2 of 3"."""
    found: dict[tuple[str, str, str], dict[int, bytes]] = {}
    totals = {}
    for file in sorted(folder.glob("pack-*.zip"), key=lambda file: (len(file.name), file.name)):
        for member, content in _read_pack(file).items():
            match = NAME.fullmatch(member)
            if not match or ".piece-" in match[3]:
                raise PackError(f"{file} holds {member}, which no pack of ours does.")
            kind, run, name, number, total = match.groups()
            found.setdefault((kind, run, name), {})[int(number or 1)] = content
            totals[kind, run, name] = int(total or 1)
    missing = {key: set(range(1, totals[key] + 1)) - set(pieces) for key, pieces in found.items()}
    whole = {key: b"".join(found[key][number] for number in sorted(found[key])) for key in found if not missing[key]}
    return whole, {key: f"{min(numbers)} of {totals[key]}" for key, numbers in missing.items() if numbers}


def _read_pack(file: Path) -> dict[str, bytes]:
    """The members of one pack by name. Raises PackError."""
    try:
        with zipfile.ZipFile(file) as pack:
            large = [member.filename for member in pack.infolist() if member.file_size > LIMIT]
            if large:
                raise PackError(f"{file} holds {large[0]}, which no pack of ours does.")
            return {member.filename: pack.read(member) for member in pack.infolist()}
    except (OSError, zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        raise PackError(f"{file} is damaged ({type(error).__name__}): fetch it again.") from None


def _check_run(stage: Path, path: Path, replace: bool) -> None:
    problems = verify_run(stage)
    if problems:
        raise PackError(f"The packs bring a run that is not as stated: {problems[0]}")
    if path.exists() and not replace and _read_all(path).items() - _read_all(stage).items():
        raise PackError(f"{path} is another run than the packs bring: add --replace to put theirs in its place.")


def _read_all(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def _restore_weights(folder: Path) -> None:
    """Turn what a pack brought into the weights that training leaves. Raises PackError when something is amiss."""
    try:
        if {file.name for file in folder.iterdir()} != BROUGHT:
            raise ValueError("not just these files")
        experiment, state = read_settings(folder), load_state(folder)
        with np.load(folder / WEIGHTS) as packed:
            weights = unpack_weights(dict(packed))
        network = NETWORKS[experiment.network]()
        network.set_weights(weights)
        kind, epoch = ("last", state["epoch"]) if experiment.keep == "last" else ("best", state["best_epoch"])
    except Exception as error:  # noqa: BLE001 - NumPy, zipfile and Keras each raise their own for damage
        raise PackError(
            f"The packs bring weights of {folder.name} that cannot be read ({type(error).__name__})."
        ) from None
    write_weights(network, folder / f"{kind}-{epoch}.weights.h5")


def _take_in_weights(stage: Path, folder: Path) -> None:
    """Move restored weights to their place, the state that names them last."""
    folder.mkdir(exist_ok=True)
    for name in sorted({file.name for file in stage.iterdir()} - {WEIGHTS}, key=lambda name: name == STATE):
        os.replace(stage / name, folder / name)
