"""Average faces: of enough pictures only, of the right ones, and never of other answers than the run's."""

from dataclasses import replace

import numpy as np
import pytest
from sample_artifacts import write_sample_runs

from fer_core.data import FerDataset
from fer_core.runs import load_run
from fer_core.runs.cell_faces import FEWEST, compute_cell_faces, load_cell_faces, make_finder, write_cell_faces
from fer_core.runs.contract import ArtifactError


@pytest.fixture
def run(tmp_path):
    write_sample_runs(tmp_path, {"compact-s0": 9.0}, votes=True)
    return load_run(tmp_path / "compact-s0").as_served()


@pytest.fixture
def dataset(run):
    answers = run.predictions("test")
    images = np.repeat(np.repeat((answers.label * 30)[:, None, None], 48, 1), 48, 2).astype(np.uint8)
    return FerDataset(images, answers.label, answers.file, np.ones(len(answers), bool), source="made-up")


def test_an_average_needs_enough_pictures(run, dataset, monkeypatch):
    answers = run.answers("test")
    assert not compute_cell_faces(answers, make_finder(dataset)).any(), "forty pictures a class are too few"
    monkeypatch.setattr("fer_core.runs.cell_faces.FEWEST", 20)
    faces = compute_cell_faces(answers, make_finder(dataset))
    assert faces[3, 3, 0, 0] == 90 and not faces[3, 0].any()
    assert FEWEST >= 50


def test_both_judges_have_their_own(run, dataset, monkeypatch):
    monkeypatch.setattr("fer_core.runs.cell_faces.FEWEST", 5)
    write_cell_faces(run, dataset)
    by_label, by_crowd = load_cell_faces(run), load_cell_faces(run.as_judged(by_crowd=True))
    assert by_label[3, 3].any() and not np.array_equal(by_label, by_crowd)


def test_a_dataset_with_other_names_is_refused(run, dataset):
    other = replace(dataset, files=np.array([f"Private_{name}" for name in dataset.files]))
    with pytest.raises(ArtifactError, match="lacks pictures that the run was tested on"):
        write_cell_faces(run, other)


def test_other_answers_are_refused(run, dataset, tmp_path):
    path = write_cell_faces(run, dataset)
    write_sample_runs(tmp_path / "other", {"compact-s0": 2.0}, votes=True)
    other = load_run(tmp_path / "other" / "compact-s0").as_served()
    (other.path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(ArtifactError, match="about other answers"):
        load_cell_faces(other)
    assert load_cell_faces(replace(run, is_averaged=False)) is None, "one look has other cells"
