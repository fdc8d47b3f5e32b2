"""The JavaScript modules in a real browser, on the static page: the same answers as Python's, on the same pictures."""

import base64
import functools
import http.server
import io
import threading

import numpy as np
import pytest
from PIL import Image

from fer_core.app import loading
from fer_core.app.browser import runtime
from fer_core.app.browser.static_page import write_static_page
from fer_core.app.faces.examples import EXAMPLES
from fer_core.vision import analyse_image

BOX, PROBABILITY = 2.0, 0.01  # pixels of the picture; how far the two may be apart

OPEN = """
async () => {
  const settings = (await (await fetch("settings.json")).json()).settings;
  const here = (address) => new URL(address, document.baseURI).href;
  for (const name in settings.networks) settings.networks[name] = here(settings.networks[name]);
  for (const name in settings.runtime) settings.runtime[name].url = here(settings.runtime[name].url);
  const { openEngine } = await import(here("modules/engine.js"));
  const { Picture } = await import(here("modules/pixels.js"));
  window.engine = await openEngine(settings);
  window.read = async (address) => {
    const bitmap = await createImageBitmap(await (await fetch(address)).blob(), { colorSpaceConversion: "none" });
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    pen.drawImage(bitmap, 0, 0);
    const { width, height, data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
    return Picture.fromRgba(width, height, data);
  };
}
"""
ANSWER = """
async (address) => (await engine.answerPhoto(await read(address))).map(
  ({ face, crop, ...rest }) => ({ ...rest, box: face.box, score: face.score, crop: [...crop.data] }))
"""


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def static_page(tmp_path_factory):
    """The address of the static page, as any static host would show it."""
    if not runtime.find_folder():
        pytest.skip("ONNX Runtime Web is not here: run python -m fer_core.app.browser.fetch")
    folder = tmp_path_factory.mktemp("static")
    write_static_page(loading.load_default_run(), folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


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
