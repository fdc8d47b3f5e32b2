"""What a network sees beside the expression: fitted, written, read back, and served as a further output of its graph."""

import json
import re

import numpy as np
import onnxruntime
import pytest
from sample_artifacts import write_sample_runs

from fer_core.data import FerDataset
from fer_core.data.covered import COVERS, cover_faces
from fer_core.data.drawn import draw_face
from fer_core.files import write_json
from fer_core.labels import COVERED, DRAWN, LABELS, SEEN
from fer_core.runs import doubts, load_run
from fer_core.runs.contract import ArtifactError
from fer_core.runs.extras import compute_fingerprint
from fer_core.runs.features import find_tensor, load_features
from fer_core.vision import Predictor


@pytest.fixture
def run(tmp_path):
    write_sample_runs(tmp_path, {"compact-s0": 2.6})
    return load_run(tmp_path / "compact-s0")


@pytest.fixture(scope="module")
def faces() -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.stack([draw_face(label, rng) for label in rng.choice(LABELS, 60)])


def make_content(run, **changes) -> dict:
    """A probe that doubts every face whose upper left is brighter than 100, and one that doubts none."""
    bright = np.zeros(9)
    bright[0] = 1.0
    probes = {
        COVERED: {"weights": bright.tolist(), "bias": -100.0, "false_alarms": 0.01, "noticed": {"mask": 0.9}},
        DRAWN: {"weights": [0.0] * 9, "bias": -1.0, "false_alarms": 0.0, "noticed": {"drawn": 0.5}},
    }
    about = {"schema": 1, "model_sha256": compute_fingerprint(run.model_path), "tensor": find_tensor(run.model_path)}
    return about | {"n": 10, "probes": probes} | changes


def write(run, content: dict) -> None:
    write_json(run.path / doubts.DOUBTS, content)


def test_served_networks_answer_as_before_and_doubt_beside_it(run, faces):
    plain = run.model_path.read_bytes()
    assert doubts.read_network(run) == plain, "without the file nothing is added"
    write(run, make_content(run))
    served = doubts.read_network(run)
    names = [output.name for output in onnxruntime.InferenceSession(served).get_outputs()]
    assert names == ["probability", "doubt"]
    pictures = np.full((2, 48, 48), 50, np.uint8)
    pictures[1, :16, :16] = pictures[1, :16, 32:] = 255
    probability, seen = Predictor(served).read(pictures)
    assert seen == [(), (COVERED,)]
    assert np.array_equal(probability, Predictor(plain).predict(pictures))
    assert Predictor(plain).read(pictures)[1] == [(), ()]
    assert Predictor(served).read(pictures[:0])[1] == []


def test_both_views_of_a_face_are_averaged(run):
    write(run, make_content(run))
    picture = np.full((1, 48, 48), 50, np.uint8)
    picture[0, :16, 32:] = 255  # bright only in the mirror image: (50 + 255) / 2 is above 100
    assert Predictor(doubts.read_network(run)).read(picture)[1] == [(COVERED,)]
    assert Predictor(doubts.read_network(run)).read(picture, flip=False)[1] == [()]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": 2}, "has schema 2"),
        ({"model_sha256": "0"}, "about another network"),
        ({"tensor": "nowhere"}, "looks at 'nowhere', which the network lacks"),
        ({"probes": {}}, "should hold the probes covered and drawn"),
        ({"n": "many"}, "n"),
    ],
)
def test_damaged_files_cost_a_sentence(run, changes, words):
    write(run, make_content(run, **changes))
    with pytest.raises(ArtifactError, match=words):
        doubts.read_network(run)
    served, problem = doubts.read_served(run)
    assert served == run.model_path.read_bytes() and re.search(words, problem), "the answers stay"


def test_probes_of_different_widths_are_refused(run):
    content = make_content(run)
    content["probes"][DRAWN]["weights"] = [0.0]
    write(run, content)
    with pytest.raises(ArtifactError, match="as many weights"):
        doubts.load_doubts(run)


def test_a_fitted_probe_separates_what_it_was_fitted_on(run, faces, monkeypatch):
    """On a network that sees nine grey levels, a face with a white lower half is easily told from one without."""
    images = np.concatenate([faces, faces[:, ::-1]])
    rows = np.arange(len(images))
    monkeypatch.setattr(doubts, "_choose_rows", lambda *_: (rows[:60], rows[60:]))
    dataset = FerDataset(images, rows % 7, rows.astype(str), np.ones(len(rows), bool), source="drawn")
    content = doubts.fit_doubts(run, dataset, fitted=30)
    write(run, json.loads(json.dumps(content)))
    found = doubts.load_doubts(run)
    assert tuple(found.probes) == SEEN and found.n == 60
    assert set(found.probes[COVERED].noticed) == set(COVERS) and set(found.probes[DRAWN].noticed) == {"drawn"}
    features = load_features(run.model_path)
    scores = [
        np.mean(features(x) @ np.array(found.probes[COVERED].weights))
        for x in (cover_faces(faces, "mask", np.random.default_rng(1)), faces)
    ]
    assert scores[0] > scores[1], "covered faces score higher"


@pytest.mark.parametrize("cover", COVERS)
def test_covers_lie_over_the_mouth_alone(cover, faces):
    before = faces[:3].copy()
    covered = cover_faces(faces[:3], cover, np.random.default_rng(0))
    assert covered.shape == before.shape and covered.dtype == np.uint8 and np.array_equal(faces[:3], before)
    change = np.abs(covered.astype(int) - before).mean(axis=(0, 2))
    assert change[30:40].mean() > 5 * change[:20].mean()


def test_unknown_runs_are_named(run, tmp_path, capsys):
    assert doubts.main(["nobody", "--artifacts", str(tmp_path)]) == 2
    assert "no run 'nobody'" in capsys.readouterr().err
