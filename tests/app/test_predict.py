"""The predict page: examples, files good and bad, no face, several networks, and nothing worked out twice."""

import io
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from fer_core.app import loading, ui
from fer_core.app.faces import album, answering, photo
from fer_core.app.faces.examples import EXAMPLES
from fer_core.app.predict import batch

SOME_BAD = {
    "empty.jpg": (b"", "empty"),
    "text.jpg": (b"this is no picture", "not a picture"),
    "cut.jpg": (photo.EXAMPLE.read_bytes()[:2000], "damaged"),
}


@pytest.fixture
def n_answers(monkeypatch) -> list:
    """Grows by one for every picture that is really worked on."""
    made, make = [], photo.make_answer

    def count(data, name, engine, turns=0):
        made.append(name)
        return make(data, name, engine, turns)

    monkeypatch.setattr(photo, "make_answer", count)
    return made


def read_example(side: int = 256) -> bytes:
    buffer = io.BytesIO()
    Image.open(photo.EXAMPLE).resize((side, side)).save(buffer, "JPEG")
    return buffer.getvalue()


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    for name, data in files:
        app.file_uploader(key="predict-uploads").upload(name, data, "image/jpeg")
    return app.run()


def read_table(app: AppTest):
    return app.dataframe[0].value


def test_without_a_network_it_says_how_to_get_one(no_artifacts, open_page, all_text):
    app = open_page("predict")
    assert "No network to ask yet" in all_text(app) and "python train.py train compact" in all_text(app)
    assert not app.exception and not app.error


def test_answers_beside_a_broken_run(broken_artifacts, open_page, all_text):
    app = open_page("predict")
    assert any("vgg-b32-e100-s0" in warning.value for warning in app.warning)
    assert read_table(app)["label"].notna().all() and not app.error


def test_example_is_there_at_once_and_reruns_cost_nothing(artifacts, open_page, all_text, n_answers):
    photo._answer_example.clear()
    app = open_page("predict")
    assert "photo by NASA" in all_text(app) and "1 face" in all_text(app)
    app.run()
    assert n_answers == ["portrait.jpg"]


def test_deep_link_opens_an_example(artifacts, open_page, all_text):
    app = open_page("predict", predict_example="Six versions")
    assert "Six versions" in app.pills(key="predict-example").value
    assert set(read_table(app)["file"]) == {"six-versions.jpg"}


def test_unknown_example_in_the_address_falls_back(artifacts, open_page):
    app = open_page("predict", predict_example="nobody")
    assert not app.exception and app.pills(key="predict-example").value == photo.PORTRAIT


def test_says_how_good_and_what_not_to_do(artifacts, open_page, all_text):
    text = all_text(open_page("predict"))
    scores = answering.find_scores(loading.load_default_run())
    assert f"{100 * scores.accuracy:.1f}" in text
    assert "Not for judging people" in text and "gone minutes after you leave" in text


def test_threshold_is_explained_with_the_runs_own_numbers(artifacts):
    run = loading.load_default_run()
    calibration = run.as_served().calibration or run.calibration
    known = {
        "not_sure_threshold": 0.56,
        "validation_accuracy_above": 0.804,
        "test_coverage": 0.625,
        "test_accuracy_above": 0.798,
    }
    known = calibration.change(**known)
    text = answering.describe_threshold(replace(run, metrics=run.metrics.change(calibration_tta=known)))
    for number in ("56", "80", "62", "79.8", f"{100 * run.metrics.test_tta.accuracy:.1f}"):
        assert f"{number}\u00a0%" in text
    never = replace(run, metrics=run.metrics.change(calibration_tta=known.change(not_sure_threshold=0.0)))
    assert "always answers" in answering.describe_threshold(never)


def test_own_photo_takes_the_examples_place(artifacts, open_page, all_text, n_answers):
    app = upload(open_page("predict"), ("mine.jpg", read_example()))
    assert app.pills(key="predict-example").value is None
    assert "photo by NASA" not in all_text(app)
    assert read_table(app)[["file", "face"]].values.tolist() == [["mine.jpg", 1]]
    app.pills(key="predict-example").set_value("Portrait").run()
    assert "photo by NASA" in all_text(app)


def test_each_bad_file_has_its_sentence_and_the_others_are_answered(artifacts, open_page):
    files = [(name, data) for name, (data, _) in SOME_BAD.items()]
    app = upload(open_page("predict"), *files, ("mine.jpg", read_example()))
    (warning,) = app.warning
    lines = [line for line in warning.value.split("\n") if line]
    assert len(lines) == len(SOME_BAD)
    for line, (name, (_, word)) in zip(lines, SOME_BAD.items(), strict=True):
        assert f"`{name}`" in line and word in line
    table = read_table(app)
    assert table["file"].tolist() == [*SOME_BAD, "mine.jpg"]
    assert table["face"].tolist() == [0, 0, 0, 1]
    assert not app.error and not app.exception


