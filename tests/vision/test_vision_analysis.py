"""From a picture to answers: order, labels, warnings, the drawing."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from fer_core.labels import COLORS, COVERED, LABELS
from fer_core.vision import Face, FaceDetector, Predictor, analyse_box, analyse_image, crop_face, draw_faces
from fer_core.vision.analysis import read_again
from fer_core.vision.doubts import compute_pose, compute_sharpness, find_doubts
from fer_core.vision.draw import UNSURE_COLOR, choose_text_color, get_color

FRONT = np.float32([[30, 40], [70, 40], [50, 60], [35, 80], [65, 80]])


class FixedDetector(FaceDetector):
    """Finds what it was told."""

    def __init__(self, *boxes, landmarks=None):
        self.faces = [Face(box, 0.99, landmarks) for box in boxes]

    def detect(self, rgb, thorough=True):
        return self.faces


@pytest.fixture(scope="module")
def certain(linear_model):
    return Predictor(linear_model, threshold=0.0)


@pytest.fixture(scope="module")
def unsure(linear_model):
    return Predictor(linear_model, threshold=1.1)


def test_photo_with_a_face(astronaut, detector, predictor):
    (result,) = analyse_image(astronaut, detector, predictor)
    assert np.array_equal(result.crop, crop_face(astronaut, result.face.box, detector.framing))
    assert result.turned == 0
    assert np.allclose(result.probability, predictor.predict(result.crop[None])[0], atol=1e-6)
    assert result.label == LABELS[result.probability.argmax()] and result.confidence == result.probability.max()
    assert result.number == 1 and result.warnings == []


def test_another_network_reads_the_same_faces_with_doubts_of_its_own(astronaut, detector, certain, unsure, monkeypatch):
    (first,) = analyse_image(astronaut, detector, certain)
    (again,) = read_again([first], unsure)
    assert (again.number, again.face, again.sure, again.doubtful) == (first.number, first.face, False, False)
    monkeypatch.setattr(certain, "read", lambda crops: (first.probability[None], [(COVERED,)]))
    (doubted,) = read_again([first], certain)
    assert first.sure and doubted.doubtful and not doubted.sure and np.array_equal(doubted.crop, first.crop)


def test_no_face(detector, predictor):
    picture = np.full((90, 120, 3), 80, np.uint8)
    assert analyse_image(picture, detector, predictor) == []
    assert draw_faces(picture, []).size == (120, 90)


@pytest.mark.parametrize(
    ("boxes", "order"),
    [
        ([(300, 60, 400, 160), (20, 40, 120, 140), (180, 80, 270, 190)], [1, 2, 0]),  # one row of heads
        ([(300, 10, 400, 110), (20, 200, 120, 300), (180, 210, 270, 310), (10, 30, 110, 130)], [3, 0, 1, 2]),
        ([(200, 20, 300, 120), (20, 90, 120, 190), (380, 60, 480, 160)], [1, 0, 2]),  # one row, tall and short
        ([(200, 20, 300, 120), (20, 100, 120, 200)], [0, 1]),  # nearly a head lower: the next row
        ([(0, 40 * i, 60, 40 * i + 60) for i in range(6)], [0, 1, 2, 3, 4, 5]),  # a staircase is no row
    ],
    ids=["row", "two rows", "tall and short", "lower", "column"],
)
def test_numbered_as_people_read(boxes, order, astronaut, predictor):
    results = analyse_image(astronaut, FixedDetector(*boxes), predictor)
    assert [r.number for r in results] == list(range(1, len(boxes) + 1))
    assert [r.face.box for r in results] == [boxes[place] for place in order]
    for result in results:
        assert np.array_equal(result.crop, crop_face(astronaut, result.face.box, FixedDetector.framing))


def read_tag_height(photo: np.ndarray, results) -> int:
    """Rows of the drawn picture that the first face's tag covers, in pixels: its text and a margin around."""
    drawn = np.asarray(draw_faces(photo, results))
    colour = np.array([int(get_color(results[0])[i : i + 2], 16) for i in (1, 3, 5)])
    x, y = int(results[0].face.box[0]) + 1, int(results[0].face.box[1])
    column = (np.abs(drawn[: y - 4, x].astype(int) - colour) < 3).all(axis=1)
    return int(column.sum())


