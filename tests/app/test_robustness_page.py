"""The robustness page: curves for what was measured, the command for what was not."""

import re
import shutil
from dataclasses import replace
from xml.etree.ElementTree import fromstring as parse

import pytest
from sample_artifacts import write_sample_runs
from sample_evaluations import write_sample_robustness

from fer_core.app import looks
from fer_core.app.charts import robustness as charts
from fer_core.app.charts.marks import DASH_ARRAYS, MARK_PATHS, draw_legend
from fer_core.app.charts.small_curves import draw_corruption
from fer_core.app.charts.ten import view_ten, write_disturbance
from fer_core.app.formats import format_count, format_percent
from fer_core.app.results.judge import CROWD, LABELS
from fer_core.app.sentences import robustness as sentences
from fer_core.app.theme import DASHES
from fer_core.runs.artifacts import load_run
from fer_core.runs.corruptions import ALL, CORRUPTIONS, TEN
from fer_core.runs.crowd import find_majority
from fer_core.runs.robustness import load_robustness

STUDYS = "Study's VGG, experiment 2, our rerun"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    root = tmp_path_factory.mktemp("measured")
    for run, weakness in zip(write_sample_runs(root), (1.0, 3.0), strict=True):
        write_sample_robustness(load_run(run.path), weakness)
    return root


@pytest.fixture
def measured_artifacts(written, monkeypatch):
    monkeypatch.setenv("FER_ARTIFACTS", str(written))
    return written


@pytest.fixture(scope="module")
def measured(written):
    return {name: load_robustness(load_run(written / name)) for name in ("compact-s0", "vgg-b32-e100-s0")}


def test_every_corruption_has_its_curve_and_the_worst_is_named(measured_artifacts, open_page, all_text, unfold):
    app = open_page("robustness")
    assert not app.exception and not app.error
    text = all_text(app)
    assert all(f"**{corruption.title}**" in text for corruption in CORRUPTIONS.values())
    assert "Worst for **Compact network**" in text
    assert "Test pictures used: Compact network: all " in text and "Not measured yet" not in text
    assert unfold(app, "robustness-table", "All numbers")["Network"].nunique() == 2


def test_both_accuracy_and_loss_are_compared_on_the_same_pictures(measured_artifacts, open_page, all_text):
    text = all_text(open_page("robustness"))
    n = format_count(len(load_run(measured_artifacts / "compact-s0").predictions("test")))
    assert f"Over the ten, on the same {n} pictures, **Compact network** is ahead of **{STUDYS}** by" in text
    assert f"against its own answers to clean pictures **{STUDYS}** loses" in text
    assert f"At the last strength of each of these 5, on the same {n} pictures, **Compact network** is ahead of" in text
    assert "Measured against its own clean pictures it loses less on" in text
    assert "Half a turn:" in text and "The study's recipe turns half of its training faces upside down" in text


def test_who_was_trained_on_such_pictures_is_said(written):
    plain = load_run(written / "compact-s0")
    spoilt = {"policy": "degraded", "blur": {"probability": 0.1, "sigma": 2.0}, "noise": {"probability": 0.1}}
    practised = replace(plain, config=plain.config.change(augmentation=spoilt))
    text = sentences.describe_practice({"Ours": practised, "Plain": plain})
    assert text.startswith(
        "**Ours** practised this: in training, pictures were blurred or noisy, 10\u00a0% of them in each way."
    )
    assert "The other was not trained this way" in text
    assert "trained this way" not in sentences.describe_practice({"Ours": practised})
    assert sentences.describe_practice({"Plain": plain}) == ""


def test_a_fall_is_told_from_where_to_where(measured):
    found = measured["compact-s0"]
    before, after = (format_percent(point.accuracy, 0) for point in (found.clean, found.curves["rotation"][-1]))
    assert f"**Ours** falls from {before} to {after}" in sentences.describe_upside_down({"Ours": found})


def test_a_sample_is_never_set_against_all_pictures(written, tmp_path, monkeypatch, open_page, all_text):
    """A network of which only numbers were kept, of a sample, is shown, but nothing is said about who is ahead."""
    shutil.copytree(written, tmp_path / "artifacts")
    (tmp_path / "artifacts" / "vgg-b32-e100-s0" / "robustness.npz").unlink()
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path / "artifacts"))
    app = open_page("robustness")
    text = all_text(app)
    assert not app.exception and "is ahead of" not in text and "ahead" not in text


