"""The real FER2013 has exactly these properties; the tests skip, and say so, on a machine without it."""

import dataclasses
import time
from pathlib import Path

import numpy as np
import pytest

from fer_core.data import (
    REAL_COUNTS,
    check_real_counts,
    compute_dataset_facts,
    compute_duplicate_groups,
    load_dataset,
    load_dataset_facts,
    load_votes,
    make_grouped_split,
    make_study_split,
)
from fer_core.labels import LABELS

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def facts(real_dataset, real_votes_path):
    if not real_dataset.files[0].endswith(".jpg"):
        pytest.skip("the figures are those of Kaggle's JPEG files, not of the contest's csv")
    return compute_dataset_facts(dataclasses.replace(real_dataset, votes=load_votes(real_votes_path, real_dataset)))


def test_counts(real_dataset):
    check_real_counts(real_dataset)
    assert (sum(REAL_COUNTS["train"].values()), sum(REAL_COUNTS["test"].values())) == (28_709, 7_178)
    assert real_dataset.images.shape == (35_887, 48, 48) and not real_dataset.drawn


def test_reading_takes_seconds_and_again_a_fraction(real_dataset_path, tmp_path, monkeypatch):
    monkeypatch.setenv("FER_CACHE", str(tmp_path))
    start = time.perf_counter()
    fresh = load_dataset(real_dataset_path)
    cold = time.perf_counter() - start
    start = time.perf_counter()
    cached = load_dataset(real_dataset_path)
    warm = time.perf_counter() - start
    # About 4 s and 0.1 s on two free cores; room for a busy machine.
    assert cold < 60 and warm < 3
    np.testing.assert_array_equal(fresh.images, cached.images)
    np.testing.assert_array_equal(fresh.files, cached.files)


def test_study_split(real_dataset):
    split = make_study_split(real_dataset)
    assert [len(split.train), len(split.validation), len(split.test)] == [22_968, 5_741, 7_178]
    assert len(np.unique(np.concatenate([split.train, split.validation, split.test]))) == 35_887
    for label in range(len(LABELS)):
        first = real_dataset.files[split.validation[real_dataset.labels[split.validation] == label]].tolist()
        rest = real_dataset.files[split.train[real_dataset.labels[split.train] == label]].tolist()
        assert first == sorted(first) and rest == sorted(rest) and first[-1] < rest[0]


def test_what_the_studys_parts_share(real_dataset):
    """The counts that the study page names."""
    from fer_core.runs.paper import PAPER_FINDINGS

    groups, split = compute_duplicate_groups(real_dataset.images), make_study_split(real_dataset)
    test = groups[split.test][groups[split.test] >= 0]
    train, validation = (np.isin(test, groups[rows]) for rows in (split.train, split.validation))
    text = PAPER_FINDINGS["Validation and test overlap"]
    assert text.startswith(f"{(train | validation).sum()} of its test pictures")
    assert f"{validation.sum()} in its validation part and {train.sum()} in its training part" in text
    assert f"{(train & validation).sum()} of them in both" in text


def test_grouped_split_is_clean(real_dataset):
    groups = compute_duplicate_groups(real_dataset.images)
    split = make_grouped_split(real_dataset)
    train, validation, test = (
        set(groups[rows].tolist()) - {-1} for rows in (split.train, split.validation, split.test)
    )
    assert not train & validation and not train & test and not validation & test
    shares = np.bincount(real_dataset.labels[split.validation]) / np.bincount(
        real_dataset.labels[np.concatenate([split.train, split.validation])]
    )
    np.testing.assert_allclose(shares, 0.1, atol=0.003)


def test_duplicates_and_blanks(facts):
    assert facts.duplicates.groups == 1_516 and facts.duplicates.pictures == 3_369
    assert facts.duplicates.twins == 568 and facts.duplicates.twins_same_label == 552
    assert facts.duplicates.conflicting_groups == 57
    assert sum(conflict.groups for conflict in facts.conflicts) == 57
    assert facts.blank == 13


def test_crowd(facts):
    assert facts.crowd.not_voted == 371
    agreement = {name: round(100 * share) for name, share in facts.crowd.agreement.items()}
    assert round(100 * facts.crowd.agreement["test"], 1) == 63.5
    expected = {"happy": 92, "neutral": 86, "surprise": 80, "angry": 49, "sad": 43, "disgust": 38, "fear": 14}
    assert {name: agreement[name] for name in expected} == expected


def test_facts_in_the_repository_are_up_to_date(facts):
    stored = load_dataset_facts(Path(__file__).parents[2] / "artifacts" / "dataset")
    for name in ("counts", "usages", "study_split", "grouped_split", "duplicates", "conflicts", "blank", "crowd"):
        assert getattr(stored, name) == getattr(facts, name)
    np.testing.assert_array_equal(stored.pictures["file"], facts.pictures["file"])
    np.testing.assert_array_equal(stored.mean_faces["all"], facts.mean_faces["all"])
