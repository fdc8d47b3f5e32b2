"""Tables of several runs and the choice of the default run."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from fer_core.runs import comparison
from fer_core.runs.comparison import (
    choose_default_run,
    compare_table_with_paper,
    compare_with_paper,
)


def test_run_beside_its_own_experiment(make_run):
    run = make_run("vgg-b32-e50-s0", experiment="vgg-b32-e50")
    rows = {(row.split, row.metric): row for row in compare_with_paper(run)}
    assert len(rows) == 9
    assert rows["test", "f1"].printed == "0.60" and rows["test", "f1"].paper == 0.6
    assert rows["test", "f1"].ours == run.metrics.test.f1_weighted
    assert rows["validation", "recall"].ours == run.metrics.validation.recall_at_half
    assert rows["train", "accuracy"].ours == run.history["accuracy"][-1]
    assert rows["test", "accuracy"].difference == pytest.approx(run.metrics.test.accuracy - 0.62)
    assert rows["test", "accuracy"].last_epoch is None


def test_last_epoch_stands_beside_the_best(make_run):
    run = make_run(experiment="vgg-b32-e100")
    last = {"test": run.metrics.test.change(accuracy=0.25).to_plain()}
    run = replace(run, metrics=run.metrics.change(best_epoch=1, last_epoch=last))
    rows = {(row.split, row.metric): row for row in compare_with_paper(run)}
    assert rows["test", "accuracy"].last_epoch == 0.25 and rows["validation", "f1"].last_epoch is None
    assert rows["train", "accuracy"].ours == pytest.approx(0.3) and rows["train", "accuracy"].last_epoch == 0.6


def test_other_runs_stand_beside_the_studys_best(run):
    assert [row.printed for row in compare_with_paper(run)][:2] == ["0.6794", "0.6476"]
    assert compare_with_paper(run, 3)[0].printed == "0.6562"


def test_whole_table_averages_seeds_and_shows_what_is_missing(make_run):
    runs = [make_run(f"vgg-b32-e50-s{s}", seed=s, skill=1 + s, experiment="vgg-b32-e50") for s in range(2)]
    runs.append(make_run("vgg-b64-e100-s0", experiment="vgg-b64-e100", epochs=100, ran=2))
    table = {(cell.experiment, cell.split, cell.metric): cell for cell in compare_table_with_paper(runs)}
    assert len(table) == 27
    cell = table[1, "test", "accuracy"]
    assert cell.n_runs == 2 and cell.printed == "0.62"
    assert cell.ours == pytest.approx(np.mean([run.metrics.test.accuracy for run in runs[:2]]))
    assert cell.difference == pytest.approx(cell.ours - 0.62)
    assert cell.deviations == pytest.approx(cell.difference / cell.sd)
    for experiment in (2, 3):  # never run; only run in part
        cell = table[experiment, "test", "accuracy"]
        assert cell.n_runs == 0 and cell.ours is None and cell.difference is None
        assert cell.last_epoch is None and cell.sd is None and cell.deviations is None
    assert len(compare_table_with_paper([])) == 27


def test_default_run_is_chosen_on_validation(make_run):
    assert choose_default_run([]) is None
    weak, strong, best = (make_run(f"tiny-s{s}", seed=s, skill=s) for s in (1, 2, 4))
    assert choose_default_run([weak, strong, best]) is None  # none has a model
    for run in (weak, strong):
        (run.path / "model.onnx").write_bytes(b"model")
    weak, strong = (  # the test pictures must not matter
        replace(run, metrics=run.metrics.change(test=run.metrics.test.change(accuracy=accuracy)))
        for run, accuracy in ((weak, 1.0), (strong, 0.0))
    )
    assert choose_default_run([weak, strong, best]) is strong
    strong = replace(strong, config=strong.config.change(dataset={"drawn": True}))
    assert choose_default_run([weak, strong, best]) is weak
    assert choose_default_run([strong]) is strong


def make_candidate(name: str, accuracy: float, votes: bool = False, split: str = "study", drawn: bool = False):
    return SimpleNamespace(
        name=name, model_path=True, learns_votes=votes, is_drawn=drawn, config=SimpleNamespace(split=split),
        validation=SimpleNamespace(accuracy=accuracy),
    )  # fmt: skip


def test_what_answers_was_judged_on_pictures_that_it_did_not_learn_from():
    label, votes = make_candidate("label", 0.6), make_candidate("votes", 0.5, votes=True)
    seen, drawn = make_candidate("seen", 0.99, votes=True, split="all"), make_candidate("drawn", 1.0, drawn=True)
    assert comparison.choose_default_run([label, votes, seen, drawn]) is votes
    assert comparison.choose_default_run([seen, label, drawn]) is label
    assert comparison.choose_default_run([drawn, seen]) is seen


def test_spread_over_seeds_is_that_of_a_sample(monkeypatch):
    first = comparison.PAPER_TABLE[0]
    runs = [SimpleNamespace(experiment=first.name, ours=share) for share in (0.60, 0.62)]
    monkeypatch.setattr(comparison, "_select_finished", lambda given: given)
    n = sum(map(len, first.cells.values()))
    cells = {run.ours: [SimpleNamespace(ours=run.ours, last_epoch=None)] * n for run in runs}
    monkeypatch.setattr(comparison, "compare_with_paper", lambda run, number: cells[run.ours])
    row = comparison.compare_table_with_paper(runs)[0]
    assert row.ours == pytest.approx(0.61) and row.sd == pytest.approx(0.02 / 2**0.5)
