"""FER2013 from an address that the operator of a hosted dashboard names."""

import io
import urllib.error
import urllib.request
import zipfile

import pytest

from fer_core.data import DatasetError, fetch, find_dataset, find_votes
from fer_core.data.cache import get_cache_path, load_cached


class Answer(io.BytesIO):
    def __init__(self, content: bytes):
        super().__init__(content)
        self.headers = {"Content-Length": str(len(content))}


@pytest.fixture(autouse=True)
def empty_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path / "kaggle"))
    for setting in ("FER2013_PATH", "FERPLUS_PATH"):
        monkeypatch.delenv(setting, raising=False)
    monkeypatch.chdir(tmp_path)


def serve(monkeypatch, content: bytes) -> None:
    monkeypatch.setattr(urllib.request, "urlopen", lambda address, timeout: Answer(content))


def test_what_was_fetched_is_found_from_then_on(monkeypatch, drawn_dataset):
    told = []
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("archive/train/happy/Training_1.jpg", b"a picture" * 1000)
        file.writestr("archive/ferplus_votes.csv", "file,neutral\n")
    serve(monkeypatch, archive.getvalue())

    def read(path, cache, check_counts):
        told.append(("read", check_counts))
        return drawn_dataset

    monkeypatch.setattr(fetch, "load_dataset", read)
    place = fetch.fetch_dataset("https://example.org/fer2013.zip", lambda share, text: told.append((share, text)))
    assert find_dataset() == place and place.read_bytes() == archive.getvalue()
    assert find_votes(place).read_text() == "file,neutral\n"
    assert ("read", True) in told and told[-1][0] == 1.0
    assert len(load_cached(get_cache_path(place), "")) == len(drawn_dataset), "the first visitor finds it decoded"
    assert any("Fetching FER2013" in text for _, text in told if isinstance(text, str))


@pytest.mark.parametrize(
    ("origin", "content", "words"),
    [
        ("http://example.org/fer2013.zip", b"", "begins with https"),
        ("https://example.org/fer2013.zip", b"<html>Not here</html>", "neither a folder, zip, tar nor csv"),
        ("https://example.org/fer2013.zip", b"", "empty file"),
    ],
)
def test_anything_else_is_a_sentence_and_leaves_nothing(origin, content, words, monkeypatch, tmp_path):
    serve(monkeypatch, content)
    with pytest.raises(DatasetError, match=words):
        fetch.fetch_dataset(origin, lambda share, text: None)
    assert find_dataset() is None and not list((tmp_path / "cache").rglob("*.part"))


def test_no_connection_and_too_much_are_said(monkeypatch):
    def fail(address, timeout):
        raise urllib.error.URLError("no route")

    monkeypatch.setattr(urllib.request, "urlopen", fail)
    with pytest.raises(DatasetError, match="no connection"):
        fetch.fetch_dataset("https://example.org/x.zip", lambda share, text: None)
    monkeypatch.setattr(fetch, "MAX_BYTES", 10)
    serve(monkeypatch, b"x" * 11)
    with pytest.raises(DatasetError, match="larger than"):
        fetch.fetch_dataset("https://example.org/x.zip", lambda share, text: None)
