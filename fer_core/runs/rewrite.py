"""Write the metrics of runs again from their predictions, after a metric was added or its definition changed."""

import json
from dataclasses import dataclass

import numpy as np

from fer_core.data import FerDataset, count_seven_votes
from fer_core.files import read_json
from fer_core.runs.artifacts import ARTIFACTS, load_runs
from fer_core.runs.contract import CONFIG, SPLITS, ArtifactError
from fer_core.runs.metrics import compute_run_metrics
from fer_core.runs.predictions import load_arrays
from fer_core.runs.records import MEASURED
from fer_core.runs.run import Run
from fer_core.runs.writing import write_run


@dataclass(frozen=True)
class Rewritten:
    """What rewriting did to one run: the keys of metrics.json and the arrays that are new, and whether anything moved."""

    name: str
    metrics: tuple[str, ...]
    arrays: tuple[str, ...]
    changed: bool


def rewrite_runs(root=ARTIFACTS, dataset: FerDataset | None = None, names: tuple[str, ...] = ()) -> list[Rewritten]:
    """Rewrite every run under `root`, or those of `names`; a run that would stay the same is not touched.

    With a `dataset` that brings FER+ votes, runs without them get the votes for their pictures first. What does not
    follow from the predictions (MEASURED) stays. Raises ArtifactError when a folder cannot be read or a name is unknown,
    before anything is written.
    """
    runs, problems = load_runs(root)
    if problems:
        raise ArtifactError(problems[0])
    unknown = set(names) - {run.name for run in runs}
    if unknown:
        raise ArtifactError(
            f"There is no run {min(unknown)!r} in {root}. Known: {', '.join(run.name for run in runs)}."
        )
    return [rewrite_run(run, dataset) for run in runs if not names or run.name in names]


def rewrite_run(run: Run, dataset: FerDataset | None = None) -> Rewritten:
    """Rewrite the metrics of one run, and its predictions where votes were added."""
    stored, before = load_arrays(run.path), run.metrics.to_plain()
    arrays = stored | (find_votes_of(stored, dataset) if dataset is not None else {})
    after = compute_run_metrics(arrays) | {key: before[key] for key in MEASURED if key in before}
    new = tuple(sorted(set(arrays) - set(stored)))
    if changed := bool(new) or after != before:
        config = json.loads(read_json(run.path / CONFIG))  # as it stands there: the same keys in the same order
        write_run(run.path, config, run.history, after, arrays)
    added = {key for section in SPLITS for key in set(after[section]) - set(before[section])}
    return Rewritten(run.name, tuple(sorted(added)), new, changed)


def find_votes_of(arrays: dict[str, np.ndarray], dataset: FerDataset) -> dict[str, np.ndarray]:
    """Look up FER+'s votes for the pictures of a run that has none: `<split>_votes`, uint8 (n, 7).

    Empty without votes in the dataset, or when it lacks one of the pictures.
    """
    if dataset.votes is None:
        return {}
    # Two of Kaggle's names stand in two folders, so the key is folder, class and name.
    rows = {key: row for row, key in enumerate(zip(dataset.is_test, dataset.labels, dataset.files, strict=True))}
    votes, found = count_seven_votes(dataset.votes), {}
    for split in SPLITS:
        if f"{split}_votes" in arrays:
            continue
        pictures = zip(arrays[f"{split}_label"], arrays[f"{split}_file"], strict=True)
        places = [rows.get((split == "test", label, file)) for label, file in pictures]
        if None in places:
            return {}
        found[f"{split}_votes"] = votes[places].astype(np.uint8)
    return found
