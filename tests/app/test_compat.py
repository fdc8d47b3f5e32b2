"""What fer_core/app/_compat.py uses of other packages is where it was; these fail when a new version moves it."""

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace

import pytest
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from streamlit.testing.v1 import AppTest

from fer_core.app import _compat


def show_internals() -> None:
    import streamlit as st

    from fer_core.app import _compat

    st.session_state["script"] = _compat.find_main_script()
    st.session_state["address"] = _compat.serve_bytes(b"let x", "text/javascript", "place")


def test_streamlit_names_its_script_and_serves_bytes():
    app = AppTest.from_function(show_internals, default_timeout=60).run()
    assert not app.exception
    assert app.session_state["script"].is_file()
    assert "/media/" in app.session_state["address"]


def test_outside_of_a_server_there_is_neither():
    assert _compat.find_main_script() is None
    assert _compat.serve_bytes(b"", "text/javascript", "place") == ""


@pytest.mark.parametrize("most, on_disk", [(2_000_000, False), (1_000, True)])
def test_starlette_keeps_uploads_in_memory_up_to_the_bound(monkeypatch, most, on_disk):
    monkeypatch.setattr(MultiPartParser, "spool_max_size", MultiPartParser.spool_max_size)
    _compat.keep_uploads_in_memory(most)
    with ThreadPoolExecutor(1) as thread:  # a browser test before this one may have left a loop in this thread
        file = thread.submit(asyncio.run, parse_upload(b"x" * 1_500_000)).result()
    assert file.file._rolled is on_disk


async def parse_upload(data: bytes):
    async def stream():
        yield (
            b'--cut\r\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\r\n\r\n'
            + data
            + b"\r\n--cut--\r\n"
        )

    form = await MultiPartParser(Headers({"content-type": "multipart/form-data; boundary=cut"}), stream()).parse()
    return form["photo"]


@pytest.mark.parametrize("error", [AttributeError("_session_mgr"), RuntimeError("shut down")])
def test_visits_that_cannot_be_forgotten_are_an_error_of_whoever_asked(monkeypatch, error):
    """Not only of Streamlit's loop; and not taken for the end of the server, which is a RuntimeError."""

    class Moved:
        def _get_async_objs(self):
            return SimpleNamespace(eventloop=SimpleNamespace(call_soon_threadsafe=call_as_a_loop))

        @property
        def _session_mgr(self):
            raise error

    monkeypatch.setattr("streamlit.runtime.get_instance", Moved)
    with pytest.raises(_compat.MovedError) as caught:
        _compat.forget_left_visits()
    assert caught.value.__cause__ is error


def call_as_a_loop(callback) -> None:
    """Errors go no further, as in asyncio."""
    with suppress(AttributeError, RuntimeError):
        callback()


def test_a_relayed_track_has_a_queue_of_frames():
    media = pytest.importorskip("aiortc.contrib.media")
    mediastreams = pytest.importorskip("aiortc.mediastreams")
    relayed = media.MediaRelay().subscribe(mediastreams.VideoStreamTrack())
    queue = _compat.find_relay_queue(SimpleNamespace(track=relayed))
    assert queue.empty() and callable(queue.put_nowait) and callable(queue.get_nowait)
    assert _compat.find_relay_queue(None) is None


def test_streamlits_uploads_and_visits_are_where_they_were():
    """What bound_uploads and forget_left_visits reach for; tests/app/test_memory_bounds.py has the real server."""
    from streamlit.runtime.app_session import AppSession
    from streamlit.runtime.memory_session_storage import MemorySessionStorage
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.runtime import Runtime
    from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
    from streamlit.web.server.starlette import starlette_routes

    assert MemoryUploadedFileManager("/x").file_storage == {}
    put = inspect.getsource(starlette_routes.create_upload_routes)
    assert 0 < put.index("runtime.is_active_session(session_id)") < put.index("limited_request.form()")
    cache = MemorySessionStorage()._cache
    assert callable(cache.expire) and hasattr(cache, "_data")
    assert WebsocketSessionManager(MemorySessionStorage(), None, None, None)._session_storage
    assert (
        callable(Runtime.is_active_session)
        and callable(Runtime._get_async_objs)
        and isinstance(Runtime.uploaded_file_mgr, property)
    )
    assert callable(AppSession.shutdown) and isinstance(AppSession.session_state, property)


def test_a_full_visit_is_refused_before_its_next_file_has_arrived(monkeypatch):
    from starlette.datastructures import Headers
    from starlette.exceptions import HTTPException
    from starlette.formparsers import MultiPartParser
    from streamlit import runtime
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.uploaded_file_manager import UploadedFileRec

    manager, read = MemoryUploadedFileManager("/x"), []
    monkeypatch.setattr(MultiPartParser, "parse", MultiPartParser.parse)  # both come back after the test
    instance = SimpleNamespace(uploaded_file_mgr=manager, is_active_session=lambda session: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: instance)
    _compat.bound_uploads(of_visit=100_000, of_all=10_000_000)
    manager.add_file("full", UploadedFileRec("1", "a.jpg", "image/jpeg", bytes(95_000)))

    async def send(session: str):
        async def arrive():
            yield b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n'
            for _ in range(9):
                read.append(session)
                yield bytes(10_000)
            yield b"\r\n--x--\r\n"

        assert instance.is_active_session(session)
        headers = Headers({"content-type": "multipart/form-data; boundary=x"})
        return await MultiPartParser(headers, arrive()).parse()

    with ThreadPoolExecutor() as threads:  # this one may run the loop of another test's browser
        with pytest.raises(HTTPException, match="Your visit holds as much as it can"):
            threads.submit(asyncio.run, send("full")).result()
        assert read == ["full"], "the rest is not waited for"
        threads.submit(asyncio.run, send("other")).result()
    assert read.count("other") == 9


def test_a_visitors_file_is_forgotten_by_its_name():
    def bring_and_forget() -> None:
        import streamlit as st

        from fer_core.app import _compat

        for file in st.file_uploader("x", accept_multiple_files=True, key="x"):
            _compat.forget_upload(file.file_id)

    app = AppTest.from_function(bring_and_forget).run()
    app.file_uploader(key="x").set_value([("a.jpg", b"x", "image/jpeg")]).run()
    assert not app.exception
    _compat.forget_upload("outside of a run")
