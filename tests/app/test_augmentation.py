"""The augmentation page and its use of the training's own layers."""

import io
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from sample_artifacts import write_sample_runs

from fer_core.app import loading, shell
from fer_core.app.augmentation import augment, spoiling, views, worker
from fer_core.app.augmentation.augment import Settings
from fer_core.app.faces import sample_face
from fer_core.data import draw_face
from fer_core.vision.crop import Framing
from fer_core.vision.detector import Face

VIEWS = ("Both policies", "One by one", "Bad photos", "Mix your own")


@pytest.fixture(scope="module")
def layers():
    """Keras and its backend here and in their own process, started before a page's time limit runs; else no subject."""
    try:
        worker.forget()
        worker.ask(augment.get_policy, "study")
    except augment.AugmentationError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def faces():
    return np.stack([draw_face(label, np.random.default_rng(label)) for label in range(7)])


def test_the_server_never_loads_the_layers_itself():
    code = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("pages/augmentation.py", default_timeout=120).run()
assert not app.exception and app.table, "the page stands"
print(*sorted({"keras", "tensorflow"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=shell.ROOT, check=True)
    assert done.stdout.strip() == "", "with Keras loaded, each run of each page takes half a second more"


def test_a_process_that_ends_midway_is_a_sentence_and_the_next_one_answers(layers):
    worker.forget()
    with pytest.raises(augment.AugmentationError, match="lack of memory"):
        worker.ask(os._exit, 1)
    assert worker.ask(augment.get_policy, "study").vertical_flip


def test_a_known_answer_needs_no_process(layers, faces, monkeypatch):
    first = worker.ask(augment.make_variants, faces, worker.ask(augment.get_policy, "study"), 4)
    monkeypatch.setattr(worker.loky, "get_reusable_executor", None)
    again = worker.ask(augment.make_variants, faces.copy(), worker.ask(augment.get_policy, "study"), 4)
    assert (first.images == again.images).all() and first.images.any()
    with pytest.raises(TypeError):  # another draw is another question
        worker.ask(augment.make_variants, faces, worker.ask(augment.get_policy, "study"), 5)


@pytest.mark.parametrize("policy", ["study", "compact"])
def test_the_pictures_are_those_of_the_training(layers, faces, policy):
    from keras import ops

    from fer_core.training.policies import make_augmentation

    images = ops.convert_to_tensor(faces[..., None].astype("float32"))
    for layer in make_augmentation(policy, seed=3):
        images = layer(images, training=True)
    expected = np.clip(np.round(ops.convert_to_numpy(images)[..., 0]), 0, 255)
    assert (augment.make_variants(faces, augment.get_policy(policy), 3).images == expected).all()


def test_settings_that_do_nothing_change_nothing(layers, faces):
    variants = augment.make_variants(faces, Settings(), 0)
    assert (variants.images == faces).all() and not variants.upside_down.any() and not variants.erased.any()


def test_one_step_alone_keeps_the_draws_of_all_together(layers, faces):
    study = augment.get_policy("study")
    alone = augment.make_variants(faces, augment.keep_step(study, "vertical_flip"), 1)
    assert (alone.upside_down == augment.make_variants(faces, study, 1).upside_down).all()
    for face, image, turned in zip(faces, alone.images, alone.upside_down):
        assert (image == (face[::-1] if turned else face)).all()


def test_steps_of_the_policies(layers):
    study, ours = augment.get_policy("study"), augment.get_policy("compact")
    assert "vertical_flip" in augment.list_steps(study) and "light" not in augment.list_steps(study)
    assert "vertical_flip" not in augment.list_steps(ours) and "light" in augment.list_steps(ours)
    assert augment.describe_step(study, "erasing") == "50\u00a0% of pictures, a square of 10 pixels in black"
    assert augment.describe_step(study, "light") == "–"
    assert augment.make_variants(np.zeros((5, 48, 48), np.uint8), augment.keep_step(study, "erasing"), 0).erased.all()


@pytest.mark.parametrize("way", spoiling.WAYS)
def test_each_way_of_spoiling_is_a_layer_of_the_training_and_does_something(layers, faces, way):
    spoilt = spoiling.spoil(faces[3], way, 4, 0)
    assert all((picture != faces[3]).mean() > 0.05 for picture in spoilt), "every picture is spoilt, to be seen"
    assert (spoilt[0] != spoilt[1]).any(), "each by a draw of its own"
    assert spoiling.describe_way(way).startswith("10\u00a0% of pictures, ")


def test_the_ways_of_spoiling_are_all_that_the_training_adds(layers):
    from fer_core.training.policies import POLICIES

    assert list(spoiling.WAYS) == [step for step in POLICIES[spoiling.POLICY] if step not in POLICIES["compact"]]


def test_the_study_turns_half_of_the_pictures_upside_down(layers):
    assert augment.measure_upside_down(augment.get_policy("study")) == pytest.approx(0.5, abs=0.02)
    assert augment.measure_upside_down(augment.get_policy("compact")) == 0


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("folder", ["artifacts", "no_artifacts", "broken_artifacts"])
def test_every_view_stands_whatever_the_artifacts(layers, folder, view, request, open_page, all_text):
    request.getfixturevalue(folder)
    app = open_page("augmentation", augmentation_view=view)
    assert not app.exception and not app.error and not app.warning
    assert "A drawn happy face, no real person" in all_text(app)
    assert ("Far away" if view == "Bad photos" else "upside down") in all_text(app)


def test_both_policies_say_what_they_do_and_that_no_crop_is_made(layers, no_artifacts, open_page, all_text):
    text = all_text(open_page("augmentation"))
    assert "In 10,000 draws" in text and "ten-crop" in text and "None of 12 upside down" in text


def test_what_the_upside_down_half_costs_is_said_where_it_was_measured(
    layers, tmp_path, monkeypatch, open_page, all_text
):
    write_sample_runs(tmp_path, {"quarter-s0": 2.0, "quarter-no-vertical-flip-s0": 3.0})
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path))
    before, after = (loading.load_runs().find(name) for name in ("quarter-s0", "quarter-no-vertical-flip-s0"))
    gain = 100 * (after.metrics.test.accuracy - before.metrics.test.accuracy)
    assert f"at a quarter of its width gains, in a short training, +{gain:.1f}\u00a0points (" in all_text(
        open_page("augmentation")
    )


