"""What Python tells the browser, and how ONNX Runtime Web gets here; the modules themselves run in tests/browser."""

import io
import json
import re
import tarfile

import pytest

from fer_core.app.browser import fetch, runtime, serving, static_page
from fer_core.app.browser.component import LiveResult
from fer_core.app.browser.settings import make_settings
from fer_core.app.live import in_browser
from fer_core.labels import LABELS


def pack(contents: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(f"package/dist/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def test_settings_are_plain_json():
    settings = make_settings(1.2, 0.5, votes=True)
    assert json.loads(json.dumps(settings))["labels"] == list(LABELS)
    assert all("{" not in text or "{side}" in text for text in settings["doubts"]["sentences"].values())


def test_every_module_that_is_named_exists():
    for module in serving.MODULES.glob("*.js"):
        source = module.read_text()
        assert all((serving.MODULES / name).is_file() for name in serving.REFERENCE.findall(source)), module.name
        assert source.count('"./') == len(serving.REFERENCE.findall(source)), module.name


def test_fetch_writes_what_has_the_expected_hash(tmp_path, monkeypatch):
    contents = {file.name: file.name.encode() for file in runtime.FILES.values()}
    package = tmp_path / "package.tgz"
    package.write_bytes(pack(contents))
    with pytest.raises(fetch.FetchError, match="hash differs"):
        fetch.fetch(package, tmp_path / "runtime")
    assert not (tmp_path / "runtime").exists()
    known = {
        role: runtime.RuntimeFile(file.name, runtime.compute_integrity(contents[file.name]), file.mimetype)
        for role, file in runtime.FILES.items()
    }
    monkeypatch.setattr(fetch, "FILES", known)
    folder = fetch.fetch(package, tmp_path / "runtime")
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == contents


@pytest.mark.parametrize("data", [b"", b"no archive", pack({"other.js": b""})])
def test_fetch_refuses_other_files(data, tmp_path):
    package = tmp_path / "package.tgz"
    package.write_bytes(data)
    with pytest.raises(fetch.FetchError, match="not the package"):
        fetch.fetch(package, tmp_path / "runtime")


def test_runtime_comes_from_here_from_elsewhere_or_from_the_public_server(tmp_path, monkeypatch):
    monkeypatch.delenv(runtime.ADDRESS, raising=False)
    monkeypatch.setattr(runtime, "FOLDER", tmp_path)
    assert runtime.find_address() == runtime.CDN and runtime.VERSION in runtime.CDN
    for file in runtime.FILES.values():
        (tmp_path / file.name).touch()
    assert runtime.find_address() is None
    monkeypatch.setenv(runtime.ADDRESS, "https://example.org/ort")
    assert runtime.find_address() == "https://example.org/ort/"


def test_static_page_of_no_network_is_a_sentence(no_artifacts, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["static_page", str(tmp_path / "out")])
    with pytest.raises(SystemExit, match="no network to answer with"):
        static_page.main()


def test_live_page_answers_on_the_device_first(artifacts, open_page, all_text):
    app = open_page("live")
    assert not app.exception and not app.error and not app.warning
    assert "never leaves this device" in all_text(app)
    assert not app.get("component_instance")  # of the way through the server


def test_live_page_tells_what_keeps_the_browser_from_answering(artifacts, open_page, monkeypatch):
    monkeypatch.setattr("fer_core.app.browser.component.render_live", lambda *_: LiveResult("engine"))
    app = open_page("live")
    (warning,) = app.warning
    assert "cannot answer by itself" in warning.proto.title
    (button,) = [button for button in app.button if "server answer" in button.label]
    button.click().run()
    assert app.session_state[in_browser.WAY] == in_browser.SERVER


def test_photos_can_be_answered_on_the_device(artifacts, open_page, all_text):
    app = open_page("predict", predict_on_device="true")
    assert not app.exception and not app.error
    assert "never leave this device" in all_text(app) and not app.get("file_uploader")


def test_modules_hold_no_numbers_of_their_own():
    """Thresholds come with the settings: what is calibrated in Python holds in the browser at once."""
    source = "".join((serving.MODULES / name).read_text() for name in ("detector.js", "doubts.js", "tracking.js"))
    assert not re.findall(r"\b0?\.\d{2,}\b", source)
