"""Cached loaders: new and changed run folders show up by themselves, unchanged ones are not read again."""

import json
import shutil

import pytest
from sample_artifacts import break_run

from fer_core.app import loading, shell
from fer_core.data import DatasetError


@pytest.fixture
def own_artifacts(written_artifacts, tmp_path, monkeypatch):
    root = tmp_path / "own"
    shutil.copytree(written_artifacts, root)
    monkeypatch.setenv("FER_ARTIFACTS", str(root))
    return root


def test_runs_are_read_once_while_nothing_changes(own_artifacts):
    assert loading.load_runs() is loading.load_runs()


def test_new_run_shows_up(own_artifacts):
    before = [run.name for run in loading.load_runs()]
    shutil.copytree(own_artifacts / "compact-s0", own_artifacts / "compact-s1")
    assert [run.name for run in loading.load_runs()] == sorted([*before, "compact-s1"])


def test_damage_shows_up_and_hides_no_other_run(own_artifacts):
    assert not loading.load_runs().problems
    break_run(own_artifacts)
    runs = loading.load_runs()
    assert [run.name for run in runs] == ["compact-s0"]
    assert len(runs.problems) == 1 and "metrics.json" in runs.problems[0]


def test_one_page_is_drawn_from_one_state_of_the_disk_and_the_next_from_the_new_one(own_artifacts, monkeypatch):
    monkeypatch.setattr(shell.RUN, "signatures", {}, raising=False)  # as the router begins a page
    before = loading.load_runs()
    shutil.copytree(own_artifacts / "compact-s0", own_artifacts / "compact-s1")
    assert loading.load_runs() is before
    monkeypatch.setattr(shell.RUN, "signatures", {})
    assert len(loading.load_runs()) == len(before) + 1


def test_a_rewritten_calibration_answers_at_once(own_artifacts):
    before = loading.load_engine()
    file = own_artifacts / "compact-s0" / "metrics.json"
    metrics = json.loads(file.read_text())
    for section in ("calibration", "calibration_tta"):
        if metrics.get(section):
            metrics[section]["not_sure_threshold"] = 0.91
    file.write_text(json.dumps(metrics))
    after = loading.load_engine()
    assert before.threshold != 0.91 and after.threshold == after.predictor.threshold == 0.91


def test_find(artifacts):
    runs = loading.load_runs()
    assert runs.find("compact-s0").experiment == "compact"
    assert runs.find("nothing") is None and runs.find(None) is None


def test_default_run_is_one_with_a_network(artifacts):
    assert loading.load_default_run().name == "compact-s0"


def test_pages_about_labels_show_no_network_of_the_crowd(crowd_artifacts, monkeypatch):
    runs = {run.learns_votes: run for run in loading.load_runs() if run.model_path}
    monkeypatch.setattr(loading, "load_runs", lambda: [runs[True], runs[False]])  # alike otherwise: the first would win
    assert loading.load_label_run().name == runs[False].name


def test_nothing_there(no_artifacts):
    assert len(loading.load_runs()) == 0
    assert loading.load_default_run() is None
    assert loading.load_facts() is None
    assert loading.load_engine() is None


def test_broken_facts_raise_one_sentence(broken_artifacts):
    with pytest.raises(DatasetError, match="facts.json is not valid JSON"):
        loading.load_facts()
