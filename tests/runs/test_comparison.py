"""Tables of several runs, the paired test, and the choice of the default run."""

import numpy as np
import pytest

from fer_core.runs.artifacts import write_run
from fer_core.runs.comparison import (
    choose_default_run,
    compare_configs,
    compare_runs,
    compare_table_with_paper,
    compare_with_paper,
    compute_leaderboard,
    compute_mcnemar,
    compute_seed_summary,
)


def test_run_beside_its_own_experiment(make_run):
    run = make_run("vgg-b32-e50-s0", experiment="vgg-b32-e50")
    rows = {(row.split, row.metric): row for row in compare_with_paper(run)}
    assert len(rows) == 9
    assert rows["test", "f1"].printed == "0.60" and rows["test", "f1"].paper == 0.6
    assert rows["test", "f1"].ours == run.metrics["test"]["f1_weighted"]
    assert rows["validation", "recall"].ours == run.metrics["validation"]["recall_at_half"]
    assert rows["train", "accuracy"].ours == run.history["accuracy"].iloc[-1]
    assert rows["test", "accuracy"].difference == pytest.approx(run.metrics["test"]["accuracy"] - 0.62)
    assert rows["test", "accuracy"].last_epoch is None


def test_last_epoch_stands_beside_the_best(make_run):
    run = make_run(experiment="vgg-b32-e100")
    run.metrics |= {"best_epoch": 1, "last_epoch": {"test": {"accuracy": 0.25}}}
    rows = {(row.split, row.metric): row for row in compare_with_paper(run)}
    assert rows["test", "accuracy"].last_epoch == 0.25 and rows["validation", "f1"].last_epoch is None
    assert rows["train", "accuracy"].ours == pytest.approx(0.3) and rows["train", "accuracy"].last_epoch == 0.6


def test_other_runs_stand_beside_the_studys_best(run):
    assert [row.printed for row in compare_with_paper(run)][:2] == ["0.6794", "0.6476"]
    assert compare_with_paper(run, 3)[0].printed == "0.6562"


def test_whole_table_averages_seeds_and_shows_what_is_missing(make_run):
    runs = [make_run(f"vgg-b32-e50-s{s}", seed=s, skill=1 + s, experiment="vgg-b32-e50") for s in range(2)]
    runs.append(make_run("vgg-b64-e100-s0", experiment="vgg-b64-e100", epochs=100, ran=2))
    table = compare_table_with_paper(runs).set_index(["experiment", "split", "metric"])
    assert len(table) == 27
    cell = table.loc[(1, "test", "accuracy")]
    assert cell["n_runs"] == 2 and cell["printed"] == "0.62"
    assert cell["ours"] == pytest.approx(np.mean([run.metrics["test"]["accuracy"] for run in runs[:2]]))
    assert cell["difference"] == pytest.approx(cell["ours"] - 0.62)
    for experiment in (2, 3):  # never run; only run in part
        cell = table.loc[(experiment, "test", "accuracy")]
        assert cell["n_runs"] == 0 and np.isnan(cell["ours"]) and np.isnan(cell["difference"])
    assert len(compare_table_with_paper([])) == 27


def test_default_run_is_chosen_on_validation(make_run):
    assert choose_default_run([]) is None
    weak, strong, best = (make_run(f"tiny-s{s}", seed=s, skill=s) for s in (1, 2, 4))
    assert choose_default_run([weak, strong, best]) is None  # none has a model
    for run in (weak, strong):
        (run.path / "model.onnx").write_bytes(b"model")
    strong.metrics["test"]["accuracy"], weak.metrics["test"]["accuracy"] = 0.0, 1.0  # must not matter
    assert choose_default_run([weak, strong, best]) is strong
    strong.config["dataset"] = {"drawn": True}
    assert choose_default_run([weak, strong, best]) is weak
    assert choose_default_run([strong]) is strong


def test_configurations_side_by_side(make_run):
    first = make_run("a-s0", learning_rate=0.1, augmentation={"rotate": 10, "flip": True}, wall_seconds=1.0)
    second = make_run(
        "b-s0", learning_rate=0.08, augmentation={"rotate": 10, "flip": False}, wall_seconds=2.0, ema=None
    )
    table = compare_configs([first, second])
    assert table.loc["learning_rate"].tolist() == ["0.1", "0.08", True]
    assert table.loc["augmentation.rotate"].tolist() == ["10", "10", False]
    assert table.loc["augmentation.flip"].tolist() == ["yes", "no", True]
    assert table.loc["ema"].tolist() == ["–", "none", True]
    assert not {"wall_seconds", "schema"} & set(table.index)
    assert not compare_configs([first])["differs"].any()
    assert compare_configs([]).empty


