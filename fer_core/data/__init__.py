"""FER2013: reading it in every form it comes in, splits, duplicates, crowd votes."""

from fer_core.data.dataset import REAL_COUNTS, DatasetError, FerDataset, check_real_counts
from fer_core.data.download import download_dataset
from fer_core.data.drawn import draw_change, draw_face, draw_votes, make_drawn_dataset
from fer_core.data.duplicates import (
    compute_blank_mask,
    compute_conflict_mask,
    compute_duplicate_groups,
    compute_twin_mask,
)
from fer_core.data.facts import compute_dataset_facts
from fer_core.data.facts_file import load_dataset_facts, write_dataset_facts
from fer_core.data.facts_records import DatasetFacts
from fer_core.data.load import load_dataset, load_voted
from fer_core.data.locate import find_dataset, find_votes
from fer_core.data.splits import Split, make_grouped_split, make_study_split, take_share
from fer_core.data.votes import (
    VOTE_COLUMNS,
    compute_vote_agreement,
    compute_vote_majority,
    compute_vote_shares,
    count_seven_votes,
    load_votes,
    spread_seven_votes,
)

__all__ = [
    "REAL_COUNTS",
    "VOTE_COLUMNS",
    "DatasetError",
    "DatasetFacts",
    "FerDataset",
    "Split",
    "check_real_counts",
    "compute_blank_mask",
    "compute_conflict_mask",
    "compute_dataset_facts",
    "compute_duplicate_groups",
    "compute_twin_mask",
    "compute_vote_agreement",
    "compute_vote_majority",
    "compute_vote_shares",
    "count_seven_votes",
    "download_dataset",
    "draw_change",
    "draw_face",
    "draw_votes",
    "find_dataset",
    "find_votes",
    "load_dataset",
    "load_dataset_facts",
    "load_voted",
    "load_votes",
    "make_drawn_dataset",
    "make_grouped_split",
    "make_study_split",
    "spread_seven_votes",
    "take_share",
    "write_dataset_facts",
]
