"""The video page: files good and bad, the example, stopping, another network, tables to take away."""

import shutil

import numpy as np
import pytest
import video_files
from streamlit.runtime.scriptrunner_utils.exceptions import StopException
from streamlit.testing.v1 import AppTest

from fer_core.app.video import example, recording, working
from fer_core.app.video.tables import COLUMNS, list_faces, make_face_table, make_sample_table
from fer_core.labels import LABELS


@pytest.fixture(scope="module")
def clip() -> bytes:
    """Two seconds of a portrait that moves."""
    return video_files.encode_video(video_files.film_portrait(40))


@pytest.fixture
def n_read(monkeypatch) -> list:
    """Grows by one for every video that is really worked on."""
    made = []

    class Counted(recording.Recording):
        def __init__(self, name, *args):
            made.append(name)
            super().__init__(name, *args)

    monkeypatch.setattr(working, "Recording", Counted)
    return made


def upload(app: AppTest, name: str, data: bytes) -> AppTest:
    app.file_uploader(key="video-upload").upload(name, data, "video/mp4")
    return app.run()


def find_only_result(app: AppTest) -> recording.VideoResult:
    (result,) = app.session_state[working.KEPT].values()
    return result


def test_without_a_network_it_says_how_to_get_one(no_artifacts, open_page, all_text):
    app = open_page("video")
    assert "No network to ask yet" in all_text(app) and "python train.py train compact" in all_text(app)
    assert not app.exception and not app.error


def test_empty_page_says_what_to_bring(artifacts, open_page, all_text):
    text = all_text(open_page("video"))
    assert "No video yet" in text and "up to 60 MB" in text and "first 2 minutes" in text


def test_a_face_is_followed_through_the_video(artifacts, open_page, all_text, clip):
    app = upload(open_page("video"), "me.mp4", clip)
    assert not app.exception and not app.error and not app.warning
    result = find_only_result(app)
    assert {sample.face for sample in result.samples} == {1} and len(result.samples) == len(result.times) == 16
    lefts = [sample.box[0] for sample in result.samples]
    assert lefts[-1] - lefts[0] == pytest.approx(2 * 37, abs=20)
    table = app.dataframe[0].value
    assert table["face"].tolist() == [1] and table["in sight"][0] == pytest.approx(2, abs=0.2)
    assert table[[*LABELS, "not sure"]].sum(axis=1)[0] == pytest.approx(1)
    assert all(name in all_text(app) for name in COLUMNS)


def test_the_same_file_is_read_once_and_kept_for_the_visit(artifacts, open_page, all_text, clip, n_read):
    app = upload(open_page("video"), "me.mp4", clip)
    app.run()
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/video.py").run()
    assert "me.mp4" in all_text(app) and app.dataframe
    upload(app, "same.mp4", clip)
    assert n_read == ["me.mp4"]


def test_another_network_reads_it_again(artifacts, open_page, tmp_path, monkeypatch, clip, n_read):
    shutil.copytree(artifacts, tmp_path / "two")
    shutil.copy(artifacts / "compact-s0/model.onnx", tmp_path / "two/vgg-b32-e100-s0/model.onnx")
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path / "two"))
    app = upload(open_page("video"), "me.mp4", clip)
    box = app.selectbox(key="video-network")
    box.set_value(next(name for name in box.options if name != box.value)).run()
    assert len(n_read) == 2 and not app.exception and not app.error