def test_a_network_that_only_met_the_ten_is_shown_beside_the_others(tmp_path, monkeypatch, open_page, all_text):
    for run, cases in zip(write_sample_runs(tmp_path), (TEN, ALL), strict=True):
        write_sample_robustness(load_run(run.path), cases=cases)
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    app = open_page("robustness")
    text = all_text(app)
    assert not app.exception and "Over the ten" in text
    assert "of pictures degraded in ten ways" in text and f"Worst for **{STUDYS}**" in text
    assert "measured on the ten cases above only" in all_text(app)


def test_upside_down_the_first_network_meets_the_one_that_bears_it_best(committed_artifacts, open_page, all_text):
    text = all_text(open_page("robustness"))
    assert "**Study's VGG, experiment 1, our rerun** is ahead of **Face ResNet, taught by the crowd** by" in text
    assert "of pictures degraded in ten ways" in text and "Rotation of 180 degrees leaves" in text


def test_a_measurement_that_was_cut_off_early_breaks_nothing(tmp_path, monkeypatch, open_page, all_text):
    for run in write_sample_runs(tmp_path):
        write_sample_robustness(load_run(run.path), cases=TEN[:2])
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    app = open_page("robustness")
    assert not app.exception and "are not all there yet" in all_text(app)


def test_the_crowd_judges_where_it_voted(tmp_path, monkeypatch, open_page, all_text):
    for run in write_sample_runs(tmp_path, votes=True):
        write_sample_robustness(load_run(run.path))
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    by_label, by_crowd = (all_text(open_page("robustness", robustness_judge=judge)) for judge in (LABELS, CROWD))
    _, unique = find_majority(load_run(tmp_path / "compact-s0").predictions("test").votes)
    assert f"on the same {format_count(int(unique.sum()))} pictures" in by_crowd
    assert by_crowd != by_label


def test_the_address_chooses_networks_and_levels(measured_artifacts, open_page, all_text, unfold):
    app = open_page(
        "robustness", robustness_runs="vgg-b32-e100-s0", robustness_level="Least harmful", robustness_face="sad",
        robustness_show="",
    )  # fmt: skip
    assert not app.exception
    assert unfold(app, "robustness-table", "All numbers")["Network"].unique().tolist() == [STUDYS]
    assert app.selectbox(key="robustness-face").value == "sad"


def test_what_is_missing_is_named_with_its_command(artifacts, open_page, all_text):
    app = open_page("robustness")
    assert not app.exception
    assert "Not measured yet: Compact network. `python -m fer_core.runs.robustness` measures it" in all_text(app)


def test_without_a_network_there_is_a_next_step(no_artifacts, open_page, all_text):
    assert "`python train.py train compact`, then run `python -m fer_core.runs.robustness`" in all_text(
        open_page("robustness")
    )


def test_a_file_about_another_network_is_named_not_shown(tmp_path, monkeypatch, open_page, all_text):
    run = load_run(write_sample_runs(tmp_path)[0].path)
    write_sample_robustness(run)
    with open(run.model_path, "ab") as file:
        file.write(b"trained again")
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    app = open_page("robustness")
    assert not app.exception
    assert "is about another network than the model.onnx beside it: run `python -m fer_core" in all_text(app)
    assert not app.dataframe


def test_charts_hold_every_strength_and_the_untouched_pictures(measured):
    for corruption in CORRUPTIONS.values():
        figure = charts.view_corruption(corruption, measured, 0.25, {}).figure
        assert [len(trace.x) for trace in figure.data] == [len(corruption.strengths) + 1] * 2
        assert figure.data[0].x[corruption.place] == "none"
        assert figure.data[0].y[corruption.place] == measured["compact-s0"].clean.accuracy
        assert len(sentences.make_examples(corruption, "happy")) == len(corruption.strengths) + 1
    assert CORRUPTIONS["brightness"].place == 3 and CORRUPTIONS["scale"].place == 0


