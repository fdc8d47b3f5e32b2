"""The predict page: its examples, its networks, what it says about itself, and nothing worked out twice."""

import io
import shutil
from dataclasses import replace

from PIL import Image
from predict_page import read_example, read_table, upload

from fer_core.app import loading, ui
from fer_core.app.faces import answering, photo
from fer_core.app.faces.examples import EXAMPLES, FIRST


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
    assert "photo by the US Navy" in all_text(app) and "1 face" in all_text(app)
    app.run()
    assert n_answers == ["admiral.jpg"]


def test_deep_link_opens_an_example(artifacts, open_page, all_text):
    app = open_page("predict", predict_example="Six versions")
    assert "Six versions" in app.pills(key="predict-example").value
    assert set(read_table(app)["file"]) == {"six-versions.jpg"}


def test_unknown_example_in_the_address_falls_back(artifacts, open_page):
    app = open_page("predict", predict_example="nobody")
    assert not app.exception and app.pills(key="predict-example").value == FIRST


def test_says_how_good_and_what_not_to_do(artifacts, open_page, all_text):
    text = all_text(open_page("predict"))
    scores = answering.find_scores(loading.load_default_run())
    assert f"{100 * scores.accuracy:.1f}" in text
    assert "Not for judging people" in text and "gone 2\u00a0min after you leave" in text


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
    assert "photo by the US Navy" not in all_text(app)
    assert read_table(app)[["file", "face"]].values.tolist() == [["mine.jpg", 1]]
    app.pills(key="predict-example").set_value("Portrait").run()
    assert "photo by NASA" in all_text(app)


def test_anything_brought_takes_the_examples_place(artifacts, open_page, all_text):
    app = upload(open_page("predict"), ("report.docx", b"PK\x03\x04"))
    assert "photo by the US Navy" not in all_text(app) and "`report.docx`" in app.warning[0].value


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
