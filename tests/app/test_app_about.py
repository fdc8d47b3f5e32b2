"""The model card: numbers from the artifacts, use and limits even without any."""

import re
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from fer_core.app import loading
from fer_core.app.about import pipeline
from fer_core.app.charts.reliability import view_reliability
from fer_core.app.charts.tilt import view_tilts
from fer_core.app.faces import pipeline as faces_pipeline
from fer_core.app.sentences import model_card
from fer_core.files import write_json
from fer_core.runs.artifacts import ARTIFACTS
from fer_core.runs.doubts import DOUBTS
from fer_core.runs.extras import compute_fingerprint
from fer_core.runs.pipeline import Tilt, load_pipeline_report, write_pipeline_report
from fer_core.runs.records import Reliability


def test_use_limits_and_privacy_need_no_artifacts(no_artifacts, open_page, all_text):
    text = all_text(open_page("about"))
    for words in ("Responsible use", "Article 5(1)(f)", "Fairness is not measured here", "Nothing is written to disk"):
        assert words in text
    assert "No training run yet" in text
    assert "gone 2\u00a0min after you leave" in text and "no picture leaves it" in text


def test_card_of_the_default_run(artifacts, open_page, all_text):
    run = loading.load_default_run()
    app = open_page("about")
    text = all_text(app)
    test = run.metrics.test_tta  # what a visitor's photo gets: mirror image averaged
    error = test.ece
    for share in (test.accuracy, test.public_accuracy, test.private_accuracy, error):
        assert f"{100 * share:.1f}" in text
    assert app.selectbox[0].value == run.title
    facts = app.table[0].value.set_index("")["Value"]
    assert "1.17" in facts["Network"] and facts["Kept weights"].startswith(f"Epoch {run.best_epoch}")


def test_link_selects_the_run(artifacts, open_page):
    names = loading.load_runs().names
    for address in ("vgg-b32-e100-s0", names["vgg-b32-e100-s0"]):
        assert open_page("about", about_run=address).selectbox[0].value == names["vgg-b32-e100-s0"]


def test_unknown_run_in_the_link_falls_back(artifacts, open_page):
    app = open_page("about", about_run="no-such-run")
    assert app.selectbox[0].value == loading.load_runs().names["compact-s0"] and not app.exception


def test_classes_stand_hardest_first(artifacts, open_page):
    table = open_page("about").dataframe[0].value
    assert table["recall"].is_monotonic_increasing and len(table) == 7


def test_download_holds_the_numbers(artifacts):
    run = loading.load_default_run()
    text = model_card.make_card_text(run)
    assert f"{100 * run.metrics.test.accuracy:.1f}" in text
    assert text.count("\n| ") >= 12 and "not in hiring" in text


def test_reliability_chart_shows_every_filled_bin():
    reliability = Reliability(count=(0, 10, 90), confidence=(None, 0.4, 0.9), accuracy=(None, 0.5, 0.8))
    view = view_reliability(reliability)
    figure = view.figure
    assert list(figure.data[1].x) == [0.4, 0.9] and list(figure.data[1].y) == [0.5, 0.8]
    assert "90" in view.alt and "80" in view.alt and view.table["count"].sum() == 100


def test_committed_artifacts_fill_the_card(open_page, all_text, monkeypatch):
    monkeypatch.delenv("FER_ARTIFACTS", raising=False)  # what train.py wrote, not the samples
    app = open_page("about")
    assert not app.exception and "Something went wrong" not in all_text(app)
    assert "7,178 test pictures" in app.table[0].value.set_index("")["Value"]["Trained on"]


def make_pipeline_report(run) -> dict:
    """A report as the calibration writes it, about the network of `run`."""
    share = {"accuracy": 0.6621, "ci95": [0.65, 0.674]}
    lower = {"accuracy": 0.6574, "ci95": [0.645, 0.669]}
    gain = {"difference": -0.0047, "difference_ci95": [-0.011, 0.002]}
    found = {"n": 7178, "n_found": 6367}
    split = found | gain | {"given": share, "pipeline": lower, "given_all": share, "pipeline_by_hand": lower}
    frame = {"shift_x": 0.0, "shift_y": 0.03, "scale": 1.0}
    options = [frame | {"accuracy": 0.66, "loss": 0.93}, frame | {"scale": 1.1, "accuracy": 0.65, "loss": 0.91}]
    rise = {"difference": 0.087, "difference_ci95": [0.07, 0.1]}
    tilts = [found | rise | {"tilt": t, "given": share, "as_found": lower, "turned": share} for t in (0.0, 30.0)]
    turns = [{"from_degrees": d, "accuracy": 0.68, "loss": 0.9} for d in (10.0, 90.0)]
    return {
        "schema": 1,
        "run": run.name,
        "model_sha256": compute_fingerprint(run.model_path),
        "framing": {"n_train": 2000, "fitted": frame, "chosen": frame, "in_use": frame, "options": options},
        "validation": split,
        "test": split,
        "upright": {"chosen": 10.0, "in_use": 10.0, "options": turns, "tilts": tilts},
    }