@pytest.mark.parametrize("width", [400, 1600])
def test_tags_are_readable_on_a_phone(width, certain):
    photo = np.full((width * 3 // 4, width, 3), 120, np.uint8)
    box = (0.3 * width, 0.3 * width, 0.5 * width, 0.55 * width)
    results = analyse_image(photo, FixedDetector(box), certain)
    assert read_tag_height(photo, results) * 358 / width > 9, "pixels on a screen 390 wide"


def test_in_a_crowd_small_faces_get_their_number_alone(certain):
    photo = np.full((900, 1600, 3), 120, np.uint8)
    boxes = [(40 * i, 100 * row, 40 * i + 30, 100 * row + 40) for row in range(1, 5) for i in range(1, 30)]
    results = analyse_image(photo, FixedDetector(*boxes), certain)
    plain, numbered = (np.asarray(draw_faces(photo, results, labels)) for labels in (True, False))
    assert np.array_equal(plain, numbered)


def test_boxes_outside_the_picture_are_dropped(astronaut, predictor):
    results = analyse_image(astronaut, FixedDetector((-90, 0, -10, 80), (480, 480, 560, 560)), predictor)
    assert [r.face.box for r in results] == [(480, 480, 560, 560)]


def test_sure_and_not_sure(astronaut, certain, unsure):
    detector = FixedDetector((180, 58, 271, 175))
    assert analyse_image(astronaut, detector, certain)[0].sure
    assert not analyse_image(astronaut, detector, unsure)[0].sure


def test_box_by_hand(astronaut, predictor):
    result = analyse_box(astronaut, (180, 58, 271, 175), predictor)
    assert result.number == 1 and result.face.box == (180, 58, 271, 175)
    side = (225.5 - 58.5, 58, 225.5 + 58.5, 175)  # widened to a square
    assert np.array_equal(result.crop, analyse_box(astronaut, side, predictor).crop)
    with pytest.raises(ValueError, match="outside"):
        analyse_box(astronaut, (600, 600, 700, 700), predictor)


def test_warns_of_small_faces(astronaut, predictor):
    (small,) = analyse_image(astronaut, FixedDetector((200, 80, 220, 103)), predictor)
    assert small.warnings == ["Only 20 pixels wide: too small to read well."]


@pytest.mark.parametrize("radius", [3, 5])
def test_warns_of_blur(radius, astronaut, detector, predictor):
    soft = np.asarray(Image.fromarray(astronaut).filter(ImageFilter.GaussianBlur(radius)))
    (result,) = analyse_image(soft, detector, predictor)
    assert result.warnings == ["Blurred: the expression may be lost."]
    assert compute_sharpness(np.full((48, 48), 9, np.uint8)) == 0


@pytest.mark.parametrize("axis", [0, 1], ids=["down", "across"])
def test_warns_of_a_moving_camera(axis, astronaut, detector, predictor):
    moved = np.mean([np.roll(astronaut, i, axis=axis) for i in range(13)], axis=0).astype(np.uint8)
    (result,) = analyse_image(moved, detector, predictor)
    assert result.warnings == ["Blurred: the expression may be lost."]


@pytest.mark.parametrize("size", [180, 256, 400, 1024])
def test_no_warning_for_a_sharp_face_of_any_size(size, astronaut, detector, predictor):
    view = np.asarray(Image.fromarray(astronaut).resize((size, size), Image.Resampling.LANCZOS))
    (result,) = analyse_image(view, detector, predictor)
    assert result.warnings == []


def test_warns_of_a_face_from_the_side(load_free_picture, detector, predictor):
    (result,) = analyse_image(load_free_picture("camera.png"), detector, predictor)
    assert result.warnings == ["Turned to the side: the network knows mostly faces from the front."]


@pytest.mark.parametrize("angle", [-30, 25, 90, -135, 180])
def test_leaning_head_is_read_upright(angle, astronaut, detector, predictor):
    """The crop of a leaning head is nearly that of the upright one; no warning is due."""
    upright = analyse_image(astronaut, detector, predictor)[0].crop.astype(float)
    turned = np.asarray(Image.fromarray(astronaut).rotate(-angle, Image.Resampling.BICUBIC, center=(225, 115)))
    (result,) = analyse_image(turned, detector, predictor)
    assert abs((result.turned - angle + 180) % 360 - 180) < 9 and result.warnings == []
    as_found = crop_face(turned, result.face.box, detector.framing).astype(float)
    alike, unlike = (np.corrcoef(upright.ravel(), crop.ravel())[0, 1] for crop in (result.crop, as_found))
    assert alike > unlike + 0.15


def test_warns_of_turned_faces(astronaut, predictor):
    profile = FRONT + [180, 58]
    profile[2, 0] += 22
    detector = FixedDetector((180, 58, 271, 175), landmarks=profile)
    (result,) = analyse_image(astronaut, detector, predictor)
    assert result.warnings == ["Turned to the side: the network knows mostly faces from the front."]


def test_pose_of_landmarks():
    assert compute_pose(FRONT) == (0, 0)
    turned = FRONT.copy()
    turned[2, 0] += 20
    assert np.isclose(compute_pose(turned)[0], 0.5)
    angle = np.radians(30)
    spin = np.float32([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turn, tilt = compute_pose(turned @ spin)
    assert np.isclose(turn, 0.5, atol=1e-4) and np.isclose(tilt, 30, atol=1e-3)


def shows(picture, colour: str) -> bool:
    rgb = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return bool((np.asarray(picture) == rgb).all(axis=2).any())


def test_drawing(astronaut, certain, unsure):
    detector = FixedDetector((180, 58, 271, 175))
    before = astronaut.copy()
    results = analyse_image(astronaut, detector, certain)
    picture = np.asarray(draw_faces(astronaut, results))
    assert np.array_equal(astronaut, before)
    colour = COLORS[results[0].label]
    assert "#{:02X}{:02X}{:02X}".format(*picture[110, 180]) == colour
    assert np.array_equal(picture[100:130, 200:250], astronaut[100:130, 200:250]), "the face itself stays free"
    grey = draw_faces(astronaut, analyse_image(astronaut, detector, unsure))
    assert shows(grey, UNSURE_COLOR) and not shows(grey, colour)


@pytest.mark.parametrize("size", [(30, 40), (64, 1200), (1600, 1200)])
def test_drawing_stays_inside_pictures_of_any_size(size, predictor):
    rgb = np.zeros((*size, 3), np.uint8)
    boxes = [(-20.0, -15.0, 25.0, 28.0), (size[1] - 20.0, size[0] - 20.0, size[1] + 20.0, size[0] + 20.0)]
    results = analyse_image(rgb, FixedDetector(*boxes), predictor)
    assert len(results) == 2
    assert np.asarray(draw_faces(rgb, results)).shape == (*size, 3)


@pytest.fixture(scope="module")
def portrait(astronaut, detector, predictor) -> np.ndarray:
    return analyse_image(astronaut, detector, predictor)[0].crop


SPOILED = {
    "Dark": lambda face: face // 8,
    "Burnt-out": lambda face: np.minimum(face * 3.0 + 60, 255).astype(np.uint8),
    "Drawn": lambda face: np.uint8(face // 64 * 64 + 20),
}


@pytest.mark.parametrize("words", SPOILED)
def test_doubts_about_spoiled_faces(words, portrait):
    face = Face((0.0, 0.0, 90.0, 90.0), 1.0)
    assert find_doubts(face, portrait) == []
    (doubt,) = find_doubts(face, SPOILED[words](portrait))
    assert words in doubt and doubt.endswith(".")


def test_doubtful_answers_are_never_sure(astronaut, detector, certain):
    (clear,), (dark,) = (analyse_image(rgb, detector, certain) for rgb in (astronaut, astronaut // 6))
    assert clear.sure and not clear.doubtful
    assert dark.doubtful and not dark.sure and dark.confidence >= certain.threshold


def test_text_stands_out():
    def luminance(colour):
        c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    for colour in (*COLORS.values(), UNSURE_COLOR):
        light, dark = sorted((luminance(colour), luminance(choose_text_color(colour))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, colour
