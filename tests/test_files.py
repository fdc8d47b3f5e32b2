"""Files are replaced whole or not at all."""

import pytest

from fer_core.files import replacing, write_atomically


def list_names(folder):
    return [file.name for file in folder.iterdir()]


def test_a_file_is_replaced_once_it_is_whole(tmp_path):
    file = tmp_path / "answers.npz"
    file.write_bytes(b"old")
    with replacing(file) as fresh:
        fresh.write_bytes(b"new")
        assert file.read_bytes() == b"old" and fresh.suffix == ".npz"  # NumPy, Keras and ONNX go by the end of a name
    assert file.read_bytes() == b"new" and list_names(tmp_path) == [file.name]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    file = tmp_path / "answers.npz"
    file.write_bytes(b"old")

    def write_half(stream):
        stream.write(b"ne")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(file, write_half)
    with pytest.raises(FileNotFoundError), replacing(file):
        pass  # nothing was written
    assert file.read_bytes() == b"old" and list_names(tmp_path) == [file.name]


def test_two_writers_do_not_meet(tmp_path):
    file = tmp_path / "answers.npz"
    with replacing(file) as first, replacing(file) as second:
        first.write_bytes(b"first")
        second.write_bytes(b"second")
    assert file.read_bytes() == b"first" and list_names(tmp_path) == [file.name]
