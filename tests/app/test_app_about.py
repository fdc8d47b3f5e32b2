"""The model card: numbers from the artifacts, use and limits even without any."""

from fer_core.app import loading, model_card
from fer_core.app.charts.reliability import describe_reliability, make_reliability_chart


def test_use_limits_and_privacy_need_no_artifacts(no_artifacts, open_page, all_text):
    text = all_text(open_page("about"))
    for words in ("Responsible use", "Article 5(1)(f)", "Fairness is unmeasured", "Nothing is written to disk"):
        assert words in text
    assert "No training run yet" in text


def test_card_of_the_default_run(artifacts, open_page, all_text):
    run = loading.load_default_run()
    app = open_page("about")
    text = all_text(app)
    test = run.metrics["test_tta"]  # what a visitor's photo gets: mirror image averaged
    error = run.metrics.get("calibration_tta", {}).get("test_ece_after", test["ece"])
    for share in (test["accuracy"], test["public_accuracy"], test["private_accuracy"], error):
        assert f"{100 * share:.1f}" in text
    assert app.selectbox[0].value == run.name
    facts = app.table[0].value.set_index("")["Value"]
    assert "1.17" in facts["Network"] and facts["Kept weights"].startswith(f"Epoch {run.best_epoch}")


def test_link_selects_the_run(artifacts, open_page):
    assert open_page("about", about_run="vgg-b32-e100-s0").selectbox[0].value == "vgg-b32-e100-s0"


def test_unknown_run_in_the_link_falls_back(artifacts, open_page):
    app = open_page("about", about_run="no-such-run")
    assert app.selectbox[0].value == "compact-s0" and not app.exception


def test_classes_stand_hardest_first(artifacts, open_page):
    table = open_page("about").dataframe[0].value
    assert table["recall"].is_monotonic_increasing and len(table) == 7


def test_download_holds_the_numbers(artifacts):
    run = loading.load_default_run()
    text = model_card.make_card_text(run)
    assert f"{100 * run.metrics['test']['accuracy']:.1f}" in text
    assert text.count("\n| ") >= 12 and "not in hiring" in text


def test_reliability_chart_shows_every_filled_bin():
    reliability = {"count": [0, 10, 90], "confidence": [None, 0.4, 0.9], "accuracy": [None, 0.5, 0.8]}
    figure = make_reliability_chart(reliability)
    assert list(figure.data[1].x) == [0.4, 0.9] and list(figure.data[1].y) == [0.5, 0.8]
    assert "90" in describe_reliability(reliability) and "80" in describe_reliability(reliability)


def test_committed_artifacts_fill_the_card(open_page, all_text, monkeypatch):
    monkeypatch.delenv("FER_ARTIFACTS", raising=False)  # what train.py wrote, not the samples
    app = open_page("about")
    assert not app.exception and "Something went wrong" not in all_text(app)
    assert "7,178 test pictures" in app.table[0].value.set_index("")["Value"]["Trained on"]