def test_a_new_draw_gives_another_seed(layers, no_artifacts, open_page):
    app = open_page("augmentation", augmentation_seed="999")
    app.button(key="augmentation-draw").click().run()
    assert not app.exception and not app.warning
    assert app.number_input(key="augmentation-seed").value == 0


def test_the_mix_starts_from_a_policy_and_follows_its_sliders(layers, no_artifacts, open_page, all_text):
    app = open_page("augmentation", augmentation_view="Mix your own", augmentation_start="Compact network")
    assert app.slider(key="augmentation-compact-rotation").value == 12
    assert "None of 24 upside down" in all_text(app)
    app.toggle(key="augmentation-compact-vertical_flip").set_value(True).run()
    app.slider(key="augmentation-compact-probability").set_value(0.0).run()
    assert not app.exception and not app.error
    assert "of 24 upside down (framed), 0 partly covered" in all_text(app)


def test_without_tensorflow_the_page_says_so(no_artifacts, open_page, all_text, monkeypatch):
    monkeypatch.setitem(sys.modules, "fer_core.training.policies", None)
    monkeypatch.setattr(worker, "_ask", lambda question: worker._call(*question.call))
    app = open_page("augmentation")
    assert not app.exception
    assert "is not installed" in app.error[0].value and "pip install" in app.error[0].value
    assert "A drawn happy face" in all_text(app)


