"""The facts about the dataset: computed, written, read back, refused when damaged."""

import dataclasses
import json

import numpy as np
import pytest

from fer_core.data import (
    VOTE_COLUMNS,
    DatasetError,
    compute_dataset_facts,
    load_dataset_facts,
    make_drawn_dataset,
    write_dataset_facts,
)
from fer_core.data.duplicates import compute_near_mask
from fer_core.data.facts_records import Conflict
from fer_core.labels import LABELS


@pytest.fixture
def dataset(drawn_dataset):
    """Drawn pictures with a twin of another label, a blank one, and votes: everybody says happy, row 5 has none."""
    images = drawn_dataset.images.copy()
    images[70] = images[20]
    images[33] = 128
    votes = np.zeros((98, 10), np.uint8)
    votes[:, VOTE_COLUMNS.index("happiness")] = 8
    votes[:, VOTE_COLUMNS.index("unknown")] = 2
    votes[5] = 0
    return dataclasses.replace(drawn_dataset, images=images, votes=votes)


def test_facts(dataset):
    facts = compute_dataset_facts(dataset)
    assert facts.drawn and facts.counts == dataset.counts
    assert facts.study_split["validation"] == dict.fromkeys(LABELS, 2)
    assert facts.usages["PublicTest"]["angry"] + facts.usages["PrivateTest"]["angry"] == 4
    assert sum(facts.grouped_split["train"].values()) + sum(facts.grouped_split["validation"].values()) == 69
    assert facts.duplicates.to_plain() == {
        "groups": 1, "pictures": 2, "twins": 1, "twins_same_label": 0, "near_twins": 0, "conflicting_groups": 1,
        "conflicting_pictures": 2,
    }  # fmt: skip
    assert facts.conflicts == (Conflict(labels=("angry", "fear"), groups=1),)
    assert facts.blank == 1 and facts.pictures["blank"][33]
    assert facts.crowd.voted == 97 and facts.crowd.not_voted == 1
    assert facts.crowd.agreement["happy"] == 1 and facts.crowd.agreement["sad"] == 0
    assert facts.crowd.agreement["all"] == pytest.approx(14 / 97, abs=1e-4)
    assert facts.crowd.unity["sad"] == 0.8
    confusion = np.array(facts.crowd.confusion)
    assert confusion[:, LABELS.index("happy")].tolist() == [13, 14, 14, 14, 14, 14, 14] and confusion.sum() == 97
    assert facts.crowd.top_confusions[0].to_plain() == {
        "label": "disgust",
        "crowd": "happy",
        "pictures": 14.0,
        "share": 1.0,
    }
    sad = dataset.images[dataset.is_test & (dataset.labels == LABELS.index("sad"))].mean(axis=0)
    np.testing.assert_allclose(facts.mean_faces["test"][LABELS.index("sad")], sad, atol=0.1)
    assert facts.pictures["vote_majority"][5] == 255 and np.isnan(facts.pictures["vote_agreement"][5])


def test_written_facts_are_read_back_alike(dataset, tmp_path):
    written = write_dataset_facts(dataset, tmp_path / "artifacts" / "dataset")
    read = load_dataset_facts(tmp_path / "artifacts" / "dataset")
    for field in dataclasses.fields(read):
        one, other = getattr(written, field.name), getattr(read, field.name)
        if field.name in ("mean_faces", "pictures"):
            assert one.keys() == other.keys()
            for name in one:
                np.testing.assert_array_equal(one[name], other[name])
        else:
            assert one == other
    assert sorted(file.name for file in (tmp_path / "artifacts" / "dataset").iterdir()) == [
        "facts.json", "mean_faces.npz", "pictures.npz",
    ]  # fmt: skip


def test_same_dataset_same_bytes(drawn_dataset, tmp_path):
    for name in "ab":
        assert write_dataset_facts(drawn_dataset, tmp_path / name).crowd is None
    for file in ("facts.json", "mean_faces.npz", "pictures.npz"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def damage_json(folder, **changes):
    plain = json.loads((folder / "facts.json").read_text())
    (folder / "facts.json").write_text(json.dumps(plain | changes))


DAMAGES = {
    "no facts.json": (
        lambda folder: (folder / "facts.json").unlink(),
        "facts.json is missing: run `python train.py facts`",
    ),
    "no mean faces": (lambda folder: (folder / "mean_faces.npz").unlink(), "mean_faces.npz is missing"),
    "no json": (lambda folder: (folder / "facts.json").write_text("{"), "facts.json is not valid JSON"),
    "a list": (lambda folder: (folder / "facts.json").write_text("[]"), "is not a JSON object"),
    "other schema": (lambda folder: damage_json(folder, schema=99), "schema 99 where this version reads 1"),
    "other keys": (lambda folder: damage_json(folder, extra=1), "gives 1 for extra"),
    "cut npz": (lambda folder: (folder / "pictures.npz").write_bytes(b"PK\x03\x04cut"), "pictures.npz is damaged"),
    "empty npz": (lambda folder: (folder / "pictures.npz").write_bytes(b""), "pictures.npz is damaged"),
    "wrong shape": (
        lambda folder: np.savez(folder / "mean_faces.npz", train=np.zeros(3), test=np.zeros(3), all=np.zeros(3)),
        "does not hold 7 faces",
    ),
}


@pytest.mark.parametrize("case", DAMAGES)
def test_damaged_facts(case, drawn_dataset, tmp_path):
    damage, match = DAMAGES[case]
    write_dataset_facts(drawn_dataset, tmp_path)
    damage(tmp_path)
    with pytest.raises(DatasetError, match=match):
        load_dataset_facts(tmp_path)


def test_near_copies_are_found_on_the_other_side_alone():
    """A picture with other light and a little noise is a near copy; another face, or a copy on the same side, is none."""
    rng = np.random.default_rng(0)
    faces = make_drawn_dataset(20, 0, seed=3).images[:8]
    copy = np.clip(0.8 * faces[0] + 20 + rng.normal(0, 2, faces[0].shape), 0, 255).astype(np.uint8)
    blank = np.full((48, 48), 90, np.uint8)
    images = np.stack([*faces, blank, copy, faces[1], blank])
    is_test = np.arange(len(images)) >= 9
    assert np.flatnonzero(compute_near_mask(images, is_test)).tolist() == [9, 10]
    assert not compute_near_mask(images, np.zeros(len(images), bool)).any()


def test_pictures_that_are_merely_alike_are_no_copies():
    """A correlation of .95, as two pictures of one scene may have, is not enough."""
    rng = np.random.default_rng(1)
    first, other = (draw - draw.mean() for draw in rng.normal(size=(2, 24, 24)).repeat(2, axis=1).repeat(2, axis=2))
    pair = np.stack([first, 0.95 * first + (1 - 0.95**2) ** 0.5 * other])
    images = np.clip(128 + 30 * pair, 0, 255).astype(np.uint8)
    assert 0.92 < np.corrcoef(images.reshape(2, -1).astype(float))[0, 1] < 0.97
    assert not compute_near_mask(images, np.array([True, False])).any()
