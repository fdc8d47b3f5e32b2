"""The JavaScript modules in a real browser, on the static page: the same answers as Python's, on the same pictures."""

import base64
import io
import shutil

import numpy as np
import pytest
from in_page import OPEN
from PIL import Image
from server import WAIT, serve_folder

from fer_core.app import loading
from fer_core.app.browser import runtime
from fer_core.app.faces.examples import EXAMPLES
from fer_core.app.wording import Wording
from fer_core.labels import LABELS
from fer_core.vision import analyse_image
from fer_core.vision.stream import LiveReader

BOX, PROBABILITY = 2.0, 0.01  # pixels of the picture; how far the two may be apart

FILM = """
async () => {
  const { Camera, FrameReader } = await import(new URL("modules/camera.js", document.baseURI));
  const { Picture } = await import(new URL("modules/pixels.js", document.baseURI));
  const video = document.createElement("video");
  const camera = new Camera(video);
  await camera.open();
  const [frames, reader, canvas] = [new FrameReader(video, 640), engine.openVideo(), document.createElement("canvas")];
  const seen = [];
  for (let i = 0; i < 12; i++) {
    const frame = await frames.read();
    Object.assign(canvas, { width: frame.width, height: frame.height });
    canvas.getContext("2d").putImageData(frame, 0, 0);
    const tracks = await reader.read(Picture.fromRgba(frame.width, frame.height, frame.data), i / 10);
    seen.push([i / 10, canvas.toDataURL("image/png"), tracks]);
  }
  frames.close();
  camera.close();
  return seen;
}
"""
ANSWER = """
async (address) => (await engine.answerPhoto(await read(address))).map(
  ({ face, crop, ...rest }) => ({ ...rest, box: face.box, score: face.score, crop: [...crop.data] }))
"""


@pytest.fixture(scope="module")
def page(browser, static_page):
    """A tab with the modules at hand: `engine` and `read(address)`."""
    page = browser.new_page()
    page.goto(static_page)
    page.evaluate(OPEN)
    yield page
    page.close()


@pytest.fixture(scope="module")
def engine():
    return loading.load_engine()


def make_pictures() -> dict[str, Image.Image]:
    """The examples, and the portrait turned, leaning, cut, dark, large and among others."""
    pictures = {name: Image.open(io.BytesIO(example.read())).convert("RGB") for name, example in EXAMPLES.items()}
    portrait = pictures["Portrait"]
    crowd = Image.new("RGB", (1900, 1500), "#cfcac2")
    for place in range(12):
        size = 150 + 40 * place
        crowd.paste(portrait.resize((size, size)), (place % 4 * 470, place // 4 * 480))
    return pictures | {
        "upside down": portrait.rotate(180),
        "leaning": portrait.rotate(-28, Image.Resampling.BICUBIC),
        "lying": portrait.rotate(90),
        "aslant": portrait.rotate(130, Image.Resampling.BICUBIC),
        "cut": portrait.crop((185, 90, 300, 190)),
        "dark": portrait.point(lambda level: level // 5),
        "crowd": crowd,
        "burnt out": pictures["Photographer"].point(
            lambda level: min(round(2.5 * level), 255)
        ),  # a second look finds it
    }


def encode(picture: Image.Image) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


@pytest.mark.parametrize("name", make_pictures())
def test_answers_agree_with_python(page, engine, name):
    picture = make_pictures()[name]
    expected = analyse_image(np.asarray(picture), engine.detector, engine.predictor)
    answers = page.evaluate(ANSWER, encode(picture))
    assert len(answers) == len(expected)
    for answer, result in zip(answers, expected):
        assert np.abs(np.subtract(answer["box"], result.face.box)).max() < BOX
        assert np.abs(answer["probability"] - result.probability).max() < PROBABILITY
        assert (answer["label"], answer["sure"], answer["warnings"]) == (result.label, result.sure, result.warnings)
        assert answer["turned"] == pytest.approx(result.turned, abs=1)


def test_words_agree_with_python(page):
    generator = np.random.default_rng(3)
    shares = generator.dirichlet(np.full(7, 0.5), 200)
    cases = [
        (votes, float(threshold), bool(sure), share.tolist())
        for share, threshold, sure in zip(shares, generator.choice([0, 0.45, 0.5], 200), generator.integers(0, 2, 200))
        for votes in (False, True)
    ]
    said = page.evaluate(
        """async ([cases, labels]) => {
          const { Wording } = await import(new URL("modules/wording.js", document.baseURI));
          return cases.map(([votes, threshold, sure, share]) =>
            new Wording({ votes, threshold, labels }).describe(share, sure));
        }""",
        [cases, LABELS],
    )
    for answer, (votes, threshold, sure, share) in zip(said, cases):
        assert tuple(answer) == Wording(votes, threshold).describe(share, sure)


def test_video_agrees_with_python(face_camera, static_page, engine):
    """The faces of some frames of a camera, followed by both.

    Which frames they are is chance. In one of them a window may lie so near a threshold that rounding decides: then the box
    of that frame is another, nearby, and so may be the next one, which is looked for from there.
    """
    page = face_camera.new_page()
    page.goto(static_page)
    page.evaluate(OPEN)
    frames = page.evaluate(FILM)
    page.close()
    reader = LiveReader(engine.detector, engine.predictor, engine.threshold)
    assert sum(bool(tracks) for _, _, tracks in frames) > len(frames) / 2
    away = []
    for seconds, picture, tracks in frames:
        rgb = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2]))).convert("RGB"))
        reader.process_frame(rgb, seconds)
        expected = reader.read().tracks
        assert [track["number"] for track in tracks] == [track.number for track in expected]
        for track, known in zip(tracks, expected):
            away.append(np.abs(np.subtract(track["box"], known.box)).max())
            if away[-1] < BOX:
                assert np.abs(track["probability"] - known.probability).max() < PROBABILITY
            assert (track["label"], track["sure"]) == (known.label, known.sure)
    off = [place for place, pixels in enumerate(away) if pixels >= BOX]
    assert len(off) < 2 or off == [off[0], off[0] + 1], "more than one frame and the next"
    assert max(away) < 4 * BOX


def test_changed_runtime_never_runs(browser, static_folder, tmp_path):
    shutil.copytree(static_folder, tmp_path, dirs_exist_ok=True)
    with (tmp_path / "onnxruntime-web" / runtime.SCRIPT.name).open("a") as script:
        script.write("globalThis.changed = true;")
    with serve_folder(tmp_path) as address:
        page = browser.new_page()
        page.goto(address)
        page.get_by_text("cannot answer by itself").wait_for(timeout=WAIT)
        assert not page.evaluate("'changed' in globalThis")
        page.close()


def test_static_page_answers_photo_and_camera(face_camera, static_page, tmp_path):
    page = face_camera.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(static_page)
    photo = tmp_path / "portrait.jpg"
    photo.write_bytes(EXAMPLES["Portrait"].read())
    page.locator('input[type="file"]').set_input_files(photo)
    page.locator('#photo[data-answered="portrait.jpg"]').wait_for(timeout=WAIT)
    assert "Happy" in page.locator("#photo article").inner_text()
    page.locator('input[type="file"]').set_input_files(
        {"name": "letter.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    )
    page.get_by_text("not a picture that this browser can read").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Camera").click()
    page.locator("#live[data-ready]").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Start").click()
    page.locator(".answers").get_by_text("Happy").wait_for(timeout=WAIT)
    page.close()
    assert not problems
