"""The video page in a real browser: a clip uploaded, its chart read, taken away; stopped in between."""

import video_files
from server import PHONE, WAIT

UPLOADER = "stFileUploaderDropzoneInput"


def bring(page, data: bytes) -> None:
    page.get_by_test_id(UPLOADER).set_input_files({"name": "me.mp4", "mimeType": "video/mp4", "buffer": data})


def test_clip_is_answered_and_taken_away(app):
    page = app.open("/video", width=PHONE, height=844)
    bring(page, video_files.encode_video(video_files.film_portrait(40)))
    page.get_by_role("heading", name="Over time").wait_for(timeout=WAIT)
    app.wait(page)
    page.get_by_role("img", name="Face 1 where its answer is clearest").wait_for(timeout=WAIT)
    page.locator(".st-key-video-face-1 .nsewdrag").first.wait_for(state="attached", timeout=WAIT)
    assert page.locator("video").evaluate("video => video.duration") > 1.5
    for button, name, start in (
        ("Every sample", "me-samples.csv", b"time,face"),
        ("Marked video", "me-marked.mp4", b""),
    ):
        with page.expect_download(timeout=WAIT) as download:
            page.get_by_role("button", name=button).click()
        assert download.value.suggested_filename == name
        assert len(data := download.value.path().read_bytes()) > 500 and data.startswith(start)
    overflow = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth")
    assert overflow <= 0


def test_stop_keeps_what_was_found(app):
    page = app.open("/video")
    bring(page, video_files.encode_video(video_files.film_portrait(1600)))
    page.get_by_role("progressbar").first.wait_for(timeout=WAIT)
    page.get_by_text("of the video read").first.wait_for(timeout=WAIT)
    page.locator(".st-key-video-stop button").last.click()  # the toolbar has one of that name, too
    page.get_by_text("Stopped: this is what was found until then").wait_for(timeout=WAIT)
    app.wait(page)
    page.get_by_role("button", name="Read it from the beginning").wait_for(timeout=WAIT)