def copy_artifacts(artifacts, tmp_path, monkeypatch):
    shutil.copytree(artifacts, tmp_path / "artifacts")
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path / "artifacts"))
    return tmp_path / "artifacts"


def test_turning_upright_is_shown_with_what_it_costs_heads_that_do_not_lean(committed_artifacts, open_page, all_text):
    upright = load_pipeline_report(ARTIFACTS).upright
    straight = next(row for row in upright.tilts if row.tilt == 0)
    text = all_text(open_page("about")).replace("\xa0", " ")
    said = re.findall(r"heads that do not lean (.*?)\.(?: |$)", text, re.MULTILINE)
    assert len(said) == (straight.difference < 0)  # where turning costs them nothing, nothing is said
    for sentence in said:
        assert f"{abs(100 * straight.difference):.2f}" in sentence
        assert f"−{abs(100 * straight.difference_ci95[0]):.2f}" in sentence
        assert ("cannot be told from nothing" in sentence) == (straight.difference_ci95[1] >= 0)
    right = {option.from_degrees: f"{100 * option.accuracy:.1f} %" for option in upright.options}
    other = f"would read {right[upright.chosen]} of the leaning validation faces rightly, instead of {right[upright.in_use]}"
    assert (other in text) == (upright.chosen != upright.in_use)


@pytest.mark.parametrize("low, high, is_clear", [(-0.0068, 0.0065, False), (-0.02, -0.01, True)])
def test_a_difference_that_chance_explains_is_no_difference(low, high, is_clear):
    part = {"difference": (low + high) / 2, "difference_ci95": (low, high), "n_found": 6147}
    part |= {"given": SimpleNamespace(accuracy=0.8455), "pipeline": SimpleNamespace(accuracy=0.8453)}
    report = SimpleNamespace(by_crowd=True, test=SimpleNamespace(**part))
    for text in (pipeline.describe_pipeline(report), faces_pipeline.describe_for_visitors(report)):
        assert ("no measurable difference" in text) is not is_clear and "±0.0 points" not in text
        assert ("instead of" in text) <= is_clear
    assert "−0.01\xa0points (95\xa0%: −0.68 to +0.65)" in text or is_clear


def test_the_price_of_turning_is_named_where_there_is_one():
    def tell(difference: float, low: float, high: float) -> str:
        row = {"tilt": 0.0, "difference": difference, "difference_ci95": (low, high)}
        return pipeline.describe_price(SimpleNamespace(tilts=[SimpleNamespace(**row)]))

    assert "lose **0.57 points** (−1.11 to −0.04)" in tell(-0.0057, -0.0111, -0.0004).replace("\xa0", " ")
    assert "cannot be told from nothing: −0.17 points (−0.81 to +0.47)" in tell(-0.0017, -0.0081, 0.0047).replace(
        "\xa0", " "
    )
    assert tell(0.001, -0.002, 0.004) == ""


def test_the_floor_of_calibration_stands_beside_the_error(committed_artifacts, open_page, all_text):
    for page in ("about", "results"):
        text = all_text(open_page(page)).replace("\xa0", " ")
        assert "even a network whose confidence is exactly right would show" in text, page


def test_pipeline_is_shown_with_its_price(artifacts, tmp_path, monkeypatch, open_page, all_text, unfold):
    root = copy_artifacts(artifacts, tmp_path, monkeypatch)
    write_pipeline_report(make_pipeline_report(loading.load_default_run()), root)
    app = open_page("about")
    text = all_text(app).replace("\xa0", " ")
    assert not app.exception
    for words in ("66.2 %", "65.7 %", "−0.5 points", "88.7 %", "turned upright", "+8.7 points", "2,000 training"):
        assert words in text
    assert "Measured with another network" not in text
    frames = unfold(app, "about-frames", "All frames")
    assert frames["loss"].is_monotonic_increasing and frames["in use"].tolist() == [False, True]
    assert "65.7\xa0%" in all_text(open_page("predict"))
    assert "Right is what most people see" not in text
    write_pipeline_report(make_pipeline_report(loading.load_default_run()) | {"by_crowd": True}, root)
    assert "Right is what most people see" in all_text(open_page("about"))
    assert "agreed with most people on 65.7\xa0%" in all_text(open_page("predict"))