BAD = {
    "empty.mp4": (b"", "empty"),
    "text.mp4": (b"no video at all", "not a video"),
    "cut.mp4": (video_files.encode_video(video_files.draw_noise(10))[:5000], "index is missing"),
    "sound.mp4": (video_files.encode_sound(), "only sound"),
    "huge.gif": (video_files.make_huge_gif(), "more than 4096 x 2304"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_get_one_sentence(artifacts, open_page, name):
    data, words = BAD[name]
    app = upload(open_page("video"), name, data)
    (warning,) = app.warning
    assert f"`{name}`" in warning.value and words in warning.value
    assert not app.exception and not app.error and not app.dataframe


@pytest.mark.parametrize("name", ["me.3gp", "noname", "a\x00b.mp4"])
def test_names_decide_nothing(name, artifacts, open_page, clip):
    app = upload(open_page("video"), name, clip)
    assert not app.exception and not app.error and not app.warning and app.dataframe


def test_names_are_never_markdown(artifacts, open_page):
    app = upload(open_page("video"), "**x** [y](http:x).mp4", b"no video")
    before, inside, after = app.warning[0].value.split("`")
    assert "**x**" in inside and "**" not in before + after


def test_no_face_is_said(artifacts, open_page, all_text):
    app = upload(open_page("video"), "lines.mp4", video_files.encode_video(video_files.draw_frames(10)))
    assert "No face found" in all_text(app) and not app.exception and not app.error


def test_cut_file_is_answered_as_far_as_it_goes_and_that_is_said(artifacts, open_page):
    data = video_files.move_index_first(video_files.encode_video(video_files.film_portrait(80, grain=25)))
    app = upload(open_page("video"), "cut.mp4", data[: len(data) // 3])
    assert any("ends after" in box.value for box in app.info)
    assert app.dataframe and not app.exception


def test_what_was_found_before_an_interruption_is_kept(artifacts, open_page, all_text, clip, monkeypatch):
    count = []

    def interrupt(seconds, *_):
        count.append(seconds)
        if len(count) == 5:
            raise StopException  # what Streamlit raises in the script of a visitor who is gone
        return "working"

    monkeypatch.setattr(working, "REFRESH", -1)
    monkeypatch.setattr(working, "describe_progress", interrupt)
    app = upload(open_page("video"), "me.mp4", clip)
    result = find_only_result(app)
    assert result.stopped and len(result.times) == 5 and result.marked
    app.run()
    assert any("Stopped" in box.value for box in app.info)
    monkeypatch.undo()


def test_example_is_there_by_link(artifacts, open_page, all_text):
    app = open_page("video", video_example="Moving portrait")
    assert "photo by NASA" in all_text(app) and not app.exception and not app.error
    result = find_only_result(app)
    faces = list_faces(result)
    assert len(faces) >= 3 and result.name == example.CLIPS["Moving portrait"].file_name
    assert result.cuts == pytest.approx([5, 6.5], abs=0.2), "the cat comes and goes at once"
    scenes = [sum(cut <= frame.seconds for cut in result.cuts) for frame in result.still_frames]
    assert scenes == [0, 1, 2] and "nothing moves" in all_text(app)
    assert max(s.face for s in result.samples if s.seconds < 5) < min(s.face for s in result.samples if s.seconds > 6.5)
    gap = [seconds for seconds in result.times if 5 <= seconds < 6.4]
    assert gap and not {sample.seconds for sample in result.samples} & set(gap)  # the cat


def test_marked_video_shows_boxes_at_their_time(artifacts, open_page, clip):
    from fer_core.vision.video import read_video

    result = find_only_result(upload(open_page("video"), "me.mp4", clip))
    with read_video(result.marked) as marked:
        frames = list(marked)
    assert [seconds for seconds, _ in frames] == pytest.approx(result.times, abs=0.002)
    with read_video(clip) as plain:
        _, original = next(iter(plain))
    assert np.abs(frames[0][1].astype(int) - original).max() > 100  # the box


def test_tables_add_up(artifacts, open_page, clip):
    result = find_only_result(upload(open_page("video"), "me.mp4", clip))
    samples = make_sample_table(result)
    assert list(samples.columns) == list(COLUMNS) and len(samples) == 16
    assert samples[list(LABELS)].sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-3)
    faces = make_face_table(list_faces(result))
    mostly = samples["answer"].mode()[0]
    assert faces["mostly"][0] == mostly
    assert faces[mostly][0] == pytest.approx((samples["answer"] == mostly).mean(), abs=0.1)


def test_a_drawn_face_is_doubted_in_the_same_way_everywhere(committed_artifacts, open_page, all_text):
    app = open_page("video", video_example="Changing face")
    result = find_only_result(app)
    (face,) = list_faces(result)
    table, samples = make_face_table([face]), make_sample_table(result)
    assert "Drawn, it seems" in all_text(app) and face.share_in_doubt > 0.3
    assert face.doubtful.tolist() == (samples["doubt"] != "").tolist()
    assert not samples["sure"].any(), "a drawing is never a sure answer"
    band = {spell.label for spell in face.spells}
    assert {"happy", "surprise"} <= band == {label for label in (*LABELS, "not sure") if table[label][0] > 0}
    assert {frame.label for frame in result.key_frames} <= band and all(frame.doubtful for frame in result.key_frames)
    assert table["in doubt"][0] == pytest.approx(1 - table["not sure"][0])
