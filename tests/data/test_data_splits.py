"""Splits, duplicates and crowd votes, on small sets whose answers are known."""

import dataclasses

import numpy as np
import pytest
from dataset_forms import list_members, make_csv, write_zip

from fer_core.data import (
    VOTE_COLUMNS,
    DatasetError,
    FerDataset,
    compute_blank_mask,
    compute_conflict_mask,
    compute_duplicate_groups,
    compute_twin_mask,
    compute_vote_agreement,
    compute_vote_majority,
    compute_vote_shares,
    find_votes,
    load_dataset,
    load_dataset_facts,
    load_votes,
    make_grouped_split,
    make_study_split,
    take_share,
)
from fer_core.labels import LABELS
from fer_core.runs import ARTIFACTS, load_run


@pytest.fixture
def copied(drawn_dataset):
    """The drawn dataset with copies: 0 = 1 = 12 (other label), 20 = first test picture, 30 = 31 = 32, 40 = 41."""
    images = drawn_dataset.images.copy()
    images[[1, 12]] = images[0]
    images[70] = images[20]
    images[[31, 32]] = images[30]
    images[41] = images[40]
    return dataclasses.replace(drawn_dataset, images=images)


def test_the_committed_runs_were_validated_on_the_grouped_split():
    """A network's validation pictures are those of today's code: no picture it learned from would judge it."""
    facts = load_dataset_facts(ARTIFACTS / "dataset").pictures
    rows = np.arange(len(facts["label"]))
    alike = np.where(facts["duplicate_group"] >= 0, facts["duplicate_group"], 10**6 + rows)  # in the pictures' place
    images = alike.astype(np.int32)[:, None].view(np.uint8)
    split = make_grouped_split(FerDataset(images, facts["label"], facts["file"], facts["is_test"]))
    validation = load_run(ARTIFACTS / "compact-s1").predictions("validation")
    assert facts["file"][split.validation].tolist() == validation.file.tolist()


def test_study_split_takes_the_first_fifth_of_each_class(drawn_dataset):
    split = make_study_split(drawn_dataset)
    assert split.validation.tolist() == [10 * label + row for label in range(7) for row in (0, 1)]
    assert split.train.tolist() == [10 * label + row for label in range(7) for row in range(2, 10)]
    assert split.test.tolist() == list(range(70, 98))
    assert split.train.dtype == np.int64


def test_study_split_rounds_down(drawn_dataset):
    rows = np.r_[0:9, 10:14]  # 9 angry, 4 disgust
    small = dataclasses.replace(
        drawn_dataset, **{name: getattr(drawn_dataset, name)[rows] for name in ("images", "labels", "files", "is_test")}
    )
    assert make_study_split(small).validation.tolist() == [0]


def test_grouped_split_keeps_copies_together_and_the_test_clean(copied):
    groups = compute_duplicate_groups(copied.images)
    sides = set()
    for seed in range(20):
        split = make_grouped_split(copied, fraction=0.3, seed=seed)
        assert 20 not in split.train and 20 not in split.validation  # its twin is a test picture
        both = np.concatenate([split.train, split.validation])
        assert sorted(both) == [row for row in range(70) if row != 20]
        assert not set(groups[split.train]) & set(groups[split.validation]) - {-1}
        counts = np.bincount(copied.labels[split.validation], minlength=7)
        assert ((counts >= 2) & (counts <= 5)).all()
        assert (np.diff(split.train) > 0).all()
        sides.add(30 in split.validation)
    assert sides == {True, False}


