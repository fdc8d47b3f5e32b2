"""history.csv: what is read is what was written, to the last digit and byte."""

import numpy as np
import pytest

from fer_core.runs.artifacts import ARTIFACTS
from fer_core.runs.history import make_history, read_history, write_history


def test_columns_keep_their_order_and_type():
    history = make_history({"epoch": [1, 2], "loss": [2, 1.5]})
    assert history.shape == (2,) and history.dtype == [("epoch", np.int64), ("loss", np.float64)]
    assert history["loss"].tolist() == [2.0, 1.5] and history[1].tolist() == (2, 1.5)
    with pytest.raises(ValueError, match=r"columns of \[1, 2\] epochs"):
        make_history({"epoch": [1, 2], "loss": [2]})


def test_every_run_here_is_written_as_it_stands(tmp_path):
    files = sorted(ARTIFACTS.glob("*/history.csv"))
    assert files
    for file in files:
        write_history(tmp_path / "history.csv", read_history(file))
        assert (tmp_path / "history.csv").read_bytes() == file.read_bytes(), file


def test_no_digit_is_lost(run):
    loss = [0.1 + 0.2, 1e-05, 1e16, 5e-324, 1.7976931348623157e308, 0.07999999821186066]
    history = make_history({name: loss for name in run.history.dtype.names} | {"epoch": np.arange(1, len(loss) + 1)})
    write_history(run.path / "history.csv", history)
    again = read_history(run.path / "history.csv")
    assert again["loss"].tolist() == loss and again.dtype == history.dtype
    assert "\n1,0.30000000000000004,0.3" in (run.path / "history.csv").read_text()


def test_one_epoch_is_a_history(make_run):
    history = make_run(epochs=1).history
    assert history.shape == (1,) and history["epoch"].tolist() == [1]


def test_what_a_spreadsheet_makes_of_it_is_read(run):
    """A byte order mark, carriage returns, quotes, an empty line, and a column of its own with gaps or words."""
    file = run.path / "history.csv"
    head, *lines = file.read_text().split()
    rows = [f'"{head.replace(",", chr(34) + "," + chr(34))}",gaps,words', "", lines[0] + ",7,a#b", lines[1] + ",,"]
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*rows, lines[2] + ",8,c", ""]).encode())
    history = read_history(file)
    for name in run.history.dtype.names:
        np.testing.assert_array_equal(history[name], run.history[name])
    np.testing.assert_array_equal(history["gaps"], [7, np.nan, 8])
    assert history["words"].tolist() == ["a#b", "", "c"]


def test_an_empty_file_gives_its_sentence_and_no_warning(run, recwarn, capfd):
    for content in (b"", b"\n", b"\n\n", b"\xef\xbb\xbf", b"\x00", b"epoch"):
        (run.path / "history.csv").write_bytes(content)
        with pytest.raises(ValueError, match="tiny-s0/history.csv (is not a readable table|has no column)"):
            read_history(run.path / "history.csv")
    assert not recwarn.list and capfd.readouterr().err == ""