def test_every_photo_is_worked_on_once(artifacts, open_page, n_answers):
    app = open_page("predict")
    del n_answers[:]
    upload(app, ("a.jpg", read_example(200)), ("b.jpg", read_example(240)))
    upload(app, ("c.jpg", read_example(280)))
    app.run()
    assert n_answers == ["a.jpg", "b.jpg", "c.jpg"]


def test_photo_that_breaks_us_does_not_take_the_others_with_it(artifacts, open_page, monkeypatch):
    make = photo.make_answer

    def fail(data, name, engine, turns=0):
        if name == "odd.jpg":
            raise KeyError("secret detail")
        return make(data, name, engine, turns)

    monkeypatch.setattr(photo, "make_answer", fail)
    app = upload(open_page("predict"), ("odd.jpg", read_example()), ("mine.jpg", read_example()))
    (warning,) = app.warning
    assert "odd.jpg" in warning.value and "secret" not in warning.value
    assert read_table(app)["face"].tolist() == [0, 1]


def test_names_are_never_markdown(artifacts, open_page, all_text):
    name = "**x** [y](http:x) :smile: `z` $a$.jpg"
    bad = upload(open_page("predict"), (name, b"no picture"))
    good = upload(open_page("predict"), (name, read_example()), ("other.jpg", read_example()))
    labels = [button.label for button in good.button]
    shown = [bad.warning[0].value, *(label for label in labels if "**" in label)]
    assert len(shown) == 2
    for text in shown:
        before, inside, after = text.split("`")
        assert "**" in inside and "**" not in before + after
    assert "**x**" not in all_text(good)


def test_no_face_is_said_and_a_square_by_hand_answered(artifacts, open_page, all_text):
    app = open_page("predict", predict_example="Cat")
    text = all_text(app)
    assert "No face found" in text and "as soon as you have placed it" in text
    assert read_table(app)["face"].tolist() == [0]
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
    assert read_table(app)["face"].tolist() == [0]
    assert not app.exception and not app.error


def test_hand_crop_follows_the_photo(artifacts, open_page):
    app = open_page("predict", predict_example="Cat")
    app.slider(key="predict-hand-across").set_value(90).run()
    app.pills(key="predict-example").set_value("Portrait").run()
    app.toggle(key="predict-by-hand").set_value(True).run()
    assert app.slider(key="predict-hand-across").value < 60


def test_gallery_pages_and_opens_the_chosen_photo(artifacts, open_page, all_text):
    small = read_example(128)
    app = upload(open_page("predict"), *((f"p{n:02d}.jpg", small) for n in range(26)))
    tiles = [button for button in app.button if button.key.startswith("predict-tile-")]
    assert len(tiles) == 24
    assert "in 26 photos" in all_text(app)
    tiles[3].click().run()
    assert app.session_state["predict-photo"] == app.session_state["predict-uploads"][3].file_id
    assert len(read_table(app)) == 26


def test_too_many_photos_are_named(artifacts, open_page, monkeypatch):
    monkeypatch.setattr(album, "MAX_PHOTOS", 2)
    app = upload(open_page("predict"), *((f"p{n}.jpg", read_example(64)) for n in range(3)))
    assert any("At most 2 photos" in warning.value and "`p2.jpg`" in warning.value for warning in app.warning)
    assert set(read_table(app)["file"]) == {"p0.jpg", "p1.jpg"}


def test_too_many_bytes_together_are_named(artifacts, open_page, monkeypatch):
    small, large = read_example(64), read_example(512)
    monkeypatch.setattr(album, "MAX_BYTES", len(large) + len(small))
    app = upload(open_page("predict"), ("a.jpg", small), ("b.jpg", large), ("c.jpg", large), ("d.jpg", b""))
    assert any("Left out: `c.jpg`." in warning.value for warning in app.warning)
    assert read_table(app)["file"].tolist() == ["a.jpg", "b.jpg", "d.jpg"]


def test_photos_stay_while_the_camera_or_an_example_is_shown(artifacts, open_page, n_answers):
    app = upload(open_page("predict"), ("a.jpg", read_example(200)), ("b.jpg", read_example(240)))
    app.segmented_control(key="predict-from").set_value("Camera").run()
    app.camera_input(key="predict-camera").set_value(("shot.jpg", read_example(260), "image/jpeg")).run()
    assert read_table(app)["file"].tolist() == ["snapshot.jpg"]
    app.segmented_control(key="predict-from").set_value("Upload").run()
    assert read_table(app)["file"].tolist() == ["a.jpg", "b.jpg"]
    app.segmented_control(key="predict-from").set_value("Camera").run()
    assert read_table(app)["file"].tolist() == ["snapshot.jpg"]
    assert [name for name in n_answers if name != "portrait.jpg"] == ["a.jpg", "b.jpg", "snapshot.jpg"]


def test_photos_stay_while_another_page_is_open_until_they_are_forgotten(artifacts, open_page, all_text):
    app = upload(open_page("predict"), ("a.jpg", read_example(200)))
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/predict.py").run()
    assert read_table(app)["file"].tolist() == ["a.jpg"] and "1 photo from before" in all_text(app)
    upload(app, ("b.jpg", read_example(240)))
    assert read_table(app)["file"].tolist() == ["a.jpg", "b.jpg"]
    app.button(key="predict-forget").click().run()
    assert read_table(app)["file"].tolist() == ["b.jpg"] and len(app.session_state["predict-answers"]) == 1


