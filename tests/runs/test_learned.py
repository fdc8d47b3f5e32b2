"""Which pictures a run learned from: the very rows of the code that trains, or nothing at all."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from fer_core.data import count_seven_votes, make_grouped_split, make_study_split, take_share
from fer_core.runs.learned import find_learned
from fer_core.runs.records import Config


class Stub:
    """A run trained on `data`: its configuration, and the validation pictures that it answered."""

    def __init__(self, data, **config):
        self.config = Config.model_construct(**{"split": "study", "learns": "labels", "train_share": 1.0} | config)
        make = make_study_split if self.config.split == "study" else make_grouped_split
        rows = make(data).validation
        self.validated = SimpleNamespace(file=data.files[rows], fer_label=data.labels[rows])

    def predictions(self, split: str):
        assert split == "validation"
        return self.validated


class Counts:
    drawn = True

    def __init__(self, n: int):
        self.train = type("Train", (), {"total": n})


@pytest.mark.parametrize("split", ["study", "grouped", "all"])
def test_the_rows_are_those_of_the_split(split, drawn_dataset):
    found = make_study_split(drawn_dataset) if split == "study" else make_grouped_split(drawn_dataset)
    rows = np.union1d(found.train, found.validation) if split == "all" else found.train
    learned = find_learned(Stub(drawn_dataset, split=split, dataset=Counts(len(rows))), drawn_dataset)
    assert np.flatnonzero(learned).tolist() == rows.tolist()


def test_a_share_and_votes_narrow_them(drawn_dataset):
    votes = np.zeros((len(drawn_dataset), 10), np.uint8)
    votes[:, 0] = 4
    votes[::2, 0] = 5  # just enough
    dataset = replace(drawn_dataset, votes=votes)
    train = make_grouped_split(dataset).train
    quarter = take_share(train, dataset.labels, 0.25)
    learned = find_learned(Stub(dataset, split="grouped", train_share=0.25, dataset=Counts(len(quarter))), dataset)
    assert np.flatnonzero(learned).tolist() == quarter.tolist()
    voted = train[count_seven_votes(votes[train]).sum(axis=1) >= 5]
    stub = Stub(dataset, split="grouped", learns="votes", dataset=Counts(len(voted)))
    assert np.flatnonzero(find_learned(stub, dataset)).tolist() == voted.tolist()
    assert find_learned(stub, drawn_dataset) is None, "without votes nobody knows"


def test_other_counts_or_an_unknown_split_are_not_guessed(drawn_dataset):
    train = make_study_split(drawn_dataset).train
    assert find_learned(Stub(drawn_dataset, dataset=Counts(len(train) + 1)), drawn_dataset) is None
    assert find_learned(Stub(drawn_dataset, split="secret", dataset=Counts(len(train))), drawn_dataset) is None
    assert find_learned(Stub(drawn_dataset, dataset=None), drawn_dataset) is None


@pytest.mark.parametrize("split", ["study", "grouped", "all"])
def test_the_same_pictures_in_another_order_are_not_guessed(split, drawn_dataset):
    stub = Stub(drawn_dataset, split=split, dataset=None)
    order = np.random.default_rng(0).permutation(len(drawn_dataset))
    fields = ("images", "labels", "files", "is_test")
    other = replace(drawn_dataset, **{field: getattr(drawn_dataset, field)[order] for field in fields})
    stub.config = Stub(other, split=split, dataset=Counts(count_training(split, other))).config
    assert find_learned(stub, other) is None


def count_training(split: str, data) -> int:
    found = make_study_split(data) if split == "study" else make_grouped_split(data)
    return len(found.train) + (len(found.validation) if split == "all" else 0)


@pytest.mark.real_data
def test_the_committed_networks_are_known(real_dataset):
    from fer_core.runs import load_runs

    for run in load_runs()[0]:
        if run.config.learns == "labels":
            learned = find_learned(run, real_dataset)
            assert learned is not None and learned.sum() == run.config.dataset.train.total, run.name
