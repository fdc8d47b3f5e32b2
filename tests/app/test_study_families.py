"""The four families that the study reviews: who wins, in words that follow the numbers, and how each is drawn."""

import numpy as np
import pytest
from sample_artifacts import write_sample_runs

from fer_core.app.charts.families import view_families
from fer_core.app.looks import assign_looks, make_look
from fer_core.app.report.render import make_article, render_article
from fer_core.app.sentences.families import describe_families
from fer_core.app.story import load_story
from fer_core.app.study.families import make_table
from fer_core.runs.families import FAMILIES, compare_families, list_study_steps
from fer_core.runs.paired import count_pair
from fer_core.runs.paper import PAPER_CONFIGURATION
from fer_core.runs.writing import write_run


def write(root, **skills: float):
    return write_sample_runs(root, {f"gan-{name}-s0": skill for name, skill in skills.items()}, votes=True)


def tell(runs) -> str:
    return describe_families(compare_families(runs))


def test_who_is_behind_alexnet_and_who_is_not_trained(tmp_path):
    runs = write(tmp_path, alexnet=4.0, googlenet=2.0)
    text = tell(runs)
    assert "AlexNet wins here, too, against GoogLeNet." in text
    assert "VGG-16 by Gan's recipe, ResNet-18 by Gan's recipe and all four by a stronger recipe" in text
    champion, other = compare_families(runs)["gan"]
    right = [run.predictions("test").predicted == run.predictions("test").label for run in runs]
    assert champion.ahead is None and champion.measure.share == right[0].mean()
    assert other.ahead.value == pytest.approx(count_pair(*right).difference) and other.ahead.interval[1] < 0
    assert other.ahead_by_crowd.value < 0


def test_who_is_ahead_of_alexnet(tmp_path):
    assert "AlexNet does not win here: ResNet-18 is ahead of it." in tell(write(tmp_path, alexnet=2.0, resnet18=4.0))


def test_equals_are_not_ranked(tmp_path):
    assert "not clearly ahead here: GoogLeNet is level with it" in tell(write(tmp_path, alexnet=2.0, googlenet=2.0))


def test_who_hardly_learns_is_said(tmp_path):
    text = tell(write(tmp_path, alexnet=4.0, googlenet=0.0, vgg16=0.0))
    assert "VGG-16 and GoogLeNet hardly leave that floor" in text
    assert "floor" not in tell(write(tmp_path / "all-learn", alexnet=4.0, googlenet=3.0))


def test_without_alexnet_nobody_is_beside_it(tmp_path):
    runs = write(tmp_path, vgg16=2.0)
    assert "AlexNet is not among them yet" in tell(runs)
    (row,) = compare_families(runs)["gan"]
    assert row.ahead is None and make_table({"gan": [row]})["Beside AlexNet"].tolist() == ["–"]


def test_runs_with_other_test_pictures_are_not_compared(tmp_path):
    runs = write(tmp_path, alexnet=4.0, googlenet=2.0, resnet18=2.0)
    arrays = dict(np.load(runs[1].path / "predictions.npz"))
    arrays["test_file"] = np.array([f"PrivateTest_{i}.jpg" for i in range(len(arrays["test_file"]))])
    renamed = write_run(runs[1].path, runs[1].config, runs[1].history, runs[1].metrics, arrays)
    rows = compare_families([runs[0], renamed, runs[2]])["gan"]
    assert [row.family.key for row in rows] == ["alexnet", "resnet18"]


def test_nothing_trained_is_said(no_artifacts, open_page, all_text):
    app = open_page("study")
    assert "Not trained here yet: all four by Gan's recipe and all four by a stronger recipe." in all_text(app)
    assert not app.exception


def test_the_page_shows_what_was_trained(tmp_path, monkeypatch, open_page, all_text):
    write(tmp_path, alexnet=4.0, resnet18=2.0)
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    app = open_page("study")
    assert "AlexNet wins here, too, against ResNet-18." in all_text(app) and not app.exception


def test_every_layer_is_drawn_and_told():
    view = view_families({family.title: family.steps for family in FAMILIES})
    depth = sum(len(family.steps) for family in FAMILIES)
    assert view.drawing.count("--ink:") == depth == len(view.table) == sum(len(bars.x) for bars in view.figure.data)
    assert "1. 64 maps of 21×21" in view.drawing and "VGG-16: 16 layers, 33.6\u00a0M parameters" in view.alt


def test_the_studys_network_is_among_them():
    assert sum(step.parameters for step in list_study_steps()) == PAPER_CONFIGURATION["parameters"]


def test_families_take_no_colour_from_the_others(tmp_path):
    runs = write_sample_runs(tmp_path, {"gan-alexnet-s0": 2.0, "vgg-b32-e50-s0": 2.0})
    assert assign_looks(runs)["vgg-b32-e50-s0"] == make_look(0)


def test_the_report_tells_it_where_it_was_trained(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    assert "AlexNet wins" not in render_article(make_article(load_story()))
    write(tmp_path, alexnet=4.0, resnet18=2.0)
    assert "AlexNet wins here, too, against ResNet-18." in render_article(make_article(load_story()))
