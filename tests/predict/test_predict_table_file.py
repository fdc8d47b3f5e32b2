"""The table on the disk: wherever the writing ends, the next call has every file once, and no other file is touched."""

import multiprocessing

import pytest

from fer_core.command import Failure
from fer_core.predict.answer import FileAnswer, Task, _to_csv
from fer_core.predict.table import make_empty_row
from fer_core.predict.table_file import HEADER, get_marker, open_table


def make_answer(number: int, n_rows: int = 1) -> FileAnswer:
    task = Task(number, f"folder/{number},\n.jpg")
    rows = [make_empty_row('A "note",\nin two lines.') | {"face": face, "network": "x-s0"} for face in range(n_rows)]
    return FileAnswer(task, _to_csv(task, rows), n_rows)


ANSWERS = [make_answer(1), make_answer(2, 3), make_answer(3), make_answer(4, 2)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out.csv"


def write(path, answers=ANSWERS, network="x-s0") -> bytes:
    with open_table(path, network) as table:
        assert table.last == len(table.done)
        table.add([answer for answer in answers if f"folder/{answer.task.number},\n.jpg" not in table.done])
    return path.read_bytes()


def test_work_that_was_cut_short_anywhere_goes_on_to_the_same_table(path):
    whole = write(path)
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        get_marker(path).touch()
        assert write(path) == whole, f"cut after {end} bytes"
        assert not get_marker(path).exists()


def test_torn_end_is_noticed_without_the_marker(path):
    whole = write(path)
    path.write_bytes(whole[:-10] + b"\0" * 10)
    assert write(path) == whole


def test_finished_table_stays_as_it_is(path):
    whole = write(path)
    with open_table(path, "x-s0") as table:
        assert len(table.done) == 4 and table.last == 4
    assert path.read_bytes() == whole


def test_restart_throws_the_answers_away(path):
    write(path)
    with open_table(path, "y-s0", restart=True) as table:
        assert not table.done and table.last == 0
    assert path.read_bytes() == HEADER


def test_another_networks_table_is_left_alone(path):
    whole = write(path)
    with pytest.raises(Failure, match="holds answers of x-s0: name another file"), open_table(path, "y-s0"):
        pass
    assert path.read_bytes() == whole


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("content", [b"\xff\xd8\xff", b"name,age\nAnn,3\n", b"photo,file,label\n"])
def test_a_file_of_another_kind_is_left_alone(path, content, restart):
    path.write_bytes(content)
    with pytest.raises(Failure, match="is not a table of this command"), open_table(path, "x-s0", restart):
        pass
    assert path.read_bytes() == content and list(path.parent.iterdir()) == [path]


def test_second_writer_is_refused(path):
    with open_table(path, "x-s0") as table:
        table.add(ANSWERS[:1])
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            assert "is being written by another process" in pool.apply(try_to_open, (path,))
    assert path.read_bytes() == HEADER + ANSWERS[0].text.encode()


def try_to_open(path) -> str:
    try:
        with open_table(path, "x-s0"):
            return ""
    except Failure as error:
        return str(error)


class FullDisk:
    """A stream that takes half of what it is given, once."""

    def __init__(self, stream):
        self.stream, self.full = stream, False

    def write(self, data):
        if self.full:
            raise OSError(28, "No space left on device")
        self.full = True
        return self.stream.write(data[: len(data) // 2])

    def __getattr__(self, name):
        return getattr(self.stream, name)


def test_full_disk_leaves_whole_files(path):
    with pytest.raises(Failure, match="No space left on device.*goes on"), open_table(path, "x-s0") as table:
        table.add(ANSWERS[:2])
        table.stream = FullDisk(table.stream)
        table.add(ANSWERS[2:])
    assert path.read_bytes() == HEADER + "".join(answer.text for answer in ANSWERS[:2]).encode()