def test_paired_comparison_by_hand(make_run):
    a, b = make_run("a-s0", skill=1.0), make_run("b-s0", skill=3.0)
    right_a, right_b = a.predictions().correct, b.predictions().correct
    result = compare_runs(a, b)
    assert result.n == 90
    assert (result.only_a, result.only_b) == ((right_a & ~right_b).sum(), (right_b & ~right_a).sum())
    assert result.difference == pytest.approx(right_b.mean() - right_a.mean())
    low, high = result.ci95
    assert 0 < low < result.difference < high and result.p_value < 0.001
    back = compare_runs(b, a)
    assert back.difference == -result.difference and back.p_value == result.p_value
    picks = np.random.default_rng(3).integers(0, 90, (4000, 90))
    differences = (right_b[picks].astype(int) - right_a[picks]).mean(axis=1)
    assert np.percentile(differences, [2.5, 97.5]) == pytest.approx(result.ci95, abs=0.025)


def test_a_run_equals_itself(run):
    result = compare_runs(run, run)
    assert result.difference == 0 and result.ci95 == (0, 0) and result.p_value == 1


def test_paired_comparison_joins_by_file_name(make_run, make_parts, tmp_path):
    a = make_run("a-s0", skill=1.0)
    config, history, metrics, predictions = make_parts(skill=3.0)
    order = np.random.default_rng(0).permutation(90)[:70]
    shuffled = {k: v[order] if k.startswith("test_") else v for k, v in predictions.items()}
    b = write_run(tmp_path / "b-s0", config, history, metrics, shuffled)
    whole = compare_runs(a, write_run(tmp_path / "c-s0", config, history, metrics, predictions))
    part = compare_runs(a, b)
    assert part.n == 70 and 0 <= whole.only_b - part.only_b <= 20

    renamed = predictions | {"test_file": np.char.add("other_", predictions["test_file"])}
    with pytest.raises(ValueError, match="no test picture in common"):
        compare_runs(a, write_run(tmp_path / "d-s0", config, history, metrics, renamed))
    relabelled = predictions | {"test_label": (predictions["test_label"] + 1) % 7}
    with pytest.raises(ValueError, match="disagree about the labels"):
        compare_runs(a, write_run(tmp_path / "e-s0", config, history, metrics, relabelled))


@pytest.mark.parametrize(("only_a", "only_b"), [(0, 0), (5, 5), (1, 9), (300, 380), (2000, 1800)])
def test_mcnemar_is_the_exact_binomial_test(only_a, only_b):
    from scipy.stats import binomtest

    expected = binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    assert compute_mcnemar(only_a, only_b) == pytest.approx(expected)


def test_leaderboard(make_run):
    runs = [make_run(f"tiny-s{s}", seed=s, skill=s, tta=s == 2) for s in (1, 2)]
    runs.append(make_run("tiny-s3", seed=3, skill=0.5, epochs=9, ran=2, parameters=7))
    board = compute_leaderboard(runs)
    assert board["run"].tolist() == ["tiny-s2", "tiny-s1", "tiny-s3"]
    assert board["test_accuracy"].is_monotonic_decreasing
    assert ((board["ci_low"] < board["test_accuracy"]) & (board["test_accuracy"] < board["ci_high"])).all()
    top = board.iloc[0]
    assert top["deduplicated_accuracy"] == runs[1].metrics["test"]["deduplicated_accuracy"]
    assert top["tta_accuracy"] == runs[1].metrics["test_tta"]["accuracy"] and np.isnan(board["tta_accuracy"][1])
    assert board["partial"].tolist() == [False, False, True] and board["epochs"].tolist() == [3, 3, 2]
    assert board["parameters"].tolist() == [1234, 1234, 7] and not board["has_model"].any()
    assert board.dtypes["tta_accuracy"] == board.dtypes["wall_seconds"] == float
    assert compute_leaderboard([]).empty


def test_seed_summary(make_run):
    runs = [make_run(f"tiny-s{s}", seed=s, skill=1 + s / 4) for s in range(3)]
    runs.append(make_run("other-s0", experiment="other", skill=4))
    runs.append(make_run("tiny-s9", seed=9, skill=9, epochs=9, ran=2))
    runs.append(make_run("tiny-s8", seed=8, skill=9, dataset={"drawn": True}))
    summary = compute_seed_summary(runs).set_index("experiment")
    accuracies = [run.metrics["test"]["accuracy"] for run in runs[:3]]
    assert summary.index.tolist() == ["other", "tiny"] and summary["n"].tolist() == [1, 3]
    assert summary.loc["tiny", "accuracy_mean"] == pytest.approx(np.mean(accuracies))
    assert summary.loc["tiny", "accuracy_sd"] == pytest.approx(np.std(accuracies, ddof=1))
    assert np.isnan(summary.loc["other", "accuracy_sd"])
    assert compute_seed_summary([]).empty
