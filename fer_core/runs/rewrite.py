"""Write the metrics of runs again from their predictions, after a metric or the file that answers has changed."""

import json
from dataclasses import dataclass

import numpy as np

from fer_core.data import FerDataset, compute_vote_majority, count_seven_votes
from fer_core.files import read_json
from fer_core.runs.artifacts import ARTIFACTS, load_runs
from fer_core.runs.contract import CONFIG, SPLITS, ArtifactError
from fer_core.runs.metrics import compute_run_metrics
from fer_core.runs.network import load_network
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

    With a `dataset` that brings FER+ votes, runs without them get the votes for their pictures first, and with its
    pictures a network that was stored in fewer bits gives its averaged answers itself. What does not follow from the
    predictions (MEASURED) stays. Raises ArtifactError when a folder cannot be read or a name is unknown,
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
    """Rewrite the metrics of one run, and its predictions where votes were added or its file was not asked yet."""
    stored, before = load_arrays(run.path), run.metrics.to_plain()
    arrays, measured = dict(stored), {key: before[key] for key in MEASURED if key in before}
    if dataset is not None:
        arrays |= find_votes_of(stored, dataset)
        if served := find_served_answers(run, stored, dataset):
            arrays, measured["quantised"] = arrays | served, measured["quantised"] | {"served": True}
    after = compute_run_metrics(arrays) | measured
    new = tuple(sorted(set(arrays) - set(stored)))
    if changed := bool(new) or after != before:
        config = json.loads(read_json(run.path / CONFIG))  # as it stands there: the same keys in the same order
        write_run(run.path, config, run.history, after, arrays)
    added = {key for section in SPLITS for key in set(after[section]) - set(before[section])}
    return Rewritten(run.name, tuple(sorted(added)), new, changed)


def find_votes_of(arrays: dict[str, np.ndarray], dataset: FerDataset) -> dict[str, np.ndarray]:
    """Look up FER+'s votes for the pictures of a run that has none: `<split>_votes`, uint8 (n, 7), and the crowd's choice,
    `test_ferplus`, uint8 (n,).

    Empty without votes in the dataset, or when it lacks one of the pictures.
    """
    if dataset.votes is None:
        return {}
    about = {f"{split}_votes": count_seven_votes(dataset.votes) for split in SPLITS}
    about["test_ferplus"] = compute_vote_majority(dataset.votes)
    found = {}
    for name in [name for name in about if name not in arrays]:
        rows = find_rows(arrays, name.partition("_")[0], dataset)
        if rows is None:
            return {}
        found[name] = about[name][rows].astype(np.uint8)
    return found


def find_served_answers(run: Run, arrays: dict[str, np.ndarray], dataset: FerDataset) -> dict[str, np.ndarray]:
    """Ask the stored file of a network about every picture and its mirror image: `<split>_tta_probability`, (n, 7).

    Empty where nothing is to be done: the weights were not stored in fewer bits, or the file was asked before; and where
    it cannot be: the run averages other views than the mirror image, or the dataset lacks one of its pictures.
    """
    quantised = run.metrics.quantised
    if quantised is None or quantised.served or run.model_path is None or not run.can_average:
        return {}
    rows = {split: find_rows(arrays, split, dataset) for split in SPLITS}
    if any(found is None for found in rows.values()):
        return {}
    predict = load_network(run.model_path)
    return {
        f"{split}_tta_probability": (predict(images) + predict(images[:, :, ::-1])) / 2
        for split, images in ((split, dataset.images[found]) for split, found in rows.items())
    }


def find_test_rows(run: Run, dataset: FerDataset) -> list[int]:
    """Rows of the dataset with the test pictures that `run` answered, in their order. Raises ArtifactError when it lacks one."""
    rows = find_rows(load_arrays(run.path), "test", dataset)
    if rows is None:
        raise ArtifactError(
            f"{run.name} was tested on other pictures than this dataset's: bring the FER2013 it was trained with."
        )
    return rows


def find_rows(arrays: dict[str, np.ndarray], split: str, dataset: FerDataset) -> list[int] | None:
    """Rows of the dataset with a run's pictures of `split`, in their order; None when it lacks one of them."""
    # Two of Kaggle's names stand in two folders, so the key is folder, class and name.
    place = {key: row for row, key in enumerate(zip(dataset.is_test, dataset.labels, dataset.files, strict=True))}
    pictures = zip(arrays[f"{split}_label"], arrays[f"{split}_file"], strict=True)
    rows = [place.get((split == "test", label, file)) for label, file in pictures]
    return None if None in rows else rows