def test_photo_taken_out_of_the_uploader_is_forgotten(artifacts, open_page):
    app = upload(open_page("predict"), ("a.jpg", read_example(200)), ("b.jpg", read_example(240)))
    files = app.session_state["predict-uploads"]
    app.file_uploader(key="predict-uploads").set_value([(files[1].name, files[1].getvalue(), "image/jpeg")]).run()
    assert read_table(app)["file"].tolist() == ["b.jpg"] and len(app.session_state["predict-answers"]) == 1


def test_photo_is_turned_by_hand(artifacts, open_page):
    app = upload(open_page("predict"), ("mine.jpg", read_example(256)))
    upright = read_table(app).iloc[0]
    app.button(key="predict-turn-right").click().run()
    turned = read_table(app).iloc[0]
    assert turned["top"] == pytest.approx(upright["left"], abs=12)
    app.button(key="predict-turn-left").click().run()
    assert read_table(app).iloc[0]["left"] == upright["left"] and not app.exception and not app.error
    assert len(app.session_state["predict-answers"]) == 1


@pytest.mark.parametrize("name", ["me.jfif", "me.jpe", "noname", "a\x00b.jpg", "holiday.docx"])
def test_names_decide_nothing(name, artifacts, open_page):
    app = upload(open_page("predict"), (name, read_example()))
    assert not app.exception and not app.error and read_table(app)["face"].tolist() == [1]


def test_anything_brought_takes_the_examples_place(artifacts, open_page, all_text):
    app = upload(open_page("predict"), ("report.docx", b"PK\x03\x04"))
    assert "photo by NASA" not in all_text(app) and "`report.docx`" in app.warning[0].value


def test_stopped_batch_shows_what_it_has_and_goes_on(artifacts, open_page, all_text, monkeypatch):
    app = upload(open_page("predict"), ("a.jpg", read_example(200)))
    app.session_state[batch.STOPPED] = True
    app.pills(key="predict-example").set_value("Cat").run()
    assert "1 photo is not answered yet" in all_text(app)
    app.button(key="predict-go-on").click().run()
    assert read_table(app)["file"].tolist() == ["cat.jpg"]


def test_many_unreadable_files_do_not_push_the_answers_away(artifacts, open_page, all_text):
    app = upload(open_page("predict"), *((f"bad{n}.jpg", b"") for n in range(30)), ("mine.jpg", read_example()))
    assert len(app.warning[0].value.splitlines()) == batch.LISTED
    assert any(expander.label == "The other 26" for expander in app.expander) and "`bad29.jpg`" in all_text(app)


def test_two_networks_answer_side_by_side(artifacts, open_page, tmp_path, monkeypatch):
    shutil.copytree(artifacts, tmp_path / "two")
    shutil.copy(artifacts / "compact-s0/model.onnx", tmp_path / "two/vgg-b32-e100-s0/model.onnx")
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path / "two"))
    app = open_page("predict")
    assert len(read_table(app)) == 1
    folders = ["compact-s0", "vgg-b32-e100-s0"]
    names = [loading.load_runs().names[folder] for folder in folders]
    app.multiselect(key="predict-networks").set_value(names).run()
    assert read_table(app)["network"].tolist() == names
    app.multiselect(key="predict-networks").set_value(names[1:]).run()
    assert read_table(app)["network"].tolist() == names[1:]
    assert not app.exception and not app.error


def test_phones_begin_with_the_camera(artifacts, open_page, monkeypatch):
    assert not open_page("predict").camera_input
    monkeypatch.setattr(ui, "is_phone", lambda: True)
    app = open_page("predict")
    app.camera_input(key="predict-camera").set_value(("shot.jpg", read_example(), "image/jpeg")).run()
    assert read_table(app)["file"].tolist() == ["snapshot.jpg"]


def test_examples_are_pictures_that_can_be_read():
    for example in EXAMPLES.values():
        with Image.open(io.BytesIO(example.read())) as picture:
            picture.load()
        assert example.credit


def test_examples_are_not_all_alike_and_say_whose_they_are(committed_artifacts):
    """Whatever network answers: several answers, one that is not sure, one that is not what was drawn, and no face."""
    engine = loading.load_engine()
    answers = {name: photo.answer_example(name, engine) for name in EXAMPLES}
    faces = {name: answer.faces[0] for name, answer in answers.items() if answer.faces}
    drawn = {name: face for name, face in faces.items() if name.startswith("Drawn")}
    assert 8 <= len(EXAMPLES) <= 12 and "Cat" not in faces and len(drawn) == 5
    assert len({face.label for face in faces.values()}) >= 4
    assert not all(face.sure for face in faces.values())
    assert any(face.label not in EXAMPLES[name].file_name for name, face in drawn.items())
    for example in EXAMPLES.values():
        assert any(licence in example.credit for licence in ("public domain", "CC0", "MIT"))
