"""The command line's answers: every file a row, the dashboard's own numbers, and sentences for what is refused."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from fer_core.labels import LABELS
from fer_core.predict.__main__ import main
from fer_core.predict.answer import FILE_COLUMNS
from fer_core.predict.files import list_files, name_in_table
from fer_core.predict.table import COLUMNS

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("in_this_process")


def read(path) -> pd.DataFrame:
    return pd.read_csv(path, keep_default_na=False)


def test_every_file_has_its_rows(folder, tmp_path):
    assert main([str(folder), "--csv", str(tmp_path / "out.csv")]) == 0
    table = read(tmp_path / "out.csv")
    assert list(table.columns) == [*COLUMNS, "time"] == list(FILE_COLUMNS)
    first = table.drop_duplicates("photo").set_index("file")
    names = [name.removeprefix(f"{folder}/") for name in first.index]
    assert names == [
        "a portrait.jpg",
        "b\nbreak, and comma.png",
        "clip",
        "cut.jpg",
        "empty.jpg",
        "text.txt",
        "deep/wall.png",
    ]
    assert first["photo"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert first["face"].tolist() == [1, 1, 1, 0, 0, 0, 0]
    assert first["note"].iloc[3].startswith("This picture is damaged") and first["note"].iloc[4].startswith(
        "This file is empty"
    )
    assert first["note"].iloc[5].startswith("This file is not a picture") and first["note"].iloc[6] == "No face found."
    clip = table[table["photo"] == 3]
    assert len(clip) > 5 and clip["time"].astype(float).is_monotonic_increasing
    assert (table[table["photo"] != 3]["time"] == "").all()


def test_photos_are_answered_as_on_the_dashboard(folder, tmp_path):
    from fer_core.app.faces.batch import Outcome
    from fer_core.app.faces.export import make_face_table
    from fer_core.app.faces.photo import make_answer
    from fer_core.app.loading import load_engine

    photo = folder / "a portrait.jpg"
    main([str(photo), "--csv", str(tmp_path / "out.csv")])
    outcome = Outcome(None, make_answer(photo.read_bytes(), photo.name, load_engine()))
    expected = make_face_table([outcome], "compact-s0")
    found = read(tmp_path / "out.csv")[list(COLUMNS)].assign(file=photo.name)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, atol=2e-3)


def test_videos_are_answered_as_on_the_dashboard(folder, tmp_path):
    from fer_core.app.loading import load_engine
    from fer_core.app.video.recording import Recording
    from fer_core.app.video.tables import make_sample_table
    from fer_core.vision.video import RATE, read_video
    from fer_core.vision.watching import Watcher

    main([str(folder / "clip"), "--csv", str(tmp_path / "out.csv")])
    engine = load_engine()
    recording, watcher = Recording("clip", RATE, engine.wording), Watcher(engine.detector, engine.predictor)
    with read_video((folder / "clip").read_bytes()) as video:
        for seconds, rgb in video:
            recording.add(rgb, watcher.analyse(rgb, seconds), seconds)
    expected, found = make_sample_table(recording.finish([], 0)), pd.read_csv(tmp_path / "out.csv")
    shared = ["time", "face", "sure", "confidence", *LABELS, "left", "top", "right", "bottom"]
    pd.testing.assert_frame_equal(found[shared], expected[shared], check_dtype=False, atol=2e-3)
    assert set(found["face"]) == {1, 2}, "another scene, another face"


def test_marked_pictures_bear_the_numbers_of_the_table(folder, tmp_path):
    main([str(folder), "--csv", str(tmp_path / "out.csv"), "--marked", str(tmp_path / "marked")])
    files = sorted((tmp_path / "marked").iterdir())
    assert [file.name for file in files] == ["001-a_portrait.jpg", "002-b_break_and_comma.jpg", "003-clip.mp4"]
    assert files[0].read_bytes()[:2] == b"\xff\xd8" and files[2].read_bytes()[4:8] == b"ftyp"


def test_second_call_answers_only_what_is_new(folder, tmp_path, capsys):
    out = tmp_path / "out.csv"
    main([str(folder / "text.txt"), "--csv", str(out)])
    main([str(folder / "text.txt"), "--csv", str(out)])
    assert "1 of 1 files are in" in capsys.readouterr().err
    main([str(folder / "empty.jpg"), str(folder / "text.txt"), "--csv", str(out)])
    table = read(out)
    assert table["photo"].tolist() == [1, 2]
    assert [Path(name).name for name in table["file"]] == ["text.txt", "empty.jpg"]


def test_table_and_marked_pictures_in_the_folder_are_no_input(folder, tmp_path):
    place = tmp_path / "all"
    place.mkdir()
    (place / "x.jpg").write_bytes((folder / "a portrait.jpg").read_bytes())
    options = [str(place), "--csv", str(place / "out.csv"), "--marked", str(place / "marked")]
    assert main(options) == main(options) == 0
    assert read(place / "out.csv")["file"].tolist() == [str(place / "x.jpg")]


def test_network_is_chosen_by_its_folder_or_title(folder, tmp_path):
    photo, out = str(folder / "a portrait.jpg"), tmp_path / "out.csv"
    main([photo, "--csv", str(out), "--network", "compact-s0"])
    assert read(out)["network"].tolist() == ["compact-s0"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["nowhere.jpg", "--csv", "out.csv"], "nowhere.jpg: there is no such file or folder"),
        (["{photo}", "--csv", "out.csv", "--network", "x"], "no network is called x: there are compact-s0 ("),
        (["{photo}", "--csv", "out.csv", "--workers", "0"], "--workers must be at least 1"),
        (["{photo}", "--csv", "{photo}"], "is not a table of this command: name another file"),
        (["{photo}", "--csv", "{folder}"], "cannot be written (Is a directory)"),
        (["{photo}", "--csv", "out.csv", "--marked", "{photo}"], "cannot be made (File exists)"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(options, sentence, folder, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    photo = folder / "a portrait.jpg"
    before = photo.read_bytes()
    assert main([option.format(photo=photo, folder=folder) for option in options]) == 2
    assert sentence in capsys.readouterr().err
    assert photo.read_bytes() == before and not list(folder.glob("*.unfinished"))


def test_damaged_network_is_refused_before_any_answer(folder, written_artifacts, tmp_path, capsys, monkeypatch):
    import shutil

    broken = tmp_path / "artifacts"
    shutil.copytree(written_artifacts, broken)
    (broken / "compact-s0" / "model.onnx").write_bytes(b"no network")
    monkeypatch.setenv("FER_ARTIFACTS", str(broken))
    assert main([str(folder), "--csv", str(tmp_path / "out.csv")]) == 2
    assert "cannot be opened" in capsys.readouterr().err
    assert len(read(tmp_path / "out.csv")) == 0


def test_names_lead_to_their_files_and_are_no_formulas(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("=1+1.jpg", "-x.jpg", " @a.jpg", "plain.jpg"):
        Path(name).touch()
        assert name_in_table(name).lstrip()[0] not in "=+-@" and Path(name_in_table(name)).exists()
    assert name_in_table("plain.jpg") == "plain.jpg"
    assert name_in_table("caf\udce9.jpg") == "caf\\xe9.jpg"
    assert name_in_table("a\rb.jpg") == "a\\rb.jpg", "a row stays a row"


def test_each_file_counts_once_however_it_is_named(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(folder)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert list_files(["text.txt", "./text.txt", str(folder / "text.txt"), "deep", "."])[:2] == [
        "text.txt",
        "deep/wall.png",
    ]
    assert len(list_files(["text.txt", "."])) == 7
    assert list_files([str(tmp_path)]) == []


def test_neither_streamlit_nor_tensorflow_is_needed():
    script = "import sys, fer_core.predict.__main__; print([n for n in ('streamlit', 'tensorflow', 'keras', 'distributed') if n in sys.modules])"
    result = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT)
    assert result.stdout.strip() == "[]"


def test_documentation_lists_the_columns():
    text = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    rows = dict(line.strip("| ").split(" | ", 1) for line in text.splitlines() if line.startswith("| `"))
    assert rows == {f"`{name}`": meaning for name, meaning in FILE_COLUMNS.items()}