def test_pipeline_of_another_network_says_so(artifacts, tmp_path, monkeypatch, open_page, all_text):
    root = copy_artifacts(artifacts, tmp_path, monkeypatch)
    report = make_pipeline_report(loading.load_default_run()) | {"model_sha256": "0" * 64}
    write_pipeline_report(report, root)
    assert "Measured with another network" in all_text(open_page("about"))
    assert "65.7\xa0%" not in all_text(open_page("predict")), "a sentence about another network is left out"


def test_pipeline_missing_or_damaged(artifacts, tmp_path, monkeypatch, open_page, all_text):
    assert "Not measured yet" in all_text(open_page("about"))
    root = copy_artifacts(artifacts, tmp_path, monkeypatch)
    file = write_pipeline_report(make_pipeline_report(loading.load_default_run()), root)
    file.write_text(file.read_text()[:500])
    app = open_page("about")
    text = all_text(app)
    assert "is not valid JSON" in text and "Not measured yet" in text and "Sources and licences" in text
    assert not open_page("predict").exception


def test_what_the_network_doubts(artifacts, tmp_path, monkeypatch, open_page, all_text):
    assert "An answer counts as sure when" in all_text(open_page("about"))
    root = copy_artifacts(artifacts, tmp_path, monkeypatch)
    run = loading.load_default_run()
    probe = {"weights": [0.0] * 9, "bias": 1.0, "false_alarms": 0.011}
    covered = probe | {"noticed": {"mask": 0.992, "hand": 0.979, "board": 0.945, "phone": 0.482}}
    content = {
        "schema": 1, "model_sha256": compute_fingerprint(run.model_path), "tensor": "flat", "n": 1000,
        "probes": {"covered": covered, "drawn": probe | {"noticed": {"drawn": 0.83}}},
    }  # fmt: skip
    write_json(root / run.name / DOUBTS, content)
    text = all_text(open_page("about")).replace("\xa0", " ")
    for words in ("1,000 validation faces", "99 % of masks", "48 % of phones", "83 %", "1.1 % of uncovered"):
        assert words in text
    face = np.random.default_rng(0).integers(0, 256, (1, 48, 48), np.uint8)
    assert loading.load_engine().predictor.read(face)[1] == [("covered", "drawn")]


def test_damaged_doubts_cost_a_sentence_and_nothing_else(artifacts, tmp_path, monkeypatch, open_page, all_text):
    root = copy_artifacts(artifacts, tmp_path, monkeypatch)
    name = loading.load_default_run().name
    (root / name / DOUBTS).write_text("{")
    assert f"{name}/{DOUBTS} is not valid JSON" in all_text(open_page("about"))
    assert not open_page("predict").exception
    assert loading.load_engine().predictor.read(np.zeros((1, 48, 48), np.uint8))[1] == [()]


def test_tilts_in_words_and_as_a_table():
    share = {"accuracy": 0.7, "ci95": [0.68, 0.72]}
    row = {
        "tilt": 30.0,
        "n": 100,
        "n_found": 50,
        "given": share,
        "as_found": {"accuracy": 0.61, "ci95": [0.6, 0.62]},
        "turned": share,
    }
    row |= {"difference": 0.09, "difference_ci95": [0.05, 0.13]}
    row = Tilt.model_validate(row, strict=False)
    assert "30 degrees: 61.0 % as found, 70.0 % turned upright" in view_tilts([row]).alt.replace("\xa0", " ")
    figure = view_tilts([row]).figure
    assert [trace.y[0] for trace in figure.data] == [0.7, 0.61, 0.7]
    table = view_tilts([row]).table
    assert table.loc[0, ["found", "as_found", "gain"]].tolist() == [0.5, 0.61, 0.09]


def test_the_card_names_what_a_network_learned_and_whose_weights_it_began_with(committed_artifacts):
    facts = {run.name: model_card.list_facts(run) for run in loading.load_runs()}
    crowd, labels = facts["crowd-s0"], facts["compact-s1"]
    assert "votes" in crowd["Learned"] and "CC0" in crowd["Started from"]
    assert labels["Learned"] == "FER2013's labels" and "Started from" not in labels
    assert "CC0" in model_card.make_card_text(loading.load_runs().find("crowd-s0"))


def test_the_card_says_what_was_looked_at_on_the_test_pictures(committed_artifacts):
    noted = [run for run in loading.load_runs() if run.config.looked_at]
    assert noted
    for run in noted:
        assert model_card.list_facts(run)["Test pictures"] == run.config.looked_at
        assert run.config.looked_at in model_card.make_card_text(run)