@pytest.mark.parametrize(
    ("name", "data"),
    [("empty.jpg", b""), ("text.jpg", b"this is no picture"), ("cut.png", b"\x89PNG\r\n\x1a\n" + bytes(40))],
)
def test_a_bad_upload_is_named_and_the_page_goes_on(layers, no_artifacts, open_page, all_text, name, data):
    app = open_page("augmentation", augmentation_face="Your own")
    app.file_uploader(key="augmentation-upload").set_value((name, data, "image/jpeg")).run()
    assert not app.exception
    assert len(app.error) == 1 and "Something went wrong" not in app.error[0].value
    assert "in place of that file" in all_text(app) and "upside down" in all_text(app)


def test_a_photo_without_a_face_gives_its_middle(layers, no_artifacts, open_page, all_text):
    buffer = io.BytesIO()
    Image.fromarray(np.full((120, 200, 3), 90, np.uint8)).save(buffer, "PNG")
    app = open_page("augmentation", augmentation_face="Your own")
    app.file_uploader(key="augmentation-upload").set_value(("wall.png", buffer.getvalue(), "image/png")).run()
    assert not app.exception and not app.error
    assert "No face found: the middle of your photo" in all_text(app)


def test_a_visitors_face_is_not_kept(layers, no_artifacts, open_page, monkeypatch):
    open_page("augmentation")
    assert worker._ask.cache_info().currsize, "a drawn face is"
    cleared = []
    monkeypatch.setattr(views._encode_sheet, "clear", lambda: cleared.append(True))
    buffer = io.BytesIO()
    Image.fromarray(np.full((120, 200, 3), 90, np.uint8)).save(buffer, "PNG")
    app = open_page("augmentation", augmentation_face="Your own")
    app.file_uploader(key="augmentation-upload").set_value(("wall.png", buffer.getvalue(), "image/png")).run()
    assert not app.exception and worker._ask.cache_info().currsize == 0 and cleared


def test_a_photo_with_a_face_gives_its_crop():
    example = shell.ASSETS / "example.jpg"
    if not example.is_file():
        pytest.skip("the example photo is not here")
    face = sample_face.read_face(example.read_bytes(), example.name)
    assert face.note == "The largest face of your photo"
    assert face.picture.shape == (48, 48) and face.picture.dtype == np.uint8 and face.picture.std() > 10


def test_the_largest_of_several_faces_is_taken_one_photo_at_a_time(monkeypatch):
    held = []

    class Detector:
        framing = Framing()

        def detect(self, rgb):
            held.append(loading.TURN.locked())
            return [Face((10, 10, 60, 60), 0.99), Face((200, 200, 300, 300), 0.95), Face((70, 10, 120, 60), 0.99)]

    monkeypatch.setattr(loading, "load_detector", Detector)
    rgb = np.zeros((320, 320, 3), np.uint8)
    rgb[200:300, 200:300] = 180
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "PNG")
    assert (sample_face.read_face(file.getvalue(), "x.png").picture == 180).all()
    assert held == [True] and not loading.TURN.locked(), "large photos of several visitors never lie in memory at once"


def test_the_middle_of_a_picture_is_its_largest_square():
    rgb = np.zeros((60, 100, 3), np.uint8)
    rgb[:, 20:80] = 200
    middle = sample_face.crop_centre(rgb)
    assert middle.shape == (48, 48) and (middle == 200).all()


def test_what_the_answering_network_met_is_said(committed_artifacts):
    text = spoiling.describe_answering(loading.load_runs().find("crowd-s0"))
    assert text.startswith(
        "**Face ResNet, taught by the crowd**, which answers for photos"
    ) and "10\u202f%" in text.replace("\u00a0", "\u202f")
    assert all(name.lower() in text for name, _ in spoiling.WAYS.values())
    assert spoiling.describe_answering(loading.load_runs().find("compact-s1")) == ""
