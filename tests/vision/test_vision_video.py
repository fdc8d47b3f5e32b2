"""Reading videos: kinds, rates, rotation, limits, and files that are damaged, hostile or no videos at all."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import video_files
from video_files import damage_middle, draw_frames, draw_noise, encode_video, move_index_first

from fer_core.vision import video
from fer_core.vision.video import VideoError, read_video

RED = (255, 0, 0)


def read_all(data: bytes, **options) -> tuple[list, video.VideoReader]:
    with read_video(data, **options) as reader:
        return list(reader), reader


def find_red_corner(rgb: np.ndarray) -> str:
    """Say in which corner of a frame the red is."""
    corners = {"top left": (8, 8), "top right": (8, -8), "bottom left": (-8, 8), "bottom right": (-8, -8)}
    return " and ".join(name for name, place in corners.items() if np.abs(rgb[place].astype(int) - RED).max() < 60)


@pytest.mark.parametrize("kind", video_files.KINDS)
def test_kinds_are_read_whatever_the_name_says(kind):
    frames, reader = read_all(encode_video(draw_frames(), kind), name="holiday.txt")
    seconds = np.array([second for second, _ in frames])
    assert reader.size == (160, 120) and reader.seconds == pytest.approx(2, abs=0.1)
    assert len(frames) == 16 and seconds[0] == 0 and (np.diff(seconds) > 0.05).all()
    assert all(rgb.shape == (120, 160, 3) and rgb.dtype == np.uint8 for _, rgb in frames)
    assert find_red_corner(frames[-1][1]) == "top left"
    assert reader.notes == [] and reader.progress > 0.9


@pytest.mark.parametrize("codec", ["hevc", "libvpx-vp9", "mjpeg", "libsvtav1"])
def test_other_codecs_are_read(codec):
    kind = {"hevc": "mp4", "mjpeg": "avi"}.get(codec, "mkv")
    frames, _ = read_all(encode_video(draw_frames(10), kind, codec=codec))
    assert len(frames) == 4 and find_red_corner(frames[0][1]) == "top left"


@pytest.mark.parametrize(
    ("rotation", "corner", "shape"),
    [(90, "bottom left", (160, 120)), (180, "bottom right", (120, 160)), (-90, "top right", (160, 120))],
)
def test_is_turned_as_the_camera_noted(rotation, corner, shape):
    frames, _ = read_all(encode_video(draw_frames(4), rotation=rotation))
    rgb = frames[0][1]
    assert rgb.shape[:2] == shape and find_red_corner(rgb) == corner


def test_large_frames_are_reduced_and_time_is_kept():
    frames, reader = read_all(encode_video(draw_frames(12, 1280, 720), rate=4))
    assert reader.size == (1280, 720)
    assert [rgb.shape for _, rgb in frames] == [(360, 640, 3)] * 12
    assert [second for second, _ in frames] == pytest.approx(np.arange(12) / 4)


def test_rate_is_as_asked():
    data = encode_video(draw_frames(40))
    assert len(read_all(data, rate=20)[0]) == 40
    assert len(read_all(data, rate=2)[0]) == 4


def test_only_the_beginning_of_a_long_video_is_read():
    frames, reader = read_all(encode_video(draw_frames(60)), max_seconds=1)
    assert len(frames) == 8 and frames[-1][0] < 1
    assert reader.notes == ["Only its first 1 seconds were read."]


def test_ten_hours_of_gif_end_after_two_minutes():
    data = video_files.encode_slow_gif(60, 600)
    frames, reader = read_all(data)
    assert len(frames) == 1 and "first 120 seconds" in reader.notes[0]


def test_frames_without_end_are_cut_off(monkeypatch):
    monkeypatch.setattr(video, "MAX_DECODED", 15)
    frames, reader = read_all(encode_video(draw_frames(40)))
    assert len(frames) < 8 and "unusual" in reader.notes[0]


BAD = {
    "nothing": (lambda: b"", "empty"),
    "text": (lambda: b"this is no video, whatever its name says", "not a video"),
    "picture": (lambda: (video_files.ASSETS / "cat.jpg").read_bytes(), "Predict page"),
    "playlist": (lambda: b"ffconcat version 1.0\nfile /etc/hostname\n", "not a video"),
    "another playlist": (lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", "not a video"),
    "sound": (video_files.encode_sound, "only sound"),
    "no index": (lambda: encode_video(draw_noise())[:20000], "index is missing"),
    "two bytes of a video": (lambda: encode_video(draw_frames(4))[:40], "index is missing"),
    "header of a webm": (lambda: encode_video(draw_frames(4), "webm")[:60], "damaged"),
    "dot": (lambda: encode_video([np.zeros((2, 2, 3), np.uint8)] * 3), "at least 24"),
    "thread": (lambda: encode_video([np.zeros((24, 1280, 3), np.uint8)] * 3), "narrow"),
    "huge": (video_files.make_huge_gif, "more than 4096 x 2304"),
    "8K": (lambda: encode_video([np.zeros((4320, 7680, 3), np.uint8)], codec="mpeg4"), "more than 4096 x 2304"),
    "odd codec": (lambda: encode_video(draw_frames(4), "avi", codec="huffyuv"), "packed in a way"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_get_one_sentence(name):
    make, words = BAD[name]
    with pytest.raises(VideoError, match=words) as caught:
        read_all(make(), name="evil.mp4")
    assert "evil" not in str(caught.value) and str(caught.value).count(". ") == 0


def test_too_many_bytes_are_refused_unread(monkeypatch):
    monkeypatch.setattr(video, "MAX_BYTES", 2_000_000)
    with pytest.raises(VideoError, match="3 MB, and at most 2 MB"):
        read_video(b"\0\0\0\x18ftypisom" + bytes(3_000_000))


@pytest.mark.parametrize(("kind", "note"), [("mp4", "damaged"), ("avi", "damaged"), ("webm", "without a frame")])
def test_damage_in_the_middle_is_said_and_the_rest_read(kind, note):
    data = move_index_first(encode_video(draw_noise(100), kind))
    frames, reader = read_all(damage_middle(data, 0.4))
    assert len(frames) >= 12 and note in " ".join(reader.notes)


def test_interrupted_video_is_read_as_far_as_it_goes():
    data = move_index_first(encode_video(draw_noise(100)))
    frames, reader = read_all(data[: len(data) // 2])
    assert 10 <= len(frames) < 30
    assert any("ends after" in note or "damaged" in note for note in reader.notes)


@pytest.mark.parametrize("kind", ["mp4", "webm", "gif", "avi"])
def test_mutated_files_give_frames_or_a_sentence(kind):
    data = np.frombuffer(encode_video(draw_frames(12, 64, 48), kind), np.uint8)
    random, n_refused = np.random.default_rng(3), 0
    for _ in range(60):
        mutant = data.copy()
        places = random.integers(0, len(data), random.integers(1, 40))
        mutant[places] = random.integers(0, 256, len(places))
        try:
            frames, _ = read_all(mutant[: random.integers(len(data) // 2, len(data) + 1)].tobytes())
            assert all(
                rgb.dtype == np.uint8 and rgb.ndim == 3 and max(rgb.shape) <= video.MAX_SIDE for _, rgb in frames
            )
        except VideoError:
            n_refused += 1
    assert 0 < n_refused < 60


def test_one_large_video_at_a_time(monkeypatch):
    monkeypatch.setattr(video, "LARGE", 100 * 100)
    data = encode_video(draw_frames(4))
    with read_video(data) as first:
        with pytest.raises(VideoError, match="try again in a minute"):
            read_video(data)
        assert len(list(first)) == 2
    assert len(read_all(data)[0]) == 2


def test_several_visitors_read_at_once():
    data, counts = encode_video(draw_frames(40)), []
    threads = [threading.Thread(target=lambda: counts.append(len(read_all(data)[0]))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [16] * 6


SCRIPT = """
import resource, sys
sys.path[:0] = [{root!r}, {tests!r}]
sys.dont_write_bytecode = True
import video_files
from fer_core.vision.video import VideoError, read_video
good = [video_files.encode_video(video_files.draw_frames(40), kind) for kind in ("mp4", "webm", "gif")]
bad = [video_files.make_huge_gif(), good[0][:2000], b"#EXTM3U"]
opened = []
def watch(event, args):
    if event == "open" and isinstance(args[0], str) and not args[0].endswith((".py", ".so")):
        opened.append(args[0])
    if event.startswith(("socket.", "subprocess.", "tempfile.", "os.mkdir")):
        opened.append(event)
sys.addaudithook(watch)
before, n = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
for data in good + bad:
    try:
        with read_video(data) as reader:
            n += len(list(reader))
    except VideoError:
        n += 1000
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
print(n, opened, grown < 200, [name for name in ("tensorflow", "streamlit") if name in sys.modules])
"""


def test_nothing_is_opened_and_memory_stays_bounded():
    root = Path(__file__).resolve().parents[2]
    script = SCRIPT.format(root=str(root), tests=str(root / "tests"))
    result = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip().splitlines()[-1] == "3048 [] True []"
