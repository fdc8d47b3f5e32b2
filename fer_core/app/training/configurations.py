"""The settings of runs and of the study side by side: defaults filled in, grouped, in words."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from fer_core.app.training.settings import (
    ABOUT_THE_RUN,
    GROUPS,
    NO_AUGMENTATION,
    OTHER,
    SETTINGS,
    Setting,
    flatten,
    write_group,
    write_value,
)
from fer_core.runs import Run
from fer_core.runs.leaderboard import list_members
from fer_core.runs.paper import PAPER_CONFIGURATION, PAPER_TABLE
from fer_core.runs.records import Config, DataUsed, SplitCounts
from fer_core.training.experiments import get_defaults  # plain data: Keras stays away

STUDY_NAMES = {f"paper-{experiment.number}": f"The study, experiment {experiment.number}" for experiment in PAPER_TABLE}
"""The study's own configurations: key in addresses -> what they are called."""


def make_paper_run(number: int) -> Run:
    """Return the study's experiment `number` as a run without results, its settings under our names.

    What its code leaves out has Keras's default, and an experiment's defaults are the study's: no Nesterov, no weight
    decay, no label smoothing.
    """
    experiment, printed = PAPER_TABLE[number - 1], PAPER_CONFIGURATION
    config = {
        "experiment": experiment.name,
        "network": "vgg_study",
        "epochs": experiment.epochs,
        "batch_size": experiment.batch_size,
        "augmentation": {
            "affine": {
                "rotation": printed["rotation (degrees)"], "shift": printed["width shift"], "zoom": printed["zoom"],
                "horizontal_flip": printed["horizontal flip"], "vertical_flip": printed["vertical flip"],
            },
            "erasing": {"probability": 0.5, "smallest": 10, "largest": 10, "level": 0.0},
        },
        "dataset": DataUsed(train=SplitCounts(total=printed["training pictures"])),
        "learning_rate": printed["learning rate"],
        "momentum": printed["momentum"],
        "mixed_precision": False,
        "parameters": printed["parameters"],
        "trainable_parameters": printed["trainable parameters"],
    }  # fmt: skip
    return Run(f"paper-{number}", Path(), Config.model_construct(**config), pd.DataFrame(), None)


def find_run(key: str, runs) -> Run:
    """Return the run of that folder's name, or the study's experiment of a key of STUDY_NAMES."""
    return runs.find(key) or make_paper_run(int(key.removeprefix("paper-")))


def collect_settings(run: Run, find: Callable[[str], Run | None] = lambda name: None) -> dict:
    """Return all settings of a run, flat; what its file does not hold has the default, which is how it was trained.

    An ensemble was not trained itself: it has what its members, which `find` knows by name, have in common.
    """
    stated = {key: value for key, value in run.config.to_plain().items() if value is not None or key == "pretrained"}
    counts = {"train": {"total": ((stated.pop("dataset", None) or {}).get("train") or {}).get("total")}}
    stated.pop("versions", None)
    own = flatten(stated | {"dataset": counts})
    if members := list_members(run):
        own.pop("seed", None)  # it names the folder
        return _find_common([collect_settings(found) if (found := find(name)) else {} for name in members]) | own
    policy = flatten({"augmentation": NO_AUGMENTATION}) | flatten({"augmentation": stated.get("augmentation") or {}})
    return flatten(get_defaults() | {"augmentation": {}}) | own | policy


def _find_common(several: Sequence[dict]) -> dict:
    return {key: value for key, value in several[0].items() if all(other.get(key) == value for other in several)}


def compare_settings(
    runs: Sequence[Run], names: Mapping[str, str], find: Callable[[str], Run | None] = lambda name: None
) -> pd.DataFrame:
    """List all settings in words: columns Group, Setting, one per name of a run, and the bool `differs`.

    `names`: folder's name -> what the run is called; `find`: the run of a name, for an ensemble's members. Settings that no
    row of SETTINGS knows come last.
    """
    collected = {names[run.name]: collect_settings(run, find) for run in runs}
    known = ABOUT_THE_RUN.union(*(setting.keys for setting in SETTINGS))
    rest = dict.fromkeys(key for settings in collected.values() for key in settings if key not in known)
    rows = [*SETTINGS, *(Setting(OTHER, _to_words(key), (key,), write_value) for key in rest)]
    table = pd.DataFrame(
        {
            "Group": [row.group for row in rows],
            "Setting": [row.name for row in rows],
            **{name: [write_group(settings, row) for row in rows] for name, settings in collected.items()},
        }
    )
    shown = table[list(collected)]
    # A dash says that nobody knows: that is no difference.
    table["differs"] = shown.where(shown != "–").nunique(axis=1) > 1
    return table


def _to_words(key: str) -> str:
    words = key.replace("_", " ").split(".")
    return " · ".join([words[0].capitalize(), *words[1:]])


def split_groups(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the table group by group, in the order of reading; without the columns that only steer."""
    return {
        group: table[table["Group"] == group].drop(columns=["Group", "differs"])
        for group in GROUPS
        if (table["Group"] == group).any()
    }


def describe(table: pd.DataFrame) -> str:
    """Return the table in words: how many settings, which differ."""
    different = table["Setting"][table["differs"]].tolist()
    which = f"differ in {', '.join(different)}" if different else "are the same"
    return f"{len(table)} settings of {', '.join(table.columns[2:-1])}; they {which}."