def test_small_charts_place_every_point_and_say_its_numbers(measured):
    blur, found = CORRUPTIONS["blur"], measured["compact-s0"]
    drawing = parse(draw_corruption(blur, measured, 0.25, {}))
    marks = [mark for mark in drawing.iter("path") if mark.find("title") is not None]
    assert len(marks) == 2 * (len(blur.strengths) + 1)
    points = [point for _, point in charts.place_points(blur, found)]
    for mark, point in zip(marks, points, strict=False):
        assert mark.find("title").text.endswith(f": {format_percent(point.accuracy)}")
    places = [tuple(map(float, re.findall(r"[\d.]+", mark.get("transform")))) for mark in marks[: len(points)]]
    assert [x for x, _ in places] == sorted({x for x, _ in places})
    # One scale for all: the grid's lines are its points at 0, 20, ... 80 %.
    rows = [float(y) for y in re.findall(r"M40 ([\d.]+)H330", drawing.find(".//svg/path").get("d"))]
    for (_, y), point in zip(places, points, strict=True):
        assert y == pytest.approx(rows[0] + (rows[4] - rows[0]) * point.accuracy / 0.8, abs=0.2)
    assert "compact-s0: none" in drawing.find("svg").get("aria-label")


def test_one_legend_is_shared(measured):
    legend = parse(draw_legend(list(measured), {}))
    assert ["".join(entry.itertext()) for entry in legend] == list(measured)
    blur = CORRUPTIONS["blur"]
    strokes = [entry.find(".//path").get("stroke") for entry in legend]
    assert all(f'stroke="{stroke}"' in draw_corruption(blur, measured, None, {}) for stroke in strokes)


def test_a_network_cannot_bring_markup_into_a_drawing(measured):
    title = '<img src="x">&'
    renamed = {title: measured["compact-s0"]}
    drawing = parse(draw_corruption(CORRUPTIONS["blur"], renamed, None, {}))
    assert not list(drawing.iter("img")) and title in "".join(drawing.itertext())
    assert "".join(parse(draw_legend([title], {})).itertext()) == title


def test_every_mark_and_dash_of_a_network_can_be_drawn():
    assert set(MARK_PATHS) == set(looks.MARKS) and set(DASH_ARRAYS) >= set(DASHES)


def test_the_ten_are_drawn_as_accuracy_and_as_loss(measured):
    views = [view_ten(measured, {}, lost) for lost in (False, True)]
    accuracy, lost = (view.figure for view in views)
    found = measured["compact-s0"]
    assert accuracy.data[0].x[:2] == (found.ten_mean.accuracy, found.clean.accuracy)
    assert lost.data[0].x == tuple(found.clean.accuracy - score.accuracy for score in (found.ten_mean, *found.ten))
    assert len({write_disturbance(case) for case in TEN}) == 10
    for view, score in ((views[0], found.ten_mean), (views[1], found.ten[-1])):
        told = [dot.get("title") for dot in parse(view.drawing).iter("div") if dot.get("class") == "dot"]
        assert len(told) == len(measured) * len(view.figure.data[0].y)
        value = score.accuracy if view is views[0] else found.clean.accuracy - score.accuracy
        assert any(text.startswith("compact-s0") and format_percent(value) in text for text in told)
    table = views[0].table
    assert len(table) == 2 * 12 and (table["Lost, low"] <= table["Lost"] + 1e-4).all()


def test_levels_go_from_little_to_much_harm(measured):
    found = measured["compact-s0"]
    for name in CORRUPTIONS:
        harm = [found.compute_loss(charts.choose_level(found, name, level)) for level in charts.LEVELS]
        assert harm == sorted(harm)
    view = charts.view_classes(measured, "compact-s0", "Most harmful")
    assert len(view.figure.data[0].z) == len(CORRUPTIONS) and "loses" in view.alt
    assert len(view.table) == 2 * (1 + sum(len(corruption.strengths) for corruption in CORRUPTIONS.values()))


def test_sentences_name_the_worst_case_of_the_numbers(measured):
    found = measured["compact-s0"]
    worst = min((point for curve in found.curves.values() for point in curve), key=lambda point: point.accuracy)
    corruption, point = charts.list_points(found)[0]
    assert point.accuracy == worst.accuracy
    assert sentences.point_size(corruption, point) in sentences.describe_worst("x", found)
