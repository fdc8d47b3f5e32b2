"""Every number of every recipe, pinned: a change here changes what runs of that name mean."""

import dataclasses
import json
from pathlib import Path

from fer_core.training.experiments import EXPERIMENTS, get_defaults
from fer_core.training.policies import POLICIES, describe_policy

PINNED = Path(__file__).with_name("recipes.json")
WORDS = {"name", "title", "note", "factor"}


def collect_recipes() -> dict:
    """What each experiment changes in the study's recipe, the recipe itself, and all settings of the augmentation."""
    defaults = {key: value for key, value in get_defaults().items() if key not in WORDS}
    recipes = {"the study's": defaults}
    for name, experiment in EXPERIMENTS.items():
        settings = dataclasses.asdict(experiment).items()
        recipes[name] = {key: value for key, value in settings if key not in WORDS and value != defaults[key]}
    policies = {name: describe_policy(name) for name in POLICIES}
    return json.loads(json.dumps({"experiments": recipes, "augmentation": policies}))


def test_recipes_are_as_pinned():
    pinned, found = json.loads(PINNED.read_text()), collect_recipes()
    assert found["augmentation"] == pinned["augmentation"]
    for name, recipe in pinned["experiments"].items():
        assert found["experiments"].get(name) == recipe, name
    assert set(found["experiments"]) == set(pinned["experiments"]), (
        "a new experiment is pinned by `python -m tests.training.test_recipes`"
    )


if __name__ == "__main__":
    parts = []
    for part, entries in collect_recipes().items():
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items())
        parts.append(f" {json.dumps(part)}: {{\n{lines}\n }}")
    PINNED.write_text("{\n" + ",\n".join(parts) + "\n}\n")
