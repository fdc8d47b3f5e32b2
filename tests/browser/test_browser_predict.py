"""The predict page in a real browser: files, the camera with a face before it, a tap on the photo, a phone."""

import io

import pytest
from PIL import Image
from server import CHROMIUM, FLAGS, PHONE, WAIT, Visitor, take_photo

from fer_core.app.faces.examples import EXAMPLES

PHONE_AGENT = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
UPLOADER = "stFileUploaderDropzoneInput"


@pytest.fixture(scope="module")
def face_camera(tmp_path_factory, browser):
    """A browser whose camera sees the example portrait."""
    portrait = Image.open(io.BytesIO(EXAMPLES["Portrait"].read())).resize((480, 480))
    frame, buffer = Image.new("RGB", (640, 480), "#444444"), io.BytesIO()
    frame.paste(portrait, (80, 0))
    frame.save(buffer, "JPEG", quality=92)
    film = tmp_path_factory.mktemp("camera") / "face.mjpeg"
    film.write_bytes(buffer.getvalue() * 30)
    flags = [*FLAGS, f"--use-file-for-fake-video-capture={film}"]
    chromium = browser.browser_type.launch(executable_path=str(CHROMIUM), args=flags)
    yield chromium
    chromium.close()


def bring(app, page, *files) -> None:
    page.get_by_test_id(UPLOADER).set_input_files(files)
    page.get_by_text("photo by the US Navy").wait_for(state="detached", timeout=WAIT)
    app.wait(page)


def make_file(name: str, data: bytes) -> dict:
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def test_photos_good_and_bad_are_answered(app):
    page = app.open("/predict")
    portrait, cat = EXAMPLES["Portrait"].read(), EXAMPLES["Cat"].read()
    evil = "**x** <img src=x onerror=alert(1)> [y](www.evil.com).jpg"
    bring(app, page, make_file("mine.jpg", portrait), make_file("cat.jpg", cat), make_file(evil, b"no picture"))
    assert page.get_by_role("img", name="mine.jpg, 1 face marked").count() == 2  # tile and picture
    alert = page.get_by_test_id("stAlert").filter(has_text="onerror")
    assert alert.get_by_text("not a picture").count() == 1
    assert alert.locator("img, a, strong:has-text('x')").count() == 0
    page.get_by_test_id("stMain").get_by_role("button", name="cat.jpg", exact=True).click()
    page.get_by_role("heading", name="No face found").wait_for(timeout=WAIT)


def test_photos_stay_while_the_camera_is_shown(app):
    page = app.open("/predict")
    bring(app, page, make_file("mine.jpg", EXAMPLES["Portrait"].read()))
    answer = page.get_by_role("img", name="mine.jpg, 1 face marked")
    page.get_by_text("Camera", exact=True).first.click()
    answer.wait_for(state="detached", timeout=WAIT)
    app.wait(page)  # until the page has run to its end, the uploader still has its files
    page.get_by_text("Upload", exact=True).first.click()
    answer.wait_for(timeout=WAIT)
    page.get_by_text("1 photo from before is still here.").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Forget").click()
    answer.wait_for(state="detached", timeout=WAIT)


def test_answers_can_be_taken_away(app):
    page = app.open("/predict?predict-example=Six+versions")
    page.get_by_text("Every face in a table").click()
    for button, name, start in (("CSV", "faces.csv", b"photo,file"), ("Marked pictures", "faces.zip", b"PK")):
        with page.expect_download(timeout=WAIT) as download:
            page.get_by_role("button", name=button, exact=button == "CSV").click()
        assert download.value.suggested_filename == name
        assert download.value.path().read_bytes().startswith(start)


def test_tap_marks_a_face(app):
    page = app.open("/predict?predict-example=Cat")
    page.get_by_role("heading", name="No face found").wait_for(timeout=WAIT)
    photo = page.get_by_test_id("stPlotlyChart").first
    photo.locator(".nsewdrag").first.wait_for(timeout=WAIT)
    page.wait_for_timeout(1500)
    photo.scroll_into_view_if_needed()
    box = photo.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.6)
    page.get_by_role("img", name="Face 1 as the network sees it").wait_for(timeout=WAIT)
    across, down = (float(page.get_by_role("slider", name=name).input_value()) for name in ("Across", "Down"))
    assert abs(across - 25) <= 3 and abs(down - 60) <= 4


def test_snapshot_is_answered_on_a_phone(face_camera, server):
    visitor = Visitor(face_camera, server)
    page = visitor.open("/predict", width=PHONE, height=844, user_agent=PHONE_AGENT)
    take_photo(page)
    page.get_by_role("img", name="snapshot.jpg, 1 face marked").wait_for(timeout=WAIT)
    visitor.wait(page)
    overflow = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth")
    assert overflow <= 0
    visitor.close()
    assert visitor.problems == []
