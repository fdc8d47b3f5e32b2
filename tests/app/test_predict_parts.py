"""What the predict page is built from: the table and the zip, maps of why, squares by hand."""

import io
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest

from fer_core.app.charts.class_map import AGAINST, FOR, compute_evidence, describe_evidence, make_evidence_picture
from fer_core.app.charts.hand_crop import compute_square, view_taps
from fer_core.app.faces.batch import Outcome
from fer_core.app.faces.export import COLUMNS, make_face_table, make_safe_stem, make_zip
from fer_core.app.formats import quote_name
from fer_core.app.predict.answers import summarise_faces
from fer_core.labels import LABELS
from fer_core.vision import Face, FaceResult

HOSTILE = ["../../etc/passwd.jpg", "a/b\\c.png", "=1+1.jpg", "née <b>.jpg", "....", "x" * 300 + ".jpg"]


def make_outcome(name: str, n_faces: int = 0, problem: str = "") -> Outcome:
    faces = [make_face(number) for number in range(1, n_faces + 1)]
    answer = None if problem else SimpleNamespace(name=name, faces=faces, size=(640, 480), picture=b"JPEG")
    return Outcome(SimpleNamespace(name=name, key=name), answer, problem)


def make_face(number: int, label: str = "happy", confidence: float = 0.7) -> FaceResult:
    probability = np.full(7, (1 - confidence) / 6, np.float32)
    probability[LABELS.index(label)] = confidence
    face = Face((10.0 * number, 20.0, 10.0 * number + 30, 60.0), 0.99)
    return FaceResult(face, number, np.zeros((48, 48), np.uint8), probability, label, confidence, confidence > 0.5)


def test_table_has_every_face_and_every_photo_without_one():
    outcomes = [make_outcome("two.jpg", 2), make_outcome("none.jpg"), make_outcome("bad.jpg", problem="Damaged.")]
    table = make_face_table(outcomes, "compact-s0")
    assert list(table.columns) == list(COLUMNS)
    assert table[["photo", "face"]].values.tolist() == [[1, 1], [1, 2], [2, 0], [3, 0]]
    assert table["note"].tolist()[2:] == ["No face found.", "Damaged."]
    assert table.loc[0, list(LABELS)].sum() == pytest.approx(1, abs=1e-3)
    assert table.loc[1, ["left", "top", "right", "bottom"]].tolist() == [20, 20, 50, 60]


def test_table_lists_the_networks_face_by_face():
    outcome = make_outcome("two.jpg", 2)
    outcome.opinions["vgg-s0"] = [make_face(1, "sad"), make_face(2, "fear")]
    table = make_face_table([outcome], "compact-s0")
    assert table[["face", "network", "label"]].values.tolist() == [
        [1, "compact-s0", "happy"], [1, "vgg-s0", "sad"], [2, "compact-s0", "happy"], [2, "vgg-s0", "fear"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["=cmd()|x.jpg", "+1.jpg", "-1.jpg", "@b.jpg", "  =1.jpg", "\uff1d1+1.jpg", "\ufe62a.jpg"]
)
def test_no_name_is_a_formula_in_the_table(name):
    """The table's own download button writes what the table holds."""
    outcomes = [make_outcome(name, 1), make_outcome(name), make_outcome(name, problem="Damaged.")]
    assert make_face_table(outcomes, "compact-s0")["file"].tolist() == [f"'{name}"] * 3


def test_harmless_names_stay_as_they_are():
    table = make_face_table([make_outcome("me - you = us.jpg", 1), make_outcome("née 1.jpg")], "compact-s0")
    assert table["file"].tolist() == ["me - you = us.jpg", "née 1.jpg"]


def test_zip_holds_pictures_under_safe_names_and_the_table():
    table = make_face_table([make_outcome(name, 1) for name in HOSTILE], "compact-s0")
    data = make_zip([(number, name, b"JPEG") for number, name in enumerate(HOSTILE, 1)], table)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert names[-1] == "faces.csv" and len(set(names)) == len(HOSTILE) + 1
    for number, name in enumerate(names[:-1], 1):
        assert name.startswith(f"{number:03d}-") and name.isascii() and len(name) < 80
        assert not set(name) & set("/\\<>=") and ".." not in name


@pytest.mark.parametrize("name", HOSTILE)
def test_safe_stem_is_never_empty(name):
    assert make_safe_stem(name)


@pytest.mark.parametrize("name", ["**a**", "`a`", "a\nb", "``", "   ", ""])
def test_quoted_name_is_one_code_span(name):
    quoted = quote_name(name)
    assert quoted.count("`") == 2 and quoted[0] == quoted[-1] == "`" and "\n" not in quoted and len(quoted) > 2


def test_summary_counts_expressions():
    faces = [make_face(1), make_face(2), make_face(3, "sad"), make_face(4, "sad", 0.4)]
    assert summarise_faces(faces) == "**4 faces**: 2 happy, 1 sad, 1 not sure"


def test_evidence_is_relative_to_the_other_classes():
    class_map = np.zeros((6, 6, 7), np.float32)
    class_map += np.random.default_rng(0).normal(size=(6, 6, 1))  # what all classes share says nothing
    class_map[4, 1, 3] += 2
    evidence = compute_evidence(class_map, 3)
    assert evidence[4, 1] == pytest.approx(1, abs=1e-5)
    others = compute_evidence(class_map, 0)
    assert others[4, 1] == pytest.approx(-1 / 6, abs=1e-4)
    assert np.abs(np.delete(evidence.ravel(), 4 * 6 + 1)).max() < 1e-5


def test_evidence_of_a_flat_map_is_nothing():
    assert not compute_evidence(np.ones((6, 6, 7), np.float32), 2).any()


def test_evidence_picture_colours_the_places_and_leaves_the_rest():
    evidence = np.zeros((6, 6), np.float32)
    evidence[0, 0], evidence[5, 5] = 1, -1
    picture = np.asarray(make_evidence_picture(np.full((48, 48), 100, np.uint8), evidence, 96)).astype(int)
    for place, colour in (((4, 4), FOR), ((91, 91), AGAINST)):
        tint = picture[place] - 100
        assert np.sign(tint[0]) == np.sign(colour[0] - 100) and np.sign(tint[2]) == np.sign(colour[2] - 100)
    assert np.abs(picture[48, 48] - 100).max() <= 2


def test_evidence_in_words_names_the_place():
    evidence = np.zeros((6, 6))
    evidence[5, 2], evidence[0, 5] = 1, -0.5
    text = describe_evidence(evidence, "happy")
    assert "for happy comes from the lower centre" in text and "against it from the upper right" in text


def test_square_is_measured_in_percent():
    assert compute_square((200, 100), 50, 50, 40) == (80, 30, 120, 70)


def test_tap_chart_covers_the_photo_in_its_pixels():
    figure = view_taps("data:,", (640, 480), (10, 10, 60, 60)).figure
    net = figure.data[0]
    assert 0 < min(net.x) and max(net.x) < 640 and 0 < min(net.y) and max(net.y) < 480
    assert np.diff(np.unique(net.x)).max() == pytest.approx(np.diff(np.unique(net.y)).max())
    assert list(figure.layout.yaxis.range) == [480, 0]
    assert all((shape.x0, shape.y1) == (10, 60) for shape in figure.layout.shapes)
