"""Packs: no larger than they may be, whole or refused, and weights that come back within half a step."""

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from fer_core.training import pack
from fer_core.training.pack import PackError, pack_weights, read_packs, unpack, unpack_weights, write_packs

RUN = Path(__file__).resolve().parents[2] / "artifacts" / "compact-eighth-s1"


@pytest.fixture
def packs(monkeypatch, tmp_path):
    """The run in packs of 200 kB: its predictions lie in pieces."""
    monkeypatch.setattr(pack, "LIMIT", 200_000)
    files = write_packs(tmp_path / "packs", [RUN])
    assert len(files) > 2 and all(file.stat().st_size <= pack.LIMIT for file in files)
    return tmp_path / "packs"


def test_a_run_travels_whole(packs, tmp_path):
    assert unpack(packs, tmp_path / "out", tmp_path / "checkpoints") == [RUN.name]
    assert unpack(packs, tmp_path / "out", tmp_path / "checkpoints") == [RUN.name], "the same run may come twice"
    for file in RUN.iterdir():
        assert (tmp_path / "out" / RUN.name / file.name).read_bytes() == file.read_bytes()
    assert [path.name for path in (tmp_path / "out").iterdir()] == [RUN.name]


def test_another_run_is_replaced_only_when_asked(packs, tmp_path):
    unpack(packs, tmp_path / "out", tmp_path)
    history = tmp_path / "out" / RUN.name / "history.csv"
    history.write_text("mine")
    with pytest.raises(PackError, match="is another run than the packs bring: add --replace"):
        unpack(packs, tmp_path / "out", tmp_path)
    assert history.read_text() == "mine"
    unpack(packs, tmp_path / "out", tmp_path, replace=True)
    assert history.read_bytes() == (RUN / "history.csv").read_bytes()


def test_runs_that_were_packed_before_stay(packs, tmp_path):
    other = RUN.with_name("compact-quarter-s1")
    files = write_packs(packs, [other])
    assert all(file.stat().st_size <= pack.LIMIT for file in files)
    assert unpack(packs, tmp_path / "out", tmp_path / "checkpoints") == [RUN.name, other.name]


def test_a_run_that_is_packed_again_replaces_itself(packs, tmp_path):
    smaller = tmp_path / RUN.name
    shutil.copytree(RUN, smaller)
    (smaller / "voice.json").unlink()
    files = write_packs(packs, [smaller])
    assert sorted(packs.iterdir()) == files, "no pack of the larger one stays"
    unpack(packs, tmp_path / "out", tmp_path / "checkpoints")
    assert {file.name for file in (tmp_path / "out" / RUN.name).iterdir()} == {file.name for file in smaller.iterdir()}
    before = [file.stat().st_ino for file in files]
    assert [file.stat().st_ino for file in write_packs(packs, [smaller])] == before, "nothing new, nothing written"


@pytest.fixture
def packed_weights(packs):
    """The files of the run's weights as they lie in the packs, beside the run."""
    weights = {("checkpoints", RUN.name, name): b"as packed before" for name in sorted(pack.BROUGHT)}
    with zipfile.ZipFile(packs / "pack-99.zip", "w") as extra:
        for key, content in weights.items():
            extra.writestr("/".join(key), content)
    return weights


def test_a_run_packed_again_without_its_weights_keeps_those_in_the_packs(packs, packed_weights, tmp_path):
    run = tmp_path / RUN.name
    shutil.copytree(RUN, run)
    (run / "voice.json").unlink()  # which is no other training
    for _ in range(2):
        write_packs(packs, [run])
        contents = read_packs(packs)
        assert packed_weights.items() <= contents.items() and ("runs", RUN.name, "voice.json") not in contents


def test_weights_of_another_training_do_not_stay(packs, packed_weights, tmp_path):
    run = tmp_path / RUN.name
    shutil.copytree(RUN, run)
    history = (run / "history.csv").read_text().rstrip()
    (run / "history.csv").write_text(f"{history}1\n")
    write_packs(packs, [run])
    assert not packed_weights.keys() & read_packs(packs).keys()