def test_grouped_split_is_seeded(copied):
    first, again, other = (make_grouped_split(copied, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.validation, again.validation)
    assert first.validation.tolist() != other.validation.tolist()


@pytest.mark.parametrize("share", [0.5, 0.25, 0.01])
def test_a_share_is_of_every_class_and_part_of_a_larger_one(drawn_dataset, share):
    rows = make_grouped_split(drawn_dataset).train
    kept = take_share(rows, drawn_dataset.labels, share)
    assert set(kept) < set(take_share(rows, drawn_dataset.labels, 0.75)) < set(rows)
    counts, all_counts = (np.bincount(drawn_dataset.labels[part], minlength=7) for part in (kept, rows))
    assert (np.abs(counts - share * all_counts) <= 1).all() and counts.min() >= 1
    assert (np.diff(kept) > 0).all()


def test_duplicates_twins_conflicts(copied):
    groups = compute_duplicate_groups(copied.images)
    assert groups.dtype == np.int32
    assert {row: groups[row] for row in np.flatnonzero(groups >= 0).tolist()} == {
        0: 0, 1: 0, 12: 0, 20: 1, 70: 1, 30: 2, 31: 2, 32: 2, 40: 3, 41: 3,
    }  # fmt: skip
    assert np.flatnonzero(compute_twin_mask(copied)).tolist() == [70]
    images = copied.images.copy()
    images[81] = images[80]
    twice = dataclasses.replace(copied, images=images)
    assert np.flatnonzero(compute_twin_mask(twice)).tolist() == [70], "two test pictures alike are no leak"
    # Row 20 is "fear", row 70 the first "angry" test picture.
    assert np.flatnonzero(compute_conflict_mask(copied)).tolist() == [0, 1, 12, 20, 70]


def test_no_duplicates_at_all(drawn_dataset):
    assert (compute_duplicate_groups(drawn_dataset.images) == -1).all()
    assert not compute_twin_mask(drawn_dataset).any() and not compute_conflict_mask(drawn_dataset).any()
    assert compute_duplicate_groups(drawn_dataset.images[:0]).shape == (0,)
    assert len(make_grouped_split(drawn_dataset).validation) == 7


def test_blank_pictures():
    images = np.zeros((3, 48, 48), np.uint8)
    images[1, 0, 0] = 4
    images[2, 0, 0] = 5
    assert compute_blank_mask(images).tolist() == [True, True, False]


def make_votes(**counts) -> list[int]:
    return [counts.get(name, 0) for name in VOTE_COLUMNS]


def test_each_vote_counts_for_its_own_expression():
    names = {"anger": "angry", "happiness": "happy", "sadness": "sad"}
    for column in VOTE_COLUMNS[:7]:
        (majority,) = compute_vote_majority(np.array([make_votes(**{column: 10})], np.uint8))
        assert LABELS[majority] == names.get(column, column)


def test_votes_majority_and_agreement():
    votes = np.array(
        [
            make_votes(happiness=9, neutral=1),
            make_votes(contempt=6, sadness=4),
            make_votes(NF=10),
            make_votes(),
            make_votes(fear=5, surprise=5),
            make_votes(anger=4, disgust=4, unknown=2),
        ],
        np.uint8,
    )
    majority = compute_vote_majority(votes)
    assert majority.dtype == np.uint8
    assert majority[:4].tolist() == [LABELS.index("happy"), LABELS.index("sad"), 255, 255]
    assert LABELS[majority[4]] in ("fear", "surprise") and LABELS[majority[5]] in ("angry", "disgust")
    np.testing.assert_allclose(compute_vote_agreement(votes), [0.9, 0.4, np.nan, np.nan, 0.5, 0.4], rtol=1e-6)
    shares = compute_vote_shares(votes)
    assert shares.sum(axis=1).tolist() == [1, 1, 0, 0, 1, 1]
    assert shares[4, LABELS.index("fear")] == 0.5


def test_ties_favour_no_class_and_depend_on_the_votes_alone():
    rng = np.random.default_rng(0)
    votes = rng.integers(0, 3, (4000, 10)).astype(np.uint8)
    votes[:, [VOTE_COLUMNS.index("fear"), VOTE_COLUMNS.index("surprise")]] = 4
    majority = compute_vote_majority(votes)
    assert set(majority.tolist()) == {LABELS.index("fear"), LABELS.index("surprise")}
    assert 0.45 < (majority == LABELS.index("fear")).mean() < 0.55
    np.testing.assert_array_equal(compute_vote_majority(votes[::7]), majority[::7])


HEADER = "file,split,label," + ",".join(VOTE_COLUMNS)


def test_votes_are_joined_by_folder_and_name(isolated, drawn_dataset):
    # Two of Kaggle's names stand in two folders: here one name with different votes in two classes.
    files = drawn_dataset.files.copy()
    files[10] = files[0]
    dataset = dataclasses.replace(drawn_dataset, files=files)
    lines = [HEADER]
    for row in range(98):
        folder = "test" if dataset.is_test[row] else "train"
        lines.append(f"{files[row]},{folder},{LABELS[dataset.labels[row]]},{row % 11},0,0,0,0,0,0,0,0,1")
    del lines[3]  # the votes of row 2
    lines[1:] = reversed(lines[1:])
    (isolated / "votes.csv").write_text("\n".join(lines))
    votes = load_votes(isolated / "votes.csv", dataset)
    assert votes.dtype == np.uint8 and votes.shape == (98, 10)
    expected = np.arange(98) % 11
    expected[2] = 0
    np.testing.assert_array_equal(votes[:, 0], expected)
    assert votes[2].sum() == 0 and (np.delete(votes, 2, axis=0)[:, 9] == 1).all()


def test_votes_of_microsoft_are_joined_by_row(isolated, drawn_dataset):
    lines = ["Usage,Image name," + ",".join(VOTE_COLUMNS)]
    lines += [f"Training,fer{row:07d}.png,{row % 11},0,0,0,0,0,0,0,0,0" for row in range(98)]
    (isolated / "fer2013new.csv").write_text("\n".join(lines))
    (isolated / "fer2013.csv").write_bytes(make_csv(drawn_dataset))
    assert find_votes(isolated / "fer2013.csv") == isolated / "fer2013new.csv"
    dataset = load_dataset(isolated / "fer2013.csv", isolated / "fer2013new.csv")
    np.testing.assert_array_equal(dataset.votes[:, 0], np.arange(98) % 11)
    with pytest.raises(DatasetError, match="follows the rows of the contest's fer2013.csv and does not fit"):
        load_votes(isolated / "fer2013new.csv", dataclasses.replace(drawn_dataset, files=drawn_dataset.files[:50]))


def test_votes_are_found_beside_the_data(isolated, monkeypatch, drawn_dataset):
    path = write_zip(list_members(drawn_dataset), isolated / "fer.zip")
    assert find_votes(path) is None
    (isolated / "data").mkdir()
    (isolated / "data" / "ferplus_votes.csv").write_text("x")
    assert find_votes(path).resolve() == find_votes().resolve() == isolated / "data" / "ferplus_votes.csv"
    (isolated / "fer2013new.csv").write_text("x")  # follows the rows of the contest's csv, useless for pictures
    (isolated / "ferplus_votes.csv").write_text("x")
    assert find_votes(path) == isolated / "ferplus_votes.csv"
    monkeypatch.setenv("FERPLUS_PATH", str(isolated / "nowhere.csv"))
    with pytest.raises(DatasetError, match="no file at .*nowhere.csv .from FERPLUS_PATH"):
        find_votes(path)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (None, "cannot be read"),
        ("", "no column 'neutral'"),
        ("a,b\n1,2\n", "not a file of FER+ votes"),
        (HEADER + "\nx.png,train,angry,many,0,0,0,0,0,0,0,0,0\n", "damaged near line 2: a vote is not a small number"),
        (HEADER + "\nx.png,train,angry,900,0,0,0,0,0,0,0,0,0\n", "a vote is not a small number"),
        (HEADER + "\nx.png,train,angry,1\n", "no column|damaged|names none"),
        (HEADER + "\nx.png,train,angry,1,0,0,0,0,0,0,0,0,0\n", "names none of the pictures of drawn faces"),
        (b"\xff\xfe\x00\x93", "damaged near line"),
    ],
)
def test_bad_votes(text, match, isolated, drawn_dataset):
    if text is not None:
        (isolated / "v.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DatasetError, match=match.replace("+", r"\+")):
        load_votes(isolated / "v.csv", drawn_dataset)
