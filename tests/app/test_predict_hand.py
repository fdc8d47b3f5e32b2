"""A face marked by hand, a photo turned by hand."""

import pandas as pd
import pytest
from predict_page import read_example, read_table, upload


def test_no_face_is_said_and_a_square_by_hand_answered(artifacts, open_page, all_text):
    app = open_page("predict", predict_example="Cat")
    text = all_text(app)
    assert "No face found" in text and "as soon as you have placed it" in text
    assert not app.dataframe
    app.slider(key="predict-hand-size").set_value(40).run()
    assert "as soon as you have placed it" not in all_text(app)
    assert "Only you know" in all_text(app) and not app.exception and not app.error


def test_hand_crop_begins_at_the_found_face(artifacts, open_page):
    app = open_page("predict")
    app.toggle(key="predict-by-hand").set_value(True).run()
    row = read_table(app).iloc[0]
    across = 50 * (row["left"] + row["right"]) / row["photo_width"]
    assert abs(app.slider(key="predict-hand-across").value - across) < 1
    assert not app.exception and not app.error


def test_face_marked_by_hand_is_kept_and_taken_back(artifacts, open_page):
    app = open_page("predict", predict_example="Cat")
    app.slider(key="predict-hand-size").set_value(40).run()
    app.button(key="predict-hand-keep").click().run()
    row = read_table(app).iloc[0]
    assert row["face"] == 1 and row["note"].startswith("Marked by hand.") and pd.isna(row["face_score"])
    app.toggle(key="predict-by-hand").set_value(True).run()
    app.button(key="predict-hand-undo").click().run()
    assert not app.dataframe
    assert not app.exception and not app.error


def test_hand_crop_follows_the_photo(artifacts, open_page):
    app = open_page("predict", predict_example="Cat")
    app.slider(key="predict-hand-across").set_value(90).run()
    app.pills(key="predict-example").set_value("Portrait").run()
    app.toggle(key="predict-by-hand").set_value(True).run()
    assert app.slider(key="predict-hand-across").value < 60


def test_photo_is_turned_by_hand(artifacts, open_page):
    app = upload(open_page("predict"), ("mine.jpg", read_example(256)))
    upright = read_table(app).iloc[0]
    app.button(key="predict-turn-right").click().run()
    turned = read_table(app).iloc[0]
    assert turned["top"] == pytest.approx(upright["left"], abs=12)
    app.button(key="predict-turn-left").click().run()
    assert read_table(app).iloc[0]["left"] == upright["left"] and not app.exception and not app.error
    assert len(app.session_state["predict-answers"]) == 1