def test_weights_that_a_kill_left_incomplete_do_not_stay(packs, packed_weights):
    with zipfile.ZipFile(packs / "pack-99.zip", "w") as extra:
        extra.writestr(f"checkpoints/{RUN.name}/kept.npz.piece-1-of-2", b"half")
    write_packs(packs, [RUN])
    assert not packed_weights.keys() & read_packs(packs).keys()


def test_what_cannot_be_compressed_fits_as_well(tmp_path):
    """Deflate adds a little to noise, here to 15 MiB of it."""
    run = tmp_path / RUN.name
    shutil.copytree(RUN, run)
    noise = np.random.default_rng(0).bytes(pack.LIMIT + 2**20)
    (run / "model.onnx").write_bytes(noise)
    files = write_packs(tmp_path / "packs", [run])
    assert len(files) > 1 and all(file.stat().st_size <= pack.LIMIT for file in files)
    assert read_packs(tmp_path / "packs")["runs", RUN.name, "model.onnx"] == noise


def test_a_pack_that_a_kill_left_incomplete_is_mended_by_packing_again(packs, tmp_path):
    lose(packs)
    write_packs(packs, [RUN])
    assert unpack(packs, tmp_path / "out", tmp_path / "checkpoints") == [RUN.name]


def cut(folder):
    file = folder / "pack-01.zip"
    file.write_bytes(file.read_bytes()[:-100])


def garble(folder):
    """Damage the compressed bytes of the first member, not the directory at the end."""
    file = folder / "pack-01.zip"
    content = bytearray(file.read_bytes())
    content[100:300] = bytes(200)
    file.write_bytes(content)


def lose(folder):
    (folder / "pack-02.zip").unlink()


def add(name, content=b"x"):
    def change(folder):
        with zipfile.ZipFile(folder / "pack-99.zip", "w") as extra:
            extra.writestr(name, content)

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (cut, "pack-01.zip is damaged .*: fetch it again"),
        (lose, "Piece 1 of . of runs/compact-eighth-s1/predictions.npz is in none of the packs"),
        (add("runs/compact-eighth-s1/../../../evil"), "which no pack of ours does"),
        (add("/etc/passwd"), "which no pack of ours does"),
        (add("runs/compact-eighth-s1/x.piece-1-of-" + "9" * 5000), "which no pack of ours does"),
        (garble, "pack-01.zip is damaged .*: fetch it again"),
        (add("checkpoints/compact-eighth-s1/kept.npz"), "weights of compact-eighth-s1 that cannot be read"),
        (add("runs/compact-eighth-s1/metrics.json", b"{}"), "a run that is not as stated"),
    ],
)
def test_what_is_damaged_or_foreign_is_refused_and_nothing_taken_in(packs, tmp_path, change, sentence):
    change(packs)
    with pytest.raises(PackError, match=sentence):
        unpack(packs, tmp_path / "out", tmp_path)
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_large_weights_take_8_bits_per_channel(monkeypatch):
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(3, 3, 8, 16)) * np.geomspace(0.01, 10, 16), rng.normal(size=16), np.zeros((5, 2))]
    arrays = [array.astype("float32") for array in arrays]
    for found, array in zip(unpack_weights(pack_weights(arrays)), arrays, strict=True):
        np.testing.assert_array_equal(found, array)
    monkeypatch.setattr(pack, "EXACT", 100)
    packed = pack_weights(arrays)
    assert packed["0_8bit"].dtype == np.int8 and packed["0_scale"].shape == (16,)
    kernel, bias, zeros = unpack_weights(packed)
    step = np.abs(arrays[0]).max(axis=(0, 1, 2)) / 127
    assert (np.abs(kernel - arrays[0]) <= 0.501 * step).all() and not zeros.any()
    np.testing.assert_array_equal(bias, arrays[1])
