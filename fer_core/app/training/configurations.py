"""Settings of runs, and of the paper, side by side."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from fer_core.runs import Run, compare_configs
from fer_core.runs.paper import PAPER_CONFIGURATION, PAPER_TABLE
from fer_core.runs.records import Config

PAPER_NAMES = {f"paper-{experiment.number}": experiment.number for experiment in PAPER_TABLE}
"""Names under which the paper's own configurations can be chosen, and the number of the experiment."""

ABSENT = "–"
READABLE = {"ema": "moving average of the weights", "split": "validation split", "tta": "averaged views"}


def make_paper_run(number: int) -> Run:
    """Return the paper's experiment `number` as a run without results, its settings under our names.

    What its code leaves out has Keras's default: no Nesterov, no weight decay, no label smoothing.
    """
    experiment = PAPER_TABLE[number - 1]
    printed = PAPER_CONFIGURATION
    config = {
        "experiment": experiment.name,
        "network": "vgg_study",
        "epochs": experiment.epochs,
        "batch_size": experiment.batch_size,
        "split": "study",
        "augmentation": {
            "policy": "study",
            "affine": {
                "rotation": printed["rotation (degrees)"], "shift": printed["width shift"], "zoom": printed["zoom"],
                "horizontal_flip": printed["horizontal flip"], "vertical_flip": printed["vertical flip"],
            },
            "erasing": {"probability": 0.5, "smallest": 10, "largest": 10, "level": 0.0},
        },
        "learning_rate": printed["learning rate"],
        "momentum": printed["momentum"],
        "nesterov": False,
        "weight_decay": 0.0,
        "label_smoothing": 0.0,
        "schedule": "plateau",
        "warmup_epochs": 0.0,
        "ema": 0.0,
        "keep": "best",
        "cutmix": 0.0,
        "mixup": 0.0,
        "class_balance": "none",
        "teachers": (),
        "teacher_share": 0.0,
        "mixed_precision": False,
        "parameters": printed["parameters"],
        "trainable_parameters": printed["trainable parameters"],
    }  # fmt: skip
    return Run(f"paper-{number}", Path(), Config.model_construct(**config), pd.DataFrame(), None)


def compare_settings(runs: Sequence[Run]) -> pd.DataFrame:
    """List all settings in readable words: index "Setting", a column per run, and the bool column `differs`."""
    table = compare_configs(list(runs))
    table.index = pd.Index([_to_words(name) for name in table.index], name="Setting")
    names = table.columns.drop("differs")
    table[names] = table[names].map(lambda text: f"{int(text):,}" if text.isdigit() else text)
    return table


def _to_words(name: str) -> str:
    words = READABLE.get(name, name).replace("_", " ").split(".")
    return " · ".join([words[0].capitalize(), *words[1:]])


def mark_differences(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table for reading: differing rows in bold, with a mark that does not rely on weight alone."""
    marked = table.drop(columns="differs").copy()
    for name in marked.index[table["differs"]]:
        marked.loc[name] = [f"**{value}**" if value != ABSENT else value for value in marked.loc[name]]
    marked.index = pd.Index(
        [
            f":primary[:material/arrow_right:] **{name}**" if differs else name
            for name, differs in table["differs"].items()
        ],
        name="Setting",
    )
    return marked


def describe(table: pd.DataFrame) -> str:
    """Return the table in words: how many settings, which differ."""
    different = table.index[table["differs"]].tolist()
    which = f"differ in {', '.join(different)}" if different else "are the same"
    return f"{len(table)} settings of {', '.join(table.columns.drop('differs'))}; they {which}."
