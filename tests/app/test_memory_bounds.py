"""No visitor takes the server's memory, and none leaves anything in it: a real server, uploads as they arrive."""

import gc
import shutil
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import pytest
from server import ROOT, run_server
from wire_visitor import WireVisitor

from fer_core.app import memory
from fer_core.app.faces import photo
from fer_core.app.faces.album import Album

PATCH = Path(__file__).with_name("fast_forgetting.py")
MB = 1_000_000


@pytest.fixture(scope="module")
def server(written_artifacts, tmp_path_factory):
    """A server that holds 12 MB of uploads and forgets quickly."""
    site = tmp_path_factory.mktemp("site")
    shutil.copy(PATCH, site / "sitecustomize.py")
    settings = {
        "PYTHONPATH": f"{site}:{ROOT}",
        "FER_UPLOADS_MB": "12",
        "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "1",
    }
    with run_server(written_artifacts, **settings) as (address, _):
        yield address


def put(visitor: WireVisitor, size: int) -> int:
    """Send a file under an invented name, as no browser does; returns the answer's status."""
    place = visitor._ask_for_addresses([("x.jpg", b"")])[0].upload_url
    try:
        visitor._put(f"{place.rpartition('/')[0]}/{uuid.uuid4()}", "x.jpg", bytes(size))
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError:  # refused so early that it could not be read
        return 413
    return 204


def count_kept(address: str, kind: str) -> int:
    """Bytes of one kind that the server says it keeps; it counts every five seconds."""
    with urllib.request.urlopen(f"{address}/_stcore/metrics?families=cache_memory_bytes") as reply:
        lines = reply.read().decode().splitlines()
    return sum(int(float(line.split()[-1])) for line in lines if kind in line)


def wait_for(condition, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_one_visitor_cannot_fill_the_server(server):
    with WireVisitor(server) as greedy, WireVisitor(server) as other:
        greedy.open("predict")
        found = [put(greedy, 2 * MB) for _ in range(12)]
        assert found[:4] == [204] * 4 and found[-1] == 413, "what arrives counts twice: it is copied once"
        assert found.count(204) * 2 * MB <= 12 * MB
        other.open("predict")  # reading goes on
        assert other.shows("predict-uploads")
    assert wait_for(lambda: put_by_somebody(server) == 204), "when they have left, others can upload again"


def put_by_somebody(address: str) -> int:
    with WireVisitor(address) as visitor:
        visitor.open("predict")
        return put(visitor, 2 * MB)


def test_many_small_uploads_count_for_more_than_their_bytes(server):
    assert wait_for(lambda: put_by_somebody(server) == 204)
    with WireVisitor(server) as visitor:
        visitor.open("predict")
        place = visitor._ask_for_addresses([("x", b"")])[0].upload_url.rpartition("/")[0]
        n, status = 0, 204
        while status == 204 and n < 700:
            try:
                visitor._put(f"{place}/{n}", "x", b"")
                n += 1
            except urllib.error.HTTPError as error:
                status = error.code
    assert status == 413 and n <= 600


def test_uploads_at_the_same_time_are_bounded_while_they_arrive(server):
    assert wait_for(lambda: put_by_somebody(server) == 204)
    found = []

    def send() -> None:
        with WireVisitor(server) as visitor:
            visitor.open("predict")
            together.wait()
            found.append(put(visitor, 4 * MB))

    together = threading.Barrier(6)
    threads = [threading.Thread(target=send) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    assert len(found) == 6 and found.count(204) <= 3 and 413 in found


def test_photos_and_their_addresses_vanish_after_the_visit(server):
    assert wait_for(lambda: put_by_somebody(server) == 204)
    with WireVisitor(server) as visitor:
        visitor.open("predict")
        visitor.upload("predict-uploads", ("mine.jpg", photo.EXAMPLE.read_bytes()))
        assert visitor.shows("mine.jpg, 1 face marked")
        assert wait_for(lambda: count_kept(server, "UploadedFileManager") > 0)
        addresses = [
            server + picture.url
            for message in visitor.page
            for picture in message.delta.new_element.imgs.imgs
            if picture.url.startswith("/")
        ]
        assert addresses and all(is_there(address) for address in addresses)
    # Nobody comes: the clock alone forgets.
    assert wait_for(lambda: not any(map(is_there, addresses)))
    assert wait_for(lambda: count_kept(server, "UploadedFileManager") == count_kept(server, "st_memory_media") == 0)


def is_there(address: str) -> bool:
    try:
        with urllib.request.urlopen(address) as reply:
            return reply.status == 200
    except urllib.error.HTTPError:
        return False


def test_operator_sets_the_bound():
    assert memory.find_bound({}) == memory.find_bound({"FER_UPLOADS_MB": "much"}) == memory.OF_ALL
    assert memory.find_bound({"FER_UPLOADS_MB": "0"}) == memory.OF_ALL
    assert memory.find_bound({"FER_UPLOADS_MB": " 80 "}) == 80 * MB


class File:
    def __init__(self, number: int, size: int):
        self.file_id, self.name, self.size = str(number), f"{number}.jpg", size

    def getvalue(self) -> bytes:
        return b""


def test_what_an_album_leaves_out_is_forgotten_at_once(monkeypatch):
    forgotten, album = [], Album()
    monkeypatch.setattr("fer_core.app._compat.forget_upload", forgotten.append)
    album.take([File(1, 150 * MB), File(2, 60 * MB), File(3, 40 * MB)])
    assert list(album.photos) == ["1", "3"] and album.left_out == ["2.jpg"] and forgotten == ["2"]
    assert album.bring(File(4, 60 * MB)) is None and forgotten == ["2", "4"]


def test_the_clock_stops_without_a_word_to_visitors_when_streamlit_moved(monkeypatch, caplog):
    monkeypatch.setattr(memory, "SECONDS_BETWEEN_VISITS", 0)
    monkeypatch.setattr("fer_core.app._compat.forget_left_visits", lambda: 1 / 0)
    memory._forget_now_and_then()
    assert "not forgotten by the clock" in caplog.text
    gc.collect()
