"""What is known about the dataset, as typed records: `facts.json` and the arrays beside it."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import ConfigDict, Field, model_validator

from fer_core.labels import LABELS, Label
from fer_core.records import Count, Number, Record, Share, Text

Counts = dict[str, dict[str, Count]]
ByName = dict[str, Share | None]
Matrix = Annotated[
    tuple[Annotated[tuple[Number, ...], Field(min_length=7, max_length=7)], ...], Field(min_length=7, max_length=7)
]


class Duplicates(Record):
    """Identical pictures: groups of them, test pictures that also stand in the training folder, contradictions."""

    groups: Count
    pictures: Count
    twins: Count
    twins_same_label: Count
    near_twins: Count | None = None  # further test pictures that a training picture nearly repeats
    conflicting_groups: Count
    conflicting_pictures: Count


class Conflict(Record):
    """How many groups of identical pictures carry just these labels."""

    labels: tuple[Label, ...]
    groups: Count


class CrowdConfusion(Record):
    """How often the crowd chose `crowd` where FER2013 says `label`: pictures, and share of that label's."""

    label: Label
    crowd: Label
    pictures: Number
    share: Share | None


class People(Record):
    """How well people predict one another (fer_core.data.people.compute_people)."""

    one: Share | None
    one_n: Count
    five: Share | None
    five_n: Count


class CrowdFacts(Record):
    """FER+'s crowd beside FER2013's labels (compute_crowd_facts)."""

    voted: Count
    not_voted: Count
    not_a_face: Count
    agreement: ByName
    unity: ByName
    people: People | None = None
    confusion: Matrix
    top_confusions: tuple[CrowdConfusion, ...]

    @model_validator(mode="after")
    def _check(self):
        if not {"all", "train", "test", *LABELS} <= set(self.agreement) or not set(LABELS) <= set(self.unity):
            raise ValueError("should name every class")
        return self


class FactsFile(Record):
    """`facts.json`: what DatasetFacts holds but for the arrays."""

    model_config = ConfigDict(extra="forbid")
    number: int = Field(alias="schema")
    source: Text
    drawn: bool
    counts: Counts
    usages: Counts
    study_split: Counts
    grouped_split: Counts
    duplicates: Duplicates
    conflicts: tuple[Conflict, ...]
    blank: Count
    crowd: CrowdFacts | None

    @model_validator(mode="after")
    def _check(self):
        for counts in (self.counts, self.usages, self.study_split, self.grouped_split):
            if any(list(classes) != list(LABELS) for classes in counts.values()):
                raise ValueError("should count the seven classes in their order")
        if not {"train", "test"} <= set(self.counts):
            raise ValueError("should count both folders")
        return self


@dataclass(frozen=True)
class DatasetFacts:
    """Counts and findings; every dictionary of counts goes from a set's name to a class to a number of pictures."""

    source: str
    drawn: bool
    counts: Counts  # Kaggle's folders: train, test
    usages: Counts  # Training, PublicTest, PrivateTest
    study_split: Counts  # train, validation, test
    grouped_split: Counts
    duplicates: Duplicates
    conflicts: tuple[Conflict, ...]  # the most frequent first
    blank: int
    crowd: CrowdFacts | None  # None without FER+ votes
    mean_faces: dict[str, np.ndarray]  # "train", "test", "all": float16 (7, 48, 48), grey levels
    pictures: dict[str, np.ndarray]  # facts_file.PICTURE_COLUMNS, each (n,), in the order of the dataset
