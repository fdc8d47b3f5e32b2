"""What the dashboard uses of other packages beyond their public interface, each with its reason.

tests/app/test_compat.py fails when one of them moves: then only this file needs another way.
"""

from contextvars import ContextVar
from pathlib import Path

COPIES = 2  # of a file in memory while it arrives
FULL = "Your visit holds as much as it can: take other files away first."
SMALLEST = 20_000  # bytes that every upload counts for at least, so that their number is bounded, too


class MovedError(Exception):
    """Something is not where this file expects it; its cause says what."""


def find_main_script() -> Path | None:
    """Return the script that Streamlit runs for this visitor, or None outside of a run.

    Streamlit does not say publicly whether the router or a file in pages/ was started, and a cold deep link starts the
    latter (router.start).
    """
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx()
    return None if context is None else Path(context.main_script_path).resolve()


def serve_bytes(data: bytes, mimetype: str, place: str) -> str:
    """Offer bytes at an address of this server while this page is open; return the address, "" outside of a server.

    `place` names the spot on the page. Streamlit serves pictures and downloads this way but has no public call for
    scripts and networks, and nothing may come from another host. A folder for static files would have to be written to.
    """
    from streamlit import runtime

    return runtime.get_instance().media_file_mgr.add(data, mimetype, place) if runtime.exists() else ""


def keep_uploads_in_memory(max_bytes: int) -> None:
    """Have Starlette, under Streamlit's server, keep uploads of up to `max_bytes` in memory.

    By itself it writes files above 1 MB to the disk for a moment, which the privacy note denies. It has no setting.
    """
    from starlette.formparsers import MultiPartParser

    MultiPartParser.spool_max_size = max_bytes


def bound_uploads(of_visit: int, of_all: int) -> None:
    """Refuse uploads beyond the bytes that one visit, or all together, may hold: while they arrive, with status 413.

    Streamlit bounds each file, but neither their number nor their sum, and keeps what is sent under invented names, too.
    It takes middleware only from apps that start their own server. Call it once, inside of a server.
    """
    from starlette.exceptions import HTTPException
    from starlette.formparsers import MultiPartParser
    from streamlit import runtime

    instance = runtime.get_instance()
    manager = instance.uploaded_file_mgr
    parse, add_file, is_active = MultiPartParser.parse, manager.add_file, instance.is_active_session
    arriving = 0  # bytes of unfinished uploads; all of them arrive in one thread
    sender = ContextVar("sender", default="")  # each request runs in a context of its own

    def note_sender(session_id: str) -> bool:
        """Streamlit asks this before it reads the body, and the parser is not told whose upload it reads."""
        sender.set(session_id)
        return is_active(session_id)

    async def parse_within_bounds(self):
        nonlocal arriving
        stream, mine = self.stream, 0

        async def count():
            nonlocal arriving, mine
            async for chunk in stream:
                mine, arriving = mine + len(chunk), arriving + len(chunk)
                if count_kept(*list(manager.file_storage)) + COPIES * arriving > of_all:
                    raise HTTPException(413, "This server holds as much as it can: try again in a few minutes.")
                if count_kept(sender.get()) + mine > of_visit:
                    raise HTTPException(413, FULL)
                yield chunk

        self.stream = count()
        try:
            return await parse(self)
        finally:
            arriving -= mine

    def add_within_bounds(session_id: str, file) -> None:
        if count_kept(session_id) + max(len(file.data), SMALLEST) > of_visit:
            raise HTTPException(413, FULL)
        add_file(session_id, file)

    def count_kept(*sessions: str) -> int:
        kept = [list(manager.file_storage.get(session, {}).values()) for session in sessions]
        return sum(max(len(file.data), SMALLEST) for files in kept for file in files)

    MultiPartParser.parse, manager.add_file = parse_within_bounds, add_within_bounds
    instance.is_active_session = note_sender


def forget_upload(file_id: str) -> None:
    """Let go of a file that this visitor brought; nothing outside of a run.

    Streamlit's uploader keeps every file until the visitor takes it away.
    """
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    if context := get_script_run_ctx():
        context.uploaded_file_mgr.remove_file(context.session_id, file_id)


def forget_left_visits() -> None:
    """Let go of visits that were left longer ago than server.disconnectedSessionTTL, for a tab that comes back.

    By itself it forgets them only when the next visitor comes or leaves. Their uploads and the addresses of their
    pictures go with them. Callable from any thread; waits until it is done. Raises RuntimeError once the server ends, and
    MovedError when it cannot be done.
    """
    from threading import Event

    from streamlit import runtime

    instance, done, errors = runtime.get_instance(), Event(), []

    def forget() -> None:
        try:
            cache = instance._session_mgr._session_storage._cache
            left = list(cache._data.values())
            cache.expire()
            for session in (visit.session for visit in left if visit.session.id not in cache):
                session.shutdown()  # the server's loop holds on to the last visit, so that no collection ends it
                session.session_state.clear()
        except Exception as error:  # noqa: BLE001 - in Streamlit's loop nobody hears of it
            errors.append(error)
        finally:
            done.set()

    instance._get_async_objs().eventloop.call_soon_threadsafe(forget)
    done.wait(10)
    if errors:
        raise MovedError("Streamlit keeps its visits elsewhere") from errors[0]


def is_serving() -> bool:
    """Say whether this process is a running server, not a test or a command."""
    from streamlit import runtime

    return runtime.exists()


def find_relay_queue(track):
    """Return the queue of frames behind a track that aiortc relays (streamlit-webrtc's outgoing one), or None.

    aiortc has no public way to bound it.
    """
    return getattr(getattr(track, "track", None), "_queue", None)
