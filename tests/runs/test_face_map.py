"""The map of the faces: of the last layer, stable, and never of other answers than the run's."""

import numpy as np
import pytest
from sample_artifacts import write_sample_runs

from fer_core.data import FerDataset
from fer_core.runs import load_run
from fer_core.runs.contract import ArtifactError
from fer_core.runs.face_map import compute_face_map, load_face_map, main, write_face_map
from fer_core.runs.features import load_features


@pytest.fixture
def run(tmp_path):
    write_sample_runs(tmp_path, {"compact-s0": 2.6})
    return load_run(tmp_path / "compact-s0")


@pytest.fixture
def dataset(run):
    answers = run.predictions("test")
    images = np.random.default_rng(0).integers(0, 256, (len(answers), 48, 48), np.uint8)
    return FerDataset(images, answers.label, answers.file, np.ones(len(answers), bool), source="made-up")


def test_features_are_what_enters_the_last_layer(run):
    faces = np.zeros((3, 48, 48), np.uint8)
    faces[1, :16, :16] = 90
    features = load_features(run.model_path)(faces)
    assert features.shape == (3, 9), "the sample network looks at nine grey levels"
    assert not np.array_equal(features[0], features[1]) and np.array_equal(features[0], features[2])


def test_alike_faces_lie_close_together():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(3), 30)
    xy = compute_face_map(10 * np.eye(3)[groups] + rng.normal(size=(90, 3)) / 10).astype(float)
    assert xy.min() == -1 and xy.max() == 1
    middle = np.stack([xy[groups == group].mean(axis=0) for group in range(3)])
    nearest = np.linalg.norm(xy[:, None] - middle, axis=2).argmin(axis=1)
    assert (nearest == groups).all()


def test_written_and_read_back_in_the_order_of_the_predictions(run, dataset):
    assert load_face_map(run) is None
    write_face_map(run, dataset)
    assert load_face_map(run).shape == (len(run.predictions("test")), 2)


def test_a_map_of_other_answers_is_refused(run, dataset, tmp_path):
    path = write_face_map(run, dataset)
    write_sample_runs(tmp_path / "other", {"compact-s0": 1.0})
    other = load_run(tmp_path / "other" / "compact-s0")
    (other.path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(ArtifactError, match="about other answers"):
        load_face_map(other)
    (other.path / path.name).write_bytes(b"no archive")
    with pytest.raises(ArtifactError):
        load_face_map(other)


def test_an_unknown_run_is_named(run, capsys):
    assert main(["nobody", "--artifacts", str(run.path.parent)]) != 0
    assert "There is no run 'nobody'" in "".join(capsys.readouterr())
