"""FERC's two stages on free and drawn pictures, its perceptron, and its artifact."""

import json

import numpy as np
import pytest
from PIL import Image
from skimage import data

from fer_core.data import make_drawn_dataset, make_study_split
from fer_core.ferc import train
from fer_core.ferc.face import CROPPED, LONGEST, find_face, find_skin
from fer_core.ferc.points import NAMES, find_points
from fer_core.ferc.report import COLUMNS, judge_network, load_report, read_digits, write_report
from fer_core.ferc.steps import take_steps
from fer_core.ferc.vector import CLASSES, PAIRS, answer, compute_vector
from fer_core.runs.contract import ArtifactError
from fer_core.runs.predictions import Predictions

EYES = (225, 102)
"""The middle between the astronaut's eyes, pixels of her picture."""


@pytest.fixture(scope="module")
def astronaut():
    return Image.fromarray(data.astronaut())


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Trained on few drawn faces, and read back."""
    root = tmp_path_factory.mktemp("artifacts")
    dataset = make_drawn_dataset(140, 56, seed=2)
    write_report(train.make_report(dataset, make_study_split(dataset)), root)
    return load_report(root)


def test_the_face_is_found_with_its_parts_in_their_places(astronaut):
    found = find_face(astronaut)
    zoom = found.picture.width / astronaut.width
    x, y, radius = found.face
    assert found.skin is not None and np.hypot(x - EYES[0] * zoom, y - EYES[1] * zoom) < radius
    points = find_points(found.grey, found.box)
    places = dict(zip(NAMES, points.places))
    assert points.score > 0.9
    assert places["left eye"][0] < places["nose"][0] < places["right eye"][0]
    for side in ("left", "right"):
        heights = [places[f"{side} {part}"][1] for part in ("brow", "upper lid", "lower lid", "corner of the mouth")]
        assert heights == sorted(heights), "brow above lids above mouth"
    assert places["nose"][1] < places["upper lip"][1] < places["lower lip"][1]
    assert np.abs((places["left eye"] + places["right eye"]) / 2 / zoom - EYES).max() < 8


def test_the_vector_does_not_know_size_or_turn(astronaut):
    face = astronaut.crop((140, 20, 300, 200)).convert("L")
    vectors = [
        compute_vector(find_points(picture, (0, 0, *picture.size)).upright)
        for picture in (face, face.resize((320, 360)), face.rotate(8, Image.Resampling.BICUBIC, fillcolor=128))
    ]
    assert len(vectors[0]) == len(PAIRS) == len(set(PAIRS)) == 24
    for other in vectors[1:]:
        assert np.abs(other - vectors[0]).mean() < 0.06


def test_a_long_panorama_is_looked_at_in_bounds():
    assert max(find_face(Image.new("RGB", (9000, 300), "#808080")).picture.size) <= LONGEST


@pytest.mark.parametrize("size", [(48, 48), (400, 30), (1, 1)])
def test_a_picture_without_anything_gives_no_face(size, report):
    steps = take_steps(Image.new("RGB", size, "#808080"), report)
    assert not steps.is_face and np.isfinite(steps.vector).all() and steps.probability.sum() == pytest.approx(1)


def test_a_grey_picture_leaves_circles_alone(astronaut):
    found = find_face(astronaut.convert("L").convert("RGB"))
    assert found.skin is None and len(found.inner) > 3 and found.face[2] >= 0.13 * min(found.picture.size)


def test_skin_is_told_by_colour():
    picture = Image.new("RGB", (60, 60), "#3050a0")
    picture.paste("#d9a58a", (10, 10, 40, 50))
    picture.paste("#101010", (20, 20, 26, 26))  # an eye: holes are filled
    skin = find_skin(picture)
    assert skin[22, 22] and skin[45, 15] and not skin[5, 5] and not skin[30, 50]
    assert find_skin(Image.new("RGB", (60, 60), "#3050a0")) is None


def test_the_perceptron_learns_what_can_be_told_apart():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(5), 40)
    vectors = rng.normal(0, 0.1, (200, 24)) + 3
    vectors[np.arange(200), labels] += 1
    weights, bias = train.fit_perceptron(vectors, labels, 1.0)
    shares = answer(vectors, weights, bias)
    assert (shares.argmax(axis=1) == labels).mean() > 0.98 and shares.sum(axis=1) == pytest.approx(1)


def test_the_report_holds_what_was_answered_and_a_network_is_judged_beside_it(report):
    labels = read_digits(report.labels)
    assert len(labels) == 5 * 8 and report.right.mean() == np.mean(read_digits(report.answers) == labels)
    all_labels = np.repeat(np.arange(7), 8).astype(np.uint8)
    sure = np.eye(7)[all_labels].astype(np.float32)
    files = np.array([f"{i}.jpg" for i in range(56)])
    assert judge_network(Predictions(files, all_labels, sure), report).all()
    sure[:, 4] = 2  # neutral is not among the five, so it cannot win
    assert judge_network(Predictions(files, all_labels, sure), report).all()
    assert judge_network(Predictions(files[8:], all_labels[8:], sure[8:]), report) is None
    assert [CLASSES.index(name) for name in ("angry", "surprise")] == [0, 4] and COLUMNS == [0, 2, 3, 5, 6]


def test_a_cropped_face_is_looked_for_as_large_as_the_picture():
    face = Image.fromarray(make_drawn_dataset(14, 14, seed=1).images[0])
    assert find_face(face, CROPPED).face[2] >= 0.37 * 48


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda content: content.update(schema=9), "has schema 9"),
        (lambda content: content.pop("weights"), "has no weights"),
        (lambda content: content.update(answers="0"), "an answer for every label"),
        (lambda content: content.update(bias=["x"] * 5), "gives 'x' for bias.0"),
    ],
)
def test_a_damaged_report_is_said_in_one_sentence(tmp_path, report, change, words):
    file = write_report(report.to_plain(), tmp_path)
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))
    with pytest.raises(ArtifactError, match=words) as error:
        load_report(tmp_path)
    assert "run `python -m fer_core.ferc.train`" in str(error.value) and "\n" not in str(error.value)
    assert load_report(tmp_path / "elsewhere") is None


def test_the_command_says_what_is_missing(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013_PATH", raising=False)
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path))
    assert train.main(["--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("fer_core.ferc.train: FER2013 was not found") and error.count("\n") == 1
