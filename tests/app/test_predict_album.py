"""Many photos: good and bad files, their names, what is kept and what is forgotten."""

import pytest
from predict_page import read_example, read_table, upload

from fer_core.app.faces import album, batch, photo

SOME_BAD = {
    "empty.jpg": (b"", "empty"),
    "text.jpg": (b"this is no picture", "not a picture"),
    "cut.jpg": (photo.EXAMPLE.read_bytes()[:2000], "damaged"),
}


def test_every_photo_is_worked_on_once(artifacts, open_page, n_answers):
    app = open_page("predict")
    del n_answers[:]
    upload(app, ("a.jpg", read_example(200)), ("b.jpg", read_example(240)))
    upload(app, ("c.jpg", read_example(280)))
    app.run()
    assert n_answers == ["a.jpg", "b.jpg", "c.jpg"]


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
    app = upload(open_page("predict"), *((f"p{n}.jpg", read_example(200)) for n in range(3)))
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


def test_stopped_batch_shows_what_it_has_and_goes_on(artifacts, open_page, all_text, monkeypatch):
    app = upload(open_page("predict"), ("a.jpg", read_example(200)))
    app.session_state[batch.STOPPED] = True
    app.pills(key="predict-example").set_value("Admiral").run()
    assert "1 photo is not answered yet" in all_text(app)
    app.button(key="predict-go-on").click().run()
    assert read_table(app)["file"].tolist() == ["admiral.jpg"]


def test_many_unreadable_files_do_not_push_the_answers_away(artifacts, open_page, all_text):
    app = upload(open_page("predict"), *((f"bad{n}.jpg", b"") for n in range(30)), ("mine.jpg", read_example()))
    assert len(app.warning[0].value.splitlines()) == batch.LISTED
    assert any(expander.label == "The other 26" for expander in app.expander) and "`bad29.jpg`" in all_text(app)


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


def test_without_a_face_there_is_no_table_and_nothing_to_take_away(artifacts, open_page):
    app = upload(open_page("predict"), ("bad.jpg", b"no picture"))
    app.session_state["predict-take-away"] = True  # unfolded, if it were there
    app.run()
    assert app.warning and not app.dataframe and not app.download_button
    app.pills(key="predict-example").set_value("Cat").run()
    assert not app.dataframe and not app.download_button
    assert not any(fold.label.startswith("Every face") for fold in app.expander)


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


@pytest.mark.parametrize("name", ["me.jfif", "me.jpe", "noname", "a\x00b.jpg", "holiday.docx"])
def test_names_decide_nothing(name, artifacts, open_page):
    app = upload(open_page("predict"), (name, read_example()))
    assert not app.exception and not app.error and read_table(app)["face"].tolist() == [1]
