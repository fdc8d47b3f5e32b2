"""Names that people read are titles, and never the same for two runs."""

from types import SimpleNamespace

from fer_core.runs.naming import name_runs


def run(name, title, seed=0, model_path=None):
    return SimpleNamespace(name=name, title=title, seed=seed, model_path=model_path)


def test_titles_alone_where_they_are_enough():
    assert name_runs([run("a-s0", "Compact"), run("b-s0", "Wide")]) == {"a-s0": "Compact", "b-s0": "Wide"}


def test_seeds_where_several_share_a_title():
    assert name_runs([run("a-s0", "Compact"), run("a-s1", "Compact", 1)])["a-s1"] == "Compact, seed 1"


def test_the_seed_that_answers_photos_keeps_the_title():
    seeds = [run(f"a-s{seed}", "Compact", seed, "model.onnx" if seed == 1 else None) for seed in range(3)]
    assert list(name_runs(seeds).values()) == ["Compact, seed 0", "Compact", "Compact, seed 2"]


def test_the_folder_where_even_that_is_the_same():
    names = name_runs([run("a-s0", "Compact"), run("b-s0", "Compact")])
    assert len(set(names.values())) == 2 and "a-s0" in names["a-s0"]
